"""Literal texts in, integers or worded refusals out."""

from collections.abc import Callable
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tallystick.dsl.expression import literals
from tallystick.dsl.expression.literals import (
    LiteralError,
    format_money,
    read_date,
    read_datetime,
    read_decimal,
    read_duration,
    read_integer,
    read_money,
    read_percent,
    read_time,
    read_window,
)
from tallystick.dsl.kinds import AMOUNT_MAX, DAY_US
from tallystick.dsl.problems import MESSAGES

MADRID = ZoneInfo("Europe/Madrid")


def instant(text: str) -> int:
    moment = datetime.fromisoformat(text)
    return int((moment - datetime(1970, 1, 1, tzinfo=UTC)).total_seconds()) * 1_000_000


def refused(read: Callable[[], object]) -> LiteralError:
    with pytest.raises(LiteralError) as caught:
        read()
    error = caught.value
    assert MESSAGES[error.code].format(**error.words)
    return error


@pytest.mark.parametrize(
    ("text", "currency", "exponent", "minor"),
    [
        ("500 USD", "USD", 2, 50_000),
        ("12.34 USD", "USD", 2, 1_234),
        ("12.3 USD", "USD", 2, 1_230),
        ("0.50 USD", "USD", 2, 50),
        ("007 USD", "USD", 2, 700),
        ("1.500 USD", "USD", 2, 150),
        ("500 JPY", "JPY", 0, 500),
        ("1.234 KWD", "KWD", 3, 1_234),
        ("0 USD", "USD", 2, 0),
        ("10000000000 USD", "USD", 2, AMOUNT_MAX),
    ],
)
def test_money_is_minor_units(text: str, currency: str, exponent: int, minor: int) -> None:
    assert read_money(text, currency, exponent) == minor


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("500", "R121"),
        ("12.5", "R121"),
        ("500 EUR", "R122"),
        ("12.345 USD", "R123"),
        ("1,000 USD", "R124"),
        ("1 000 000.00 USD", "R124"),
        ("1,000", "R124"),
        ("10000000000.01 USD", "R125"),
        ("-1 USD", "R125"),
        ("9" * 5000 + " USD", "R125"),
        ("500USD", "R120"),
        ("500 usd", "R120"),
        ("USD 500", "R120"),
        ("$500", "R120"),
        ("", "R120"),
        ("٥٠٠ USD", "R120"),
        (" 500 USD", "R120"),
    ],
)
def test_other_money_is_refused(text: str, code: str) -> None:
    error = refused(lambda: read_money(text, "USD", 2))
    assert error.code == code
    assert 0 <= error.start <= error.end <= len(text)


def test_a_bare_amount_is_shown_with_its_currency() -> None:
    assert refused(lambda: read_money("500", "USD", 2)).help == "write `500 USD`"
    assert refused(lambda: read_money("1,000.50 USD", "USD", 2)).help == "write `1000.50 USD`"
    assert refused(lambda: read_money("500 usd", "USD", 2)).help == "write `500 USD`"


@pytest.mark.parametrize("text", ["USD 50", "$50", "50 dollars", "50€", "50 $"])
def test_an_amount_written_otherwise_is_turned_round(text: str) -> None:
    assert refused(lambda: read_money(text, "USD", 2)).help == "an amount is written like `50 USD`"


def test_of_an_unknown_currency_any_amount_will_do() -> None:
    assert read_money("10.50 EUR", "", 2) == 1050
    assert read_money("£1,000", "", 2) == 100_000
    assert read_money("9" * 30, "", 2) == AMOUNT_MAX
    assert refused(lambda: read_money("ten", "", 2)).help == "an amount is written like `500 EUR`"


@pytest.mark.parametrize(
    ("text", "help"),
    [
        ("20", "write `20%`"),
        ("0", "write `0%`"),
        ("0.2", "it is written like `20%`"),
        ("1.5", "write `1.5%`"),
        ("a fifth", "it is written like `20%`"),
    ],
)
def test_a_share_is_not_taken_for_a_percentage(text: str, help: str) -> None:
    assert refused(lambda: read_percent(text)).help == help


