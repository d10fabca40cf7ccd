"""How a disbursement ended in, what becomes of the points and the money behind it out.

The points of a reward, and cashback, are held since the request, with no time-out: taken when it is
confirmed, free again when it failed or was cancelled; then the reward is back in stock too. The
reward of a full card holds nothing.
"""

from __future__ import annotations

from ..ledger.book import Book
from ..ledger.cause import Cause
from ..transaction import Found, Transaction
from ..usage.stock import put_back_stock
from .disbursement import step

EVENT = "payout"


def confirm(tx: Transaction, book: Book, row: Found, *, actor: str = "", detail: str = "") -> Found:
    """The row, confirmed; what is held for it is spent, as of when it was asked for."""
    if row["hold"]:
        event, _, source = row["source"].partition("/")
        asked_us = row["created_at_us"]
        cause = Cause(event, source, rule=row["rule"], effective_at_us=asked_us)
        book.capture(row["hold"], None, cause)
    return step(tx, row, "confirmed", actor=actor, detail=detail)


def undo(
    tx: Transaction, book: Book, row: Found, becomes: str, *, actor: str = "", detail: str = ""
) -> Found:
    """The row, failed or cancelled; what is held for it is free again, and the reward in stock."""
    if row["rule"]:
        put_back_stock(tx, row["rule"], row["source"])
    if row["hold"]:
        book.release(row["hold"])
    return step(tx, row, becomes, actor=actor, detail=detail)
