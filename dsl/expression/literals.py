"""The text of one literal in, its integer in the units of `kinds` out.

Rule text has no implicit types: who reads a scalar decides what it must be, and calls the reader
for that. Each reader takes the whole text of one literal and either returns an integer or raises
`LiteralError`, whose code stands in the table of `problems` and whose offsets point into the text.
"""

import re
from datetime import date, datetime, timedelta, tzinfo

from ..kinds import AMOUNT_MAX, DAY_US, PPM
from .mistake import LiteralError

DIGITS_MAX = 19  # longer numbers are out of any range, and are never handed to int()
SAMPLE_CURRENCY = "EUR"  # in messages, where the rule set's own is not known
DURATION_MAX_US = 3_660_000 * DAY_US  # ten thousand years, as far as dates go

MINUTE_US = 60_000_000
HOUR_US = 60 * MINUTE_US
DURATION_UNITS_US = {
    "minute": MINUTE_US,
    "hour": HOUR_US,
    "day": DAY_US,
    "week": 7 * DAY_US,
}

EPOCH = datetime(1970, 1, 1)
MICROSECOND = timedelta(microseconds=1)

NUMBER = re.compile(r"(-?)([0-9]+)(?:\.([0-9]+))?")
MONEY = re.compile(r"(-?[0-9]+(?:\.[0-9]+)?) +([A-Z]{3})")
SEPARATED = re.compile(r"-?[0-9]{1,3}(?:[,_' ][0-9]{3})+(?:[.,][0-9]+)?(?: *[A-Za-z]{3})?")
AMOUNT = re.compile(r"[0-9]+(?:\.[0-9]+)?")  # whatever its currency is called
PERCENT = re.compile(r"(-?[0-9]+(?:\.[0-9]+)?) *%")
DATE = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
TIME = re.compile(r"([0-9]{2}):([0-9]{2})(?::([0-9]{2}))?")
OFFSET = re.compile(r"([+-])([0-9]{2}):([0-9]{2})")
DATETIME = re.compile(r"([0-9-]{10})T([0-9:]{5,8})(Z|[+-][0-9]{2}:[0-9]{2})?")
DURATION = re.compile(r"([0-9]+) +([a-z]+)")


def refusal(code: str, text: str, help: str = "", **words: object) -> LiteralError:
    """An error about the whole of `text`."""
    return LiteralError(code, 0, len(text), help=help, fix=None, text=text[:60], **words)


def scale_number(text: str, decimals: int) -> int | None:
    """A decimal number times 10**decimals, or None when it has more decimals than that.

    The text has the form of `NUMBER`. A number too long to be of use comes out as a number too
    large for any range, never as a big one worked out digit by digit.
    """
    match = NUMBER.fullmatch(text)
    assert match is not None, text
    sign, whole, fraction = match[1], match[2].lstrip("0"), (match[3] or "").rstrip("0")
    if len(fraction) > decimals:
        return None
    digits = whole + fraction.ljust(decimals, "0")
    size = int(digits or "0") if len(whole) <= DIGITS_MAX else 10 ** (DIGITS_MAX + 1 + decimals)
    return -size if sign else size


def format_scaled(size: int, decimals: int, least: int = 0) -> str:
    """A non-negative integer count of 10**-decimals as plain digits.

    Zeros at the end are cut, down to `least` decimals; a whole number has none of them.
    """
    whole, rest = divmod(size, 10**decimals)
    if not rest:
        return str(whole)
    fraction = str(rest).rjust(decimals, "0").rstrip("0")
    return f"{whole}.{fraction.ljust(least, '0')}"


def format_money(minor: int, currency: str, exponent: int) -> str:
    """An amount in minor units as rule authors write it: `500 USD`, `12.30 USD`, `1.250 KWD`."""
    return f"{format_scaled(minor, exponent, exponent)} {currency}"


def read_money(text: str, currency: str, exponent: int, maximum: int = AMOUNT_MAX) -> int:
    """An amount like `500 USD` or `12.34 USD`, in minor units, from 0 to `maximum`.

    An empty currency is one that is not known, which is a problem already: then any amount will do.
    """
    if not currency:
        return read_any_money(text, maximum)
    match = MONEY.fullmatch(text)
    if match is None:
        raise explain_money(text, currency)
    if match[2] != currency:
        raise LiteralError(
            "R122",
            match.start(2),
            match.end(2),
            help=f"amounts of this rule set are in {currency}",
            found=match[2],
            currency=currency,
        )
    minor = scale_number(match[1], exponent)
    if minor is None:
        decimals = (
            f"{exponent} decimal{'' if exponent == 1 else 's'}" if exponent else "no decimals"
        )
        help = f"{currency} has {decimals}"
        raise LiteralError("R123", 0, match.end(1), help=help, text=match[1], currency=currency)
    if not 0 <= minor <= maximum:
        raise refusal("R125", text, maximum=format_money(maximum, currency, exponent))
    return minor