def test_a_wrong_currency_is_pointed_at() -> None:
    error = refused(lambda: read_money("500 EUR", "USD", 2))
    assert (error.start, error.end) == (4, 7)


@given(st.integers(0, AMOUNT_MAX), st.integers(0, 4))
def test_money_survives_printing(minor: int, exponent: int) -> None:
    assert read_money(format_money(minor, "XTS", exponent), "XTS", exponent) == minor


def test_money_is_printed_with_all_its_decimals_or_none() -> None:
    assert format_money(50_000, "USD", 2) == "500 USD"
    assert format_money(1_230, "USD", 2) == "12.30 USD"
    assert format_money(5, "KWD", 3) == "0.005 KWD"


@pytest.mark.parametrize(
    ("text", "ppm"),
    [("20%", 200_000), ("12.5%", 125_000), ("0.0625%", 625), ("100%", 1_000_000), ("0 %", 0)],
)
def test_a_percentage_is_ppm(text: str, ppm: int) -> None:
    assert read_percent(text) == ppm


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("20", "R126"),
        ("twenty", "R126"),
        ("0.00001%", "R127"),
        ("100.0001%", "R128"),
        ("-1%", "R128"),
        ("9" * 400 + "%", "R128"),
    ],
)
def test_other_percentages_are_refused(text: str, code: str) -> None:
    assert refused(lambda: read_percent(text)).code == code


def test_integers_stay_in_their_range() -> None:
    assert read_integer("7", 1, 7) == 7
    assert read_integer("-3", -3, 7) == -3
    assert refused(lambda: read_integer("8", 1, 7)).code == "R130"
    assert refused(lambda: read_integer("9" * 5000, 1, 7)).code == "R130"
    for text in ("1.0", "1e3", "", "one", "0x10", "1_000"):
        assert refused(lambda text=text: read_integer(text, 1, 7)).code == "R129"  # type: ignore[misc]


def test_decimals_are_millionths() -> None:
    assert read_decimal("1.25") == 1_250_000
    assert read_decimal("-0.000001") == -1
    assert read_decimal("3") == 3_000_000
    assert read_decimal("1.5000000") == 1_500_000
    assert refused(lambda: read_decimal("0.0000001")).code == "R132"
    assert refused(lambda: read_decimal("1e3")).code == "R131"
    assert refused(lambda: read_decimal("9" * 30)).code == "R130"


def test_dates_are_days() -> None:
    assert read_date("1970-01-01") == 0
    assert read_date("2026-01-31") == 20_484
    assert read_date("1969-12-31") == -1
    for text in ("2026-02-29", "2026-13-01", "26-01-01", "2026-1-1", "0000-01-01", "tomorrow"):
        assert refused(lambda text=text: read_date(text)).code == "R133"  # type: ignore[misc]


def test_times_are_microseconds() -> None:
    assert read_time("00:00") == 0
    assert read_time("17:30") == (17 * 60 + 30) * 60_000_000
    assert read_time("23:59:59") == DAY_US - 1_000_000
    for text in ("24:00", "12:60", "7:30", "17", "17:30:60"):
        assert refused(lambda text=text: read_time(text)).code == "R134"  # type: ignore[misc]


@pytest.mark.parametrize(
    ("text", "utc"),
    [
        ("2026-01-31T09:30", "2026-01-31T08:30:00+00:00"),
        ("2026-07-31T09:30:15", "2026-07-31T07:30:15+00:00"),
        ("2026-01-31T09:30Z", "2026-01-31T09:30:00+00:00"),
        ("2026-01-31T09:30-05:30", "2026-01-31T15:00:00+00:00"),
        ("2026-03-29T02:30", "2026-03-29T01:30:00+00:00"),  # does not exist: 03:30 in summer
        ("2026-10-25T02:30", "2026-10-25T00:30:00+00:00"),  # occurs twice: the first
    ],
)
def test_datetimes_are_instants(text: str, utc: str) -> None:
    assert read_datetime(text, MADRID) == instant(utc)


@pytest.mark.parametrize(
    "text", ["2026-01-31", "2026-01-31 09:30", "2026-02-30T09:30", "2026-01-31T25:00", "x"]
)
def test_other_datetimes_are_refused(text: str) -> None:
    assert refused(lambda: read_datetime(text, MADRID)).code == "R135"


