"""A move that pays something out in, the disbursement that is requested for it out."""

from __future__ import annotations

from ...engine.cart.instants import read_instant_us
from ...engine.loyalty.moves import Disburse
from ..ledger.account import AccountKey
from ..ledger.book import Book
from .disbursement import begin


def request(
    book: Book,
    move: Disburse,
    member: str,
    points: int,
    *,
    source: str,
    currency: str,
    at_us: int | None = None,
) -> str:
    """Write that a reward is to be paid out, and return the id of the disbursement.

    The points that pay for it, if any do, are set aside with no time-out until it is known how it
    ended. `source` is `<event>/<id>` of what it came by, at `at_us`. Declines as `Book.hold` does.
    """
    tx = book.journal.transaction
    id, held = tx.ids(), ""
    if points:
        key = AccountKey(member, move.program)
        account, mark = book.open([key])[key], f"payout/{id}"
        held = book.hold(account, points, ttl_us=None, source=mark, effective_at_us=at_us).id
    row = {
        "id": id,
        "member": member,
        "program": move.program,
        "rule": move.rule,
        "kind": move.kind,
        "currency": currency,
        "amount_minor": move.amount,
        "provider": move.provider or "",
        "recipient": move.to or "",
        "status": "requested",
        "hold": held,
        "source": source,
    }
    if move.expires_at is not None:
        row["expires_at_us"] = read_instant_us(move.expires_at, "expires_at")
    return str(begin(tx, row)["id"])
