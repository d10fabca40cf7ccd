"""What the shop calls its customers in, who they are and which programs they are in out."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

import msgspec
import sqlalchemy as sa

from ..rules.timeline import Timeline
from ..schema.tenancy import enrolments, members
from ..transaction import Found, Transaction, of_tenant

NAMES_MAX = 10_000  # of one query

BY_NAME = of_tenant(members).where(members.c.external_id.in_(sa.bindparam("names", expanding=True)))
ENROLLED = (
    of_tenant(enrolments)
    .where(enrolments.c.member.in_(sa.bindparam("ids", expanding=True)))
    .order_by(enrolments.c.member, enrolments.c.program)
)
read_segments = msgspec.json.Decoder(dict[str, list[str]]).decode


class Enrolment(NamedTuple):
    """Somebody in a program."""

    joined_at_us: int
    tier_floor: str = ""


@dataclass(frozen=True, slots=True)
class Person:
    """A customer; nobody has no id and is in no program, a stranger has no id yet."""

    id: str
    programs: Mapping[str, Enrolment] = field(default_factory=dict)
    segments: Mapping[str, Collection[str]] = field(default_factory=dict)
    row: Mapping[str, object] = field(default_factory=dict)


NOBODY = Person("")


def meet(tx: Transaction, timeline: Timeline, name: str | None, *, is_made: bool = True) -> Person:
    """The customer of that name; None is nobody. See `meet_all`."""
    if name is None:
        return NOBODY
    return meet_all(tx, timeline, [name], is_made=is_made)[name]


def meet_all(
    tx: Transaction, timeline: Timeline, names: Iterable[str], *, is_made: bool = True
) -> dict[str, Person]:
    """Customers by what the shop calls them. With `is_made` those that are not there are made.

    Where the tenant enrols by itself they take part in every program that is in force, unless they
    left it; without `is_made` as though they did.
    """
    wanted = sorted(set(names))
    rows: dict[str, Found] = {}
    for start in range(0, len(wanted), NAMES_MAX):
        found = tx.fetch(BY_NAME, names=wanted[start : start + NAMES_MAX])
        rows |= {row["external_id"]: row for row in found}
    missing = [name for name in wanted if name not in rows]
    if is_made:
        made = [new_member(tx, name) for name in missing]
        tx.insert(members, made)
        rows |= {row["external_id"]: row for row in made}
    enrolled = read_enrolments(
        tx, [rows[name]["id"] for name in wanted if name in rows and name not in missing]
    )
    joining = open_programs(timeline, tx.at_us) if timeline.settings.auto_enrol else []
    people: dict[str, Person] = {}
    new: list[Found] = []
    for name in wanted:
        row = rows.get(name, {"id": "", "segments": "", "status": "active"})
        known = enrolled.get(row["id"], [])
        left = [one for one in joining if one not in {each["program"] for each in known}]
        is_active = row["status"] == "active"
        joined = [new_enrolment(tx, row["id"], one) for one in left if is_active]
        new += joined
        programs = {
            each["program"]: Enrolment(each["joined_at_us"], each["tier_floor"])
            for each in [*known, *joined]
            if each["status"] == "active" and is_active
        }
        segments = read_segments(row["segments"]) if row["segments"] else {}
        people[name] = Person(row["id"], programs, segments, row)
    if is_made:
        tx.insert(enrolments, new)
    return people


def read_enrolments(tx: Transaction, ids: list[str]) -> dict[str, list[Found]]:
    """The rows of who takes part in what, by member."""
    found: dict[str, list[Found]] = {}
    for start in range(0, len(ids), NAMES_MAX):
        for row in tx.fetch(ENROLLED, ids=ids[start : start + NAMES_MAX]):
            found.setdefault(row["member"], []).append(row)
    return found


def open_programs(timeline: Timeline, at_us: int) -> list[str]:
    """The programs that people take part in by themselves."""
    programs = timeline.programs_at(at_us)
    return sorted(name for name, program in programs.items() if program.is_enabled)


def new_member(tx: Transaction, name: str) -> Found:
    """The row of somebody who was not there before."""
    return {
        "id": tx.ids(),
        "external_id": name,
        "status": "active",
        "referral_code": tx.ids(),
        "referred_by": "",
        "referral": "",
        "segments": "",
        "joined_at_us": tx.at_us,
    }


def new_enrolment(tx: Transaction, member: str, program: str) -> Found:
    """The row of who takes part from now on."""
    row = {"member": member, "program": program, "status": "active", "joined_at_us": tx.at_us}
    return {**row, "tier_floor": "", "note": None}
