"""Who is closed is given and spends nothing, through any door; what was begun before ends well."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tallystick.store.ledger.entry import Entry
from tallystick.store.ledger.face import Award
from tallystick.store.ledger.hold import Hold
from tallystick.store.ledger.purse import Balance, Purse
from tallystick.store.order.records import Placed, Refunded
from tallystick.store.payout.purse import Held, Moved
from tallystick.store.refusals import Declined
from tallystick.store.shop import Shop
from tallystick.store.tenancy import Tenancy

from ..order.sales import cart, declined, rows
from ..shops import CLUB, open_shop

ANA, BO = Purse("ana", "club"), Purse("bo", "club")


@pytest.fixture
def shop(tenancy: Tenancy) -> Shop:
    """A shop in which ana and bo have points, cashback and credit."""
    made = open_shop(tenancy, CLUB)
    for name in ("ana", "bo"):
        assert not isinstance(made.members.enrol(name, "club"), Declined)
        for unit in ("points", "cashback"):
            award = Award(Purse(name, "club", unit), 1000, "signup", f"{name} {unit}")
            assert isinstance(made.ledger.earn(award), Entry)
        given = made.wallet.give(name, 1000, "EUR", source=name, reason="late", actor="eve")
        assert isinstance(given, Moved)
    assert not isinstance(made.coupons.add("friends", "BOS", owner="bo"), Declined)
    return made


def close(shop: Shop) -> None:
    """Close ana."""
    assert shop.members.close("ana", actor="eve", reason="fraud") == "closed"


DOORS: dict[str, Callable[[Shop], object]] = {
    "earn": lambda shop: shop.ledger.earn(Award(ANA, 1, "x", "1")),
    "earn many": lambda shop: shop.ledger.earn_many(
        [Award(BO, 1, "x", "1"), Award(ANA, 1, "x", "1")]
    ),
    "redeem": lambda shop: shop.ledger.redeem(ANA, 1),
    "give": lambda shop: shop.ledger.adjust(ANA, 1, reason="r", actor="eve"),
    "take": lambda shop: shop.ledger.adjust(ANA, -1, reason="r", actor="eve"),
    "hold": lambda shop: shop.ledger.hold(ANA, 1),
    "transfer from": lambda shop: shop.ledger.transfer(ANA, "bo", 1),
    "transfer to": lambda shop: shop.ledger.transfer(BO, "ana", 1),
    "payout": lambda shop: shop.payouts.request("ana", "club", 1),
    "credit": lambda shop: shop.wallet.give(
        "ana", 1, "EUR", source="s", reason="late", actor="eve"
    ),
    "hold credit": lambda shop: shop.wallet.hold("ana", 1, "EUR", source="s"),
    "spend credit": lambda shop: shop.wallet.redeem("ana", 1, "EUR", order_id="o9"),
    "own codes": lambda shop: shop.coupons.generate("friends", 2, owner="ana"),
    "own a code": lambda shop: shop.coupons.add("friends", "ANA", owner="ana"),
    "be given a code": lambda shop: shop.coupons.assign("BOS", "ana"),
    "be given a code to share": lambda shop: shop.coupons.share("BOS", "ana"),
    "store credit": lambda shop: shop.orders.place(cart("o9", store_credit=1)),
    "reserve credit": lambda shop: shop.orders.reserve(cart("o9", store_credit=1)),
}


@pytest.mark.parametrize("door", DOORS)
def test_nothing_is_given_to_nor_spent_by_who_is_closed(shop: Shop, door: str) -> None:
    before = rows(shop, "entries", "seal")
    close(shop)
    answer = DOORS[door](shop)
    assert declined(answer) == "wrong_state"
    assert isinstance(answer, Declined)
    assert answer.message == "the member is closed"
    assert rows(shop, "entries", "seal") == before
    assert shop.members.reopen("ana", actor="eve", reason="no fraud") == "active"
    assert not isinstance(DOORS[door](shop), Declined)


def test_orders_of_who_is_closed_earn_and_redeem_nothing(shop: Shop) -> None:
    close(shop)
    redeem = [{"program": "club", "points": 100}]
    placed = shop.orders.place(cart("o1", redeem=redeem))
    assert isinstance(placed, Placed)
    assert placed.grand_total_minor == 1000
    balance = shop.ledger.balance(ANA)
    assert isinstance(balance, Balance)
    assert balance.balance == 1000


def test_what_was_begun_before_is_ended(shop: Shop) -> None:
    spent = shop.ledger.redeem(ANA, 100)
    taken, freed = shop.ledger.hold(ANA, 10), shop.ledger.hold(ANA, 10)
    credit = shop.wallet.hold("ana", 100, "EUR", source="cart")
    assert isinstance(spent, Entry) and isinstance(credit, Held)
    assert isinstance(taken, Hold) and isinstance(freed, Hold)
    assert isinstance(shop.orders.place(cart("o1", store_credit=500)), Placed)
    close(shop)
    assert isinstance(shop.ledger.undo(ANA, spent.seq), Entry)
    assert isinstance(shop.ledger.capture(taken.id), Hold)
    assert isinstance(shop.ledger.release(freed.id), Hold)
    assert isinstance(shop.wallet.capture(credit.id, "o2", 50), Moved)
    back = {"id": "r1", "lines": [{"id": "MUG", "units": 1}]}
    refunded = shop.orders.refund("o1", back)
    assert isinstance(refunded, Refunded)
    assert refunded.credit_minor == 500
    assert isinstance(shop.wallet.refund("ana", 50, "EUR", order_id="o2", source="r2"), Moved)
