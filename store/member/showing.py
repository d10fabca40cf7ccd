"""A member in, all that the store knows of them out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from msgspec import Struct

from ..ledger.account import BY_MEMBER, Account, AccountKey
from ..ledger.book import Book
from ..ledger.floors import OF_MEMBERS, floor_at, read_floors
from ..ledger.past import accounts_at, opened_by
from ..rules.timeline import Timeline
from ..schema.frame import NEVER_US
from ..schema.tenancy import interventions
from ..schema.usage import rewards
from ..transaction import Found, Transaction, of_tenant
from .people import find_enrolments, find_members_by_id, read_segments

OPEN_REWARDS = (
    of_tenant(rewards)
    .where(
        rewards.c.member == sa.bindparam("member"),
        (rewards.c.status == "open") | (rewards.c.closed_at_us > sa.bindparam("until_us")),
        rewards.c.issued_at_us <= sa.bindparam("until_us"),
        rewards.c.expires_at_us > sa.bindparam("at_us"),
    )
    .order_by(rewards.c.issued_at_us, rewards.c.id)
)
INTERVENTIONS = (
    of_tenant(interventions)
    .where(
        interventions.c.member == sa.bindparam("member"),
        interventions.c.at_us <= sa.bindparam("until_us"),
    )
    .order_by(interventions.c.number)
)


class Enrolment(Struct, frozen=True):
    """Somebody in a program: since when, their tier, and the tier below which they do not fall."""

    program: str
    status: str
    joined_at_us: int
    tier: str
    tier_floor: str


class Purse(Struct, frozen=True):
    """An account at an instant, with everything done that was due by then."""

    account: str
    program: str
    unit: str
    card: str
    balance: int
    available: int
    pending: int
    held: int
    deficit: int
    lifetime: int


class OpenReward(Struct, frozen=True):
    """A reward that was issued and not used."""

    id: str
    program: str
    rule: str
    code: str
    expires_at_us: int


class Intervention(Struct, frozen=True):
    """What staff did by hand, and why."""

    action: str
    program: str
    detail: str
    actor: str
    reason: str
    at_us: int


class MemberShown(Struct, frozen=True):
    """All of a member. `referred_by` is what the shop calls who brought them, if anybody did."""

    id: str
    member: str
    status: str
    joined_at_us: int
    referral_code: str
    referred_by: str
    referral: str
    segments: Mapping[str, list[str]]
    programs: list[Enrolment]
    accounts: list[Purse]
    rewards: list[OpenReward]
    interventions: list[Intervention]


def show_member(
    tx: Transaction, timeline: Timeline, row: Found, at_us: int | None = None
) -> MemberShown:
    """All of a member at the instant of the transaction, which writes nothing.

    `at_us` is that instant if somebody asked for it, and it may lie in the past.
    """
    id = row["id"]
    until_us = NEVER_US if at_us is None else at_us  # of now whatever was written counts
    asked = {"member": id, "until_us": until_us}
    enrolled = [
        one for one in find_enrolments(tx, [id]).get(id, []) if one["joined_at_us"] <= until_us
    ]
    book = Book(tx, timeline, is_dry=True)
    tiers = tiers_of(book, timeline, id, [one["program"] for one in enrolled], at_us)
    floors = {} if at_us is None else floors_of(tx, id, at_us)
    referrer = find_members_by_id(tx, [row["referred_by"]]) if row["referred_by"] else {}
    return MemberShown(
        id=id,
        member=row["external_id"],
        status=row["status"],
        joined_at_us=row["joined_at_us"],
        referral_code=row["referral_code"],
        referred_by=referrer[row["referred_by"]]["external_id"] if referrer else "",
        referral=row["referral"],
        segments=read_segments(row["segments"]) if row["segments"] else {},
        programs=[
            Enrolment(
                one["program"],
                one["status"],
                one["joined_at_us"],
                tiers.get(one["program"], ""),
                one["tier_floor"] if at_us is None else floors.get(one["program"], ""),
            )
            for one in enrolled
        ],
        accounts=[purse_of(one) for one in accounts_of(tx, book, id, at_us)],
        rewards=read_rows(OpenReward, tx.fetch(OPEN_REWARDS, **asked, at_us=tx.at_us)),
        interventions=read_rows(Intervention, tx.fetch(INTERVENTIONS, **asked)),
    )


def tiers_of(
    book: Book, timeline: Timeline, member: str, programs: list[str], at_us: int | None
) -> dict[str, str]:
    """The tier of a member in each program, also where they have no account yet."""
    tx = book.journal.transaction
    keys = [AccountKey(member, one) for one in programs if timeline.program(one, tx.at_us)]
    found = accounts_at(book, book.open(keys).values(), at_us)
    return {one.program: one.tier for one in found.values()}


def floors_of(tx: Transaction, member: str, at_us: int) -> dict[str, str]:
    """The tiers below which a member did not fall at an instant, by program."""
    floors = read_floors(tx.fetch(OF_MEMBERS, members=[member]))
    return {program: floor_at(steps, at_us) for (_, program), steps in floors.items()}


def accounts_of(tx: Transaction, book: Book, member: str, at_us: int | None) -> list[Account]:
    """The accounts of a member, settled in memory."""
    return opened_by(book, [row["id"] for row in tx.fetch(BY_MEMBER, asked=[member])], at_us)


def purse_of(account: Account) -> Purse:
    """What there is to tell of an account."""
    return Purse(
        account.id,
        account.program,
        account.unit,
        account.card,
        account.balance,
        account.available,
        account.pending,
        account.held,
        account.deficit,
        account.lifetime,
    )


def read_rows(kind: type[Any], rows: list[Found]) -> list[Any]:
    """Rows as structs, by the names of their fields."""
    names = kind.__struct_fields__
    return [kind(**{name: row[name] for name in names}) for row in rows]
