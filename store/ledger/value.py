"""An account and an instant in, what counts for its tier then out: added up by the database.

What is asked at every order must not take longer with every order, so no row is read whose day is
surely in the window, or surely out of it; days around its first one, and the latest, are looked at
by themselves: clocks that go back show one day twice.
"""

from __future__ import annotations

from bisect import bisect_left
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from ...dsl.kinds import DAY_US, QualifyAt
from ...dsl.loyalty import Duration, Tiers
from ...engine.loyalty.days import DAY_MIN, add, day_of, end_of, first_of, start_of
from ...engine.loyalty.tiers import ALWAYS_US, window_of
from ..database.sums import halves, total_of
from ..schema.frame import NEVER_US
from ..schema.ledger import qualifying
from .account import Account
from .journal import Journal
from .ranking import ACTIVE_US, SERIES, measure_of

MARGIN_US = 2 * DAY_US  # more than any clock was ever put back
IS_SURE = qualifying.c.earned_at_us.between(
    sa.bindparam("sure_from_us"), sa.bindparam("sure_until_us")
)
SUMS = (
    sa.select(
        sa.case((IS_SURE, None), else_=qualifying.c.earned_at_us).label("earned_at_us"),
        *halves(qualifying.c.points),
        *halves(qualifying.c.spend_minor),
    )
    .select_from(SERIES)
    .where(
        qualifying.c.tenant == sa.bindparam("tenant"),
        qualifying.c.account == sa.bindparam("account"),
        qualifying.c.earned_at_us >= sa.bindparam("from_us"),
        qualifying.c.recorded_at_us <= sa.bindparam("at_us"),
        sa.bindparam("active_us") >= ACTIVE_US,
    )
    .group_by(sa.text("1"))
)


def value_at(journal: Journal, account: Account, at_us: int) -> int:
    """What counts for the tier of an account at an instant, in a program that has tiers."""
    program = journal.program(account, at_us)
    tiers = program.tiers
    assert tiers is not None
    zone = ZoneInfo(program.timezone)
    first = first_day(tiers, running_day(at_us, zone))
    from_us = ALWAYS_US if first is None else start_of(first, zone)
    journal.flush_rows()
    found = journal.transaction.fetch(
        SUMS,
        account=account.id,
        from_us=from_us - MARGIN_US,
        sure_from_us=from_us + MARGIN_US,
        sure_until_us=at_us - MARGIN_US,
        at_us=at_us,
        active_us=NEVER_US if tiers.qualify_at is QualifyAt.EARN else at_us,
    )
    return sum(
        total_of(row, measure_of(tiers))
        for row in found
        if row["earned_at_us"] is None or counts(row["earned_at_us"], tiers, zone, at_us)
    )


def running_day(at_us: int, zone: ZoneInfo) -> int:
    """The first day that is not over: not the one shown, where clocks went back over midnight."""
    day = day_of(at_us, zone)
    return day if at_us < end_of(day, zone) else day + 1


def first_day(tiers: Tiers, today: int) -> int | None:
    """The first day whose entries count on a day; None: there is none."""
    window = tiers.window
    if window is None:
        return None
    if not isinstance(window, Duration):
        return first_of(today, window)
    days = range(DAY_MIN, today)
    return DAY_MIN + bisect_left(days, today, key=lambda day: add(day, window))


def counts(earned_at_us: int, tiers: Tiers, zone: ZoneInfo, at_us: int) -> bool:
    """Whether an instant is in the window of what was earned at another."""
    starts_us, ends_us = window_of(day_of(earned_at_us, zone), tiers, zone)
    return starts_us <= at_us and (ends_us is None or at_us < ends_us)
