"""What a member earned, as stores send it, in; the entries that count for a tier out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from msgspec import Meta, Struct

from ...dsl.kinds import QualifyAt, TierMeasure
from ...dsl.loyalty import Program
from ..cart.cart import COUNT_MAX, Day, Instant, Text
from ..cart.errors import refusal, shorten
from ..cart.instants import DATE, read_day, read_instant_us
from ..cart.wire import Json, Wire
from .days import activation_of, day_of, start_of
from .errors import errors_of
from .event_intake import read_struct
from .tiers import Qualifying

ENTRIES_MAX = 100_000

INSTANT = {"format": "date-time"}
Signed = Annotated[int, Meta(ge=-COUNT_MAX, le=COUNT_MAX)]


class Entry(Struct, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    """What was earned, or taken back, at once."""

    at: Annotated[
        Instant | Day,
        Meta(description="When it was written: an RFC 3339 instant, or `YYYY-MM-DD`."),
    ]
    points: Annotated[
        Signed | None,
        Meta(description="Points in the smallest unit; negative: taken back."),
    ] = None
    spend: Annotated[
        Signed | None,
        Meta(description="Base in minor units, for `measure: spend`; negative: taken back."),
    ] = None
    earned: Annotated[
        Instant | Day | None,
        Meta(description="Of what was taken back: when it was earned. Absent: as `at`."),
    ] = None
    counts_from: Annotated[
        Instant | Day | None,
        Meta(description="When what was earned became active. Absent: as the program says."),
    ] = None


class History(Struct, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    """What counts for the tier of one member of one program."""

    entries: Annotated[
        list[Entry],
        Meta(
            max_length=ENTRIES_MAX,
            description="In any order; those written after the instant asked for are left out.",
            extra={"noun": "entries"},
        ),
    ]
    member: Annotated[Text | None, Meta(description="Whose history it is.")] = None
    program: Annotated[
        Text | None, Meta(description="Of which program. Absent: the only one there is.")
    ] = None
    tier_floor: Annotated[
        Text | None, Meta(description="A tier that somebody set, below which they do not fall.")
    ] = None


HISTORY = Wire(History, "", "a history", "member")

HistorySource = Json | Mapping[str, Any] | History


def read_history(source: HistorySource) -> History:
    """A history as JSON, as a dict, or as a `History`, its fields right one by one.

    Raises `EventError`.
    """
    with errors_of("history", None):
        return read_struct(source, History, HISTORY)


def floor_of(history: History, program: Program) -> int:
    """The rank below which the member does not fall; -1 for none. Raises `CartError`."""
    levels = () if program.tiers is None else program.tiers.levels
    names = [level.id for level in levels]
    if history.tier_floor is None:
        return -1
    if history.tier_floor not in names:
        expected = f"a tier of `{program.id}`"
        got = f"`{shorten(history.tier_floor)}`"
        raise refusal("bad_format", "tier_floor", expected=expected, got=got)
    return names.index(history.tier_floor)


def qualifying_of(history: History, program: Program, at_us: int) -> list[Qualifying]:
    """The entries written by an instant that count for the tier, then or later.

    Raises `CartError` for one without the measure of the program, or that makes no sense in time.
    """
    found = []
    for index, entry in enumerate(history.entries):
        one = entry_of(entry, program, f"entries[{index}]", at_us)
        if one is not None:
            found.append(one)
    return found


def entry_of(entry: Entry, program: Program, path: str, at_us: int) -> Qualifying | None:
    """An entry, if it was written by an instant and is not waiting for something unknown."""
    assert program.tiers is not None
    zone = ZoneInfo(program.timezone)
    name = "spend" if program.tiers.measure is TierMeasure.SPEND else "points"
    amount = entry.spend if name == "spend" else entry.points
    if amount is None:
        raise refusal("missing_field", f"{path}.{name}", name=name)
    written_us = read_time(entry.at, zone, f"{path}.at")
    earned_us = written_us
    if entry.earned is not None:
        earned_us = read_time(entry.earned, zone, f"{path}.earned")
    active_us: int | None = earned_us
    if entry.counts_from is not None:
        active_us = read_time(entry.counts_from, zone, f"{path}.counts_from")
    elif program.tiers.qualify_at is QualifyAt.ACTIVATION:
        active_us = activation_of(program.points, earned_us, zone)
    if program.tiers.qualify_at is QualifyAt.EARN:
        active_us = earned_us
    if active_us is None or written_us > at_us:
        return None
    return Qualifying(day_of(earned_us, zone), max(written_us, active_us), amount)


def read_time(sent: object, zone: ZoneInfo, path: str) -> int:
    """An instant, or the beginning of a date in a zone. Raises `CartError`."""
    text = str(sent)
    if DATE.fullmatch(text):
        return start_of(read_day(text, path), zone)
    return read_instant_us(text, path)
