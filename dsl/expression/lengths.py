"""Lengths of time on the calendar and limits within them, as text, in; their values out.

A month is no number of days here, unlike in a condition: `12 months` from 2026-01-31 on end with
2027-01-31, whatever lies between.
"""

import re
from collections.abc import Callable

from ..kinds import CalendarPeriod
from ..loyalty import Duration, Quota
from .literals import read_integer, refusal
from .mistake import LiteralError

LENGTH = re.compile(r"(-?[0-9]+) +(day|week|month|year)s?")
PER = " per "
YEARS_MAX = 1000  # LIMIT: the calendar ends in 9999, and rules count on from today
DAYS_MAX = YEARS_MAX * 365
DAYS = {"day": 1, "week": 7}
MONTHS = {"month": 1, "year": 12}
LENGTH_HELP = "it is written like `14 days`, `2 weeks`, `12 months` or `1 year`"
LIFETIME = "lifetime"
WINDOW_PERIODS = (CalendarPeriod.MONTH, CalendarPeriod.QUARTER, CalendarPeriod.YEAR)


def read_length(text: str, low: int = 0) -> Duration:
    """A length like `14 days` or `12 months`, of at least `low` of its unit."""
    match = LENGTH.fullmatch(text)
    if match is None:
        raise refusal("R136", text, LENGTH_HELP)
    unit = match[2]
    most = DAYS_MAX // DAYS[unit] if unit in DAYS else YEARS_MAX * 12 // MONTHS[unit]
    count = read_integer(match[1], low, most)
    if unit in DAYS:
        return Duration(days=count * DAYS[unit])
    return Duration(months=count * MONTHS[unit])


def read_quota(text: str, read_count: Callable[[str], int]) -> Quota:
    """A limit like `1 per day`, `1 per 12 months` or, for ever, `10`."""
    first, per, last = text.partition(PER)
    if not per:
        return Quota(read_count(text))
    count = read_count(first.rstrip())
    period = last.lstrip()
    try:
        return Quota(count, read_period(period))
    except LiteralError as error:
        raise error.moved(len(text) - len(period)) from None


def read_period(text: str) -> CalendarPeriod | Duration:
    """What a limit counts in: a period of the calendar, or a length that ends today."""
    if text in set(CalendarPeriod):
        return CalendarPeriod(text)
    if LENGTH.fullmatch(text) is None:
        help = "the periods are `day`, `week`, `month`, `quarter`, `year` and lengths: `12 months`"
        raise refusal("R186", text, help)
    return read_length(text, 1)


def read_tier_window(text: str) -> CalendarPeriod | Duration | None:
    """What brings a member to a tier: a length, `calendar year` and the like; None for all time."""
    if text == LIFETIME:
        return None
    first, _, last = text.partition(" ")
    if first == "calendar":
        if last.strip() in WINDOW_PERIODS:
            return CalendarPeriod(last.strip())
    elif LENGTH.fullmatch(text) is not None:
        return read_length(text, 1)
    periods = ", ".join(f"`calendar {period}`" for period in WINDOW_PERIODS)
    raise refusal("R186", text, f"write a length like `12 months`, {periods} or `{LIFETIME}`")
