"""What staff did to tiers by hand in, the one below which a member did not fall at any instant out.

An enrolment has the floor of now, and interventions say since when: each floor holds until the next
is set. One that nobody wrote down has held always.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from typing import Any, NamedTuple

import sqlalchemy as sa

from ...engine.loyalty.tiers import ALWAYS_US
from ..schema.tenancy import enrolments, interventions

SET_FLOOR = "set_floor"  # what an intervention is called that sets one, or takes it away
FLOORS = (
    sa.select(
        enrolments.c.member,
        enrolments.c.program,
        enrolments.c.tier_floor,
        interventions.c.at_us,
        interventions.c.detail,
    )
    .select_from(
        enrolments.outerjoin(
            interventions,
            (interventions.c.tenant == enrolments.c.tenant)
            & (interventions.c.member == enrolments.c.member)
            & (interventions.c.program == enrolments.c.program)
            & (interventions.c.action == SET_FLOOR),
        )
    )
    .where(
        enrolments.c.tenant == sa.bindparam("tenant"),
        (enrolments.c.tier_floor != "") | interventions.c.number.is_not(None),
    )
    .order_by(enrolments.c.member, enrolments.c.program, interventions.c.number)
)
OF_MEMBERS = FLOORS.where(enrolments.c.member.in_(sa.bindparam("members", expanding=True)))


class Floor(NamedTuple):
    """A tier, empty for none, and since when nobody falls below it."""

    since_us: int
    tier: str


# By member and program; rising, the first from always on.
Floors = Mapping[tuple[str, str], Sequence[Floor]]
NONE = (Floor(ALWAYS_US, ""),)


def read_floors(rows: Iterable[Mapping[str, Any]]) -> Floors:
    """The floors of members over time, of those who ever had one."""
    found: dict[tuple[str, str], Sequence[Floor]] = {}
    for key, steps in groupby(rows, lambda row: (row["member"], row["program"])):
        found[key] = floors_of(list(steps))
    return found


def floors_of(steps: Sequence[Mapping[str, Any]]) -> list[Floor]:
    """The floors of one member in one program."""
    if steps[0]["at_us"] is None:
        return [Floor(ALWAYS_US, steps[0]["tier_floor"])]
    found = [*NONE]
    for step in steps:
        while found[-1].since_us >= step["at_us"]:  # clocks may have been set back
            found.pop()
        found.append(Floor(step["at_us"], step["detail"]))
    return found


def floor_at(floors: Sequence[Floor], at_us: int) -> str:
    """The floor that held at an instant; empty for none."""
    return floors[bisect_right(floors, at_us, key=lambda one: one.since_us) - 1].tier


def with_floors(
    ranks: Sequence[tuple[int, int]], floors: Sequence[tuple[int, int]]
) -> list[tuple[int, int]]:
    """Since when which rank is held, with floors that hold since others; both rising from always.

    >>> with_floors([(0, 0), (5, 2), (9, 0)], [(0, -1), (3, 1), (10, -1)])
    [(0, 0), (3, 1), (5, 2), (9, 1), (10, 0)]
    """
    held, below = dict(ranks), dict(floors)
    rank = floor = -1
    found: list[tuple[int, int]] = []
    for time in sorted({*held, *below}):
        rank, floor = held.get(time, rank), below.get(time, floor)
        if not found or found[-1][1] != max(rank, floor):
            found.append((time, max(rank, floor)))
    return found
