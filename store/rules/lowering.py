"""Programs with new terms in, their accounts marked to be looked at when these begin, out."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from ...dsl.loyalty import Program
from ..schema.ledger import accounts
from ..transaction import Transaction, of_tenant

BATCH = 5_000  # accounts rewritten at once

WAITING = (
    of_tenant(accounts)
    .where(accounts.c.program == sa.bindparam("program"))
    .where(accounts.c.due_at_us > sa.bindparam("due_at_us"), accounts.c.id > sa.bindparam("after"))
    .order_by(accounts.c.id)
    .limit(BATCH)
)


def moves_accounts(before: Program, after: Program | None) -> bool:
    """Whether other terms let something happen by itself: tiers, and points that may not lapse."""
    if after is None:
        return True
    names = ("tiers", "timezone", "is_paused", "resume_grace")
    return any(getattr(before, name) != getattr(after, name) for name in names)


def lower_due(transaction: Transaction, programs: Sequence[str], at_us: int) -> None:
    """Have all accounts of some programs looked at by an instant."""
    for program in programs:
        after = ""
        while True:
            rows = transaction.lock(WAITING, program=program, due_at_us=at_us, after=after)
            transaction.update(accounts, [{**row, "due_at_us": at_us} for row in rows])
            if len(rows) < BATCH:
                break
            after = rows[-1]["id"]
