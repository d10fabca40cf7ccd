"""Reservations: what a cart keeps, until it is placed, let go, or out of time."""

from __future__ import annotations

from typing import Any

from tallystick.engine.quote.quote import Quote
from tallystick.store.audit.verifying import verify
from tallystick.store.ledger.hold import Hold
from tallystick.store.ledger.purse import Purse
from tallystick.store.order.reserving import Released, Reserved
from tallystick.store.refusals import Declined
from tallystick.store.shop import Shop

from ..conftest import Clock
from .sales import balances, cart, declined, line, place, rows

HALF_HOUR_US = 1_800_000_000


def wish(id: str = "o2", points: Any = 500, **more: Any) -> dict[str, Any]:
    """A cart that takes points and a code."""
    return cart(id, redeem=[{"program": "club", "points": points}], coupons=["TENTH"], **more)


def reserve(shop: Shop, *args: Any, **more: Any) -> Reserved:
    """Reserve what nothing speaks against."""
    answer = shop.orders.reserve(*args, **more)
    assert isinstance(answer, Reserved), answer
    return answer


def total(shop: Shop, *args: Any, **more: Any) -> int:
    """What a cart costs."""
    quote = shop.orders.quote(*args, **more)
    assert isinstance(quote, Quote), quote
    return quote.grand_total


def test_points_and_uses_are_kept_for_the_cart_that_reserved_them(shop: Shop) -> None:
    place(shop, cart("o1", line("MUG", 50)))  # 500 points
    kept = reserve(shop, wish())
    assert (kept.grand_total_minor, kept.points) == (400, {"club": 500})
    assert kept.expires_at_us == shop.tenancy.clock() + HALF_HOUR_US
    # Others see 2 uses left of 3, and no points; the cart itself sees all.
    assert total(shop, wish("o9")) == 900
    assert total(shop, wish(), reservation=kept.reservation) == 400
    assert rows(shop, "accounts", "balance", "held", unit="points") == [(500, 500)]
    placed = place(shop, wish(), reservation=kept.reservation)
    assert placed.grand_total_minor == 400
    assert rows(shop, "accounts", "balance", "held", unit="points") == [(4, 0)]
    assert rows(shop, "entries", "source", "rule", "points", kind="redeem") == [
        ("o2", "club", -500)
    ]
    assert rows(shop, "holds", "status", "captured") == [("captured", 500)]
    assert rows(shop, "reservations", "status") == ["placed"]
    assert rows(shop, "tokens", "status", "order_id", reservation=kept.reservation) == [
        ("committed", "o2")
    ]
    assert declined(shop.orders.release(kept.reservation)) == "unknown_reservation"


def test_nobody_places_what_was_reserved_for_another(shop: Shop) -> None:
    place(shop, cart("o1", line("MUG", 50)))
    kept = reserve(shop, wish())
    assert not isinstance(shop.members.enrol("bo", "club"), Declined)
    other = wish() | {"customer": {"id": "bo"}}
    assert declined(shop.orders.place(other, reservation=kept.reservation)) == "conflict"
    assert balances(shop) == {("ana", "points"): 500}
    place(shop, wish(), reservation=kept.reservation)


def test_nobody_ends_by_hand_what_a_reservation_holds(shop: Shop) -> None:
    place(shop, cart("o1", line("MUG", 50)))
    given = shop.wallet.give("ana", 300, "EUR", source="c1", reason="late", actor="eve")
    assert not isinstance(given, Declined)
    kept = reserve(shop, wish(store_credit=300))
    credit, points = rows(shop, "holds", "points", "id")
    assert (credit[0], points[0]) == (300, 500)
    for answer in (
        shop.ledger.capture(points[1]),
        shop.ledger.release(points[1]),
        shop.ledger.capture(credit[1]),
        shop.wallet.capture(credit[1], "o9"),
        shop.wallet.release(credit[1]),
    ):
        assert declined(answer) == "wrong_state"
        assert isinstance(answer, Declined)
        held_for = f"it is held for `reservation/{kept.reservation}`: "
        assert answer.message == f"{held_for}place its order, or release that"
    assert (
        place(shop, wish(store_credit=300), reservation=kept.reservation).grand_total_minor == 400
    )
    assert rows(shop, "holds", "status", "captured") == [("captured", 500), ("released", 0)]
    assert declined(shop.ledger.capture(points[1])) == "already_captured"
    assert declined(shop.wallet.release(credit[1])) == "already_released"


