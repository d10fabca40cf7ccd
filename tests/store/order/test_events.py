"""Events: answered by what the store knows, booked whole, once each, alone or many at a time."""

from __future__ import annotations

from typing import Any

import pytest

import tallystick
from tallystick.engine.loyalty.answers import EventAnswer
from tallystick.engine.loyalty.moves import Earn
from tallystick.store.audit.verifying import verify
from tallystick.store.errors import StoreError
from tallystick.store.refusals import Declined
from tallystick.store.shop import Shop
from tallystick.store.tenancy import Tenancy

from ..conftest import Clock
from ..shops import open_shop, publish
from .sales import NOW, balances, cart, declined, line, place, rows, statements

RULES = """
ruleset: {currency: EUR, timezone: Europe/Madrid}
programs:
  club:
    points: {expire_after: 12 months}
    tiers: {levels: {green: {from: 0}, black: {from: 1000, multiplier: 2}}}
stamp_cards: {cups: {program: club, size: 3, reward: mug}}
earning_rules:
  buy: {program: club, event: purchase, award: {points: 1 per 1 EUR}}
  hello: {program: club, event: signup, award: {points: 100}}
  visit: {program: club, event: check-in, limits: {per_member: 1 per day}, award: {points: 50}}
  cup: {program: club, event: external.cup, award: {stamps: 1, card: cups}}
  erp: {program: club, event: external.erp, award: {points: 1 per 1 EUR}}
  friend:
    program: club
    event: referral
    award: {referrer: {points: 500}, friend: {points: 250}}
burning_rules:
  mug: {program: club, reward: {product: MUG}}
  shirt:
    program: club
    cost: 60 points
    limits: {stock: 2, per_member: 2}
    reward: {product: SHIRT, expires_after: 30 days}
  card: {program: club, cost: 100 points, reward: {gift_card: 5 EUR, provider: tango}}
"""
DAY_US = 86_400_000_000


@pytest.fixture
def shop(tenancy: Tenancy) -> Shop:
    """A shop by `RULES`."""
    return open_shop(tenancy, RULES)


def event(kind: str, id: str = "e1", who: str = "ana", **more: Any) -> dict[str, Any]:
    """Something that happens to somebody now."""
    return {"id": id, "event": kind, "at": NOW, "member": who, **more}


def handled(shop: Shop, *args: Any, **more: Any) -> EventAnswer:
    """The answer to an event that nothing speaks against."""
    answer = shop.events.handle(*args, **more)
    assert isinstance(answer, EventAnswer), answer
    return answer


def refused(answer: EventAnswer) -> list[tuple[str, str]]:
    """What gave nothing, and why."""
    return [(one.rule, one.reason) for one in answer.refused]


def test_a_signup_makes_a_member_and_gives_once(shop: Shop) -> None:
    answer = handled(shop, event("signup"))
    assert [(type(one).__name__, one.member) for one in answer.moves] == [("Earn", "ana")]
    assert balances(shop) == {("ana", "points"): 100}
    assert handled(shop, event("signup")) == answer
    assert handled(shop, event("signup"), request="key") == answer
    assert declined(shop.events.handle(event("signup", who="bo"))) == "conflict"
    assert balances(shop) == {("ana", "points"): 100}
    assert rows(shop, "members", "external_id") == ["ana"]
    (kept,) = rows(shop, "happenings", "answer")
    assert b"ana" not in kept


def test_limits_by_member_count_from_day_to_day(shop: Shop, clock: Clock) -> None:
    handled(shop, event("check-in", "e1"))
    assert refused(handled(shop, event("check-in", "e2"))) == [("visit", "limit_reached")]
    clock.now_us += DAY_US
    handled(shop, event("check-in", "e3") | {"at": "2026-07-11T12:00:00Z"})
    assert balances(shop) == {("ana", "points"): 100}


def test_a_reward_for_points_is_points_stock_and_reward_together(shop: Shop) -> None:
    handled(shop, event("signup"))
    handled(shop, event("redeem", "e2", rule="shirt"))
    assert balances(shop) == {("ana", "points"): 40}
    assert rows(shop, "stocks", "rule", "taken") == [("shirt", 1)]
    # 30 days after 10 July: through 9 August, in Madrid.
    assert rows(shop, "rewards", "rule", "status", "source", "expires_at_us") == [
        ("shirt", "open", "redeem/e2", 1_786_312_800_000_000)
    ]
    answer = handled(shop, event("redeem", "e3", rule="shirt"))
    assert refused(answer) == [("shirt", "insufficient_points")]
    assert answer.moves == []
    assert balances(shop) == {("ana", "points"): 40}


