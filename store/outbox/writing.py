"""The events of a transaction in, rows for all who listen out, in the same transaction."""

from __future__ import annotations

import msgspec
import sqlalchemy as sa

from ..schema.outbox import deliveries, outbox, webhooks
from ..standing import find_standing
from ..transaction import Transaction

LISTENERS = sa.select(webhooks.c.id, webhooks.c.types).where(
    webhooks.c.tenant == sa.bindparam("tenant")  # for those that pause it waits
)


def write_events(transaction: Transaction) -> None:
    """Write what a transaction has told, and for each listener that it is to hear it."""
    if not transaction.told:
        return
    transaction.insert(outbox, transaction.told)
    if find_standing(transaction)["listener"] is None:
        return
    waiting = [
        {
            "webhook": listener["id"],
            "event": told.id,
            "subject": told.subject,
            "number": told.number,
            "attempts": 0,
            "next_at_us": told.at_us,
            "error": "",
        }
        for listener in transaction.fetch(LISTENERS)
        for told in transaction.told
        if hears(listener["types"], told.type)
    ]
    transaction.insert(deliveries, waiting)


def hears(types: str, type: str) -> bool:
    """Whether a listener asked for events of a type; no list is all of them."""
    return not types or type in msgspec.json.decode(types)
