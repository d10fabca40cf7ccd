"""Days and lengths of time: month ends, leap days, weeks, clocks that change, lives of points."""

from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tallystick.dsl.kinds import CalendarPeriod, ExpireFrom, ExpireRound
from tallystick.dsl.loyalty import Duration, PointsCurrency
from tallystick.engine.cart.instants import read_day, read_instant_us
from tallystick.engine.loyalty.days import (
    DAY_MAX,
    Life,
    activation_of,
    add,
    counts_before,
    day_of,
    end_of,
    expiry_of,
    first_of,
    is_birthday,
    last_of,
    life_of,
    shift,
    spell_day,
    spell_instant,
    start_of,
)

UTC = ZoneInfo("UTC")
MADRID = ZoneInfo("Europe/Madrid")
CAIRO = ZoneInfo("Africa/Cairo")  # its clocks skip midnight
HAVANA = ZoneInfo("America/Havana")  # and here it comes twice
APIA = ZoneInfo("Pacific/Apia")  # 30 December 2011 never was

DAYS = st.dates(date(1, 1, 1), date(9999, 12, 31)).map(lambda it: (it - date(1970, 1, 1)).days)


def day(text: str) -> int:
    return read_day(text, "")


def at(text: str) -> int:
    return read_instant_us(text, "")


@pytest.mark.parametrize(
    ("start", "length", "wanted"),
    [
        ("2026-01-31", Duration(months=1), "2026-02-28"),
        ("2028-01-31", Duration(months=1), "2028-02-29"),
        ("2026-08-31", Duration(months=3), "2026-11-30"),
        ("2024-02-29", Duration(months=12), "2025-02-28"),
        ("2024-02-29", Duration(months=48), "2028-02-29"),
        ("2025-12-15", Duration(months=1), "2026-01-15"),
        ("2026-01-31", Duration(months=1, days=1), "2026-03-01"),  # the months first
        ("2026-12-31", Duration(days=1), "2027-01-01"),
        ("2026-05-05", Duration(), "2026-05-05"),
        ("9999-06-01", Duration(months=12), "9999-12-31"),
        ("9999-12-31", Duration(days=9), "9999-12-31"),
    ],
)
def test_a_length_of_time_is_added(start: str, length: Duration, wanted: str) -> None:
    assert spell_day(add(day(start), length)) == wanted


@pytest.mark.parametrize(
    ("inside", "period", "first", "last"),
    [
        ("2026-07-10", CalendarPeriod.DAY, "2026-07-10", "2026-07-10"),
        ("2026-07-10", CalendarPeriod.WEEK, "2026-07-06", "2026-07-12"),
        ("2026-07-06", CalendarPeriod.WEEK, "2026-07-06", "2026-07-12"),
        ("2026-07-12", CalendarPeriod.WEEK, "2026-07-06", "2026-07-12"),
        ("2027-01-01", CalendarPeriod.WEEK, "2026-12-28", "2027-01-03"),  # ISO week 53 of 2026
        ("2028-02-01", CalendarPeriod.MONTH, "2028-02-01", "2028-02-29"),
        ("2026-12-31", CalendarPeriod.MONTH, "2026-12-01", "2026-12-31"),
        ("2026-05-31", CalendarPeriod.QUARTER, "2026-04-01", "2026-06-30"),
        ("2026-12-31", CalendarPeriod.QUARTER, "2026-10-01", "2026-12-31"),
        ("2026-01-01", CalendarPeriod.YEAR, "2026-01-01", "2026-12-31"),
        ("9999-11-11", CalendarPeriod.YEAR, "9999-01-01", "9999-12-31"),
    ],
)
def test_periods_of_the_calendar(
    inside: str, period: CalendarPeriod, first: str, last: str
) -> None:
    found = first_of(day(inside), period), last_of(day(inside), period)
    assert tuple(map(spell_day, found)) == (first, last)


@given(day=DAYS, period=st.sampled_from(CalendarPeriod))
def test_a_period_has_one_first_and_one_last_day(day: int, period: CalendarPeriod) -> None:
    first, last = first_of(day, period), last_of(day, period)
    assert first <= day <= last
    assert first_of(last, period) == first and last_of(first, period) == last
    assert last == DAY_MAX or first_of(last + 1, period) == last + 1


