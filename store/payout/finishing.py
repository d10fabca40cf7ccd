"""How a disbursement ended in, what becomes of the points and the money behind it out.

reward      points were redeemed with the request: kept when it is confirmed, given back to the
            lots they came from, with their dates, when it failed or was cancelled
cashback    held since the request, with no time-out: captured when it is confirmed, free again
            when it failed or was cancelled
"""

from __future__ import annotations

import sqlalchemy as sa

from ..ledger.account import POINTS, AccountKey
from ..ledger.book import Book
from ..ledger.cause import Cause
from ..schema.ledger import accounts, entries
from ..transaction import Found, Transaction
from .disbursement import step

EVENT = "payout"
# What paid for a reward; nothing where it was the reward of a full card.
PAID = (
    sa.select(entries.c.seq, entries.c.points)
    .join(
        accounts,
        (accounts.c.tenant == entries.c.tenant) & (accounts.c.id == entries.c.account),
    )
    .where(
        entries.c.tenant == sa.bindparam("tenant"),
        accounts.c.member == sa.bindparam("member"),
        accounts.c.program == sa.bindparam("program"),
        accounts.c.unit == POINTS,
        entries.c.event == sa.bindparam("event"),
        entries.c.source == sa.bindparam("source"),
        entries.c.rule == sa.bindparam("rule"),
        entries.c.kind == "redeem",
    )
)


def confirm(tx: Transaction, book: Book, row: Found, *, actor: str = "", detail: str = "") -> Found:
    """The row, confirmed; what is held for it is spent."""
    if row["hold"]:
        book.capture(row["hold"], None, Cause(EVENT, row["id"]))
    return step(tx, row, "confirmed", actor=actor, detail=detail)


def undo(
    tx: Transaction, book: Book, row: Found, becomes: str, *, actor: str = "", detail: str = ""
) -> Found:
    """The row, failed or cancelled; what paid for it is given back."""
    if row["hold"]:
        book.release(row["hold"])
    elif row["rule"]:
        give_back(tx, book, row)
    return step(tx, row, becomes, actor=actor, detail=detail)


def give_back(tx: Transaction, book: Book, row: Found) -> None:
    """Give back the points that a reward was redeemed for."""
    event, _, source = row["source"].partition("/")
    member, program, rule = row["member"], row["program"], row["rule"]
    paid = tx.find(PAID, member=member, program=program, event=event, source=source, rule=rule)
    if paid is None:
        return
    key = AccountKey(member, program)
    account = book.open([key])[key]
    cause = Cause(EVENT, row["id"], rule=rule)
    book.give_back(account, -paid["points"], cause, entry=paid["seq"])
