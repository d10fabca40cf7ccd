"""Many at one limit, one balance and one order at once: never over, never twice, never lost."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import sqlalchemy as sa

from tallystick.store.database.database import Database
from tallystick.store.order.records import Placed
from tallystick.store.order.reserving import Reserved
from tallystick.store.refusals import Declined
from tallystick.store.shop import Shop
from tallystick.store.tenants import add_tenant

from ..shops import open_shop
from ..writing import tenancy_of
from .conftest import RULES
from .sales import balances, cart, line, place, rows

THREADS = 8
WAITING = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = %s"


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


def release(shop: Shop) -> object:
    """Reserve something for points, and let go of it."""
    redeem = [{"program": "club", "points": 100}]
    kept = shop.orders.reserve(cart("o2", coupons=["TENTH"], redeem=redeem))
    assert isinstance(kept, Reserved) and kept.points
    return lambda: shop.orders.release(kept.reservation)


UNDOING: dict[str, Callable[[Shop], Any]] = {
    "cancel": lambda shop: lambda: shop.orders.cancel("o1"),
    "refund": lambda shop: (
        lambda: shop.orders.refund("o1", {"id": "r1", "lines": [{"id": "COFFEE", "units": 1}]})
    ),
    "release": release,
}


@pytest.mark.parametrize("verb", list(UNDOING))
def test_who_waits_for_the_points_of_a_customer_has_nothing_that_others_want(
    postgresql_url: str, verb: str
) -> None:
    """As whoever places an order does, or both would wait for each other."""
    database = Database(postgresql_url)
    tenancy = tenancy_of(database)
    add_tenant(tenancy)
    shop = open_shop(tenancy, RULES)
    place(shop, cart("o1", line("COFFEE", 200), coupons=["TENTH"]))
    undo = UNDOING[verb](shop)
    engine = sa.create_engine(database.url)
    with ThreadPoolExecutor(1) as thread:
        with engine.begin() as other:
            other.exec_driver_sql("SELECT 1 FROM accounts WHERE unit = 'points' FOR UPDATE")
            answer = thread.submit(undo)
            while not other.exec_driver_sql(WAITING, (database.url.database,)).scalar():
                assert not answer.done()
            for what in ("accounts WHERE unit = 'stamps'", "counters"):
                other.exec_driver_sql(f"SELECT 1 FROM {what} FOR UPDATE NOWAIT")
        assert not isinstance(answer.result(), Declined)
    engine.dispose()
    database.close()
