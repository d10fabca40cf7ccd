"""What the shop calls its customers in, who they are and which programs they are in out.

    meet(tx, timeline, "ana")   Person(id="0191...", programs={"club": Enrolment(...)})

Everything else knows people by `Person.id`, which means nothing outside.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import msgspec
import sqlalchemy as sa

from ..asking import check_id
from ..errors import StoreError
from ..refusals import Decline, Refusal
from ..rules.timeline import Timeline
from ..schema.tenancy import enrolments, members
from ..transaction import Found, Transaction, of_tenant
from .codes import new_code

QUERY_MAX = 10_000  # names of one query
NAME_MAX = 255  # characters of what a shop calls somebody

ACTIVE, CLOSED, ERASED, LEFT = "active", "closed", "erased", "left"

BY_NAME = of_tenant(members).where(members.c.external_id.in_(sa.bindparam("names", expanding=True)))
BY_ID = of_tenant(members).where(members.c.id.in_(sa.bindparam("ids", expanding=True)))
ENROLLED = (
    of_tenant(enrolments)
    .where(enrolments.c.member.in_(sa.bindparam("ids", expanding=True)))
    .order_by(enrolments.c.member, enrolments.c.program)
)
read_segments = msgspec.json.Decoder(dict[str, list[str]]).decode


class Enrolment(NamedTuple):
    """Somebody in a program."""

    joined_at_us: int


@dataclass(frozen=True, slots=True)
class Person:
    """A customer. Nobody has no id and is in no program; who is not known yet has no id.

    `programs` are those that somebody active takes part in; `row` is as it is in `members`.
    """

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
    left it; without `is_made` they are shown as though they did, and nothing is written.
    """
    wanted = sorted(set(names))
    rows = find_members(tx, wanted)
    new = {name: new_member(tx, name) for name in wanted if name not in rows} if is_made else {}
    tx.insert(members, list(new.values()))
    found = [rows[name]["id"] for name in wanted if name in rows]
    known = find_enrolments(tx, found)
    joining = open_programs(timeline, tx.at_us) if timeline.settings.auto_enrol else []
    people: dict[str, Person] = {}
    added: list[Found] = []
    for name in wanted:
        row = rows.get(name) or new.get(name) or STRANGER
        mine = known.get(row["id"], [])
        if row["status"] == ACTIVE:
            there = {one["program"] for one in mine}
            joined = [new_enrolment(tx, row["id"], one) for one in joining if one not in there]
            added += joined
            mine = [*mine, *joined]
        people[name] = person_of(row, mine)
    if is_made:
        tx.insert(enrolments, added)
    return people


STRANGER: Found = {"id": "", "segments": "", "status": ACTIVE}


def person_of(row: Found, enrolled: Sequence[Found]) -> Person:
    """Somebody by their rows."""
    programs = {
        one["program"]: Enrolment(one["joined_at_us"])
        for one in enrolled
        if one["status"] == ACTIVE and row["status"] == ACTIVE
    }
    segments = read_segments(row["segments"]) if row["segments"] else {}
    return Person(row["id"], programs, segments, row)


def find_members(tx: Transaction, names: Sequence[str]) -> dict[str, Found]:
    """The rows of customers by what the shop calls them. Raises `StoreError` for no names."""
    for name in names:
        check_name(name)
    found: dict[str, Found] = {}
    for start in range(0, len(names), QUERY_MAX):
        rows = tx.fetch(BY_NAME, names=names[start : start + QUERY_MAX])
        found |= {row["external_id"]: row for row in rows}
    return found


def check_active(row: Mapping[str, object]) -> None:
    """Decline what only a member does who is active: nobody else earns, spends or joins."""
    if row["status"] != ACTIVE:
        raise Decline(Refusal.WRONG_STATE, f"the member is {row['status']}")


def members_named(
    tx: Transaction, names: Sequence[str], *, may_be_closed: bool = True
) -> dict[str, str]:
    """The ids of members by what the shop calls them. Declines one who is not there, or closed."""
    found = find_members(tx, sorted(set(names)))
    for name in names:
        if name not in found:
            raise stranger(name)
        if not may_be_closed:
            check_active(found[name])
    return {name: row["id"] for name, row in found.items()}


def stranger(name: str) -> Decline:
    """What is said of somebody who is no member."""
    words = f"there is no member `{name}`: whoever is enrolled, signs up or orders becomes one"
    return Decline(Refusal.UNKNOWN_MEMBER, words)


def find_members_by_id(tx: Transaction, ids: Sequence[str]) -> dict[str, Found]:
    """The rows of customers by their ids."""
    found: dict[str, Found] = {}
    for start in range(0, len(ids), QUERY_MAX):
        rows = tx.fetch(BY_ID, ids=ids[start : start + QUERY_MAX])
        found |= {row["id"]: row for row in rows}
    return found


def meet_ids(tx: Transaction, ids: Iterable[str]) -> dict[str, Person]:
    """Members by their ids, as they are; those that are not there are left out."""
    wanted = sorted(set(ids))
    rows, enrolled = find_members_by_id(tx, wanted), find_enrolments(tx, wanted)
    return {id: person_of(row, enrolled.get(id, [])) for id, row in rows.items()}


def find_enrolments(tx: Transaction, ids: Sequence[str]) -> dict[str, list[Found]]:
    """The rows of who takes part in what, by member, in the order of programs."""
    found: dict[str, list[Found]] = {}
    for start in range(0, len(ids), QUERY_MAX):
        for row in tx.fetch(ENROLLED, ids=ids[start : start + QUERY_MAX]):
            found.setdefault(row["member"], []).append(row)
    return found


def open_programs(timeline: Timeline, at_us: int) -> list[str]:
    """The programs that people take part in by themselves."""
    programs = timeline.programs_at(at_us)
    return sorted(name for name, program in programs.items() if program.is_enabled)


def check_name(name: str) -> None:
    """Raise `StoreError` for what no customer can be called."""
    if not 1 <= len(name) <= NAME_MAX:
        expected = f"a name of 1 to {NAME_MAX} characters"
        raise StoreError("bad_value", "member", expected=expected, got=f"one of {len(name)}")
    check_id("member", name)


def new_member(tx: Transaction, name: str) -> Found:
    """The row of somebody who was not there before."""
    return {
        "id": tx.ids(),
        "external_id": name,
        "status": ACTIVE,
        "referral_code": new_code(),
        "referred_by": "",
        "referral": "",
        "segments": "",
        "joined_at_us": tx.at_us,
    }


def new_enrolment(tx: Transaction, member: str, program: str) -> Found:
    """The row of who takes part from now on."""
    row = {"member": member, "program": program, "status": ACTIVE, "joined_at_us": tx.at_us}
    return {**row, "tier_floor": "", "note": None}
