"""A cart in, an order out: priced, its usage and moves booked, and all of it frozen, in one step.

    orders        what it came to, and the result byte for byte
    papers        the cart and the facts it was priced from
    placements    who took how much of which line
    transitions   what it became

Locks are taken in one order, also by who undoes an order: the order, then the accounts of its
customer, then what usage counts, then the accounts of others.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from ...engine.quote.result import LineResult, Result
from ..errors import StoreError
from ..ledger.account import AccountKey
from ..member.people import meet
from ..refusals import Decline, Refusal
from ..schema.frame import NEVER_US
from ..schema.orders import orders, papers, placements, reservations, transitions
from ..transaction import Found, Transaction
from ..usage.checkout import commit
from .arriving import arrive
from .booking import Occasion, book_moves
from .desk import Desk
from .holding import Holds, check_owner, find_reservation, holds_of
from .papers import Paper, digest_of_text, encode_facts
from .pricing import Sale, price
from .records import FIND_ORDER, FIND_PAPERS, FIND_STEPS, Placed, Teller, placed_of, step_of
from .sharing import reward_owners
from .states import OrderState, passed
from .store_credit import pay

PURCHASE = "purchase"
AHEAD_MAX_US = 300_000_000  # how far the clocks of checkouts may be ahead of ours


@dataclass(frozen=True, slots=True)
class Wish:
    """What is asked of an order beside its cart."""

    reservation: str = ""
    grand_total_minor: int | None = None  # None: whatever it costs
    state: str = OrderState.PLACED
    actor: str = ""


def place(desk: Desk, paper: Paper, wish: Wish) -> Placed:
    """Place an order. Declines what `Orders.place` says."""
    tx = desk.tx
    if paper.placed_at_us > tx.at_us + AHEAD_MAX_US:
        expected = "an instant that has come"
        raise StoreError("bad_value", "placed_at", expected=expected, got=paper.cart.placed_at)
    before = tx.lock(FIND_ORDER, order=paper.cart.id)
    if before:
        return placed_before(tx, before[0], paper)
    reserved = find_reservation(tx, wish.reservation) if wish.reservation else None
    holds = holds_of(tx, reserved)
    person = meet(tx, desk.timeline, paper.customer_id)
    check_owner(reserved, person)
    sale = price(desk, paper, person, wish.reservation, holds)
    check_price(sale.quote.result, wish)
    result = sale.quote.result
    commit(
        tx,
        paper.cart.id,
        sale.uses,
        replace(sale.shopper, placed_at_us=sale.at_us),
        revenue_minor=result.grand_total,
        reservation=wish.reservation,
    )
    book_sale(desk, sale, holds)
    row = freeze(desk, sale, wish, reserved)
    reward_owners(desk, sale)
    arrive(desk, row, passed([], wish.state))
    return placed_of(row, wish.state)


def book_sale(desk: Desk, sale: Sale, holds: Holds) -> None:
    """Book what an order redeems and earns, what counts as spent, and what store credit pays."""
    order, person, purchase = sale.paper.cart.id, sale.person.id, sale.purchase
    occasion = Occasion(
        event=PURCHASE,
        source=order,
        people={sale.paper.customer_id: person},
        ruleset=sale.ruleset.hash,
        at_us=sale.at_us,
        order_id=order,
        tiers=sale.tiers,
    )
    spend = {AccountKey(person, program): minor for program, minor in purchase.spend.items()}
    book_moves(desk, occasion, sale.ruleset, purchase.moves, spend=spend, holds=holds)
    pay(desk, sale, occasion)


def placed_before(tx: Transaction, row: Found, paper: Paper) -> Placed:
    """The answer to an order that was placed before, with the same cart."""
    found = tx.find(FIND_PAPERS, order=row["id"])
    if found is None or found["cart_digest"] != digest_of_text(paper.json):
        words = f"there is an order `{row['id']}`, and its cart is another"
        raise Decline(Refusal.CONFLICT, words)
    return placed_of(row, tx.fetch(FIND_STEPS, order=row["id"])[0]["becomes"])


def check_price(result: Result, wish: Wish) -> None:
    """Decline an order that is not worth what the caller expects."""
    if wish.grand_total_minor in (None, result.grand_total):
        return
    raise Decline(
        Refusal.PRICE_CHANGED,
        f"the cart costs {result.grand_total} now, not {wish.grand_total_minor}",
        expected_minor=wish.grand_total_minor,
        grand_total_minor=result.grand_total,
    )


def freeze(desk: Desk, sale: Sale, wish: Wish, reserved: Found | None) -> Found:
    """Write down an order as it was priced, and tell of it; its row."""
    tx, result = desk.tx, sale.quote.result
    order, json = result.cart, sale.quote.to_json()
    facts = encode_facts(sale.facts)
    row = {
        "id": order,
        "member": sale.person.id,
        "status": str(wish.state),
        "ruleset": sale.ruleset.hash,
        "currency": result.currency,
        "channel": sale.shopper.channel,
        "location": sale.shopper.location,
        "placed_at_us": sale.at_us,
        "recorded_at_us": tx.at_us,
        "subtotal_minor": result.subtotal,
        "discount_minor": result.discount_total,
        "total_minor": result.grand_total,
        "result": json,
    }
    tx.insert(orders, [row])
    paper = {
        "order_id": order,
        "cart": sale.paper.json,
        "facts": facts,
        "cart_digest": digest_of_text(sale.paper.json),
        "facts_digest": digest_of_text(facts),
        "erased_at_us": NEVER_US,
    }
    tx.insert(papers, [paper])
    tx.insert(placements, list(placements_of(result)))
    tx.insert(transitions, [step_of(tx, order, 1, "", wish.state, actor=wish.actor)])
    if reserved is not None:
        tx.update(reservations, [{**reserved, "status": "placed"}])
    tell_placed(Teller(tx, order, 0), sale, row)
    return row


def placements_of(result: Result) -> Iterator[Found]:
    """The rows that say who took how much of what."""
    paid = result.payment
    payment = LineResult("", 0, 0, paid.adjustment, paid.allocations)
    parts = (("line", result.lines), ("shipment", result.shipments), ("payment", [payment]))
    for part, items in parts:
        for item in items:
            for place, allocation in enumerate(item.allocations, 1):
                yield {
                    "order_id": result.cart,
                    "part": part,
                    "item": item.id,
                    "place": place,
                    "rule": allocation.rule,
                    "stage": allocation.stage,
                    "amount_minor": allocation.amount,
                }


def tell_placed(teller: Teller, sale: Sale, row: Found) -> None:
    """Tell of an order, and of the promotions and codes it used."""
    order = {"order": row["id"], "member": row["member"]}
    names = ("ruleset", "currency", "placed_at_us", "subtotal_minor", "discount_minor")
    told = {name: row[name] for name in names}
    told |= {"state": row["status"], "grand_total_minor": row["total_minor"]}
    teller.tell("order.placed", order | told)
    for use in sale.uses:
        told = {"promotion": use.promotion, "amount_minor": use.amount_minor}
        teller.tell("promotion.applied", order | told)
    for coupon in sale.quote.result.applied_coupons:
        told = {"code": coupon.code, "promotions": coupon.promotions}
        teller.tell("coupon.redeemed", order | told | {"amount_minor": coupon.discount_amount})
