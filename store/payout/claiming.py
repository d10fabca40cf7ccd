"""Disbursements that are due in, one for the caller alone out, and what became of it in again.

INVARIANT: before a provider is given anything it is committed that it is: the row says `sent`, and
its id is the only key it will ever be sent under. Whoever dies behind that leaves a row that is
asked about when the claim is over, under the same key.
"""

from __future__ import annotations

import sqlalchemy as sa
from msgspec import Struct

from ..ledger.book import Book
from ..outbox.schedule import pause_after
from ..schema.payouts import disbursements
from ..transaction import Found, Transaction, of_tenant
from .disbursement import (
    BY_ID,
    UNDER_WAY,
    Disbursement,
    disbursements_of,
    keep,
    step,
)
from .finishing import confirm, undo
from .provider import Confirmed, Failed, Outcome, Sent, Unknown

LEASE_US = 300_000_000
DETAIL_LENGTH_MAX = 500

DUE = (
    of_tenant(disbursements)
    .where(disbursements.c.next_at_us <= sa.bindparam("now_us"))
    .order_by(disbursements.c.next_at_us, disbursements.c.id)
    .limit(1)
    .with_for_update(skip_locked=True)
)


class Claim(Struct, frozen=True):
    """One disbursement; `is_asked`: it may be with its provider already."""

    disbursement: Disbursement
    is_asked: bool


def find_due(tx: Transaction) -> Found | None:
    """The next row that is due, kept from others until the end of the transaction."""
    rows = tx.fetch(DUE, now_us=tx.at_us)
    return rows[0] if rows else None


def claim(tx: Transaction, row: Found, provider: str) -> Claim:
    """A due row for the caller alone until its lease is over; from now on it may have been sent."""
    is_asked = row["status"] in UNDER_WAY
    claimed = {
        **row,
        "provider": provider,
        "attempts": row["attempts"] + 1,
        "next_at_us": tx.at_us + LEASE_US,
    }
    if not is_asked:
        claimed = step(tx, claimed, "sent")
    keep(tx, claimed)
    return Claim(disbursements_of(tx, [claimed])[0], is_asked)


def put_off(tx: Transaction, row: Found, detail: str) -> None:
    """Have a row that cannot be sent wait, and say why."""
    attempts = row["attempts"] + 1
    next_at_us = tx.at_us + pause_after(attempts)
    keep(tx, {**row, "attempts": attempts, "next_at_us": next_at_us, "detail": detail})


def conclude(tx: Transaction, book: Book, claim: Claim, outcome: Outcome) -> bool:
    """Write what became of a claim; whether it still was the caller's to write."""
    claimed = claim.disbursement
    rows = tx.lock(BY_ID, id=claimed.id)
    row = rows[0]
    if row["status"] not in UNDER_WAY or row["attempts"] != claimed.attempts:
        return False
    keep(tx, moved(tx, book, row, outcome))
    return True


def moved(tx: Transaction, book: Book, row: Found, outcome: Outcome) -> Found:
    """A row that is under way, after what its provider said."""
    next_at_us = tx.at_us + pause_after(row["attempts"])
    match outcome:
        case Confirmed(reference):
            return confirm(tx, book, {**row, "reference": reference or row["reference"]})
        case Failed(detail):
            return undo(tx, book, row, "failed", detail=detail[:DETAIL_LENGTH_MAX])
        case Sent(reference):
            row = {**row, "reference": reference or row["reference"]}
            if row["status"] != "sent":
                row = step(tx, row, "sent")
            return {**row, "detail": "", "next_at_us": next_at_us}
        case Unknown(detail):
            detail = detail[:DETAIL_LENGTH_MAX]
            if row["status"] != "unknown":
                row = step(tx, row, "unknown", detail=detail)
            return {**row, "detail": detail, "next_at_us": next_at_us}
