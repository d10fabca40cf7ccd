"""Codes that members share: what their use by others gives the owner, and when it goes again."""

from __future__ import annotations

import pytest

from tallystick.store.refusals import Declined
from tallystick.store.shop import Shop
from tallystick.store.tenancy import Tenancy

from ..shops import open_shop
from .sales import balances, cart, line, place, rows, statements

RULES = """
ruleset:
  currency: EUR
  attributes:
    event.attributes.promotion: {type: string, default: ""}
programs: {club: {points: {activate_on: fulfilled}}}
promotions:
  friends: {coupon_pool: friends, then: {percent_off: 10%}}
earning_rules:
  buy: {program: club, event: purchase, award: {points: 1 per 1 EUR}}
  share:
    program: club
    event: external.coupon-shared
    when: event.attributes.promotion == "friends"
    award: {points: 5 per 1 EUR}
  thanks:
    program: club
    event: external.coupon-shared
    when: event.kind == "friends"
    award: {cashback: 2%}
"""


@pytest.fixture
def shop(tenancy: Tenancy) -> Shop:
    """A shop by `RULES`, with a code that Bo shares."""
    shop = open_shop(tenancy, RULES)
    place(shop, cart("b1", line("CUP", 1, 100), who="bo"))
    assert not isinstance(shop.coupons.add("friends", "BOS", owner="bo"), Declined)
    return shop


def test_the_owner_is_rewarded_for_what_others_buy(shop: Shop) -> None:
    placed = place(shop, cart("o1", line("MUG", 3), coupons=["bos"]))
    assert placed.grand_total_minor == 2700
    # 27.00 are 135 points, pending as the order is, and 2 % of it in money.
    assert balances(shop) == {
        ("ana", "points"): 27,
        ("bo", "points"): 1 + 135,
        ("bo", "cashback"): 54,
    }
    assert rows(shop, "accounts", "active", "pending", unit="points") == [(0, 27), (0, 136)]
    assert rows(shop, "happenings", "event", "source", "order_id") == [
        ("external.coupon-shared", "o1/BOS", "o1")
    ]
    shop.orders.transition("o1", "fulfilled")
    assert rows(shop, "accounts", "active", "pending", unit="points") == [(27, 0), (135, 1)]


def test_their_own_use_gives_nothing(shop: Shop) -> None:
    place(shop, cart("b2", line("MUG", 3), who="bo", coupons=["bos"]))
    assert balances(shop) == {("bo", "points"): 1 + 27}
    assert rows(shop, "happenings", "event") == []


def test_it_goes_with_a_cancelled_order(shop: Shop) -> None:
    place(shop, cart("o1", line("MUG", 3), coupons=["bos"]))
    assert not isinstance(shop.orders.cancel("o1"), Declined)
    assert balances(shop) == {("bo", "points"): 1}


def test_it_goes_with_the_last_of_an_order(shop: Shop) -> None:
    place(shop, cart("o1", line("MUG", 3), coupons=["bos"]))
    first = {"id": "r1", "lines": [{"id": "MUG", "units": 2}]}
    assert not isinstance(shop.orders.refund("o1", first), Declined)
    assert balances(shop)["bo", "cashback"] == 54
    rest = {"id": "r2", "lines": [{"id": "MUG", "units": 1}]}
    assert not isinstance(shop.orders.refund("o1", rest), Declined)
    assert balances(shop) == {("bo", "points"): 1}


def test_what_goes_is_taken_for_no_other_order(tenancy: Tenancy) -> None:
    campaign = "campaigns: {party: {program: club, rules: [buy, share], bonus: 40}}"
    shop = open_shop(tenancy, f"{RULES}{campaign}")
    name = "external.coupon-shared/o1/BOS"
    place(shop, cart(name, who="bo"))
    assert not isinstance(shop.coupons.add("friends", "BOS", owner="bo"), Declined)
    place(shop, cart("o1", coupons=["bos"]))
    assert balances(shop)["bo", "points"] == 10 + 40 + 45 + 40
    assert not isinstance(shop.orders.cancel(name), Declined)
    assert not isinstance(shop.orders.cancel("o1"), Declined)
    assert balances(shop) == {}


def test_many_owners_cost_as_many_statements_as_one(shop: Shop) -> None:
    for number in range(8):
        place(shop, cart(f"b{number}x", line("CUP", 1, 100), who=f"bo{number}"))
        shop.coupons.add("friends", f"BO{number}", owner=f"bo{number}")
    place(shop, cart("o0", coupons=["BOS"]))
    with statements(shop) as few:
        place(shop, cart("o1", coupons=["BO1"]))
    with statements(shop) as many:
        place(shop, cart("o2", coupons=[f"BO{number}" for number in range(2, 8)]))
    assert len(many) - len(few) <= 6, "\n".join(many)
