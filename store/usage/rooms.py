"""Awards in, what is left of limits by member out: the facts `rooms`, by rule.

An award on day D counts for a limit of period P on all days before D + P, on the calendar of the
rule's program. The period is that of the rule as it is now, whatever it was at the award. Awards
of rules that had no limit then are not known, and do not count.
"""

from __future__ import annotations

from collections import Counter as Tally
from collections.abc import Collection, Iterable, Sequence
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from ...dsl.kinds import CalendarPeriod
from ...dsl.loyalty import BurningRule, Duration, EarningRule, Loyalty
from ...engine.loyalty.days import DAY_MIN, counts_before, day_of, start_of
from ...engine.loyalty.moves import Earn, Move, Redeem
from ..schema.usage import awards
from ..transaction import Found, Transaction, of_tenant

OF_MEMBER = (
    awards.c.tenant == sa.bindparam("tenant"),
    awards.c.member == sa.bindparam("member"),
    awards.c.rule.in_(sa.bindparam("rules", expanding=True)),
)
SINCE = sa.select(awards.c.rule, awards.c.at_us, awards.c.times, awards.c.points).where(
    *OF_MEMBER, awards.c.at_us >= sa.bindparam("since_us")
)
EVER = (
    sa.select(
        awards.c.rule,
        sa.literal(0).label("at_us"),
        sa.func.sum(awards.c.times).label("times"),
        sa.func.sum(awards.c.points).label("points"),
    )
    .where(*OF_MEMBER)
    .group_by(awards.c.rule)
)
BY_SOURCE = of_tenant(awards).where(
    awards.c.member.in_(sa.bindparam("members", expanding=True)),
    awards.c.source == sa.bindparam("source"),
    awards.c.kind == "award",
)

Limited = EarningRule | BurningRule
Period = CalendarPeriod | Duration | None


class Window(NamedTuple):
    """Since when awards of a rule count, in one of its two limits; None: for ever."""

    rule: str
    limit: str  # times, points
    most: int
    since_us: int | None


def rooms_of(
    tx: Transaction, rules: Collection[str], loyalty: Loyalty, member: str, at_us: int
) -> dict[str, dict[str, int]]:
    """The facts `rooms` at an instant: what is left to a member of the limits of rules."""
    windows = [
        window
        for rule in limited_in(loyalty)
        if rule.id in rules
        for window in windows_of(rule, zone_of(rule, loyalty), at_us)
    ]
    if not windows:
        return {}
    found = read_awards(tx, member, windows)
    rooms: dict[str, dict[str, int]] = {}
    for window in windows:
        spent = sum(
            int(row[window.limit])  # a sum of PostgreSQL is a decimal
            for row in found[window.since_us is None]
            if row["rule"] == window.rule and row["at_us"] >= (window.since_us or 0)
        )
        rooms.setdefault(window.rule, {})[window.limit] = max(0, window.most - spent)
    return rooms


def read_awards(tx: Transaction, member: str, windows: Sequence[Window]) -> dict[bool, list[Found]]:
    """The awards that can count: under False by instant, under True those for ever in one sum."""
    found: dict[bool, list[Found]] = {False: [], True: []}
    timed = {window.rule: window.since_us for window in windows if window.since_us is not None}
    since_us = min((w.since_us for w in windows if w.since_us is not None), default=0)
    if timed:
        found[False] = tx.fetch(SINCE, member=member, rules=sorted(timed), since_us=since_us)
    ever = {window.rule for window in windows if window.since_us is None}
    if ever:
        found[True] = tx.fetch(EVER, member=member, rules=sorted(ever))
    return found


def windows_of(rule: Limited, zone: ZoneInfo, at_us: int) -> list[Window]:
    """The windows of a rule's limits that an instant lies in."""
    quotas = {"times": rule.per_member}
    if isinstance(rule, EarningRule):
        quotas["points"] = rule.points_quota
    return [
        Window(rule.id, limit, quota.count, begin_of(quota.period, zone, at_us))
        for limit, quota in quotas.items()
        if quota is not None
    ]


def begin_of(period: Period, zone: ZoneInfo, at_us: int) -> int | None:
    """The first instant of which an award still counts; None: there is no such first."""
    if period is None:
        return None
    today = day_of(at_us, zone)
    low, high = DAY_MIN, today  # awards of today count today; those of `low` hardly do
    while low < high:
        day = (low + high) // 2
        until = counts_before(day, period)
        if until is None or until > today:
            high = day
        else:
            low = day + 1
    return start_of(low, zone)


def limited_in(loyalty: Loyalty) -> list[Limited]:
    """The rules that limit members."""
    earning = [
        rule
        for rule in loyalty.earning_rules
        if rule.per_member is not None or rule.points_quota is not None
    ]
    return [*earning, *(rule for rule in loyalty.burning_rules if rule.per_member is not None)]


def zone_of(rule: Limited, loyalty: Loyalty) -> ZoneInfo:
    """The zone of a rule's program."""
    return ZoneInfo(next(one.timezone for one in loyalty.programs if one.id == rule.program))


def record_awards(
    tx: Transaction,
    moves: Iterable[tuple[Move, str]],
    loyalty: Loyalty,
    source: str,
    at_us: int,
) -> None:
    """Write down the awards and redemptions of limited rules, each with its member.

    `source` is the event and its id, `at_us` when it happened.
    """
    limited = {rule.id for rule in limited_in(loyalty)}
    times: Tally[tuple[str, str]] = Tally()
    points: Tally[tuple[str, str]] = Tally()
    for move, member in moves:
        if isinstance(move, Earn | Redeem) and move.rule in limited:
            key = member, move.rule
            times[key] += move.times if isinstance(move, Redeem) else 1
            points[key] += move.amount if isinstance(move, Earn) and move.kind == "points" else 0
    tx.insert(
        awards,
        [
            row_of(member, rule, source, "award", times[member, rule], points[member, rule], at_us)
            for member, rule in sorted(times)
        ],
    )


def undo_awards(tx: Transaction, members: Collection[str], source: str) -> None:
    """Let the awards of something that was taken back whole count no more."""
    rows = tx.fetch(BY_SOURCE, members=sorted(members), source=source)
    rows.sort(key=lambda row: (row["member"], row["rule"]))
    tx.insert(
        awards,
        [row | {"kind": "undo", "times": -row["times"], "points": -row["points"]} for row in rows],
    )


def row_of(
    member: str, rule: str, source: str, kind: str, times: int, points: int, at_us: int
) -> dict[str, Any]:
    """The row of an award."""
    return {
        "member": member,
        "rule": rule,
        "source": source,
        "kind": kind,
        "times": times,
        "points": points,
        "at_us": at_us,
    }
