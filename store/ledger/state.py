"""Accounts and an instant in, how each stands at it out: balance, lots, tier, what lapses soon.

The one place where such a thing is worked out for reading. An instant may lie in the past (then
only what was recorded by it counts) or in the future (then everything happens that is due by it).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import sqlalchemy as sa
from msgspec import Struct

from ..schema.frame import NEVER_US
from ..schema.ledger import accounts
from ..schema.tenancy import enrolments
from ..transaction import Transaction
from .floors import FLOORS, NONE, Floors, read_floors
from .history import Choice, History, read_histories
from .replay import LotThen, Replay, lifetime_then, spending_order
from .standings import TierThen, tier_then
from .terms import Terms

IDS_MAX = 500  # accounts in one query: databases take only so many values

FLOORS_OF = FLOORS.where(
    enrolments.c.member.in_(
        sa.select(accounts.c.member).where(
            accounts.c.tenant == sa.bindparam("tenant"),
            accounts.c.id.in_(sa.bindparam("ids", expanding=True)),
        )
    )
)


class OpenLot(Struct, frozen=True):
    """Points that are left, in the order in which they are spent.

    Instants are in microseconds, None for one that is not known or does not come.
    """

    lot: int
    points: int
    held: int
    earned_at_us: int
    activates_at_us: int | None
    expires_at_us: int | None  # when it lapses: its expiry, later where its program was paused
    order_id: str
    rule: str


class State(Struct, frozen=True):
    """How an account stands at an instant; points in the smallest unit of its program."""

    account: str
    member: str
    program: str
    unit: str
    card: str
    at_us: int
    balance: int
    active: int
    pending: int
    held: int
    deficit: int
    available: int
    lifetime: int
    lots: tuple[OpenLot, ...]
    tier: TierThen | None  # None where the program has none

    def expiring(self, until_us: int) -> tuple[OpenLot, ...]:
        """The lots with points that lapse by an instant, if nobody does anything."""
        return tuple(
            lot
            for lot in self.lots
            if lot.expires_at_us is not None
            and lot.expires_at_us <= until_us
            and lot.points > lot.held
        )


def state_at(
    tx: Transaction,
    account_ids: Sequence[str],
    at_us: int,
    terms: Terms,
    *,
    is_early: bool = False,
) -> dict[str, State]:
    """How accounts stand at an instant, by id.

    What was opened later is left out, unless `is_early`: then it has nothing.
    """
    found: dict[str, State] = {}
    ids = sorted(set(account_ids))
    for start in range(0, len(ids), IDS_MAX):
        part = ids[start : start + IDS_MAX]
        values = {"tenant": tx.tenant, "ids": part}
        floors = read_floors(tx.fetch(FLOORS_OF, ids=part))
        for history in read_histories(tx.connection, Choice.IDS, **values):
            if is_early or history.account.opened_at_us <= at_us:
                found[history.account.id] = state_of(history, at_us, terms, floors)
    return found


def states_at(
    tx: Transaction, program: str, unit: str, at_us: int, terms: Terms
) -> Iterator[State]:
    """How all accounts of a program stand, one by one in the order of ids: nine queries in all."""
    floors = read_floors(tx.fetch(FLOORS))
    values = {"tenant": tx.tenant, "program": program, "unit": unit}
    for history in read_histories(tx.connection, Choice.PROGRAM, **values):
        if history.account.opened_at_us <= at_us:
            yield state_of(history, at_us, terms, floors)


def state_of(history: History, at_us: int, terms: Terms, floors: Floors) -> State:
    """How one account stands at an instant."""
    account = history.account
    replay = Replay(history, at_us, terms)
    replay.advance(at_us)
    return State(
        account=account.id,
        member=account.member,
        program=account.program,
        unit=account.unit,
        card=account.card,
        at_us=at_us,
        balance=replay.balance,
        active=replay.active,
        pending=replay.pending,
        held=replay.held,
        deficit=replay.deficit,
        available=replay.active - replay.held,
        lifetime=lifetime_then(history, at_us),
        lots=tuple(open_lot(lot) for lot in spending_order(replay.lots.values()) if lot.left),
        tier=tier_of(history, at_us, terms, floors),
    )


def open_lot(lot: LotThen) -> OpenLot:
    """A lot as it is told."""
    return OpenLot(
        lot.number,
        lot.left,
        lot.held,
        lot.earned_at_us,
        none_if_never(lot.activates_at_us),
        none_if_never(lot.lapses_at_us),
        lot.order_id,
        lot.rule,
    )


def none_if_never(at_us: int) -> int | None:
    """An instant, or None for one that does not come."""
    return None if at_us == NEVER_US else at_us


def tier_of(
    history: History, at_us: int, terms: Terms, floors: Floors, *, terms_us: int | None = None
) -> TierThen | None:
    """The tier an account gives its member, in a program that has tiers.

    By the terms of that instant, unless those of another are meant.
    """
    account = history.account
    by_us = at_us if terms_us is None else terms_us
    program = terms.program(account.program, by_us) if account.unit == "points" else None
    if program is None or program.tiers is None:
        return None
    return tier_then(history, program, at_us, floors.get((account.member, account.program), NONE))
