"""What an account earned in, the tier its member held at an instant out."""

from __future__ import annotations

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from msgspec import Struct

from ...dsl.kinds import QualifyAt, TierMeasure
from ...dsl.loyalty import Program
from ...engine.loyalty.days import day_of
from ...engine.loyalty.tiers import ALWAYS_US, Qualifying, Stairs, ranks_over_time, standing_of
from ..schema.frame import NEVER_US
from .floors import Floor, with_floors
from .history import History


class TierThen(Struct, frozen=True):
    """A tier as it was held. Instants are in microseconds; `tier` is empty for none."""

    tier: str
    value: int  # what counts: points in their smallest unit, or minor units of spend
    since_us: int | None  # None: from the beginning
    valid_until_us: int | None  # None: it stays
    to_keep: int  # what is short of keeping it when it falls
    next_tier: str  # empty at the top
    missing: int  # what is short of the next tier


def tier_then(history: History, program: Program, at_us: int, floors: Sequence[Floor]) -> TierThen:
    """The tier at an instant, in a program with tiers, with the entries recorded by it.

    What is said of times after it has the floor of then.
    """
    assert program.tiers is not None
    levels = program.tiers.levels
    ranks = {level.id: rank for rank, level in enumerate(levels)}
    counting = qualifying_then(history, program, at_us)
    below = [(one.since_us, ranks.get(one.tier, -1)) for one in floors if one.since_us <= at_us]
    standing = standing_of(program, counting, at_us, below[-1][1])
    is_changed = len(below) > 1
    since_us = since_then(counting, program, at_us, below) if is_changed else standing.since_us
    level = levels[standing.rank] if standing.rank >= 0 else None
    above = levels[standing.rank + 1] if standing.rank + 1 < len(levels) else None
    is_falling = level is not None and standing.falls_us is not None
    return TierThen(
        tier=level.id if level else "",
        value=standing.value,
        since_us=since_us,
        valid_until_us=standing.falls_us,
        to_keep=max(0, level.threshold - standing.value_then) if level and is_falling else 0,
        next_tier=above.id if above else "",
        missing=max(0, above.threshold - standing.value) if above else 0,
    )


def since_then(
    counting: Sequence[Qualifying],
    program: Program,
    at_us: int,
    floors: Sequence[tuple[int, int]],
) -> int | None:
    """Since when the tier of an instant is held, where floors were set and taken away by then."""
    assert program.tiers is not None
    zone = ZoneInfo(program.timezone)
    ranks = ranks_over_time(Stairs(counting, program.tiers, zone), program.tiers, zone, -1)
    since_us = [time for time, _ in with_floors(ranks, floors) if time <= at_us][-1]
    return None if since_us == ALWAYS_US else since_us


def qualifying_then(history: History, program: Program, at_us: int) -> list[Qualifying]:
    """The entries recorded by an instant that count for tiers, then or later."""
    assert program.tiers is not None
    zone = ZoneInfo(program.timezone)
    is_spend = program.tiers.measure is TierMeasure.SPEND
    is_at_once = program.tiers.qualify_at is QualifyAt.EARN
    activations = {lot.number: lot.activates_at_us for lot in history.lots}
    found = []
    for one in history.qualifying:
        if one.recorded_at_us > at_us:
            continue
        starts_us = activations[one.lot] if one.lot else one.counts_from_us
        if is_at_once:
            starts_us = one.earned_at_us
        if starts_us != NEVER_US:
            amount = one.spend_minor if is_spend else one.points
            starts_us = max(starts_us, one.recorded_at_us)
            found.append(Qualifying(day_of(one.earned_at_us, zone), starts_us, amount))
    return found