@pytest.mark.parametrize(
    ("text", "zone", "begins", "ends"),
    [
        ("2026-07-10", UTC, "2026-07-10T00:00:00Z", "2026-07-11T00:00:00Z"),
        ("2026-07-10", MADRID, "2026-07-09T22:00:00Z", "2026-07-10T22:00:00Z"),
        ("2026-03-29", MADRID, "2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z"),  # 23 hours
        ("2026-10-25", MADRID, "2026-10-24T22:00:00Z", "2026-10-25T23:00:00Z"),  # 25 hours
        ("2026-04-24", CAIRO, "2026-04-23T22:00:00Z", "2026-04-24T21:00:00Z"),  # begins at 01:00
        ("2026-11-01", HAVANA, "2026-11-01T04:00:00Z", "2026-11-02T05:00:00Z"),  # the first 00:00
        ("2011-12-30", APIA, "2011-12-30T10:00:00Z", "2011-12-30T10:00:00Z"),  # no time at all
    ],
)
def test_a_day_begins_and_ends(text: str, zone: ZoneInfo, begins: str, ends: str) -> None:
    assert spell_instant(start_of(day(text), zone)) == begins
    assert spell_instant(end_of(day(text), zone)) == ends


@given(day=DAYS, zone=st.sampled_from([UTC, MADRID, HAVANA, CAIRO]))
def test_a_day_holds_its_first_and_its_last_moment(day: int, zone: ZoneInfo) -> None:
    assert day_of(start_of(day, zone), zone) == day
    assert day_of(end_of(day, zone) - 1, zone) == day


def test_beyond_the_calendar_there_is_its_last_day() -> None:
    assert spell_instant(end_of(DAY_MAX, UTC)) == "9999-12-31T23:59:59.999999Z"
    assert day_of(end_of(DAY_MAX, UTC), UTC) == DAY_MAX


@pytest.mark.parametrize(
    ("start", "length", "wanted"),
    [
        ("2026-01-31T10:30:00Z", Duration(months=1), "2026-02-28T10:30:00Z"),
        ("2026-03-01T12:00:00+01:00", Duration(days=30), "2026-03-31T10:00:00Z"),  # noon as noon
        ("2026-02-28T02:30:00+01:00", Duration(days=29), "2026-03-29T01:30:00Z"),  # 02:30 is not
        ("2026-07-10T12:00:00.000001Z", Duration(days=1), "2026-07-11T12:00:00.000001Z"),
    ],
)
def test_an_instant_moves_on_and_keeps_its_time_of_day(
    start: str, length: Duration, wanted: str
) -> None:
    assert spell_instant(shift(at(start), length, MADRID)) == wanted


@pytest.mark.parametrize(
    ("period", "wanted"),
    [
        (CalendarPeriod.DAY, "2026-07-11"),
        (CalendarPeriod.WEEK, "2026-07-13"),
        (CalendarPeriod.MONTH, "2026-08-01"),
        (CalendarPeriod.YEAR, "2027-01-01"),
        (Duration(months=12), "2027-07-10"),
        (Duration(days=30), "2026-08-09"),
    ],
)
def test_an_award_counts_for_a_limit(period: CalendarPeriod | Duration, wanted: str) -> None:
    first_free = counts_before(day("2026-07-10"), period)
    assert first_free is not None and spell_day(first_free) == wanted


def test_an_award_counts_for_ever_without_a_period() -> None:
    assert counts_before(0, None) is None


@pytest.mark.parametrize(
    ("born", "on", "is_it"),
    [
        ("1990-07-10", "2026-07-10", True),
        ("1990-07-10", "2026-07-11", False),
        ("1990-07-10", "2026-06-10", False),
        ("2004-02-29", "2028-02-29", True),
        ("2004-02-29", "2028-02-28", False),
        ("2004-02-29", "2026-02-28", True),
        ("2004-02-29", "2026-03-01", False),
        ("2004-02-29", "2100-02-28", True),  # no leap year
        ("2001-02-28", "2028-02-28", True),
        ("2001-02-28", "2028-02-29", False),
    ],
)
def test_birthdays(born: str, on: str, is_it: bool) -> None:
    assert is_birthday(day(on), day(born)) is is_it


