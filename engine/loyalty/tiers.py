"""Qualifying entries and an instant in, the tier held then out: since when, and until when.

The value of a member is a staircase over time: an entry steps up when it begins to count, and down
again when its window is over. A level is *reached* wherever the staircase is at its threshold or
above, and *held* a little differently: from the next period on where upgrades wait for it, and on
for as long as `keep` and `grace` say. Both are stretches of time; all stretches of one level,
joined, and the highest level with one at an instant, give the tier.

INVARIANT: stretches are half open, rising and apart, and so are the stairs. None stands for ever.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import NamedTuple
from zoneinfo import ZoneInfo

from ...dsl.kinds import CalendarPeriod, Keep, Upgrade
from ...dsl.loyalty import Duration, Program, Tiers
from .days import add, day_of, end_of, last_of, start_of

ALWAYS_US = -(10**18)  # before every instant of a calendar
NO_LENGTH = Duration()


class Qualifying(NamedTuple):
    """An entry that counts for a tier; what was taken back is negative."""

    day: int  # of its earn
    counts_from_us: int
    amount: int  # smallest units of points, or minor units of spend


class Stretch(NamedTuple):
    """From `starts_us` (in) to `ends_us` (out, None: for ever)."""

    starts_us: int
    ends_us: int | None


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a member stands at an instant; levels are ranks, -1 for none."""

    rank: int
    value: int
    since_us: int | None  # None: from the beginning
    falls_us: int | None  # when the tier goes if nothing more is earned; None: never
    value_then: int  # when it falls


class Stairs:
    """The value of a member over time."""

    def __init__(self, entries: Sequence[Qualifying], tiers: Tiers, zone: ZoneInfo) -> None:
        steps: dict[int, int] = {}
        windows: dict[int, Stretch] = {}  # by day: many entries have the same few
        for entry in entries:
            if entry.day not in windows:
                windows[entry.day] = window_of(entry.day, tiers, zone)
            starts_us, ends_us = windows[entry.day]
            starts_us = max(entry.counts_from_us, starts_us)
            if ends_us is None or starts_us < ends_us:
                steps[starts_us] = steps.get(starts_us, 0) + entry.amount
                if ends_us is not None:
                    steps[ends_us] = steps.get(ends_us, 0) - entry.amount
        self.times = [ALWAYS_US, *sorted(steps)]
        self.values = list(accumulate((steps[time] for time in self.times[1:]), initial=0))

    def value_at(self, instant_us: int) -> int:
        """The value at an instant."""
        found = 0
        for time, value in zip(self.times, self.values, strict=True):
            if time > instant_us:
                break
            found = value
        return found

    def reached(self, threshold: int) -> Iterator[Stretch]:
        """Where the value is at a threshold or above."""
        starts_us: int | None = None
        for time, value in zip(self.times, self.values, strict=True):
            if value >= threshold and starts_us is None:
                starts_us = time
            elif value < threshold and starts_us is not None:
                yield Stretch(starts_us, time)
                starts_us = None
        if starts_us is not None:
            yield Stretch(starts_us, None)


def window_of(day: int, tiers: Tiers, zone: ZoneInfo) -> Stretch:
    """From when to when an entry of a day counts, once it is active."""
    match tiers.window:
        case None:
            ends_us = None
        case Duration() as window:
            ends_us = end_of(add(day, window), zone)
        case period:
            ends_us = end_of(last_of(day, period), zone)
    return Stretch(start_of(day, zone), ends_us)


