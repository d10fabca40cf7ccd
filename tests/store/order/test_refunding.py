"""Refunds: frozen nets in proportion, loyalty worked out anew, in any pieces."""

from __future__ import annotations

import itertools
import json
from typing import Any

import pytest

import tallystick
from tallystick.store.acting import act
from tallystick.store.errors import StoreError
from tallystick.store.ledger.purse import Balance, Purse
from tallystick.store.order.records import FIND_PAPERS, Placed, Refunded, Replayed
from tallystick.store.schema.orders import papers
from tallystick.store.shop import Shop
from tallystick.store.tenancy import Tenancy
from tallystick.store.transaction import Transaction

from ..conftest import Clock
from ..shops import open_shop, publish
from .sales import balances, cart, declined, line, place, rows

DAY_US = 86_400_000_000


def back(id: str, amount: int = 0, **units: int) -> dict[str, Any]:
    """What comes back: units of lines, or an amount of MUG."""
    lines: list[dict[str, Any]] = [{"id": name, "units": count} for name, count in units.items()]
    return {"id": id, "lines": [*lines, *([{"id": "MUG", "amount": amount}] if amount else [])]}


def refunded(shop: Shop, order: str, refund: dict[str, Any], **more: Any) -> Refunded:
    """A refund that nothing speaks against."""
    answer = shop.orders.refund(order, refund, **more)
    assert isinstance(answer, Refunded), answer
    return answer


def bought(shop: Shop) -> None:
    """20.00 of mugs and 10.00 of a pot, 10.00 of it paid with 1000 points; 20 points earned."""
    place(shop, cart("o1", line("JUG", 100)))
    asked = cart(
        "o2", line("MUG", 4, 500), line("POT"), redeem=[{"program": "club", "points": 1000}]
    )
    place(shop, asked)


def test_points_come_back_and_then_what_was_earned_is_taken(shop: Shop) -> None:
    bought(shop)
    assert balances(shop) == {("ana", "points"): 40}  # black by now: 20 x 2
    answer = refunded(shop, "o2", back("r1", MUG=1), request="key")
    # A quarter of the mugs' 13.33; they paid 6.67 of the 10.00: floor(1000 x 166.75 / 1000) = 166.
    assert answer.amount_minor == 333
    assert [(line.id, line.refunded, line.kept) for line in answer.lines] == [("MUG", 333, 1000)]
    assert answer.state == "partly_refunded"
    assert [(type(one).__name__, one.member) for one in answer.moves] == [
        ("GiveBack", "ana"),
        ("ClawBack", "ana"),
    ]
    # Kept is a base of 16.67: 33 points of 40.
    assert rows(shop, "entries", "seq", "undoes", "points", event="refund") == [
        (4, "redeem", 166),
        (5, "earn", -7),
    ]
    assert balances(shop) == {("ana", "points"): 40 + 166 - 7}
    assert refunded(shop, "o2", back("r1", MUG=1), request="key") == answer
    assert refunded(shop, "o2", back("r1", MUG=1)) == answer
    assert declined(shop.orders.refund("o2", back("r1", MUG=2))) == "conflict"
    assert balances(shop) == {("ana", "points"): 40 + 166 - 7}
    assert rows(shop, "outbox", "number", "type", subject="order/o2")[1:] == [(2, "order.refunded")]


@pytest.mark.parametrize("order", list(itertools.permutations(range(3)))[::2])
def test_pieces_in_any_order_sum_to_the_whole(shop: Shop, order: tuple[int, ...]) -> None:
    bought(shop)
    pieces = [back("r1", MUG=1), back("r2", 301, POT=1), back("r3", MUG=2)]
    sums = [refunded(shop, "o2", pieces[number]).amount_minor for number in order]
    rest = refunded(shop, "o2", back("r4", 1333 - 301 - 999))
    assert sum(sums) + rest.amount_minor == 2000
    assert rest.state == "refunded"
    assert balances(shop) == {("ana", "points"): 1000}
    assert declined(shop.orders.refund("o2", back("r5", 1))) == "wrong_state"
    assert rows(shop, "placements", "amount_minor", order_id="o2") == [333, 667]


def test_a_refund_of_more_than_is_left_is_a_mistake(shop: Shop) -> None:
    bought(shop)
    refunded(shop, "o2", back("r1", MUG=3))
    with pytest.raises(tallystick.EventError, match="at most 1 unit"):
        shop.orders.refund("o2", back("r2", MUG=2))
    with pytest.raises(tallystick.EventError, match="a line of the order"):
        shop.orders.refund("o2", back("r2", CUP=1))
    assert declined(shop.orders.refund("o9", back("r2", MUG=1))) == "unknown_order"


