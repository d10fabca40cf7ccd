"""Orders that go on: states, points that wait for them, and the referral that one decides."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from tallystick.store.audit.verifying import verify
from tallystick.store.errors import StoreError
from tallystick.store.order.records import OrderShown, Placed
from tallystick.store.refusals import Declined
from tallystick.store.shop import Shop
from tallystick.store.tenancy import Tenancy
from tallystick.store.tenants import Settings, add_tenant

from ..shops import open_shop
from .sales import balances, cart, declined, line, place, rows

WAITING = """
ruleset: {currency: EUR, timezone: Europe/Madrid}
programs:
  club:
    points: {activate_on: fulfilled, activate_after: 14 days, expire_after: 12 months}
earning_rules:
  buy: {program: club, event: purchase, award: {points: 1 per 1 EUR}}
  friend:
    program: club
    event: referral
    min_order: 25 EUR
    award: {referrer: {points: 500}, friend: {points: 250}}
"""

SPEND = """
ruleset: {currency: EUR, timezone: Europe/Madrid}
programs:
  club:
    points: {activate_on: fulfilled}
    tiers: {measure: spend, levels: {silver: {from: 50 EUR}}}
earning_rules:
  a-lot:
    program: club
    event: purchase
    when: cart.subtotal >= 100 EUR
    award: {points: 2 per 1 EUR}
  buy: {program: club, event: purchase, award: {points: 1 per 1 EUR}}
