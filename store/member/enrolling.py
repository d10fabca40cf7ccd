"""Somebody and a program in, a member of it out; and who brought them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from msgspec import Struct

from ..knowing import check_program
from ..refusals import Decline, Refusal
from ..rules.timeline import Timeline
from ..schema.frame import NEVER_US
from ..schema.orders import orders
from ..schema.tenancy import enrolments, members
from ..transaction import Found, Transaction, of_tenant
from .codes import read_code
from .people import (
    ACTIVE,
    LEFT,
    check_active,
    check_name,
    find_enrolments,
    find_members,
    new_enrolment,
    new_member,
    stranger,
)

REGISTERED = "registered"  # the state of a referral whose friend has joined

BY_CODE = of_tenant(members).where(members.c.referral_code == sa.bindparam("code"))
BY_NAME = of_tenant(members).where(members.c.external_id == sa.bindparam("name"))
FIRST_ORDERS = (
    sa.select(orders.c.member, sa.func.min(orders.c.placed_at_us).label("placed_at_us"))
    .where(
        orders.c.tenant == sa.bindparam("tenant"),
        orders.c.member.in_(sa.bindparam("members", expanding=True)),
        orders.c.status != "cancelled",
    )
    .group_by(orders.c.member)
)


class Enrolled(Struct, frozen=True):
    """A member of a program. `member` is their id in the store; `is_new` unless they were in."""

    member: str
    program: str
    joined_at_us: int
    is_new: bool = True


def enrol(
    tx: Transaction, timeline: Timeline, name: str, program: str, referral_code: str | None
) -> Enrolled:
    """Make somebody a member of a program. Declines what `Members.enrol` says."""
    check_program(program, timeline.programs_at(tx.at_us))
    found = find_members(tx, [name]).get(name)
    row = new_member(tx, name) if found is None else found
    check_active(row)
    change = {} if referral_code is None else referral_of(tx, row, referral_code)
    if found is None:
        tx.insert(members, [row | change])
    elif change:
        tx.update(members, [row | change])
    there = {one["program"]: one for one in find_enrolments(tx, [row["id"]]).get(row["id"], [])}
    mine = there.get(program)
    if mine is not None and mine["status"] == ACTIVE:
        return Enrolled(row["id"], program, mine["joined_at_us"], is_new=False)
    if mine is None:
        tx.insert(enrolments, [new_enrolment(tx, row["id"], program)])
    else:
        tx.update(enrolments, [mine | {"status": ACTIVE, "joined_at_us": tx.at_us}])
    return Enrolled(row["id"], program, tx.at_us)


def referral_of(tx: Transaction, row: Found, referral_code: str) -> dict[str, Any]:
    """What a referral code changes of a member."""
    code = read_code(referral_code)
    owner = tx.find(BY_CODE, code=code)
    if owner is None or owner["status"] != ACTIVE:
        raise Decline(Refusal.UNKNOWN_CODE, f"no member has the referral code `{code}`")
    if owner["id"] == row["id"]:
        raise Decline(Refusal.WRONG_STATE, "nobody refers themselves")
    if row["referred_by"] == owner["id"]:
        return {}
    if row["referred_by"]:
        raise Decline(Refusal.WRONG_STATE, "they were referred by somebody else before")
    check_new(first_orders(tx, [row["id"]]), row["id"], tx.at_us)
    return {"referred_by": owner["id"], "referral": REGISTERED}


def first_orders(tx: Transaction, ids: Sequence[str]) -> dict[str, int]:
    """When members bought something for the first time that was not cancelled, by their ids."""
    rows = tx.fetch(FIRST_ORDERS, members=list(ids)) if ids else []
    return {row["member"]: row["placed_at_us"] for row in rows}


def check_new(first: Mapping[str, int], member: str, at_us: int) -> None:
    """Decline a friend who had bought something by the instant of their referral."""
    if first.get(member, NEVER_US) <= at_us:
        raise Decline(Refusal.WRONG_STATE, "they bought something before, and are no new friend")


def leave(tx: Transaction, name: str, program: str) -> Enrolled:
    """Let somebody leave a program. Their points stay, and are there if they come back."""
    row = find_member(tx, name)
    mine = find_enrolment(tx, row, program)
    if mine["status"] == LEFT:
        return Enrolled(row["id"], program, mine["joined_at_us"], is_new=False)
    tx.update(enrolments, [mine | {"status": LEFT}])
    return Enrolled(row["id"], program, mine["joined_at_us"])


def find_member(tx: Transaction, name: str) -> Found:
    """The row of a member, locked. Declines somebody who is none; `StoreError` for no name."""
    check_name(name)
    found = tx.lock(BY_NAME, name=name)
    if not found:
        raise stranger(name)
    return found[0]


def find_enrolment(tx: Transaction, row: Found, program: str) -> Found:
    """The row of a member in a program. Declines somebody who never was in it."""
    for one in find_enrolments(tx, [row["id"]]).get(row["id"], []):
        if one["program"] == program:
            return one
    raise Decline(Refusal.UNKNOWN_PROGRAM, f"they are not in the program `{program}`")
