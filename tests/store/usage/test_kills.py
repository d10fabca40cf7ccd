"""A generation of codes is killed at every step: whole batches are there, and again is the rest.

A reservation and an order under limits are killed so too: the counters are what tokens say.
"""

from __future__ import annotations

import random
from collections import Counter as Tally
from functools import partial

import pytest

from tallystick.store.database.database import Database
from tallystick.store.rules.library import Library
from tallystick.store.schema.usage import codes, pools, rewards, usages
from tallystick.store.tenancy import Tenancy
from tallystick.store.tenants import add_tenant
from tallystick.store.usage import coupons as face
from tallystick.store.usage.coupons import Coupons, Generated
from tallystick.store.usage.form import CodeForm

from ..children import in_child
from ..conftest import Ids
from ..trap import Trap
from .rush import GIFT, NOW_US, recount
from .test_rewards import give
from .till import Checkout, cart_of

KILLED = -9
COUNT, BATCH = 25, 10


def till_at(url: str, ids: str) -> Checkout:
    """A checkout that nobody else has open; its ids are its own."""
    return Checkout(Tenancy(Database(url), "main", lambda: NOW_US, Ids(ids)))


def generate(url: str, ids: str, deadly: int = 0) -> int:
    """Fill a pool, or be killed on the way; how many steps it took."""
    till = till_at(url, ids)
    trap = Trap(till.tenancy.database, deadly)
    made = Coupons(till.tenancy, Library(till.tenancy), random.Random(ids).randbytes)
    answer = made.generate("p", COUNT, CodeForm(length=8), request="k")
    assert answer == Generated("p", COUNT, [1, 2, 3])
    till.tenancy.database.close()
    return trap.steps


def batches(url: str) -> dict[int, int]:
    """The batches that are written down; all of their codes are there, and no others."""
    till = till_at(url, "look")
    told = {row["batch"]: row["codes"] for row in till.rows(pools)}
    assert told == Tally(row["batch"] for row in till.rows(codes))
    till.tenancy.database.close()
    return told


@pytest.fixture
def empty(database_url: str) -> str:
    """A database with a tenant and nothing else."""
    till = till_at(database_url, "first")
    add_tenant(till.tenancy)
    till.tenancy.database.close()
    return database_url


def test_a_killed_generation_leaves_whole_batches_and_goes_on(
    empty: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(face, "BATCH", BATCH)
    seen = []
    for number in range(1, 100):
        deadly = 6 * number
        ended = in_child(partial(generate, empty, f"try-{deadly}", deadly))
        seen.append(batches(empty))
        if ended.status == 0:
            break
        assert ended.status == KILLED
    assert {} in seen and seen[-1] == {1: 10, 2: 10, 3: 5}
    assert generate(empty, "again") <= 12  # three answers that are there


def buy(url: str, ids: str, deadly: int) -> int:
    """Reserve, order and cancel, and issue a coupon, or be killed on the way."""
    till = till_at(url, ids)
    trap = Trap(till.tenancy.database, deadly)
    first = cart_of("three", f"{ids}-1", customer={"id": "ana"})
    till.reserve(first, ids)
    till.commit(first, ids)
    till.cancel(first["id"])
    till.reserve(cart_of("one", f"{ids}-2"), f"{ids}-r", ttl_us=0)
    give(till, GIFT)
    till.tenancy.database.close()
    return trap.steps


def test_who_is_killed_at_checkout_leaves_counters_that_are_right(empty: str) -> None:
    till = till_at(empty, "begin")
    till.coupons.generate("gifts", 500)
    till.tenancy.database.close()
    deadly = 0
    while True:
        deadly += 1
        ended = in_child(partial(buy, empty, f"k{deadly}", deadly))
        assert ended.status in (0, KILLED)
        check(empty)
        if ended.status == 0:
            break
    assert deadly > 20


def check(url: str) -> None:
    """Counters are what tokens say, and each issued code is a reward."""
    till = till_at(url, "check")
    stand, counted = recount(till)
    assert stand == counted
    assert stand.get(("three", ""), 0) <= 3 and stand.get(("one", ""), 0) <= 1
    given = {row["code"] for row in till.rows(rewards)}
    assert given == {row["code"] for row in till.rows(codes) if row["status"] == "issued"}
    orders = Tally(row["order_id"] for row in till.rows(usages))
    assert set(orders.values()) <= {1, 2}
    till.tenancy.database.close()