def test_what_is_paid_out_is_requested_with_the_points(shop: Shop) -> None:
    handled(shop, event("signup"))
    handled(shop, event("redeem", "e2", rule="card"))
    assert rows(shop, "accounts", "balance", "held", unit="points") == [(100, 100)]
    assert rows(shop, "disbursements", "kind", "amount_minor", "currency", "source", "status") == [
        ("gift_card", 500, "EUR", "redeem/e2", "requested")
    ]


def test_stamps_fill_cards(shop: Shop) -> None:
    for number in range(4):
        handled(shop, event("external.cup", f"e{number}"))
    assert rows(shop, "rewards", "rule", "card", "status") == [("mug", "cups", "open")]


def test_a_late_event_has_the_rules_and_the_tier_of_its_instant(shop: Shop, clock: Clock) -> None:
    place(shop, cart("o1", line("MUG", 100)))  # black, from now on
    clock.now_us += DAY_US
    publish(shop.rules, RULES.replace("points: 1 per 1 EUR", "points: 3 per 1 EUR"))
    clock.now_us += DAY_US
    at = {"early": "2026-07-10T11:00:00Z", "then": NOW, "now": "2026-07-12T12:00:00Z"}
    for id, when in at.items():
        handled(shop, event("external.erp", id, amount=1000) | {"at": when})
    assert rows(shop, "entries", "source", "points", "tier", rule="erp") == [
        ("early", 10, "green"),
        ("now", 60, "black"),
        ("then", 20, "black"),
    ]


def test_a_late_event_has_the_tier_that_the_terms_of_its_instant_gave(
    shop: Shop, clock: Clock
) -> None:
    place(shop, cart("o1", line("MUG", 50)))
    clock.now_us += 2 * DAY_US
    publish(shop.rules, RULES.replace("{from: 1000", "{from: 400"))  # black from o1 on, if ever
    clock.now_us += DAY_US
    at = {"late": "2026-07-11T12:00:00Z", "then": "2026-07-12T12:00:00Z"}
    for id, when in at.items():
        handled(shop, event("external.erp", id, amount=1000) | {"at": when})
    assert rows(shop, "entries", "source", "points", "tier", rule="erp") == [
        ("late", 10, "green"),
        ("then", 20, "black"),
    ]


def test_a_referral_is_told_and_an_order_decides_it(shop: Shop) -> None:
    told = {"event": "referral", "at": NOW, "referrer": {"id": "bo"}, "friend": {"id": "ana"}}
    assert handled(shop, {"id": "r1", **told, "state": "invited"}).state == "invited"
    assert handled(shop, {"id": "r2", **told}).state == "registered"
    assert rows(shop, "members", "external_id", "referral") == [("ana", "registered"), ("bo", "")]
    other = told | {"id": "r3", "referrer": {"id": "cleo"}}
    assert declined(shop.events.handle(other)) == "wrong_state"
    place(shop, cart("o1"), state="fulfilled")
    assert balances(shop) == {("ana", "points"): 260, ("bo", "points"): 500}
    answer = handled(shop, {"id": "r4", **told})
    assert answer.state == "rewarded"
    assert refused(answer) == [("friend", "once_per_friend")]
    oneself = told | {"id": "r5", "friend": {"id": "bo"}}
    assert handled(shop, oneself).state == "rejected"


def test_who_bought_before_is_no_new_friend(shop: Shop, clock: Clock) -> None:
    place(shop, cart("o1"))
    place(shop, cart("o2", who="dee"))
    shop.orders.cancel("o2")
    clock.now_us += DAY_US
    before = rows(shop, "members", "external_id", "referred_by")

    def told(id: str, friend: str, at: str = "2026-07-11T12:00:00Z") -> dict[str, Any]:
        sides = {"referrer": {"id": "bo"}, "friend": {"id": friend}}
        return {"id": id, "event": "referral", "at": at, **sides}

    answer = shop.events.handle(told("r1", "ana"))
    assert declined(answer) == "wrong_state"
    assert isinstance(answer, Declined)
    assert answer.message == "they bought something before, and are no new friend"
    assert rows(shop, "members", "external_id", "referred_by") == before
    # Others of the same batch are heard, as are those whose order was cancelled.
    many = list(shop.events.handle_many([told("r2", "ana"), told("r3", "cy"), told("r4", "dee")]))
    assert [isinstance(one, EventAnswer) for one in many] == [False, True, True]
    # Told late, of when they had bought nothing.
    assert handled(shop, told("r5", "ana", "2026-07-10T11:59:59Z")).state == "registered"
    assert handled(shop, told("r6", "ana")).state == "registered"


