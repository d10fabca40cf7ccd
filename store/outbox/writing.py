"""The events of a transaction in, rows for all who listen out, in the same transaction."""

from __future__ import annotations

from typing import Any

import msgspec
import sqlalchemy as sa

from ..schema.outbox import deliveries, outbox, webhooks
from ..transaction import Told, Transaction

LISTENERS = sa.select(webhooks.c.id, webhooks.c.types).where(
    webhooks.c.tenant == sa.bindparam("tenant")  # for those that pause it waits
)
encoder = msgspec.json.Encoder(order="sorted")


def write_events(transaction: Transaction) -> None:
    """Write what a transaction has told, and for each listener that it is to hear it."""
    if not transaction.told:
        return
    rows = [row_of(transaction, told) for told in transaction.told]
    transaction.insert(outbox, rows)
    waiting = [
        {
            "webhook": listener["id"],
            "event": row["id"],
            "subject": row["subject"],
            "number": row["number"],
            "attempts": 0,
            "next_at_us": row["at_us"],
            "error": "",
        }
        for listener in transaction.fetch(LISTENERS)
        for row in rows
        if hears(listener["types"], row["type"])
    ]
    transaction.insert(deliveries, waiting)


def row_of(transaction: Transaction, told: Told) -> dict[str, Any]:
    """The row of an event.

    Its id and instant are those of what it tells of, not of its writing: a job that comes late
    writes the same row as one in time.
    """
    return {
        "id": f"{told.subject}/{told.number}",
        "type": told.type,
        "subject": told.subject,
        "number": told.number,
        "at_us": told.data.get("at_us", transaction.at_us),
        "data": encoder.encode(told.data).decode(),
    }


def hears(types: str, type: str) -> bool:
    """Whether a listener asked for events of a type; no list is all of them."""
    return not types or type in msgspec.json.decode(types)
