"""Times as carts spell them in, integers and the local calendar out."""

import re
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import NamedTuple

from ...dsl.expression.vocabulary import WEEKDAYS
from .errors import describe, refusal

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
EPOCH_ORDINAL = EPOCH.toordinal()
MICROSECOND = timedelta(microseconds=1)

DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
# RFC 3339: the offset is required, and the clock has no second 60 for a leap second to stand on.
INSTANT = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})[Tt]((?:[01][0-9]|2[0-3]):[0-9]{2}:[0-9]{2})(?:\.([0-9]+))?"
    r"(?:[Zz]|([+-](?:[01][0-9]|2[0-3]):[0-5][0-9]))"
)
NO_OFFSET = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9]{2}:[0-9]{2}(?::[0-9.]+)?")


class Moment(NamedTuple):
    """An instant, and what calendar and clock of a zone show then."""

    instant_us: int  # since 1970 UTC
    date_days: int  # since 1970-01-01
    time_us: int  # since midnight, as the clock shows it
    hour: int
    weekday: str


def read_instant(sent: str, path: str) -> datetime:
    """An RFC 3339 instant, with its offset; what is finer than a microsecond is cut off.

    Raises `CartError` for other forms and for impossible dates.
    """
    match = INSTANT.fullmatch(sent)
    if match is None:
        why = ", which has no offset such as Z or +02:00" if NO_OFFSET.fullmatch(sent) else ""
        raise refusal("bad_instant", path, got=describe(sent), why=why)
    day, clock, fraction, offset = match.groups()
    text = f"{day}T{clock}.{fraction[:6]:0<6}" if fraction else f"{day}T{clock}"
    try:
        return datetime.fromisoformat(text + (offset or "+00:00"))
    except ValueError:
        why = ", which no calendar and clock show"
    raise refusal("bad_instant", path, got=describe(sent), why=why)


def read_instant_us(sent: str, path: str) -> int:
    """An RFC 3339 instant, in microseconds since 1970 UTC."""
    return (local_time(sent, UTC, path) - EPOCH) // MICROSECOND


def read_moment(sent: str, zone: tzinfo, path: str) -> Moment:
    """An RFC 3339 instant, and what a clock of `zone` shows then."""
    local = local_time(sent, zone, path)
    hour = local.hour
    second = (hour * 60 + local.minute) * 60 + local.second
    return Moment(
        (local - EPOCH) // MICROSECOND,
        local.toordinal() - EPOCH_ORDINAL,
        second * 1_000_000 + local.microsecond,
        hour,
        WEEKDAYS[local.weekday()],
    )


def local_time(sent: str, zone: tzinfo, path: str) -> datetime:
    """An RFC 3339 instant on a clock of `zone`, refused outside the years 1 to 9999."""
    instant = read_instant(sent, path)
    try:
        return instant.astimezone(zone)
    except OverflowError:
        why = ", which is outside the years 1 to 9999"
    raise refusal("bad_instant", path, got=describe(sent), why=why)


def read_day(sent: str, path: str) -> int:
    """A date `YYYY-MM-DD`, in days since 1970-01-01; raises `CartError` for anything else."""
    if DATE.fullmatch(sent):
        try:
            return date.fromisoformat(sent).toordinal() - EPOCH_ORDINAL
        except ValueError:
            pass  # a month or a day that the calendar has not
    raise refusal("bad_date", path, got=describe(sent))


def read_day_or_instant(sent: str, zone: tzinfo, path: str) -> int:
    """A date, or an instant's date in `zone`, in days since 1970-01-01."""
    if "T" not in sent and "t" not in sent:
        return read_day(sent, path)
    return local_time(sent, zone, path).toordinal() - EPOCH_ORDINAL