def test_what_orders_make_is_not_told(shop: Shop) -> None:
    for told in (
        {"id": "e1", "event": "purchase", "cart": cart("o1")},
        {"id": "e2", "event": "purchase", "at": NOW, "member": "ana"},
        event("external.coupon-shared"),
    ):
        with pytest.raises(StoreError, match=r"shop\.orders"):
            shop.events.handle(told)
    told = {"event": "referral", "at": NOW, "referrer": {"id": "bo"}, "friend": {"id": "ana"}}
    with pytest.raises(StoreError, match="does not begin with `order/`"):
        shop.events.handle({"id": "order/o1", **told})
    with pytest.raises(tallystick.EventError, match="at `at`"):
        shop.events.handle(event("signup") | {"at": None})
    with pytest.raises(StoreError, match="an instant that has come"):
        shop.events.handle(event("signup") | {"at": "2026-07-11T12:00:00Z"})


def test_many_events_are_answered_as_each_alone(shop: Shop) -> None:
    told = [event("signup", f"s{n}", f"m{n % 7}") for n in range(20)]
    told += [event("check-in", f"c{n}", f"m{n % 5}") for n in range(10)]
    told += [event("external.cup", f"x{n}", "m1") for n in range(5)]
    told += [event("redeem", f"b{n}", "m1", rule="shirt") for n in range(3)]
    answers = list(shop.events.handle_many(told))
    assert all(isinstance(one, EventAnswer) for one in answers)
    # Each of five checks in once a day; m1 has three signups, a visit, and redeems two shirts.
    assert balances(shop) == {
        **{(f"m{n}", "points"): 300 + 50 * (n < 5) for n in range(6)},
        ("m1", "points"): 300 + 50 - 120,
        ("m6", "points"): 200,
        ("m1", "stamps"): 5,
    }
    assert [refused(one) for one in answers[-3:] if isinstance(one, EventAnswer)] == [
        [],
        [],
        [("shirt", "limit_reached")],
    ]
    assert list(shop.events.handle_many(told)) == answers
    assert [handled(shop, one) for one in told[:3]] == answers[:3]


def test_who_rises_by_one_of_many_events_has_the_tier_for_the_next(shop: Shop) -> None:
    told = [event("external.erp", f"e{n}", amount=100_000) for n in range(4)]
    answers = [*shop.events.handle_many(told[:3]), handled(shop, told[3])]
    moves = [one.moves for one in answers if isinstance(one, EventAnswer)]
    assert [move.amount for [move] in moves if isinstance(move, Earn)] == [1000, 2000, 2000, 2000]
    assert list(verify(shop.tenancy.database)) == []


def test_bad_events_among_many_stand_in_their_places(shop: Shop) -> None:
    told = [
        event("signup", "s1"),
        event("signup", "s2") | {"at": "noon"},
        event("signup", "s1", "bo"),
        {"id": "p", "event": "purchase", "cart": cart("o1")},
        event("signup", "s3", "bo"),
    ]
    kinds = [type(one).__name__ for one in shop.events.handle_many(told)]
    assert kinds == ["EventAnswer", "EventError", "Declined", "StoreError", "EventAnswer"]
    assert balances(shop) == {("ana", "points"): 100, ("bo", "points"): 100}


def test_a_thousand_events_take_as_many_statements_as_ten(shop: Shop) -> None:
    def signups(first: int, count: int) -> list[dict[str, Any]]:
        return [event("signup", f"s{n}", f"m{n}") for n in range(first, first + count)]

    list(shop.events.handle_many(signups(0, 5)))
    with statements(shop) as few:
        list(shop.events.handle_many(signups(10, 10)))
    with statements(shop) as many:
        list(shop.events.handle_many(signups(100, 1000)))
    assert len(many) == len(few), "\n".join(many)


def test_a_member_who_left_earns_nothing(shop: Shop) -> None:
    handled(shop, event("signup"))
    assert not isinstance(shop.members.leave("ana", "club"), Declined)
    assert refused(handled(shop, event("check-in", "e2"))) == [("visit", "not_member")]