def read_any_money(text: str, maximum: int) -> int:
    """The number of an amount whose currency nobody knows, in hundredths."""
    number = AMOUNT.search(re.sub(r"[,_' ](?=[0-9]{3})", "", text))
    if number is None:
        raise explain_money(text, SAMPLE_CURRENCY)
    return min(scale_number(number[0], 2) or 0, maximum)


def explain_money(text: str, currency: str) -> LiteralError:
    """What is wrong with a text that is not written as an amount."""
    if NUMBER.fullmatch(text):
        return refusal("R121", text, f"write `{text[:40]} {currency}`")
    if SEPARATED.fullmatch(text):
        bare = re.sub(r"[,_' ](?=[0-9]{3})", "", text)
        number = NUMBER.match(bare)
        return refusal("R124", text, f"write `{number[0]} {currency}`" if number else "")
    near = re.fullmatch(r"(-?[0-9]+(?:\.[0-9]+)?) *([A-Za-z]{3})", text)
    if near:
        return refusal("R120", text, f"write `{near[1]} {near[2].upper()}`")
    turned = re.fullmatch(r"([A-Z]{3}|[$€£¥]) *([0-9]+(?:\.[0-9]+)?)", text)
    worded = re.fullmatch(r"([0-9]+(?:\.[0-9]+)?) *(?:[$€£¥]|[a-z]+)", text)
    shown = turned[2] if turned else worded[1] if worded else "500"
    code = turned[1] if turned and turned[1].isalpha() else currency
    return refusal("R120", text, f"an amount is written like `{shown} {code}`")


def read_percent(text: str) -> int:
    """A percentage like `20%` or `12.5%`, from 0 to 100 with at most 4 decimals, in ppm."""
    match = PERCENT.fullmatch(text)
    if match is None:
        bare = NUMBER.fullmatch(text)
        is_share = bare is not None and not bare[2].strip("0") and bare[3] is not None
        help = f"write `{text}%`" if bare and not is_share else "it is written like `20%`"
        raise refusal("R126", text, help)
    ppm = scale_number(match[1], 4)
    if ppm is None:
        raise refusal("R127", text)
    if not 0 <= ppm <= PPM:
        raise refusal("R128", text)
    return ppm


def read_integer(text: str, low: int, high: int) -> int:
    """A whole number from `low` to `high`, both ends in."""
    match = NUMBER.fullmatch(text)
    if match is None or match[3] is not None:
        raise refusal("R129", text)
    number = scale_number(text, 0)
    if number is None or not low <= number <= high:
        raise refusal("R130", text, low=low, high=high)
    return number


def read_decimal(text: str) -> int:
    """A number with at most 6 decimals and 12 digits before them, in millionths."""
    if NUMBER.fullmatch(text) is None:
        raise refusal("R131", text)
    millionths = scale_number(text, 6)
    if millionths is None:
        raise refusal("R132", text)
    if abs(millionths) > 10**18:
        raise refusal("R130", text, low=-(10**12), high=10**12)
    return millionths


def read_date(text: str) -> int:
    """A day like `2026-01-31`, in days since 1970-01-01."""
    return (calendar_day(text) - EPOCH.date()).days


def calendar_day(text: str) -> date:
    """A day like `2026-01-31`, as a date."""
    match = DATE.fullmatch(text)
    if match is None:
        raise refusal("R133", text, "a date is written like `2026-01-31`")
    try:
        return date(int(match[1]), int(match[2]), int(match[3]))
    except ValueError:
        raise refusal("R133", text, "the calendar has no such day") from None


def read_time(text: str) -> int:
    """A time of day like `17:30` or `17:30:15`, in microseconds since midnight."""
    match = TIME.fullmatch(text)
    if match is None:
        raise refusal("R134", text, "a time is written like `09:30`, from `00:00` to `23:59`")
    hour, minute, second = int(match[1]), int(match[2]), int(match[3] or "0")
    if hour > 23 or minute > 59 or second > 59:
        raise refusal("R134", text, "a time goes from `00:00` to `23:59`")
    return hour * HOUR_US + minute * MINUTE_US + second * PPM


def read_local(text: str) -> tuple[int, int | None]:
    """A date and time like `2026-01-31T09:30`, with what stands behind it as the offset.

    The first number is the clock's reading in microseconds since 1970-01-01T00:00 on that same
    clock, the second its offset from UTC in minutes, None where the text names none.
    """
    match = DATETIME.fullmatch(text)
    if match is None:
        help = (
            "a date with a time is written like `2026-01-31T09:30`, with `Z` or `+02:00` if wanted"
        )
        raise refusal("R135", text, help)
    try:
        clock_us = read_date(match[1]) * DAY_US + read_time(match[2])
    except LiteralError as error:
        raise refusal("R135", text, error.help) from None
    if match[3] is None:
        return clock_us, None
    if match[3] == "Z":
        return clock_us, 0
    offset = OFFSET.fullmatch(match[3])
    assert offset is not None
    if int(offset[2]) > 23 or int(offset[3]) > 59:
        raise refusal("R135", text, "an offset goes from `-23:59` to `+23:59`")
    minutes = int(offset[2]) * 60 + int(offset[3])
    return clock_us, -minutes if offset[1] == "-" else minutes


