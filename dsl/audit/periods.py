"""Windows, durations and periods in, what they have in common and how they compare out.

Months have no fixed length, so lengths are bounded from both sides: what is said about them holds
wherever in the calendar they begin.
"""

from collections.abc import Iterator, Sequence

from ..kinds import CalendarPeriod
from ..loyalty import Duration, Quota
from ..rule import OPEN, Window

YEAR_MONTHS = 12
YEAR_DAYS = (365, 366)
MONTH_DAYS = (28, 31)
# The fewest and the most days of each period, and how many of one lie in another exactly.
PERIOD_DAYS = {
    CalendarPeriod.DAY: (1, 1),
    CalendarPeriod.WEEK: (7, 7),
    CalendarPeriod.MONTH: MONTH_DAYS,
    CalendarPeriod.QUARTER: (90, 92),
    CalendarPeriod.YEAR: YEAR_DAYS,
}
PERIOD_MONTHS = {CalendarPeriod.MONTH: 1, CalendarPeriod.QUARTER: 3, CalendarPeriod.YEAR: 12}

Length = Duration | CalendarPeriod


def meet(*windows: Window) -> Window | None:
    """When all of some windows are open at once, None for never."""
    starts = [window.starts_at for window in windows if window.starts_at is not None]
    ends = [window.ends_at for window in windows if window.ends_at is not None]
    start, end = max(starts, default=None), min(ends, default=None)
    if start is not None and end is not None and start >= end:
        return None
    return Window(start, end) if windows else OPEN


def list_overlaps(windows: Sequence[Window]) -> Iterator[tuple[int | None, list[int]]]:
    """The largest sets of windows that are open at once: since when, and their indices.

    A set that is part of a later or an earlier one is not told of.
    """
    start_of = dict[int | None, list[int]]()
    for index, window in enumerate(windows):
        start_of.setdefault(window.starts_at, []).append(index)
    ends = sorted(
        (window.ends_at, index)
        for index, window in enumerate(windows)
        if window.ends_at is not None
    )
    active: dict[int, None] = {}
    since: int | None = None
    at_end = 0
    for start in sorted(start_of, key=lambda start: (start is not None, start or 0)):
        gone = []
        while start is not None and at_end < len(ends) and ends[at_end][0] <= start:
            gone.append(ends[at_end][1])
            at_end += 1
        if gone:
            yield since, sorted(active)
            for index in gone:
                del active[index]
        active |= dict.fromkeys(start_of[start])
        since = start
    if active:
        yield since, sorted(active)


def days_of(length: Length) -> tuple[int, int]:
    """The fewest and the most days that a length of time can have."""
    if isinstance(length, CalendarPeriod):
        return PERIOD_DAYS[length]
    years, months = divmod(length.months, YEAR_MONTHS)
    fewest, most = (
        years * year + months * month + length.days
        for year, month in zip(YEAR_DAYS, MONTH_DAYS, strict=True)
    )
    return fewest, most


def most_in(quota: Quota, time: Length | None) -> int | None:
    """The most that a quota lets through in any stretch of time, None when that is not bounded.

    A duration begins and ends with a whole day, both in; None is for ever. A calendar period that
    is cut at both ends can be touched once more than it fits in.
    """
    period = quota.period
    if period is None:
        return quota.count
    if time is None:
        return None
    if isinstance(time, CalendarPeriod) and isinstance(period, CalendarPeriod):
        if time is period:
            return quota.count
        if time in PERIOD_MONTHS and period in PERIOD_MONTHS:
            return quota.count * max(1, PERIOD_MONTHS[time] // PERIOD_MONTHS[period])
    days = days_of(time)[1] + (0 if isinstance(time, CalendarPeriod) else 1)
    fewest = max(1, days_of(period)[0])
    if isinstance(period, CalendarPeriod):
        return quota.count * (days if fewest == 1 else (days - 2) // fewest + 2)
    return quota.count * -(-days // fewest)
