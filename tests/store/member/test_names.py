"""Ids that look like others are taken through no door."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tallystick.engine.quote.quote import Quote
from tallystick.store.errors import StoreError
from tallystick.store.ledger.face import Award
from tallystick.store.ledger.purse import Purse
from tallystick.store.order.records import Placed
from tallystick.store.shop import Shop
from tallystick.store.tenancy import Tenancy

from ..order.sales import NOW, cart, rows
from ..shops import open_shop

UNSEEN = [
    " ana",
    "ana ",
    "ana\u00a0",
    "\tana",
    "ana\n",
    "an\x85a",
    "an\u2028a",
    "an\x1ba",
    "an\u200ba",
    "an\u200da",
    "ana\ufeff",
    "an\u034fa",
    "ana\ufe0f",
    "ana\U000e0100",
    "ana\u3164",
    "\u115fana",
    "ana\u180f",
    " ",
]
EVENT = {"id": "e1", "event": "signup", "at": NOW}
BACK = {"lines": [{"id": "MUG", "units": 1}]}

MEMBERS: dict[str, Callable[[Shop, str], object]] = {
    "enrol": lambda shop, name: shop.members.enrol(name, "club"),
    "show": lambda shop, name: shop.members.show(name),
    "close": lambda shop, name: shop.members.close(name, actor="eve", reason="x"),
    "earn": lambda shop, name: shop.ledger.earn(Award(Purse(name, "club"), 1, "x", "1")),
    "balance": lambda shop, name: shop.ledger.balance(Purse(name, "club")),
    "transfer": lambda shop, name: shop.ledger.transfer(Purse("ana", "club"), name, 1),
    "wallet": lambda shop, name: shop.wallet.balance(name, "EUR"),
    "payouts": lambda shop, name: shop.payouts.of_member(name),
    "quote": lambda shop, name: shop.orders.quote(cart("o1", who=name)),
    "place": lambda shop, name: shop.orders.place(cart("o1", who=name)),
    "event": lambda shop, name: shop.events.handle({**EVENT, "member": name}),
    "coupon": lambda shop, name: shop.coupons.add("pool", "X", owner=name),
}
IDS: dict[str, Callable[[Shop, str], object]] = {
    "quote": lambda shop, id: shop.orders.quote(cart(id)),
    "reserve": lambda shop, id: shop.orders.reserve(cart(id)),
    "place": lambda shop, id: shop.orders.place(cart(id)),
    "refund": lambda shop, id: shop.orders.refund("o0", {"id": id, **BACK}),
    "event": lambda shop, id: shop.events.handle({**EVENT, "id": id, "member": "ana"}),
}


@pytest.fixture
def shop(tenancy: Tenancy) -> Shop:
    """A shop in which ana bought something."""
    shop = open_shop(tenancy)
    assert isinstance(shop.orders.place(cart("o0")), Placed)
    return shop


@pytest.mark.parametrize("door", MEMBERS)
def test_members_are_not_told_apart_by_what_nobody_sees(shop: Shop, door: str) -> None:
    for name in UNSEEN:
        with pytest.raises(StoreError, match="space around it"):
            MEMBERS[door](shop, name)
    assert rows(shop, "members", "external_id") == ["ana"]


@pytest.mark.parametrize("door", IDS)
def test_nor_are_orders_events_and_refunds(shop: Shop, door: str) -> None:
    for id in UNSEEN:
        with pytest.raises(StoreError, match=r"space around it.* at `id`"):
            IDS[door](shop, id)
    assert rows(shop, "orders", "id") == ["o0"]


def test_what_is_seen_is_taken(shop: Shop) -> None:
    for name in ("ana b", "Ana \U0001f33f", "\u0905\u0928\u093e", "a/b"):
        assert isinstance(shop.orders.quote(cart(name, who=name)), Quote)
        assert isinstance(shop.orders.place(cart(name, who=name)), Placed)


def test_one_of_many_events_does_not_stop_the_others(shop: Shop) -> None:
    told = [
        {**EVENT, "id": f"s{n}", "member": name} for n, name in enumerate(["ana", "ana ", "bo"])
    ]
    answers = list(shop.events.handle_many(told))
    assert [isinstance(one, StoreError) for one in answers] == [False, True, False]


def test_a_file_of_balances_names_the_line(shop: Shop, tmp_path: Path) -> None:
    file = tmp_path / "old.csv"
    file.write_text('member,program,points,earned,expires\n"a\nb",club,5,2026-01-03,\n')
    with pytest.raises(StoreError, match="without control or invisible characters"):
        shop.imports.opening_balances(str(file), actor="eve")