@given(born=DAYS, year=st.integers(1, 9999))
def test_a_birthday_comes_once_a_year(born: int, year: int) -> None:
    first = date(year, 1, 1).toordinal() - date(1970, 1, 1).toordinal()
    length = date(year, 12, 31).timetuple().tm_yday
    assert sum(is_birthday(first + number, born) for number in range(length)) == 1


# The life of a lot of points.

EARNED = "2026-07-10T16:30:00Z"


@pytest.mark.parametrize(
    ("points", "reached", "wanted"),
    [
        (PointsCurrency(), None, EARNED),
        (PointsCurrency(activate_after=Duration(days=14)), None, "2026-07-23T22:00:00Z"),
        (PointsCurrency(activate_after=Duration()), None, EARNED),
        (PointsCurrency(activate_on="fulfilled"), None, None),
        (
            PointsCurrency(activate_on="fulfilled"),
            "2026-07-12T09:00:00Z",
            "2026-07-12T09:00:00Z",
        ),
        (
            PointsCurrency(activate_on="fulfilled", activate_after=Duration(months=1)),
            "2026-07-31T22:30:00Z",  # 1 August in Madrid
            "2026-08-31T22:00:00Z",
        ),
    ],
)
def test_points_become_active(
    points: PointsCurrency, reached: str | None, wanted: str | None
) -> None:
    found = activation_of(points, at(EARNED), MADRID, None if reached is None else at(reached))
    assert (None if found is None else spell_instant(found)) == wanted


YEAR = Duration(months=12)


@pytest.mark.parametrize(
    ("points", "wanted"),
    [
        (PointsCurrency(), None),
        (PointsCurrency(expire_after=YEAR), "2027-07-24T22:00:00Z"),
        (
            PointsCurrency(expire_after=YEAR, expire_from=ExpireFrom.EARN),
            "2027-07-10T22:00:00Z",
        ),
        (
            PointsCurrency(expire_after=YEAR, expire_round=ExpireRound.NONE),
            "2027-07-24T09:00:00Z",
        ),
        (
            PointsCurrency(expire_after=YEAR, expire_round=ExpireRound.MONTH),
            "2027-07-31T22:00:00Z",
        ),
        (
            PointsCurrency(expire_after=YEAR, expire_round=ExpireRound.QUARTER),
            "2027-09-30T22:00:00Z",
        ),
        (
            PointsCurrency(expire_after=YEAR, expire_round=ExpireRound.YEAR),
            "2027-12-31T23:00:00Z",
        ),
        (  # it would be over before it began
            PointsCurrency(expire_after=Duration(days=3), expire_from=ExpireFrom.EARN),
            "2026-07-24T09:00:00Z",
        ),
    ],
)
def test_points_expire(points: PointsCurrency, wanted: str | None) -> None:
    found = expiry_of(points, at(EARNED), at("2026-07-24T09:00:00Z"), MADRID)
    assert (None if found is None else spell_instant(found)) == wanted


def test_days_of_the_epoch() -> None:
    assert day_of(-1, UTC) == -1 and day_of(0, UTC) == 0
    assert start_of(1, UTC) == timedelta(days=1) // timedelta(microseconds=1)


@pytest.mark.parametrize(
    ("points", "life"),
    [
        (PointsCurrency(), Life("2026-07-10T12:00:00Z", None)),
        (
            PointsCurrency(
                expire_after=Duration(months=12),
                expire_round=ExpireRound.MONTH,
                activate_after=Duration(days=14),
            ),
            Life("2026-07-23T22:00:00Z", "2027-07-31T22:00:00Z"),
        ),
        (
            PointsCurrency(expire_after=Duration(days=30), expire_round=ExpireRound.NONE),
            Life("2026-07-10T12:00:00Z", "2026-08-09T12:00:00Z"),
        ),
        (PointsCurrency(activate_on="shipped"), Life(None, None)),
        (  # counted from an activation that is not known
            PointsCurrency(activate_on="shipped", expire_after=Duration(months=12)),
            Life(None, None),
        ),
        (
            PointsCurrency(
                activate_on="shipped",
                expire_after=Duration(months=12),
                expire_from=ExpireFrom.EARN,
            ),
            Life(None, "2027-07-10T22:00:00Z"),
        ),
    ],
)
def test_the_life_of_points_is_told_when_they_are_earned(
    points: PointsCurrency, life: Life
) -> None:
    assert life_of(points, at("2026-07-10T12:00:00Z"), MADRID) == life