class Holding:
    """The terms on which levels are held."""

    def __init__(self, tiers: Tiers, zone: ZoneInfo) -> None:
        self._tiers = tiers
        self._zone = zone
        # Windows that are no calendar period have years for `next_period` and `end_of_period`.
        window = tiers.window
        self._period = window if isinstance(window, CalendarPeriod) else CalendarPeriod.YEAR

    def held(self, reached: Stretch) -> Stretch:
        """How long a level is held that was reached for a time."""
        starts_us, ends_us = reached
        if starts_us != ALWAYS_US and self._tiers.upgrade is Upgrade.NEXT_PERIOD:
            starts_us = self._end_of_period(day_of(starts_us, self._zone))
        keep = self._tiers.keep
        if ends_us is None or keep is Keep.FOREVER:
            return Stretch(starts_us, None)
        if starts_us != ALWAYS_US:
            ends_us = max(ends_us, self._kept_until(starts_us))
        return Stretch(starts_us, self._add_grace(ends_us))

    def _kept_until(self, starts_us: int) -> int:
        """Until when a level stays whatever becomes of the value."""
        day = day_of(starts_us, self._zone)
        match self._tiers.keep:
            case Keep.END_OF_PERIOD:
                return self._end_of_period(day)
            case Keep.END_OF_NEXT_PERIOD:
                return self._end_of_period(last_of(day, self._period) + 1)
            case Duration() as keep:  # 0 days: through the day on which it was reached
                return end_of(add(day, keep), self._zone)
        return starts_us

    def _end_of_period(self, day: int) -> int:
        """The instant at which the period of a day is over."""
        return end_of(last_of(day, self._period), self._zone)

    def _add_grace(self, ends_us: int) -> int:
        """The end, so much later: through the last day that was held, and the grace."""
        if self._tiers.grace == NO_LENGTH:
            return ends_us
        last = day_of(ends_us - 1, self._zone)
        return end_of(add(last, self._tiers.grace), self._zone)


def join(stretches: Sequence[Stretch]) -> list[Stretch]:
    """Stretches without overlap, in order."""
    joined: list[Stretch] = []
    for one in sorted(stretches, key=lambda stretch: stretch.starts_us):
        if not joined:
            joined.append(one)
            continue
        starts_us, ends_us = joined[-1]
        if ends_us is None:
            break
        if ends_us < one.starts_us:
            joined.append(one)
        elif one.ends_us is None or one.ends_us > ends_us:
            joined[-1] = Stretch(starts_us, one.ends_us)
    return joined


def ranks_over_time(
    stairs: Stairs, tiers: Tiers, zone: ZoneInfo, floor: int
) -> list[tuple[int, int]]:
    """Since when which level is the highest held, in order, each different from the one before."""
    holding = Holding(tiers, zone)
    changes: dict[int, list[tuple[int, int]]] = {ALWAYS_US: []}
    for rank, level in enumerate(tiers.levels):
        held = [holding.held(time) for time in stairs.reached(level.threshold)]
        for one in join(held):
            changes.setdefault(one.starts_us, []).append((rank, +1))
            if one.ends_us is not None:
                changes.setdefault(one.ends_us, []).append((rank, -1))
    is_held = [0] * len(tiers.levels)
    found: list[tuple[int, int]] = []
    for time in sorted(changes):
        for rank, change in changes[time]:
            is_held[rank] += change
        top = max((rank for rank, count in enumerate(is_held) if count), default=-1)
        top = max(top, floor)
        if not found or found[-1][1] != top:
            found.append((time, top))
    return found


def standing_of(
    program: Program, entries: Sequence[Qualifying], at_us: int, floor: int = -1
) -> Standing:
    """Where a member stands who has these entries, in a program with tiers; `floor` is a rank."""
    assert program.tiers is not None
    zone = ZoneInfo(program.timezone)
    stairs = Stairs(entries, program.tiers, zone)
    ranks = ranks_over_time(stairs, program.tiers, zone, floor)
    past = [(time, rank) for time, rank in ranks if time <= at_us]
    since_us, rank = past[-1]
    falls_us = next((time for time, one in ranks[len(past) :] if one < rank), None)
    return Standing(
        rank,
        stairs.value_at(at_us),
        None if since_us == ALWAYS_US else since_us,
        falls_us,
        stairs.value_at(at_us if falls_us is None else falls_us),
    )
