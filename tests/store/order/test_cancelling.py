"""Cancelling: everything goes back to where it came from."""

from __future__ import annotations

from tallystick.store.order.records import Placed
from tallystick.store.refusals import Declined
from tallystick.store.shop import Shop
from tallystick.store.tenancy import Tenancy

from ..conftest import Clock
from ..shops import open_shop
from .sales import balances, cart, declined, line, place, rows

DAY_US = 86_400_000_000


def cancelled(shop: Shop, order: str) -> None:
    """Cancel an order that may be."""
    answer = shop.orders.cancel(order)
    assert isinstance(answer, Placed), answer
    assert answer.state == "cancelled"


def test_points_go_back_to_their_lots_and_usage_to_its_limits(shop: Shop, clock: Clock) -> None:
    place(shop, cart("o1", line("MUG", 20)))  # 200 points
    clock.now_us += DAY_US
    place(shop, cart("o2", line("MUG", 30)) | {"placed_at": "2026-07-11T12:00:00Z"})  # and 300
    lots = rows(shop, "lots", "account", "number", "remaining", "expires_at_us")
    asked = cart(
        "o3", line("MUG", 5), coupons=["TENTH"], redeem=[{"program": "club", "points": 400}]
    )
    assert place(shop, asked).grand_total_minor == 5000 - 500 - 400
    assert rows(shop, "counters", "used", promotion="tenth", place="") == [1]
    cancelled(shop, "o3")
    assert balances(shop) == {("ana", "points"): 500}
    assert rows(shop, "lots", "account", "number", "remaining", "expires_at_us")[:2] == lots
    assert rows(shop, "counters", "used", promotion="tenth", place="") == [0]
    assert rows(shop, "usages", "kind", "amount_minor", "revenue_minor") == [
        ("cancel", -500, -4100),
        ("use", 500, 4100),
    ]
    assert rows(shop, "entries", "kind", "undoes", "points", event="cancel") == [
        ("reverse", "earn", -41),
        ("reverse", "redeem", 400),
    ]
    # Once for ever.
    assert declined(shop.orders.cancel("o3")) == "wrong_state"
    assert declined(shop.orders.cancel("o9")) == "unknown_order"


def test_what_was_fulfilled_or_refunded_is_not_cancelled(shop: Shop) -> None:
    place(shop, cart("o1"), state="fulfilled")
    assert declined(shop.orders.cancel("o1")) == "wrong_state"
    place(shop, cart("o2", line("MUG", 2)))
    back = {"id": "r1", "lines": [{"id": "MUG", "units": 1}]}
    assert not isinstance(shop.orders.refund("o2", back), Declined)
    assert declined(shop.orders.cancel("o2")) == "wrong_state"


def test_stamps_and_rewards_go_back(shop: Shop) -> None:
    place(shop, cart("o1", line("COFFEE", 6, 300)))
    (reward,) = rows(shop, "rewards", "id")
    place(shop, cart("o2", line("COFFEE", 4, 300), redeem=[{"issued": reward}]))
    assert rows(shop, "rewards", "status") == ["open", "used"]
    cancelled(shop, "o2")
    assert rows(shop, "rewards", "id", "status") == sorted(
        [(reward, "open"), (rows(shop, "rewards", "id", status="revoked")[0], "revoked")]
    )
    assert balances(shop) == {("ana", "points"): 18, ("ana", "stamps"): 6}
    cancelled(shop, "o1")
    assert rows(shop, "rewards", "status") == ["revoked", "revoked"]
    assert balances(shop) == {}


def test_points_that_were_spent_are_owed(shop: Shop) -> None:
    place(shop, cart("o1", line("MUG", 20)))
    place(shop, cart("o2", line("CUP", 1, 500), redeem=[{"program": "club", "points": 200}]))
    cancelled(shop, "o1")
    # 3 points of the second order are there, and 197 are owed.
    assert rows(shop, "accounts", "balance", "deficit", unit="points") == [(-197, 197)]


def test_a_program_may_forbid_that(tenancy: Tenancy) -> None:
    shop = open_shop(
        tenancy,
        """
        ruleset: {currency: EUR}
        programs: {club: {redemption: {points: 100, value: 1 EUR}, deficit: forbid}}
        earning_rules: {buy: {program: club, event: purchase, award: {points: 1 per 1 EUR}}}
        """,
    )
    place(shop, cart("o1", line("MUG", 20)))
    place(shop, cart("o2", line("CUP", 1, 500), redeem=[{"program": "club", "points": 200}]))
    before = rows(shop, "entries", "seal")
    assert declined(shop.orders.cancel("o1")) == "deficit"
    assert rows(shop, "entries", "seal") == before
    assert rows(shop, "orders", "status", id="o1") == ["placed"]


def test_an_order_without_lines_is_cancelled_too(tenancy: Tenancy) -> None:
    shop = open_shop(
        tenancy,
        """
        ruleset: {currency: EUR}
        programs: {club: {}}
        earning_rules: {hello: {program: club, event: purchase, award: {points: 7}}}
        """,
    )
    place(shop, cart("o1") | {"lines": []})
    assert balances(shop) == {("ana", "points"): 7}
    cancelled(shop, "o1")
    assert balances(shop) == {}


def test_limits_by_member_are_free_again(tenancy: Tenancy) -> None:
    shop = open_shop(
        tenancy,
        """
        ruleset: {currency: EUR}
        programs: {club: {}}
        earning_rules:
          once: {program: club, event: purchase, limits: {per_member: 1}, award: {points: 7}}
        """,
    )
    place(shop, cart("o1"))
    place(shop, cart("o2"))
    assert balances(shop) == {("ana", "points"): 7}
    cancelled(shop, "o1")
    place(shop, cart("o3"))
    assert rows(shop, "entries", "source", "points") == [("o1", -7), ("o1", 7), ("o3", 7)]
