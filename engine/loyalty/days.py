"""Instants, days and lengths of time in, days and instants out: the calendar of loyalty programs.

A day is a date on the calendar of a program's zone, counted from 1970-01-01; an instant is counted
in microseconds since 1970 UTC. *Through* a day means until 00:00 after it. A midnight that a change
of clocks skips is the first moment after the gap, one that comes twice is the first of the two.

LIMIT: the calendar ends with the year 9999; what would lie beyond is its last day.
"""

from calendar import monthrange
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import NamedTuple

from msgspec import UNSET, UnsetType

from ...dsl.expression.literals import instant_of
from ...dsl.kinds import DAY_US, CalendarPeriod, ExpireFrom, ExpireRound
from ...dsl.loyalty import Duration, PointsCurrency

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
EPOCH_ORDINAL = EPOCH.toordinal()
MICROSECOND = timedelta(microseconds=1)
DAY_MAX = date.max.toordinal() - EPOCH_ORDINAL
DAY_MIN = 1 - EPOCH_ORDINAL  # of the year 1

# What the last day of a lot is moved up to the end of.
ROUND_PERIODS = {
    ExpireRound.DAY: CalendarPeriod.DAY,
    ExpireRound.MONTH: CalendarPeriod.MONTH,
    ExpireRound.QUARTER: CalendarPeriod.QUARTER,
    ExpireRound.YEAR: CalendarPeriod.YEAR,
}
MONTHS_OF = {CalendarPeriod.MONTH: 1, CalendarPeriod.QUARTER: 3, CalendarPeriod.YEAR: 12}


def clock_of(instant_us: int, zone: tzinfo) -> int:
    """What clock and calendar of a zone show at an instant, in microseconds since 1970-01-01."""
    try:
        offset = (EPOCH + instant_us * MICROSECOND).astimezone(zone).utcoffset()
    except OverflowError:  # within a day of either end of the calendar
        offset = None
    return instant_us + (offset or timedelta()) // MICROSECOND


