"""Lengths of time on the calendar, and limits within them."""

import pytest

from tallystick.dsl.expression.lengths import (
    read_length,
    read_period,
    read_quota,
    read_tier_window,
)
from tallystick.dsl.expression.mistake import LiteralError
from tallystick.dsl.kinds import CalendarPeriod
from tallystick.dsl.loyalty import Duration, Quota


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("14 days", Duration(days=14)),
        ("1 day", Duration(days=1)),
        ("2 weeks", Duration(days=14)),
        ("12 months", Duration(months=12)),
        ("1 year", Duration(months=12)),
        ("0 days", Duration()),
        ("1000 years", Duration(months=12_000)),
        ("365000 days", Duration(days=365_000)),
    ],
)
def test_lengths(text: str, length: Duration) -> None:
    assert read_length(text) == length


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "R136"),
        ("14", "R136"),
        ("14days", "R136"),
        ("1.5 days", "R136"),
        ("12 hours", "R136"),
        ("a year", "R136"),
        ("1 year 6 months", "R136"),
        ("-1 days", "R130"),
        ("1001 years", "R130"),
        ("12001 months", "R130"),
        ("365001 days", "R130"),
        ("9" * 10_000 + " days", "R130"),
    ],
)
def test_what_is_no_length(text: str, code: str) -> None:
    with pytest.raises(LiteralError) as caught:
        read_length(text)
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("text", "quota"),
    [
        ("10", Quota(10)),
        ("1 per day", Quota(1, CalendarPeriod.DAY)),
        ("3  per  week", Quota(3, CalendarPeriod.WEEK)),
        ("500 per month", Quota(500, CalendarPeriod.MONTH)),
        ("1 per quarter", Quota(1, CalendarPeriod.QUARTER)),
        ("10 per year", Quota(10, CalendarPeriod.YEAR)),
        ("1 per 12 months", Quota(1, Duration(months=12))),
        ("1 per 1 year", Quota(1, Duration(months=12))),
        ("2 per 30 days", Quota(2, Duration(days=30))),
    ],
)
def test_limits(text: str, quota: Quota) -> None:
    assert read_quota(text, int) == quota


def test_a_limit_that_is_wrong_is_shown_at_its_wrong_half() -> None:
    with pytest.raises(LiteralError) as caught:
        read_quota("1 per fortnight", int)
    assert (caught.value.code, caught.value.start, caught.value.end) == ("R186", 6, 15)
    with pytest.raises(LiteralError) as caught:
        read_quota("1 per 0 days", int)
    assert (caught.value.code, caught.value.start, caught.value.end) == ("R130", 6, 7)


def test_a_period_is_not_a_moment() -> None:
    with pytest.raises(LiteralError):
        read_period("12 hours")


@pytest.mark.parametrize(
    ("text", "window"),
    [
        ("12 months", Duration(months=12)),
        ("calendar month", CalendarPeriod.MONTH),
        ("calendar quarter", CalendarPeriod.QUARTER),
        ("calendar  year", CalendarPeriod.YEAR),
        ("lifetime", None),
    ],
)
def test_windows_of_tiers(text: str, window: CalendarPeriod | Duration | None) -> None:
    assert read_tier_window(text) == window


@pytest.mark.parametrize(
    "text", ["year", "calendar", "calendar week", "calendar day", "always", ""]
)
def test_what_is_no_window_of_tiers(text: str) -> None:
    with pytest.raises(LiteralError) as caught:
        read_tier_window(text)
    assert caught.value.code == "R186"
