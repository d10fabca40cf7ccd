"""Windows that meet, and bounds of lengths that have none of their own."""

import pytest

from tallystick.dsl.audit.periods import Length, days_of, list_overlaps, meet, most_in
from tallystick.dsl.kinds import CalendarPeriod
from tallystick.dsl.loyalty import Duration, Quota
from tallystick.dsl.rule import OPEN, Window

DAY, WEEK, MONTH, QUARTER, YEAR = CalendarPeriod


def test_windows_meet() -> None:
    assert meet(Window(1, 5), Window(3, None)) == Window(3, 5)
    assert meet(Window(1, 5), OPEN) == Window(1, 5)
    assert meet(Window(1, 5), Window(5, 6)) is None
    assert meet(Window(None, 5), Window(None, 6), Window(4, None)) == Window(4, 5)
    assert meet() == OPEN


def test_overlaps_are_the_largest_sets() -> None:
    windows = [Window(0, 10), Window(5, 15), Window(12, 20), Window(6, 8), OPEN]
    assert list(list_overlaps(windows)) == [(6, [0, 1, 3, 4]), (12, [1, 2, 4])]
    assert list(list_overlaps([Window(0, 1), Window(1, 2)])) == [(0, [0]), (1, [1])]
    assert list(list_overlaps([Window(None, 3), Window(3, None)])) == [(None, [0]), (3, [1])]
    assert list(list_overlaps([])) == []


@pytest.mark.parametrize(
    ("length", "days"),
    [
        (Duration(days=30), (30, 30)),
        (Duration(months=1), (28, 31)),
        (Duration(months=14, days=2), (365 + 56 + 2, 366 + 62 + 2)),
        (QUARTER, (90, 92)),
    ],
)
def test_days(length: Length, days: tuple[int, int]) -> None:
    assert days_of(length) == days


@pytest.mark.parametrize(
    ("quota", "time", "most"),
    [
        (Quota(5), None, 5),
        (Quota(5), YEAR, 5),
        (Quota(5, YEAR), None, None),
        (Quota(5, YEAR), YEAR, 5),
        (Quota(5, MONTH), YEAR, 60),
        (Quota(5, MONTH), QUARTER, 15),
        (Quota(5, YEAR), MONTH, 5),
        (Quota(1, DAY), WEEK, 7),
        (Quota(1, WEEK), MONTH, 6),  # 31 days from a Sunday on touch 6 weeks
        (Quota(1, WEEK), Duration(days=6), 2),
        (Quota(1, DAY), Duration(days=6), 7),
        (Quota(1, Duration(days=7)), Duration(days=6), 1),
        (Quota(1, Duration(days=7)), Duration(days=7), 2),
        (Quota(1, Duration(months=12)), YEAR, 2),
    ],
)
def test_the_most_that_a_quota_lets_through(
    quota: Quota, time: Length | None, most: int | None
) -> None:
    assert most_in(quota, time) == most
