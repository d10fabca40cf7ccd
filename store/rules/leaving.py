"""Programs that a rule set leaves out in, declined as long as they owe anybody anything."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from ...engine.quote.wording import count_of
from ..database.sums import halves, total_of
from ..ledger.book import Book
from ..ledger.terms import Terms
from ..refusals import Decline, Refusal
from ..schema.ledger import accounts
from ..schema.payouts import disbursements
from ..schema.usage import rewards
from ..transaction import Transaction

PROGRAMS: sa.BindParameter[str] = sa.bindparam("programs", expanding=True)
STEP = 500  # accounts settled at once
UNPAID = ("pending", "requested", "sent", "unknown")

OWED = (
    sa.select(
        accounts.c.program,
        accounts.c.unit,
        sa.func.count().label("count"),
        *halves(accounts.c.balance),
        *halves(accounts.c.held),
    )
    .where(accounts.c.tenant == sa.bindparam("tenant"), accounts.c.program.in_(PROGRAMS))
    .where(
        sa.or_(
            *(accounts.c[name] != 0 for name in ("balance", "active", "pending", "held", "deficit"))
        )
    )
    .group_by(accounts.c.program, accounts.c.unit)
    .order_by(accounts.c.program, accounts.c.unit)
)
DUE = (
    sa.select(accounts.c.id)
    .where(accounts.c.tenant == sa.bindparam("tenant"), accounts.c.program.in_(PROGRAMS))
    .where(accounts.c.due_at_us <= sa.bindparam("now_us"), accounts.c.id > sa.bindparam("after"))
    .order_by(accounts.c.id)
    .limit(STEP)
)
OPEN_REWARDS = (
    sa.select(rewards.c.program, sa.func.count().label("count"))
    .where(rewards.c.tenant == sa.bindparam("tenant"), rewards.c.status == "open")
    .where(rewards.c.expires_at_us > sa.bindparam("now_us"))
    .where(rewards.c.program.in_(PROGRAMS))
    .group_by(rewards.c.program)
    .order_by(rewards.c.program)
)
OPEN_DISBURSEMENTS = (
    sa.select(disbursements.c.program, sa.func.count().label("count"))
    .where(disbursements.c.tenant == sa.bindparam("tenant"))
    .where(disbursements.c.status.in_(UNPAID), disbursements.c.program.in_(PROGRAMS))
    .group_by(disbursements.c.program)
    .order_by(disbursements.c.program)
)


def check_leaving(transaction: Transaction, terms: Terms, programs: Sequence[str]) -> None:
    """Decline to leave out programs with balances, open rewards or payouts under way.

    What is due by now is booked first, by the terms that held so far: what has lapsed is not owed.
    """
    if not programs:
        return
    settle_all(transaction, terms, programs)
    now_us = transaction.at_us
    owed: dict[str, dict[str, Any]] = {}
    words: list[str] = []
    for row in transaction.fetch(OWED, programs=programs):
        balance, held = total_of(row, "balance"), total_of(row, "held")
        figures = {"accounts": row["count"], "balance": balance, "held": held}
        owed.setdefault(row["program"], {})[row["unit"]] = figures
        words.append(
            f"`{row['program']}` has {count_of(row['count'], 'account')} of {row['unit']} "
            f"with {balance} in all, {held} of it held"
        )
    for name, query in (("rewards", OPEN_REWARDS), ("disbursements", OPEN_DISBURSEMENTS)):
        for row in transaction.fetch(query, programs=programs, now_us=now_us):
            owed.setdefault(row["program"], {})[name] = row["count"]
            words.append(f"`{row['program']}` has {row['count']} {name} that are open")
    if owed:
        help = "pause a program with `status: paused`, which keeps them, or settle them first"
        raise Decline(Refusal.HAS_BALANCES, f"{'; '.join(words)}: {help}", **owed)


def settle_all(transaction: Transaction, terms: Terms, programs: Sequence[str]) -> None:
    """Book all that is due on the accounts of programs, some of them in memory at a time."""
    after = ""
    while True:
        now_us = transaction.at_us
        rows = transaction.fetch(DUE, programs=programs, now_us=now_us, after=after)
        ids = [row["id"] for row in rows]
        book = Book(transaction, terms)
        book.open_ids(ids)
        book.flush()
        transaction.before_commit.remove(book.flush)
        if len(ids) < STEP:
            return
        after = ids[-1]


def decline_later(program: str) -> Decline:
    """Why a program cannot be left out later: nobody knows what it owes by then."""
    words = (
        f"`{program}` would be left out later, when it may owe something: pause it with "
        "`status: paused`, and leave it out with rules that hold at once"
    )
    return Decline(Refusal.HAS_BALANCES, words, program=program)
