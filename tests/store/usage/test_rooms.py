"""Rooms: how often and how much more a member may have, by the windows of rules."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest

import tallystick
from tallystick.dsl.kinds import CalendarPeriod
from tallystick.dsl.loyalty import Duration
from tallystick.engine.loyalty.days import counts_before, day_of
from tallystick.engine.loyalty.moves import Earn, Move, Redeem
from tallystick.store.usage.rooms import begin_of, record_awards, rooms_of, undo_awards

from .till import Checkout

MADRID = ZoneInfo("Europe/Madrid")
DAY_US = 86_400_000_000
NOON_US = 1_783_684_800_000_000  # 2026-07-10T12:00:00Z, a Friday
RULES = """
ruleset: {currency: EUR, timezone: Europe/Madrid}
programs: {club: {}}
earning_rules:
  daily:   {program: club, event: check-in, award: {points: 5}, limits: {per_member: 2 per day}}
  monthly: {program: club, event: check-in, award: {points: 5}, limits: {points: 100 per month}}
  ever:
    program: club
    event: check-in
    award: {points: 5}
    limits: {per_member: 3, points: 50 per 30 days}
  open:    {program: club, event: check-in, award: {points: 5}}
burning_rules:
  shirt: {program: club, cost: 5 points, reward: {product: SHIRT}, limits: {per_member: 2 per week}}
"""
LOYALTY = tallystick.load_text(RULES).loyalty


def earn(rule: str, points: int) -> Earn:
    """An award of points."""
    answer = tallystick.Engine(tallystick.load_text(RULES)).award(
        {"id": "e", "event": "check-in", "at": "2026-07-10T12:00:00Z", "member": "ana"}
    )
    move = next(one for one in answer.moves if isinstance(one, Earn) and one.rule == rule)
    return Earn(
        **{name: getattr(move, name) for name in move.__struct_fields__} | {"amount": points}
    )


def record(shop: Checkout, source: str, at_us: int, *moves: Move, member: str = "ana") -> None:
    """Book awards."""
    pairs = [(move, member) for move in moves]
    shop.do(lambda tx: record_awards(tx, pairs, LOYALTY, source, at_us))


def rooms(shop: Checkout, at_us: int, member: str = "ana") -> dict[str, dict[str, int]]:
    """All rooms of a member."""
    names = ["daily", "monthly", "ever", "open", "shirt", "unknown"]
    return shop.read(lambda tx: rooms_of(tx, names, LOYALTY, member, at_us))


def test_rooms_are_what_is_left_of_limits(shop: Checkout) -> None:
    record(shop, "check-in/e1", NOON_US, earn("daily", 5), earn("monthly", 30), earn("ever", 20))
    record(shop, "redeem/e2", NOON_US, Redeem("ana", "club", "shirt", 2, 10, 0))
    assert rooms(shop, NOON_US) == {
        "daily": {"times": 1},
        "monthly": {"points": 70},
        "ever": {"times": 2, "points": 30},
        "shirt": {"times": 0},
    }
    assert rooms(shop, NOON_US, "bo")["daily"] == {"times": 2}


def test_days_weeks_and_months_begin_anew_and_a_rule_for_ever_does_not(shop: Checkout) -> None:
    record(shop, "check-in/e1", NOON_US, earn("daily", 5), earn("monthly", 30), earn("ever", 20))
    record(shop, "redeem/e2", NOON_US, Redeem("ana", "club", "shirt", 2, 10, 0))
    tomorrow = rooms(shop, NOON_US + DAY_US)
    assert (tomorrow["daily"]["times"], tomorrow["shirt"]["times"]) == (2, 0)
    monday = rooms(shop, NOON_US + 3 * DAY_US)
    assert (monday["shirt"]["times"], monday["monthly"]["points"]) == (2, 70)
    assert rooms(shop, NOON_US + 29 * DAY_US)["ever"] == {"times": 2, "points": 30}
    assert rooms(shop, NOON_US + 30 * DAY_US)["ever"] == {"times": 2, "points": 50}
    assert rooms(shop, NOON_US + 22 * DAY_US)["monthly"]["points"] == 100


def test_a_day_ends_at_midnight_of_the_program(shop: Checkout) -> None:
    late_us = NOON_US + 9 * 3_600_000_000 + 59 * 60_000_000  # 23:59 in Madrid
    record(shop, "check-in/e1", late_us, earn("daily", 5))
    assert rooms(shop, late_us)["daily"] == {"times": 1}
    assert rooms(shop, late_us + 60_000_000)["daily"] == {"times": 2}


def test_what_is_undone_is_free_again(shop: Checkout) -> None:
    record(shop, "purchase/o1", NOON_US, earn("daily", 5), earn("ever", 20))
    record(shop, "purchase/o2", NOON_US, earn("daily", 5))
    shop.do(lambda tx: undo_awards(tx, ["ana"], "purchase/o1"))
    found = rooms(shop, NOON_US)
    assert (found["daily"], found["ever"]) == ({"times": 1}, {"times": 3, "points": 50})


def test_a_late_event_finds_the_awards_of_its_own_window(shop: Checkout) -> None:
    """An award counts on all days before its end, also those before its own."""
    record(shop, "check-in/e1", NOON_US, earn("monthly", 30), earn("daily", 5))
    before = rooms(shop, NOON_US - 2 * DAY_US)
    assert before["monthly"]["points"] == 70


@pytest.mark.parametrize(
    "period",
    [
        *(p for p in CalendarPeriod),
        Duration(days=1),
        Duration(days=30),
        Duration(months=1),
        Duration(1, 3),
    ],
    ids=str,
)
def test_a_window_begins_with_the_first_day_that_still_counts(
    period: CalendarPeriod | Duration,
) -> None:
    for offset in range(0, 400, 7):
        at_us = NOON_US + offset * DAY_US
        since_us = begin_of(period, MADRID, at_us)
        assert since_us is not None
        today, first = day_of(at_us, MADRID), day_of(since_us, MADRID)
        counted = [day for day in range(today - 400, today + 1) if until(day, period) > today]
        assert first == counted[0]


def until(day: int, period: CalendarPeriod | Duration) -> int:
    """The first day on which an award of a day counts no more."""
    found = counts_before(day, period)
    assert found is not None
    return found