def test_a_fall_below_a_minimum_takes_points_and_may_give_others(tenancy: Tenancy) -> None:
    shop = open_shop(
        tenancy,
        """
        ruleset: {currency: EUR}
        programs: {club: {points: {activate_on: fulfilled}}}
        earning_rules:
          big: {program: club, event: purchase, when: net(true) >= 20 EUR, award: {points: 100}}
          small: {program: club, event: purchase, when: net(true) < 20 EUR, award: {points: 10}}
        """,
    )
    place(shop, cart("o1", line("MUG", 3)), state="fulfilled")
    assert balances(shop) == {("ana", "points"): 100}
    answer = refunded(shop, "o1", back("r1", MUG=2))
    assert [type(one).__name__ for one in answer.moves] == ["EarnAgain", "ClawBack"]
    # The state that its points wait for was reached before.
    assert rows(shop, "accounts", "balance", "active", "pending") == [(10, 10, 0)]
    refunded(shop, "o1", back("r2", MUG=1))
    assert balances(shop) == {}


def test_a_refund_of_nothing_is_none(shop: Shop) -> None:
    place(shop, cart("o1", line("MUG", 3)))
    with pytest.raises(StoreError, match=r"at least one line of the order, got none"):
        shop.orders.refund("o1", back("r1"))
    cancelled = shop.orders.cancel("o1")
    assert isinstance(cancelled, Placed) and cancelled.state == "cancelled"
    # Where there is nothing to pay back, it is all that can come back.
    place(shop, cart("o2") | {"lines": []})
    assert refunded(shop, "o2", back("r1")).state == "refunded"


def test_spending_that_counts_for_tiers_goes_with_what_comes_back(tenancy: Tenancy) -> None:
    shop = open_shop(
        tenancy,
        """
        ruleset: {currency: EUR}
        programs:
          club: {tiers: {measure: spend, levels: {silver: {from: 50 EUR}}}}
        earning_rules:
          mugs: {program: club, event: purchase, award: {points: 1 per 1 EUR, on: sku == "MUG"}}
          cash: {program: club, event: purchase, award: {cashback: 1%, on: sku == "POT"}}
          none: {program: club, event: purchase, award: {points: 1 per 100 EUR, on: sku == "CUP"}}
        """,
    )
    place(shop, cart("o1", line("MUG", 4), line("CUP", 1, 1500), line("POT", 9)))
    # 40.00 of mugs and 15.00 of the cup, which gives no point of its own.
    assert rows(shop, "qualifying", "points", "spend_minor") == [(40, 5500)]
    assert rows(shop, "accounts", "tier", unit="points") == ["silver"]
    refunded(shop, "o1", back("r1", MUG=1))
    assert rows(shop, "qualifying", "points", "spend_minor") == [(-10, -1000), (40, 5500)]
    assert rows(shop, "accounts", "tier", unit="points") == [""]
    refunded(shop, "o1", back("r2", CUP=1))
    assert sum(rows(shop, "qualifying", "spend_minor")) == 3000
    refunded(shop, "o1", back("r3", MUG=3, POT=9))
    assert sum(rows(shop, "qualifying", "spend_minor")) == 0
    assert balances(shop) == {}


def test_stamps_that_others_used_up_are_lost(shop: Shop) -> None:
    place(shop, cart("o1", line("COFFEE", 3, 300)))
    place(shop, cart("o2", line("COFFEE", 2, 300)))
    (reward,) = rows(shop, "rewards", "id")
    place(shop, cart("o3", redeem=[{"issued": reward}]))
    answer = refunded(shop, "o1", back("r1", COFFEE=1))
    assert [(one.kind, one.stamps) for one in answer.unrecoverable] == [("stamps", 1)]
    assert [(one.stamps, one.open, one.shown) for one in answer.cards] == [(4, 0, 0)]


def test_an_unused_reward_of_a_card_goes_with_its_stamps(shop: Shop) -> None:
    place(shop, cart("o1", line("COFFEE", 3, 300)))
    place(shop, cart("o2", line("COFFEE", 2, 300)))
    answer = refunded(shop, "o1", back("r1", COFFEE=1))
    assert answer.unrecoverable == []
    assert rows(shop, "rewards", "status") == ["revoked"]


def test_what_points_paid_for_whole_comes_back_after_the_money_too(tenancy: Tenancy) -> None:
    shop = open_shop(
        tenancy,
        """
        ruleset: {currency: EUR}
        programs: {club: {}}
        earning_rules:
          buy: {program: club, event: purchase, award: {points: 1 per 1 EUR}}
          stamp: {program: club, event: purchase, award: {stamps: 1 per unit, card: cups}}
        stamp_cards: {cups: {program: club, size: 9}}
        burning_rules:
          cup: {program: club, cost: 5, reward: {discount: 10 EUR}, on: sku == "CUP"}
        """,
    )
    place(shop, cart("o1", line("JUG")))
    lines = line("MUG"), line("CUP", 2, 500), line("BAG", 1, 0)
    place(shop, cart("o2", *lines, redeem=[{"rule": "cup"}]))
    assert balances(shop) == {("ana", "points"): 15, ("ana", "stamps"): 4}
    assert refunded(shop, "o2", back("r1", MUG=1)).state == "partly_refunded"
    assert refunded(shop, "o2", back("r2", CUP=1)).state == "partly_refunded"
    assert balances(shop) == {("ana", "points"): 7, ("ana", "stamps"): 2}
    assert refunded(shop, "o2", back("r3", CUP=1)).state == "refunded"
    assert balances(shop) == {("ana", "points"): 10, ("ana", "stamps"): 1}