def test_the_first_and_the_last_year_do_not_overflow() -> None:
    assert read_datetime("0001-01-01T00:00", ZoneInfo("Asia/Tokyo")) < 0
    assert read_datetime("9999-12-31T23:59:59-23:59", MADRID) > 0
    starts_at, ends_at = read_window("0001-01-01..9999-12-31", ZoneInfo("Pacific/Kiritimati"))
    assert starts_at is not None
    assert ends_at is not None
    assert refused(lambda: read_datetime("2026-01-01T00:00+24:00", MADRID)).code == "R135"


def test_durations_are_microseconds() -> None:
    assert read_duration("30 days") == 30 * DAY_US
    assert read_duration("1 day") == DAY_US
    assert read_duration("2 weeks") == 14 * DAY_US
    assert read_duration("90 minutes") == 90 * 60_000_000
    assert read_duration("1 hour") == 3_600_000_000
    for text in ("30", "days", "1.5 days", "3 fortnights", "-1 days", "99999999 weeks"):
        assert refused(lambda text=text: read_duration(text)).code == "R136"  # type: ignore[misc]


@pytest.mark.parametrize("text", ["3 months", "1 month", "2 years", "1 year"])
def test_months_and_years_have_no_fixed_length(text: str) -> None:
    error = refused(lambda: read_duration(text))
    assert error.code == "R137"
    assert "days" in error.help


def test_a_bare_end_day_belongs_to_its_window() -> None:
    assert read_window("2026-06-01..2026-08-31", MADRID) == (
        instant("2026-05-31T22:00:00+00:00"),
        instant("2026-08-31T22:00:00+00:00"),
    )
    starts_at, ends_at = read_window("2026-06-01..2026-06-01", ZoneInfo("UTC"))
    assert starts_at is not None
    assert ends_at == starts_at + DAY_US


def test_a_window_of_instants_ends_at_its_end() -> None:
    assert read_window("2026-06-01T00:00:00Z..2026-09-01T00:00:00Z", MADRID) == (
        instant("2026-06-01T00:00:00+00:00"),
        instant("2026-09-01T00:00:00+00:00"),
    )


def test_a_day_that_begins_late_begins_after_its_gap() -> None:
    # In Beirut the clocks went from 00:00 to 01:00 on this day.
    starts_at, _ = read_window("2022-03-27..", ZoneInfo("Asia/Beirut"))
    assert starts_at == instant("2022-03-26T22:00:00+00:00")


def test_either_end_may_be_open() -> None:
    assert read_window("2026-06-01..", ZoneInfo("UTC"))[1] is None
    assert read_window("..2026-06-01", ZoneInfo("UTC"))[0] is None


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("2026-06-01", "R138"),
        ("..", "R138"),
        ("2026-06-01..2026-07-01..2026-08-01", "R138"),
        ("2026-06-02..2026-06-01", "R139"),
        ("2026-06-01T00:00Z..2026-06-01T00:00Z", "R139"),
        ("2026-06-01..2026-06-31", "R133"),
        ("2026-06-01..2026-06-30T9", "R135"),
    ],
)
def test_other_windows_are_refused(text: str, code: str) -> None:
    assert refused(lambda: read_window(text, MADRID)).code == code


def test_the_wrong_end_of_a_window_is_pointed_at() -> None:
    error = refused(lambda: read_window("2026-06-01 .. 2026-06-31", MADRID))
    assert (error.start, error.end) == (14, 24)


@given(st.text(max_size=40), st.sampled_from(literals.__all__))
def test_no_text_breaks_a_reader(text: str, name: str) -> None:
    extra: dict[str, tuple[object, ...]] = {
        "read_money": ("USD", 2),
        "read_integer": (0, 9),
        "read_datetime": (MADRID,),
        "read_window": (MADRID,),
    }
    read = getattr(literals, name)
    if name != "LiteralError":
        try:
            read(text, *extra.get(name, ()))
        except LiteralError as error:
            assert MESSAGES[error.code].format(**error.words)
