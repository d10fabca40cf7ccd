"""The `store_credit` of a cart in, what the wallet of its customer pays out: held, taken, returned.

It pays for lines alone, each by its share of the nets, as the engine counts it. What comes back of
a line brings its share back into the wallet, so that pieces sum to the whole; a cancelled order
brings back all that is left.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import msgspec
import sqlalchemy as sa

from ...engine.loyalty.answers import LineRefund
from ...engine.money import share
from ..ledger.account import Account
from ..ledger.cause import Cause
from ..member.people import check_active
from ..payout.wallet import CREDIT, wallet_key
from ..refusals import Decline, Refusal
from ..schema.ledger import accounts, entries
from ..transaction import Found, Transaction
from .booking import Occasion
from .desk import Desk
from .holding import Held, Holds
from .pricing import Sale
from .records import Refunded

HELD = ("", CREDIT)  # how a reservation names what it holds: no program is called nothing
BOOKED = (
    sa.select(entries.c.kind, entries.c.points)
    .join(
        accounts,
        (accounts.c.tenant == entries.c.tenant) & (accounts.c.id == entries.c.account),
    )
    .where(
        entries.c.tenant == sa.bindparam("tenant"),
        entries.c.order_id == sa.bindparam("order"),
        entries.c.rule == "",
        accounts.c.member == sa.bindparam("member"),
        accounts.c.unit == CREDIT,
        accounts.c.card == sa.bindparam("currency"),
    )
)


class Paid(NamedTuple):
    """What the wallet paid for an order as it was placed, and what of that is not back yet."""

    taken_minor: int
    left_minor: int


def credit_of(sale: Sale) -> int:
    """What store credit pays of a cart: not more than its lines, or than all of it, come to."""
    result = sale.quote.result
    nets = sum(line.net for line in result.lines)
    return min(sale.paper.cart.store_credit or 0, nets, result.grand_total)


def pay(desk: Desk, sale: Sale, occasion: Occasion) -> None:
    """Take what a cart pays with store credit out of the wallet. Declines INSUFFICIENT_POINTS."""
    credit = credit_of(sale)
    if not credit:
        return
    account = wallet_of(desk, sale, credit)
    check_enough(account, credit)
    desk.book.redeem(account, credit, occasion.cause(sale.person.id, "", ""))


def hold(desk: Desk, sale: Sale, ttl_us: int, source: str) -> Holds:
    """Set aside what a cart pays with store credit. Declines INSUFFICIENT_POINTS."""
    credit = credit_of(sale)
    if not credit:
        return {}
    account = wallet_of(desk, sale, credit)
    check_enough(account, credit)
    made = desk.book.hold(account, credit, ttl_us=ttl_us, source=source)
    return {HELD: Held(made.id, account.id, made.points)}


def wallet_of(desk: Desk, sale: Sale, credit: int) -> Account:
    """The wallet that pays. Declines a cart of nobody, and of who is closed."""
    if not sale.person.id:
        raise not_enough(credit, 0)
    check_active(sale.person.row)
    key = wallet_key(sale.person.id, sale.paper.cart.currency)
    return desk.book.open([key])[key]


def check_enough(account: Account, credit: int) -> None:
    """Decline more than is in the wallet."""
    if credit > account.available:
        raise not_enough(credit, account.available)


def not_enough(asked: int, available: int) -> Decline:
    """What is said of a wallet that has less than a cart pays with it."""
    words = f"the cart pays {asked} with store credit, and the wallet has {available} available"
    return Decline(Refusal.INSUFFICIENT_POINTS, words, asked=asked, available=available)


# What comes back.


def paid_for(tx: Transaction, order: Found) -> Paid:
    """What the wallet of its customer paid for an order, and what is left of that."""
    who = {"member": order["member"], "currency": order["currency"]}
    rows = tx.fetch(BOOKED, order=order["id"], **who) if order["member"] else []
    taken = -sum(row["points"] for row in rows if row["kind"] == "redeem")
    return Paid(taken, -sum(row["points"] for row in rows))


def give_back(desk: Desk, order: Found, credit: int, cause: Cause) -> int:
    """Give so much of what the wallet paid for an order back into it; how much that is."""
    if credit:
        key = wallet_key(order["member"], order["currency"])
        account = desk.book.open([key])[key]
        desk.book.give_back(account, credit, cause, order_id=order["id"])
    return credit


def credit_back(
    paid: Paid, order: Found, earlier: Sequence[Refunded], lines: Sequence[LineRefund]
) -> int:
    """What comes back to the wallet with these lines, after what came back before."""
    if not paid.left_minor:
        return 0
    nets = nets_of(order["result"])
    parts = dict(zip(nets, share(paid.taken_minor, list(nets.values()), list(nets)), strict=True))
    kept = nets | {line.id: line.kept for one in earlier for line in one.lines}
    before = returned(parts, nets, kept)
    return returned(parts, nets, kept | {line.id: line.kept for line in lines}) - before


def returned(parts: Mapping[str, int], nets: Mapping[str, int], kept: Mapping[str, int]) -> int:
    """The share of store credit in what came back of lines, each rounded down.

    A line of 10.00 of which 4.00 were store credit and 2.50 came back: 1.00.
    """
    return sum(
        part * (nets[line] - kept[line]) // nets[line] for line, part in parts.items() if part
    )


def nets_of(result: bytes) -> dict[str, int]:
    """What lines cost, by their ids, as a result says."""
    told: dict[str, Any] = msgspec.json.decode(result)
    return {line["id"]: line["net"] for line in told["lines"]}
