"""Placing: one transaction with everything in it, frozen, and once however often it is asked."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest

from tallystick.engine.quote.quote import Quote
from tallystick.store.audit.verifying import verify
from tallystick.store.errors import StoreError
from tallystick.store.ledger.purse import Purse
from tallystick.store.ledger.state import State
from tallystick.store.order.records import Placed
from tallystick.store.refusals import Declined
from tallystick.store.shop import Shop

from ..conftest import Clock
from .sales import balances, cart, declined, line, place, rows, statements

DAY_US = 86_400_000_000


def test_an_order_is_priced_booked_and_frozen(shop: Shop) -> None:
    bought = cart("o1", line("MUG", 3), line("COFFEE", 2, 300), coupons=["tenth"])
    bought["shipments"] = [{"id": "s1", "amount": 490}]
    placed = place(shop, bought)
    # 36.00 less 10 % is 32.40, of which 27.00 are for mugs; with 4.90 it is 37.30.
    assert placed == Placed(
        order="o1",
        member=rows(shop, "members", "id", external_id="ana")[0],
        state="placed",
        ruleset=rows(shop, "releases", "hash")[0],
        placed_at_us=shop.tenancy.clock(),
        subtotal_minor=3600,
        discount_minor=360,
        grand_total_minor=3730,
    )
    assert balances(shop) == {("ana", "points"): 32, ("ana", "stamps"): 2}
    assert rows(shop, "placements", "part", "item", "place", "rule", "stage", "amount_minor") == [
        ("line", "COFFEE", 1, "tenth", 100, 60),
        ("line", "MUG", 1, "tenth", 100, 300),
    ]
    assert rows(shop, "usages", "promotion", "code", "amount_minor", "revenue_minor") == [
        ("tenth", "TENTH", 360, 3730)
    ]
    assert rows(shop, "transitions", "number", "was", "becomes") == [(1, "", "placed")]
    assert rows(shop, "entries", "event", "source", "rule", "kind", "points", "tier") == [
        ("purchase", "o1", "buy", "earn", 32, "green"),
        ("purchase", "o1", "coffee", "earn", 2, "green"),
    ]
    assert rows(shop, "outbox", "number", "type", subject="order/o1") == [
        (1, "order.placed"),
        (2, "promotion.applied"),
        (3, "coupon.redeemed"),
    ]
    (result,) = rows(shop, "orders", "result")
    assert json.loads(result)["grand_total"] == 3730


def test_placing_twice_is_once(shop: Shop) -> None:
    first = place(shop, cart("o1"), request="key")
    before = rows(shop, "entries", "seal")
    assert place(shop, cart("o1"), request="key") == first
    assert place(shop, cart("o1")) == first  # without a key it is the order that is known
    assert place(shop, cart("o1"), request="other") == first
    assert declined(shop.orders.place(cart("o2"), request="key")) == "conflict"
    assert declined(shop.orders.place(cart("o1", line("POT")))) == "conflict"
    assert rows(shop, "entries", "seal") == before


def test_an_order_has_to_be_worth_what_the_caller_expects(shop: Shop) -> None:
    answer = shop.orders.place(cart("o1"), grand_total=999)
    assert isinstance(answer, Declined)
    assert declined(answer) == "price_changed"
    assert answer.facts == {"expected_minor": 999, "grand_total_minor": 1000}
    assert rows(shop, "orders", "id") == rows(shop, "members", "id") == []
    assert place(shop, cart("o1"), grand_total=1000).grand_total_minor == 1000


def test_a_quote_is_what_placing_would_give_and_writes_nothing(shop: Shop) -> None:
    place(shop, cart("o1", line("MUG", 30)))
    bought = cart(
        "o2", line("POT", 2), coupons=["TENTH"], redeem=[{"program": "club", "points": "max"}]
    )
    before = {name: rows(shop, name, "seal") for name in ("entries", "accounts", "members")}
    quote = shop.orders.quote(bought)
    assert isinstance(quote, Quote)
    # 20.00 less 10 % is 18.00; of 300 points all pay 3.00.
    assert quote.grand_total == 1500
    assert {name: rows(shop, name, "seal") for name in before} == before
    placed = place(shop, bought)
    assert placed.grand_total_minor == 1500
    assert rows(shop, "orders", "result", id="o2") == [quote.to_json()]
    assert balances(shop) == {("ana", "points"): 15}


def test_a_stranger_gets_the_quote_that_a_member_gets_at_first(shop: Shop) -> None:
    quote = shop.orders.quote(cart("o1"))
    assert isinstance(quote, Quote)
    assert [one.amount for one in quote.result.earned] == [10]
    assert rows(shop, "members", "id") == []
    place(shop, cart("o1"))
    assert rows(shop, "orders", "result") == [quote.to_json()]


def test_nobody_earns_nothing(shop: Shop) -> None:
    placed = place(shop, cart("o1", who=None))
    assert placed.member == ""
    assert rows(shop, "accounts", "id") == rows(shop, "members", "id") == []


def test_a_limit_is_used_up(shop: Shop) -> None:
    totals = [
        place(shop, cart(f"o{n}", who=None, coupons=["TENTH"])).grand_total_minor for n in range(4)
    ]
    assert totals == [900, 900, 900, 1000]


def test_a_full_card_gives_a_reward_that_an_order_uses(shop: Shop) -> None:
    place(shop, cart("o1", line("COFFEE", 6, 300)))
    ((reward, status),) = rows(shop, "rewards", "id", "status")
    assert status == "open"
    placed = place(shop, cart("o2", redeem=[{"issued": reward}]))
    assert placed.grand_total_minor == 1000
    assert rows(shop, "rewards", "status", "order_id") == [("used", "o2")]
    # It is gone: asked for again it is refused, and the order is what it is without it.
    place(shop, cart("o3", redeem=[{"issued": reward}]))
    (result,) = rows(shop, "orders", "result", id="o3")
    assert msgspec.json.decode(result)["redemptions"][0]["reason"] == "used"


def test_an_order_of_the_past_earns_by_the_rules_and_the_tier_of_then(shop: Shop) -> None:
    place(shop, cart("o1", line("MUG", 100)))  # 1000 points: black from now on
    place(shop, cart("o2"))
    place(shop, cart("late") | {"placed_at": "2026-07-09T12:00:00Z"})
    earned = rows(shop, "entries", "source", "points", "tier", rule="buy")
    assert earned == [("late", 10, "green"), ("o1", 1000, "green"), ("o2", 20, "black")]


def test_an_order_of_tomorrow_is_a_mistake(shop: Shop) -> None:
    with pytest.raises(StoreError, match="an instant that has come"):
        shop.orders.place(cart("o1") | {"placed_at": "2026-07-11T12:00:00Z"})


def test_no_order_begins_cancelled(shop: Shop) -> None:
    with pytest.raises(StoreError, match="placed, awaiting_fulfilment, fulfilled"):
        shop.orders.place(cart("o1"), state="cancelled")


def test_an_order_costs_as_many_statements_whatever_its_lines(shop: Shop) -> None:
    def bought(id: str, count: int) -> dict[str, Any]:
        lines = [line(f"MUG-{number}", 1, 40) for number in range(count)]
        redeem = [{"program": "club", "points": 100}]
        return cart(id, *lines, line("COFFEE"), coupons=["TENTH"], redeem=redeem)

    place(shop, cart("o0", line("MUG", 90), line("COFFEE"), coupons=["TENTH"]))
    with statements(shop) as few:
        place(shop, bought("o1", 1), request="one")
    with statements(shop) as many:
        place(shop, bought("o2", 200), request="two")
    assert len(many) == len(few) <= 30, "\n".join(many)


@pytest.mark.parametrize("before", [0, 1])
def test_a_late_order_has_the_floor_of_its_instant(shop: Shop, clock: Clock, before: int) -> None:
    assert not isinstance(shop.members.enrol("ana", "club"), Declined)
    for number in range(before):
        place(shop, cart(f"o{number}"))
    opened_us = clock.now_us
    for tier in ("black", None):
        clock.now_us += DAY_US
        floor = shop.members.set_floor("ana", "club", tier, actor="eve", reason="a partner")
        assert not isinstance(floor, Declined)
        assert list(verify(shop.tenancy.database)) == []
    clock.now_us += DAY_US
    expected = {10: 10, 11: 20, 12: 10, 13: 10}
    for day, points in sorted(expected.items(), reverse=True):
        late = cart(f"d{day}") | {"placed_at": f"2026-07-{day}T12:00:00Z"}
        quote = shop.orders.quote(late)
        assert isinstance(quote, Quote)
        assert [one.amount for one in quote.result.earned] == [points]
        place(shop, late)
    found = rows(shop, "entries", "source", "tier", "points")
    assert [one for one in found if one[0].startswith("d")] == [
        ("d10", "green", 10),
        ("d11", "black", 20),
        ("d12", "green", 10),
        ("d13", "green", 10),
    ]
    assert list(verify(shop.tenancy.database)) == []
    if before:
        tiers = [tier_at(shop, opened_us + days * DAY_US) for days in (0, 1, 2, 3, 9)]
        assert tiers == ["green", "black", "green", "green", "green"]


def tier_at(shop: Shop, at_us: int) -> str:
    """The tier of ana at an instant."""
    state = shop.ledger.state(Purse("ana", "club"), at_us=at_us)
    assert isinstance(state, State) and state.tier is not None
    return state.tier.tier