def test_what_somebody_holds_under_the_name_of_a_reservation_is_theirs(shop: Shop) -> None:
    place(shop, cart("o1", line("MUG", 50)))
    kept = reserve(shop, wish(points=300))
    for name in (kept.reservation, "x"):
        held = shop.ledger.hold(Purse("ana", "club"), 50, source=f"reservation/{name}")
        assert isinstance(held, Hold)
        assert isinstance(shop.ledger.capture(held.id), Hold)


def test_a_reservation_is_replaced_by_what_the_cart_is_now(shop: Shop) -> None:
    place(shop, cart("o1", line("MUG", 50)))
    first = reserve(shop, wish())
    second = reserve(shop, wish(points=300), reservation=first.reservation)
    assert second.reservation == first.reservation
    assert second.points == {"club": 300}
    assert rows(shop, "accounts", "held", unit="points") == [300]
    assert rows(shop, "holds", "points", "status") == [(300, "held"), (500, "released")]
    assert rows(shop, "counters", "used", promotion="tenth", place="") == [1]


def test_what_is_let_go_is_free_again(shop: Shop) -> None:
    place(shop, cart("o1", line("MUG", 50)))
    kept = reserve(shop, wish())
    assert shop.orders.release(kept.reservation) == Released(kept.reservation)
    assert total(shop, wish("o9")) == 400
    assert (
        declined(shop.orders.place(wish(), reservation=kept.reservation)) == "unknown_reservation"
    )
    assert declined(shop.orders.reserve(wish(), reservation="x")) == "unknown_reservation"
    assert declined(shop.orders.quote(wish(), reservation="x")) == "unknown_reservation"


def test_what_timed_out_is_free_by_itself(shop: Shop, clock: Clock) -> None:
    place(shop, cart("o1", line("MUG", 50)))
    kept = reserve(shop, wish())
    clock.now_us += HALF_HOUR_US
    assert total(shop, wish("o9")) == 400
    # Placed late all the same, it is priced by what is there then.
    place(shop, wish("o3"))
    assert place(shop, wish(), reservation=kept.reservation).grand_total_minor == 900
    assert balances(shop) == {("ana", "points"): 4 + 9}


def test_more_than_was_held_is_taken_from_what_there_is(shop: Shop) -> None:
    place(shop, cart("o1", line("MUG", 20)))
    kept = reserve(shop, wish(points="max"))
    assert kept.points == {"club": 200}
    place(shop, cart("o4", line("MUG", 30)))
    placed = place(shop, wish(points="max"), reservation=kept.reservation)
    assert placed.grand_total_minor == 400
    assert rows(shop, "entries", "source", "event", "points", kind="redeem") == [
        ("o2", "purchase", -200),
        ("o2", "purchase.more", -300),
    ]
    assert balances(shop) == {("ana", "points"): 4}


def test_no_order_is_taken_for_what_another_redeems_beyond_its_reservation(shop: Shop) -> None:
    place(shop, cart("o1", line("MUG", 20)))
    kept = reserve(shop, wish(points="max"))
    place(shop, cart("o4", line("MUG", 50)))
    place(shop, wish("o2/more", points=300))
    place(shop, wish(points="max"), reservation=kept.reservation)
    assert rows(shop, "entries", "order_id", "points", kind="redeem") == [
        ("o2", -200),
        ("o2", -200),
        ("o2/more", -300),
    ]
    shop.orders.cancel("o2")
    shop.orders.cancel("o2/more")
    assert balances(shop) == {("ana", "points"): 700}
    assert list(verify(shop.tenancy.database)) == []


def test_what_is_held_and_not_needed_goes_back(shop: Shop) -> None:
    place(shop, cart("o1", line("MUG", 50)))
    kept = reserve(shop, wish())
    place(shop, cart("o2"), reservation=kept.reservation)
    assert rows(shop, "holds", "status") == ["released"]
    assert balances(shop) == {("ana", "points"): 510}
    assert rows(shop, "counters", "used", promotion="tenth", place="") == [0]


def test_a_limit_that_is_reserved_is_not_given_twice(shop: Shop) -> None:
    for number in range(3):
        reserve(shop, cart(f"c{number}", who=None, coupons=["TENTH"]))
    assert place(shop, cart("o1", who=None, coupons=["TENTH"])).grand_total_minor == 1000