def day_of(instant_us: int, zone: tzinfo) -> int:
    """The day on which an instant falls."""
    return min(clock_of(instant_us, zone) // DAY_US, DAY_MAX)


def start_of(day: int, zone: tzinfo) -> int:
    """The instant at which a day begins."""
    if day > DAY_MAX:  # there is no such day to ask the zone about
        return instant_of(DAY_MAX * DAY_US, None, zone) + DAY_US
    return instant_of(day * DAY_US, None, zone)


def end_of(day: int, zone: tzinfo) -> int:
    """The instant until which something goes that goes through a day."""
    return start_of(day + 1, zone)


def add(day: int, length: Duration) -> int:
    """A day and a length of time: months first, clamped to the last day of a month, then days.

    >>> day = date(2026, 1, 31).toordinal() - EPOCH_ORDINAL
    >>> spell_day(add(day, Duration(months=1)))
    '2026-02-28'
    """
    if length.months:
        start = date.fromordinal(day + EPOCH_ORDINAL)
        month = start.year * 12 + start.month - 1 + length.months
        year, month = divmod(month, 12)
        if year > date.max.year:
            return DAY_MAX
        last = monthrange(year, month + 1)[1]
        moved = date(year, month + 1, min(start.day, last))
        day = moved.toordinal() - EPOCH_ORDINAL
    return min(day + length.days, DAY_MAX)


def shift(instant_us: int, length: Duration, zone: tzinfo) -> int:
    """The instant a length of time later at which the clock shows the same time of day."""
    day, time_us = divmod(clock_of(instant_us, zone), DAY_US)
    return instant_of(add(min(day, DAY_MAX), length) * DAY_US + time_us, None, zone)


def first_of(day: int, period: CalendarPeriod) -> int:
    """The first day of the calendar period in which a day lies; weeks begin on Monday."""
    it = date.fromordinal(day + EPOCH_ORDINAL)
    match period:
        case CalendarPeriod.DAY:
            return day
        case CalendarPeriod.WEEK:
            return max(day - it.weekday(), DAY_MIN)
        case CalendarPeriod.MONTH:
            first = it.replace(day=1)
        case CalendarPeriod.QUARTER:
            first = date(it.year, (it.month - 1) // 3 * 3 + 1, 1)
        case CalendarPeriod.YEAR:
            first = date(it.year, 1, 1)
    return first.toordinal() - EPOCH_ORDINAL


def last_of(day: int, period: CalendarPeriod) -> int:
    """The last day of the calendar period in which a day lies."""
    first = first_of(day, period)
    if period is CalendarPeriod.DAY:
        return day
    if period is CalendarPeriod.WEEK:
        return min(first + 6, DAY_MAX)
    after = add(first, Duration(months=MONTHS_OF[period]))
    return DAY_MAX if after == DAY_MAX else after - 1


def counts_before(day: int, period: CalendarPeriod | Duration | None) -> int | None:
    """The first day on which an award of a day counts no more for a limit; None: it always does."""
    if period is None:
        return None
    if isinstance(period, Duration):
        return add(day, period)
    return last_of(day, period) + 1


def is_birthday(day: int, born: int) -> bool:
    """Whether a day is a birthday of somebody born on another; 29 February moves to the 28th.

    >>> leap = date(2004, 2, 29).toordinal() - EPOCH_ORDINAL
    >>> [is_birthday(date(year, 2, 28).toordinal() - EPOCH_ORDINAL, leap) for year in (2027, 2028)]
    [True, False]
    """
    it, birth = (date.fromordinal(one + EPOCH_ORDINAL) for one in (day, born))
    last = monthrange(it.year, birth.month)[1]
    return (it.month, it.day) == (birth.month, min(birth.day, last))


# The life of a lot of points.


def activation_of(
    points: PointsCurrency, earned_us: int, zone: tzinfo, reached_us: int | None = None
) -> int | None:
    """When points begin to count; None: they wait for an order state, which has not come.

    `reached_us` is when the order came into the state `activate_on`. Whoever has to wait some
    days waits until the last of them begins: points of the 1st after 14 days are there on the 15th.
    """
    starts_us = earned_us if points.activate_on is None else reached_us
    if starts_us is None or points.activate_after is None:
        return starts_us
    return max(starts_us, start_of(add(day_of(starts_us, zone), points.activate_after), zone))


def expiry_of(points: PointsCurrency, earned_us: int, active_us: int, zone: tzinfo) -> int | None:
    """The instant from which points are gone, never before they are active; None: they stay."""
    if points.expire_after is None:
        return None
    starts_us = earned_us if points.expire_from is ExpireFrom.EARN else active_us
    if points.expire_round is ExpireRound.NONE:
        return max(active_us, shift(starts_us, points.expire_after, zone))
    last = add(day_of(starts_us, zone), points.expire_after)
    return max(active_us, end_of(last_of(last, ROUND_PERIODS[points.expire_round]), zone))


class Life(NamedTuple):
    """From when points count and from when they are gone, as JSON has it; None: not known, never.

    Those for what is no points are absent.
    """

    activates_at: str | UnsetType | None = UNSET
    expires_at: str | UnsetType | None = UNSET


NO_LIFE = Life()


def life_of(points: PointsCurrency, earned_us: int, zone: tzinfo) -> Life:
    """The life of points as far as it is known when they are earned.

    Whoever waits for an order state knows no activation yet, and no expiry that is counted from it.
    """
    active_us = activation_of(points, earned_us, zone)
    if active_us is None:
        if points.expire_from is ExpireFrom.ACTIVATION:
            return Life(None, None)
        expires_us = expiry_of(points, earned_us, earned_us, zone)
    else:
        expires_us = expiry_of(points, earned_us, active_us, zone)
    return Life(
        None if active_us is None else spell_instant(active_us),
        None if expires_us is None else spell_instant(expires_us),
    )


# As JSON spells them.


def spell_day(day: int) -> str:
    """A day as `2026-07-10`."""
    return date.fromordinal(day + EPOCH_ORDINAL).isoformat()


def spell_instant(instant_us: int) -> str:
    """An instant as RFC 3339, in UTC.

    >>> spell_instant(1_783_684_800_000_000)
    '2026-07-10T12:00:00Z'
    """
    try:
        instant = EPOCH + instant_us * MICROSECOND
    except OverflowError:
        instant = datetime.max.replace(tzinfo=UTC)
    return instant.isoformat().replace("+00:00", "Z")
