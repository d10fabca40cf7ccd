"""A move that pays something out in, the disbursement that is requested for it out."""

from __future__ import annotations

from ...engine.cart.instants import read_instant_us
from ...engine.loyalty.moves import Disburse
from ..transaction import Transaction
from .disbursement import begin


def request(tx: Transaction, move: Disburse, member: str, source: str, currency: str) -> str:
    """Write that a reward is to be paid out, and return the id of the disbursement.

    `source` is `<event>/<id>`, as the entry has them that took the points: they are taken with the
    request, and given back to their lots if the disbursement fails for good or is cancelled.
    """
    row = {
        "id": tx.ids(),
        "member": member,
        "program": move.program,
        "rule": move.rule,
        "kind": move.kind,
        "currency": currency,
        "amount_minor": move.amount,
        "provider": move.provider or "",
        "recipient": move.to or "",
        "status": "requested",
        "source": source,
    }
    if move.expires_at is not None:
        row["expires_at_us"] = read_instant_us(move.expires_at, "expires_at")
    return str(begin(tx, row)["id"])