def test_an_order_that_was_free_is_refunded_unit_by_unit(shop: Shop) -> None:
    place(shop, cart("o1", line("MUG", 2, 0)))
    assert refunded(shop, "o1", back("r1", MUG=1)).state == "partly_refunded"
    assert refunded(shop, "o1", back("r2", MUG=1)).state == "refunded"


def test_other_rules_change_no_order(shop: Shop, clock: Clock) -> None:
    bought(shop)
    clock.now_us += DAY_US
    publish(shop.rules, "ruleset: {currency: EUR}\nprograms: {club: {}}\npromotions: {}\n")
    replayed = shop.orders.replay("o2")
    assert isinstance(replayed, Replayed)
    assert replayed.is_same
    assert replayed.frozen == replayed.again
    assert refunded(shop, "o2", back("r1", MUG=1)).amount_minor == 333
    assert balances(shop) == {("ana", "points"): 40 + 166 - 7}
    assert declined(shop.orders.replay("o9")) == "unknown_order"


GROUPED = """
ruleset: {currency: EUR}
programs: {club: {}}
earning_rules: {buy: {program: club, event: purchase, award: {points: 1 per 1 EUR}}}
promotions:
  staff: {when: customer.groups has "staff", then: {percent_off: 10%}}
"""


def erased(shop: Shop, order: str, **customer: Any) -> None:
    """Rewrite the papers of an order as erasing its customer does."""

    def work(tx: Transaction) -> None:
        paper = tx.find(FIND_PAPERS, order=order)
        assert paper is not None
        kept = json.loads(paper["cart"]) | {"customer": {"id": "erased-1", **customer}}
        gone = {"cart": json.dumps(kept).encode(), "erased_at_us": tx.at_us}
        tx.update(papers, [paper | gone])

    act(shop.tenancy, "erase", None, work, type(None))


def test_who_was_erased_is_paid_back_what_was_paid(tenancy: Tenancy) -> None:
    shop = open_shop(tenancy, GROUPED)
    staff = {"customer": {"id": "ana", "groups": ["staff"]}}
    place(shop, cart("o1", line("MUG", 3)) | staff)
    place(shop, cart("o2", line("MUG", 3)) | staff)
    place(shop, cart("o3", line("MUG", 3)))
    for order in ("o1", "o2", "o3"):
        erased(shop, order)
    # Priced now it would be 30.00; paid were 27.00.
    first = refunded(shop, "o1", back("r1", MUG=1))
    assert (first.amount_minor, first.moves, first.state) == (900, [], "partly_refunded")
    assert refunded(shop, "o1", back("r2", MUG=2)).state == "refunded"
    with pytest.raises(tallystick.EventError, match="at most 3 units"):
        shop.orders.refund("o2", back("r1", MUG=4))
    assert isinstance(shop.orders.cancel("o2"), Placed)
    assert balances(shop)[rows(shop, "members", "external_id")[0], "points"] == 27 + 27 + 30
    # Where the papers still say all of it points go as well.
    assert [type(one).__name__ for one in refunded(shop, "o3", back("r1", MUG=1)).moves] == [
        "ClawBack"
    ]


def test_spending_without_points_counts_when_points_of_its_order_would(
    tenancy: Tenancy, clock: Clock
) -> None:
    shop = open_shop(
        tenancy,
        """
        ruleset: {currency: EUR}
        programs:
          club:
            points: {activate_after: 2 days}
            tiers: {measure: spend, levels: {silver: {from: 50 EUR}}}
        earning_rules:
          buy: {program: club, event: purchase, award: {points: 1 per 10 EUR}}
        """,
    )

    def tier() -> str:
        balance = shop.ledger.balance(Purse("ana", "club"))
        assert isinstance(balance, Balance)
        return balance.tier

    for number in range(6):  # each less than a point
        place(shop, cart(f"o{number}", line("MUG", 1, 850)))
    place(shop, cart("o6", line("MUG", 2, 999)))
    assert tier() == ""
    refunded(shop, "o6", back("r1", 100))  # of which no point comes back
    counted = rows(shop, "qualifying", "counts_from_us", "spend_minor")
    assert {counts_from_us for counts_from_us, _ in counted} == {1_783_814_400_000_000}
    assert sum(spend_minor for _, spend_minor in counted) == 6 * 850 + 1998 - 100
    clock.now_us += 2 * DAY_US
    assert tier() == "silver"


def test_refunds_of_two_orders_are_never_taken_for_one(shop: Shop) -> None:
    for order, refund in (("a", "b/c"), ("a/b", "c")):
        place(shop, cart(order))
        refunded(shop, order, back(refund, MUG=1))
        assert balances(shop) == {}
