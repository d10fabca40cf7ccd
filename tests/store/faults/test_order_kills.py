"""A process is killed at every step of placing, cancelling and refunding an order."""

from __future__ import annotations

from typing import Any

import pytest

from tallystick.store.order.face import Orders
from tallystick.store.refusals import Declined
from tallystick.store.rules.shelf import Shelf
from tallystick.store.shop import Shop
from tallystick.store.tenancy import Tenancy
from tallystick.store.tenants import add_tenant

from ..killing import DAY_US, NOON_US, Copy, check_request, do
from ..order.conftest import RULES
from ..order.sales import cart, line
from ..shops import open_shop

BIG = cart(
    "o9",
    line("MUG", 5),
    line("COFFEE", 6, 300),
    coupons=["TENTH"],
    redeem=[{"program": "club", "points": 400}],
)
BACK = {"id": "r1", "lines": [{"id": "MUG", "units": 2}]}


def bought(id: str, day: int, **more: Any) -> dict[str, Any]:
    """An order of some days ago."""
    return cart(id, line("MUG", 60), line("COFFEE", 2, 300), **more) | {
        "placed_at": f"2026-07-{10 - day:02}T12:00:00Z"
    }


SHELF = Shelf()  # rule sets are compiled once, and children have them


def orders(tenancy: Tenancy) -> Orders:
    """The orders of the shop."""
    return Shop(tenancy, SHELF).orders


def begin(tenancy: Tenancy) -> object:
    """The shop opens."""
    add_tenant(tenancy)
    return open_shop(tenancy, RULES)


BEFORE = [
    begin,
    lambda tenancy: orders(tenancy).place(bought("o1", 3)),
    lambda tenancy: orders(tenancy).place(bought("o2", 2, coupons=["TENTH"])),
    lambda tenancy: orders(tenancy).place(
        bought("o3", 1, redeem=[{"program": "club", "points": 300}])
    ),
]
ACTIONS = {
    "place": lambda tenancy: orders(tenancy).place(BIG, request="k"),
    "reserve": lambda tenancy: orders(tenancy).reserve(BIG, request="k"),
    "place for somebody new": lambda tenancy: orders(tenancy).place(
        {**BIG, "customer": {"id": "new"}, "redeem": []}, request="k"
    ),
    "fulfil": lambda tenancy: orders(tenancy).transition("o2", "fulfilled", request="k"),
    "cancel": lambda tenancy: orders(tenancy).cancel("o3", request="k"),
    "refund": lambda tenancy: orders(tenancy).refund("o3", BACK, request="k"),
}


@pytest.fixture
def copy(database_url: str, copies: Copy, monkeypatch: pytest.MonkeyPatch) -> Copy:
    """Makes copies of a database with a few orders."""
    for day, action in enumerate(BEFORE):
        answer = do(database_url, action, NOON_US + (day - 4) * DAY_US, f"day-{day}")
        assert not isinstance(answer, Declined), answer
    # The next code of a member is the same for all.
    monkeypatch.setattr("secrets.choice", lambda signs: signs[0])
    return copies


@pytest.mark.parametrize("name", ACTIONS)
def test_a_request_that_is_killed_at_every_step(copy: Copy, name: str) -> None:
    check_request(copy, ACTIONS[name], has_shop=True)


def test_an_order_that_is_placed_twice(copy: Copy) -> None:
    """Without its own key an order is still one order."""
    url = copy()

    def twice(tenancy: Tenancy) -> object:
        return [orders(tenancy).place(BIG), orders(tenancy).place(BIG)]

    answers = do(url, twice)
    assert isinstance(answers, list) and answers[0] == answers[1]
