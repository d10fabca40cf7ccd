"""Store credit: the wallet pays what a cart says, for lines alone, and gets its share back."""

from __future__ import annotations

from typing import Any

import pytest

from tallystick.engine.quote.quote import Quote
from tallystick.store.audit.verifying import verify
from tallystick.store.ledger.purse import Purse
from tallystick.store.order.records import OrderShown, Placed, Refunded
from tallystick.store.order.reserving import Reserved
from tallystick.store.payout.purse import Held, Moved
from tallystick.store.payout.wallet import Balance
from tallystick.store.refusals import Declined
from tallystick.store.shop import Shop

from ..audit.changes import unguard
from .sales import cart, declined, line, place, rows

SHIPPED: dict[str, Any] = {"shipments": [{"id": "s", "amount": 500}]}


def give(shop: Shop, amount: int, who: str = "ana") -> None:
    """Enrol somebody and put so much into their wallet."""
    assert not isinstance(shop.members.enrol(who, "club"), Declined)
    given = shop.wallet.give(
        who, amount, "EUR", source=f"{who} {amount}", reason="late", actor="eve"
    )
    assert isinstance(given, Moved), given


def wallet(shop: Shop, who: str = "ana") -> tuple[int, int]:
    """What is in somebody's wallet, and what of it is not held."""
    found = shop.wallet.balance(who, "EUR")
    assert isinstance(found, Balance), found
    return found.balance_minor, found.available_minor


def refund(shop: Shop, order: str, name: str, **lines: int) -> Refunded:
    """Refund units of lines."""
    back = {"id": name, "lines": [{"id": line, "units": units} for line, units in lines.items()]}
    answer = shop.orders.refund(order, back)
    assert isinstance(answer, Refunded), answer
    assert shop.orders.refund(order, back) == answer
    return answer


def shown(shop: Shop, order: str) -> OrderShown:
    """An order that is there."""
    found = shop.orders.show(order)
    assert isinstance(found, OrderShown), found
    return found


def sound(shop: Shop) -> None:
    """Nothing is wrong in the store."""
    assert [str(one) for one in verify(shop.tenancy.database)] == []


@pytest.mark.parametrize(
    ("credit", "paid"), [(1, 1), (1500, 1500), (2000, 2000), (2400, 2000), (10**13, 2000)]
)
def test_the_wallet_pays_for_lines_and_not_for_shipping(shop: Shop, credit: int, paid: int) -> None:
    give(shop, 3000)
    asked = cart("o1", line("MUG", 2), store_credit=credit, **SHIPPED)
    quote = shop.orders.quote(asked)
    assert isinstance(quote, Quote)
    assert wallet(shop) == (3000, 3000)  # a quote takes nothing
    placed = place(shop, asked, grand_total=2500)
    assert place(shop, asked, grand_total=2500) == placed  # nor does the same order again
    assert wallet(shop) == (3000 - paid, 3000 - paid)
    assert (shown(shop, "o1").credit_minor, shown(shop, "o1").grand_total_minor) == (paid, 2500)
    sound(shop)


def test_a_wallet_that_has_less_is_said_so_and_nothing_is_written(shop: Shop) -> None:
    give(shop, 999)
    before = rows(shop, "outbox", "id")
    answer = shop.orders.place(cart("o1", store_credit=1000))
    assert isinstance(answer, Declined)
    assert (answer.refusal.value, answer.facts) == (
        "insufficient_points",
        {"asked": 1000, "available": 999},
    )
    assert answer.message == (
        "the cart pays 1000 with store credit, and the wallet has 999 available"
    )
    assert declined(shop.orders.place(cart("o2", who="stranger", store_credit=1))) == (
        "insufficient_points"
    )
    assert declined(shop.orders.place(cart("o3", who=None, store_credit=1))) == (
        "insufficient_points"
    )
    assert declined(shop.orders.reserve(cart("o4", store_credit=1000))) == "insufficient_points"
    assert rows(shop, "outbox", "id") == before
    assert rows(shop, "orders", "id") == []