"""


def moved(shop: Shop, order: str, state: str, **more: Any) -> Placed:
    """Bring an order forward that nothing holds back."""
    answer = shop.orders.transition(order, state, **more)
    assert isinstance(answer, Placed), answer
    return answer


def test_an_order_goes_through_its_states(shop: Shop) -> None:
    place(shop, cart("o1"), actor="till-1")
    assert moved(shop, "o1", "awaiting_fulfilment", request="a").state == "awaiting_fulfilment"
    assert moved(shop, "o1", "fulfilled", actor="ben").state == "fulfilled"
    assert moved(shop, "o1", "awaiting_fulfilment", request="a").state == "awaiting_fulfilment"
    assert rows(shop, "transitions", "number", "was", "becomes", "actor") == [
        (1, "", "placed", "till-1"),
        (2, "placed", "awaiting_fulfilment", ""),
        (3, "awaiting_fulfilment", "fulfilled", "ben"),
    ]
    assert rows(shop, "orders", "status") == ["fulfilled"]
    assert rows(shop, "outbox", "number", "type", subject="order/o1") == [
        (1, "order.placed"),
        (2, "order.changed"),
        (3, "order.changed"),
    ]


def test_what_is_not_possible_is_declined(shop: Shop) -> None:
    place(shop, cart("o1"), state="fulfilled")
    answer = shop.orders.transition("o1", "awaiting_fulfilment")
    assert isinstance(answer, Declined)
    assert declined(answer) == "wrong_state"
    assert answer.facts["possible"] == ["partly_refunded", "refunded"]
    assert declined(shop.orders.transition("o1", "fulfilled")) == "wrong_state"
    assert declined(shop.orders.transition("o9", "fulfilled")) == "unknown_order"
    with pytest.raises(StoreError, match="placed, awaiting_fulfilment, fulfilled"):
        shop.orders.transition("o1", "shipped")


def test_a_friend_is_not_taken_for_who_brought_them(tenancy: Tenancy) -> None:
    shop = open_shop(tenancy, WAITING)
    ana = shop.members.enrol("ana", "club")
    assert not isinstance(ana, Declined)
    friend = f"referrer/{ana.member}"
    code = shop.members.show("ana").referral_code  # type: ignore[union-attr]
    assert not isinstance(shop.members.enrol(friend, "club", referral_code=code), Declined)
    place(shop, cart("o1", line("MUG", 3), who=friend), state="fulfilled")
    assert balances(shop) == {("ana", "points"): 500, (friend, "points"): 30 + 250}


def test_points_begin_to_count_with_the_state_they_wait_for(tenancy: Tenancy) -> None:
    shop = open_shop(tenancy, WAITING)
    place(shop, cart("o1"))
    assert rows(shop, "accounts", "balance", "active", "pending") == [(10, 0, 10)]
    never_us = 2**63 - 1
    assert rows(shop, "lots", "waits_for", "activates_at_us") == [("fulfilled", never_us)]
    moved(shop, "o1", "awaiting_fulfilment")
    assert rows(shop, "lots", "activates_at_us") == [never_us]
    moved(shop, "o1", "fulfilled")
    # 14 days after 10 July: the 24th, from midnight in Madrid.
    assert rows(shop, "lots", "activates_at_us") == [1_784_844_000_000_000]


def test_an_order_that_is_fulfilled_at_once_waits_for_nothing(tenancy: Tenancy) -> None:
    shop = open_shop(tenancy, WAITING)
    place(shop, cart("o1"), state="fulfilled")
    assert rows(shop, "lots", "activates_at_us") == [1_784_844_000_000_000]


ANY_ORDER = WAITING.replace("    min_order: 25 EUR\n", "")


def early(tenancy: Tenancy) -> Tenancy:
    """A tenant whose referrals are decided as orders are placed."""
    made = dataclasses.replace(tenancy, tenant="early")
    add_tenant(made, Settings(qualifying_state="placed"))
    return made


def befriend(shop: Shop) -> None:
    """Let Ana be brought by Bo."""
    place(shop, cart("b1", line("CUP", 1, 100), who="bo"))
    code = rows(shop, "members", "referral_code", external_id="bo")[0]
    answer = shop.members.enrol("ana", "club", referral_code=code)
    assert not isinstance(answer, Declined), answer


def test_the_first_order_that_is_worth_enough_decides_a_referral(tenancy: Tenancy) -> None:
    shop = open_shop(tenancy, WAITING)
    befriend(shop)
    place(shop, cart("o1", line("CUP", 1, 2499)), state="fulfilled")  # too small
    assert rows(shop, "members", "referral", external_id="ana") == ["registered"]
    place(shop, cart("o2", line("CUP", 1, 2500)))
    assert rows(shop, "happenings", "event") == []
    moved(shop, "o2", "fulfilled")
    assert rows(shop, "members", "referral", external_id="ana") == ["rewarded"]
    assert balances(shop) == {("bo", "points"): 1 + 500, ("ana", "points"): 24 + 25 + 250}
    assert rows(shop, "happenings", "event", "source", "order_id") == [
        ("referral", "order/o2", "o2")
    ]
    # What it gave lives as points of that order do.
    assert rows(shop, "lots", "points", "activates_at_us", rule="friend") == [
        (250, 1_784_844_000_000_000),
        (500, 1_784_844_000_000_000),
    ]
    place(shop, cart("o3", line("CUP", 1, 9900)), state="fulfilled")
    assert rows(shop, "happenings", "source") == ["order/o2"]


def test_a_cancelled_order_reverses_the_referral_it_decided(tenancy: Tenancy) -> None:
    shop = open_shop(tenancy, WAITING)
    befriend(shop)
    place(shop, cart("o2", line("CUP", 2, 2500)), state="fulfilled")
    assert balances(shop) == {("bo", "points"): 501, ("ana", "points"): 300}
    # Half of it is still worth enough; with more back it is not, and both lose what they got.
    half = {"id": "r1", "lines": [{"id": "CUP", "units": 1}]}
    assert not isinstance(shop.orders.refund("o2", half), Declined)
    assert balances(shop) == {("bo", "points"): 501, ("ana", "points"): 275}
    more = {"id": "r2", "lines": [{"id": "CUP", "amount": 100}]}
    answer = shop.orders.refund("o2", more)
    assert not isinstance(answer, Declined)
    assert [(type(one).__name__, one.member, one.program) for one in answer.moves] == [
        ("ClawBack", "ana", "club"),
        ("ClawBack", "bo", "club"),
        ("ClawBack", "ana", "club"),
    ]
    assert balances(shop) == {("bo", "points"): 1, ("ana", "points"): 24}
    assert rows(shop, "members", "referral", external_id="ana") == ["reversed"]


def test_what_an_order_and_its_referral_gave_by_one_campaign_goes_with_both(
    tenancy: Tenancy,
) -> None:
    bonus = "campaigns: {more: {program: club, bonus: 11}}\n"
    shop = open_shop(early(tenancy), ANY_ORDER + bonus)
    befriend(shop)
    place(shop, cart("o1", line("CUP", 1, 2500)))
    assert balances(shop) == {("bo", "points"): 12 + 511, ("ana", "points"): 25 + 11 + 261}
    assert not isinstance(shop.orders.cancel("o1"), Declined)
    assert balances(shop) == {("bo", "points"): 12}


def test_an_order_without_lines_loses_the_referral_it_decided(tenancy: Tenancy) -> None:
    shop = open_shop(early(tenancy), ANY_ORDER)
    befriend(shop)
    place(shop, cart("o1") | {"lines": []})
    assert balances(shop) == {("bo", "points"): 501, ("ana", "points"): 250}
    assert not isinstance(shop.orders.cancel("o1"), Declined)
    assert balances(shop) == {("bo", "points"): 1}
    assert rows(shop, "members", "referral", external_id="ana") == ["reversed"]


@pytest.mark.parametrize("states", [["fulfilled", "refunded"], ["refunded", "fulfilled"]])
@pytest.mark.parametrize("big", ["a-lot", "so-much"])
def test_what_was_spent_counts_whatever_is_taken_back_before(
    tenancy: Tenancy, states: list[str], big: str
) -> None:
    shop = open_shop(tenancy, SPEND.replace("a-lot", big))
    place(shop, cart("o1", line("MUG", 3, 4000)))
    for state in states:
        if state == "fulfilled":
            moved(shop, "o1", state)
        else:  # then it is no big order any more
            back = {"id": "r1", "lines": [{"id": "MUG", "units": 1}]}
            assert not isinstance(shop.orders.refund("o1", back), Declined)
    assert balances(shop) == {("ana", "points"): 80}
    assert rows(shop, "accounts", "tier") == ["silver"]
    assert list(verify(tenancy.database)) == []


def test_an_order_shows_what_it_was_and_became(shop: Shop) -> None:
    place(shop, cart("o1", line("MUG", 2)))
    moved(shop, "o1", "fulfilled")
    back = {"id": "r1", "lines": [{"id": "MUG", "units": 1}]}
    assert not isinstance(shop.orders.refund("o1", back), Declined)
    shown = shop.orders.show("o1")
    assert isinstance(shown, OrderShown)
    assert [step.becomes for step in shown.steps] == ["placed", "fulfilled", "partly_refunded"]
    assert (shown.state, shown.grand_total_minor, shown.refunded_minor) == (
        "partly_refunded",
        2000,
        1000,
    )
    assert declined(shop.orders.show("o9")) == "unknown_order"