def instant_of(clock_us: int, offset_minutes: int | None, zone: tzinfo) -> int:
    """The UTC instant at which a clock shows `clock_us`, in microseconds since 1970.

    Without an offset it is the clock of `zone`. A local time that does not exist moves on by the
    gap, one that occurs twice means the first: both are what the offset before the change gives.

    >>> from zoneinfo import ZoneInfo
    >>> skipped, _ = read_local("2026-03-29T02:30")
    >>> (EPOCH + instant_of(skipped, None, ZoneInfo("Europe/Madrid")) * MICROSECOND).isoformat()
    '2026-03-29T01:30:00'
    """
    if offset_minutes is None:
        local = (EPOCH + clock_us * MICROSECOND).replace(tzinfo=zone)
        offset = local.utcoffset() or timedelta()
        return clock_us - offset // MICROSECOND
    return clock_us - offset_minutes * MINUTE_US


def read_datetime(text: str, zone: tzinfo) -> int:
    """An instant like `2026-01-31T09:30`, in microseconds since 1970 UTC; local means in `zone`."""
    clock_us, offset_minutes = read_local(text)
    return instant_of(clock_us, offset_minutes, zone)


def read_duration(text: str) -> int:
    """A length of time like `30 days`, in microseconds; weeks, days, hours and minutes."""
    match = DURATION.fullmatch(text)
    if match is None:
        raise refusal("R136", text, "a duration is written like `30 days` or `12 hours`")
    unit = match[2].removesuffix("s")
    if unit in ("month", "year"):
        days = (scale_number(match[1], 0) or 0) * (30 if unit == "month" else 365)
        raise refusal("R137", text, f"count it in days, about `{days} days`")
    if unit not in DURATION_UNITS_US:
        raise refusal("R136", text, "the units are weeks, days, hours and minutes")
    count = scale_number(match[1], 0) or 0
    duration_us = count * DURATION_UNITS_US[unit]
    if duration_us > DURATION_MAX_US:
        raise refusal("R136", text, "a duration is at most 3660000 days")
    return duration_us


def split_window(
    text: str, sample: str = "2026-06-01..2026-08-31"
) -> tuple[tuple[str, int], tuple[str, int]]:
    """The two ends of `a..b`, trimmed, each with its offset in the text; an end may be empty."""
    parts = text.split("..")
    if len(parts) != 2:
        raise refusal("R138", text, f"it goes from one end to the other: `{sample}`")
    ends = []
    for part, offset in ((parts[0], 0), (parts[1], len(parts[0]) + 2)):
        ends.append((part.strip(), offset + len(part) - len(part.lstrip())))
    if not ends[0][0] and not ends[1][0]:
        raise refusal("R138", text, "one end may be left open, not both")
    return ends[0], ends[1]


def read_window(text: str, zone: tzinfo) -> tuple[int | None, int | None]:
    """A stretch of time like `2026-06-01..2026-08-31`, as UTC microseconds, start in, end out.

    An end is a day or an instant and may be absent (None). A bare end day belongs to the window.
    """
    (first, first_at), (last, last_at) = split_window(text)
    starts_at = read_end(first, first_at, zone, is_last=False) if first else None
    ends_at = read_end(last, last_at, zone, is_last=True) if last else None
    if starts_at is not None and ends_at is not None and starts_at >= ends_at:
        raise refusal("R139", text, "the first end must come before the second")
    return starts_at, ends_at


def read_end(text: str, offset: int, zone: tzinfo, *, is_last: bool) -> int:
    """One end of a window: an instant, or a day, of which the last end takes the whole."""
    try:
        if "T" in text:
            return read_datetime(text, zone)
        day = calendar_day(text)
    except LiteralError as error:
        raise error.moved(offset) from None
    clock_us = (day - EPOCH.date()).days * DAY_US
    if not is_last:
        return instant_of(clock_us, None, zone)
    if day == date.max:  # there is no next day to ask the zone about
        return instant_of(clock_us, None, zone) + DAY_US
    return instant_of(clock_us + DAY_US, None, zone)


__all__ = [
    "LiteralError",
    "read_date",
    "read_datetime",
    "read_decimal",
    "read_duration",
    "read_integer",
    "read_money",
    "read_percent",
    "read_time",
    "read_window",
]