def test_what_a_code_takes_off_is_not_paid(shop: Shop) -> None:
    give(shop, 5000)
    asked = cart("o1", store_credit=5000, coupons=["TENTH"])
    assert place(shop, asked).grand_total_minor == 900
    assert wallet(shop) == (4100, 4100)


def test_what_comes_back_brings_its_share_of_store_credit(shop: Shop) -> None:
    give(shop, 1000)
    place(shop, cart("o1", line("MUG", 3, 333), line("POT", 1, 1001), store_credit=1000))
    assert wallet(shop) == (0, 0)  # 499.5 of mugs, and 500.5 of the pot: the pot has the odd one
    first = refund(shop, "o1", "r1", MUG=1)
    assert (first.amount_minor, first.credit_minor) == (333, 166)
    both = refund(shop, "o1", "r2", MUG=1, POT=1)
    assert (both.amount_minor, both.credit_minor) == (333 + 1001, 166 + 501)
    last = refund(shop, "o1", "r3", MUG=1)
    assert (last.amount_minor, last.credit_minor, last.state) == (333, 167, "refunded")
    assert wallet(shop) == (1000, 1000)
    assert [one.credit_minor for one in shown(shop, "o1").refunds] == [166, 667, 167]
    assert rows(shop, "entries", "points", event="refund", undoes="redeem") == [166, 167, 667]
    sound(shop)


def test_what_an_order_took_is_given_back_by_nobodys_hand(shop: Shop) -> None:
    """Or it would come back twice: into the wallet, and with what is paid back otherwise."""
    give(shop, 1000)
    place(shop, cart("o1", line("MUG", 2), store_credit=1000))
    assert declined(by_hand(shop, 1)) == "exceeds_booked"
    [entry] = rows(shop, "entries", "seq", event="purchase", kind="redeem")
    purse = Purse("ana", "", "credit", "EUR")
    assert declined(shop.ledger.undo(purse, entry)) == "wrong_state"
    assert refund(shop, "o1", "r1", MUG=1).credit_minor == 500
    assert refund(shop, "o1", "r2", MUG=1).credit_minor == 500
    assert declined(by_hand(shop, 1)) == "exceeds_booked"
    assert wallet(shop) == (1000, 1000)
    sound(shop)


def by_hand(shop: Shop, amount: int, source: str = "a present") -> Moved | Declined:
    """Give back into the wallet what it paid for the order o1, by hand."""
    return shop.wallet.refund("ana", amount, "EUR", order_id="o1", source=source)


@pytest.mark.parametrize("hand_first", [True, False])
def test_what_was_taken_by_hand_is_given_back_by_hand(shop: Shop, hand_first: bool) -> None:
    """Beside what the order took, before it or after: each gives back what it took, and no more."""
    give(shop, 1000)
    if hand_first:
        assert isinstance(shop.wallet.redeem("ana", 300, "EUR", order_id="o1"), Moved)
        assert isinstance(by_hand(shop, 100, "o1/r1"), Moved)  # as a refund of the order is called
    place(shop, cart("o1", line("MUG", 2), store_credit=600))
    if not hand_first:
        assert isinstance(shop.wallet.redeem("ana", 300, "EUR", order_id="o1"), Moved)
        assert isinstance(by_hand(shop, 100, "o1/r1"), Moved)
    assert shown(shop, "o1").credit_minor == 600
    assert wallet(shop) == (200, 200)
    assert refund(shop, "o1", "r1", MUG=1).credit_minor == 300
    assert declined(by_hand(shop, 201)) == "exceeds_booked"
    assert isinstance(by_hand(shop, 200), Moved)
    assert refund(shop, "o1", "r2", MUG=1).credit_minor == 300
    assert wallet(shop) == (1000, 1000)
    sound(shop)


