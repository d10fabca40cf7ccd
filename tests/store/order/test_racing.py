"""Many at one limit, one balance and one order at once: never over, never twice, never lost."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

from tallystick.store.order.records import Placed
from tallystick.store.shop import Shop

from .sales import balances, cart, line, place, rows

THREADS = 8


def at_once(shop: Shop, carts: list[dict[str, Any]]) -> list[Placed]:
    """Place carts side by side; nothing speaks against any of them."""
    with ThreadPoolExecutor(THREADS) as pool:
        answers = list(pool.map(shop.orders.place, carts))
    placed = [one for one in answers if isinstance(one, Placed)]
    assert len(placed) == len(carts), answers
    return placed


def test_a_limit_is_never_passed_and_the_others_pay_the_full_price(shop: Shop) -> None:
    carts = [cart(f"o{n}", who=f"m{n}", coupons=["TENTH"]) for n in range(16)]
    totals = sorted(one.grand_total_minor for one in at_once(shop, carts))
    assert totals == [900] * 3 + [1000] * 13
    assert rows(shop, "counters", "used", promotion="tenth", place="") == [3]


def test_points_are_spent_once(shop: Shop) -> None:
    place(shop, cart("o0", line("MUG", 50)))  # 500 points
    redeem = [{"program": "club", "points": 100}]
    carts = [cart(f"o{n}", line("CUP", 1, 100), redeem=redeem) for n in range(1, 17)]
    # Five of them are free; the others cost 1.00 and earn a point.
    assert sorted(one.grand_total_minor for one in at_once(shop, carts)) == [0] * 5 + [100] * 11
    assert balances(shop) == {("ana", "points"): 11}


def test_one_order_placed_many_times_is_one(shop: Shop) -> None:
    answers = at_once(shop, [cart("o1", coupons=["TENTH"])] * 16)
    assert len(set(map(str, answers))) == 1
    assert balances(shop) == {("ana", "points"): 9}
    assert rows(shop, "counters", "used", promotion="tenth", place="") == [1]