def test_a_cancelled_order_brings_back_what_it_took_alone(shop: Shop) -> None:
    give(shop, 1000)
    held = shop.wallet.hold("ana", 300, "EUR", source="o1")
    assert isinstance(held, Held)
    place(shop, cart("o1", store_credit=600))
    assert isinstance(shop.wallet.capture(held.id, "o1", 200), Moved)
    assert isinstance(shop.orders.cancel("o1"), Placed)
    assert wallet(shop) == (800, 800)
    sound(shop)
    assert isinstance(by_hand(shop, 200), Moved)
    assert wallet(shop) == (1000, 1000)
    sound(shop)


def test_a_cancelled_order_brings_back_all(shop: Shop) -> None:
    give(shop, 1000)
    place(shop, cart("o1", store_credit=700))
    answer = shop.orders.cancel("o1")
    assert isinstance(answer, Placed)
    assert wallet(shop) == (1000, 1000)
    place(shop, cart("o2", store_credit=1000))  # and it pays again
    assert wallet(shop) == (0, 0)
    sound(shop)


def test_what_was_taken_by_hand_before_pays_for_no_cart(shop: Shop) -> None:
    give(shop, 1000)
    assert isinstance(shop.wallet.redeem("ana", 700, "EUR", order_id="o1"), Moved)
    assert declined(shop.orders.place(cart("o1", store_credit=700))) == "insufficient_points"
    place(shop, cart("o1", store_credit=200))
    assert wallet(shop) == (100, 100)
    sound(shop)


def test_credit_that_comes_back_is_a_part_of_what_comes_back(shop: Shop) -> None:
    give(shop, 5000)
    assert isinstance(shop.wallet.redeem("ana", 2000, "EUR", order_id="o1"), Moved)
    place(shop, cart("o1", line("MUG", 2), **SHIPPED, store_credit=5000))
    back = refund(shop, "o1", "r1", MUG=2)
    assert back.credit_minor == back.amount_minor


def test_a_reservation_holds_it_and_the_order_takes_it(shop: Shop) -> None:
    give(shop, 1000)
    asked = cart("o1", store_credit=800)
    kept = shop.orders.reserve(asked)
    assert isinstance(kept, Reserved)
    assert (kept.credit_minor, kept.points) == (800, {})
    assert wallet(shop) == (1000, 200)
    assert declined(shop.orders.place(cart("o2", store_credit=300))) == "insufficient_points"
    less = shop.orders.reserve(cart("o1", store_credit=900), reservation=kept.reservation)
    assert isinstance(less, Reserved)
    assert wallet(shop) == (1000, 100)
    place(shop, asked, reservation=kept.reservation)
    assert wallet(shop) == (200, 200)
    other = shop.orders.reserve(cart("o3", store_credit=100))
    assert isinstance(other, Reserved)
    assert not isinstance(shop.orders.release(other.reservation), Declined)
    assert wallet(shop) == (200, 200)
    sound(shop)


def test_an_order_of_somebody_erased_is_given_back_as_it_was_paid(shop: Shop) -> None:
    give(shop, 1000)
    place(shop, cart("o1", line("MUG", 2), store_credit=1000))
    assert not isinstance(shop.members.erase("ana", actor="eve", reason="asked"), Declined)
    assert refund(shop, "o1", "r1", MUG=1).credit_minor == 500
    sound(shop)


def test_verify_finds_store_credit_that_nobody_paid(shop: Shop) -> None:
    give(shop, 1000)
    place(shop, cart("o1", store_credit=800))
    sound(shop)

    def forget(connection: object) -> None:
        """Have the entry be of another order."""
        connection.exec_driver_sql(  # type: ignore[attr-defined]
            "UPDATE entries SET order_id = 'o9' WHERE event = 'purchase' AND rule = ''"
        )

    unguard(shop.tenancy.database)
    shop.tenancy.database.write(forget)
    found = [str(one) for one in verify(shop.tenancy.database) if one.check == "sum"]
    assert found == ["main orders id=o1: sum: expected 800 of store credit taken, found 0"]
