"""Deliveries that are due in, those out that are the first of their subject: its *heads*.

Behind a head that fails any number of events of its subject may wait, and nobody is to look at them
again and again. So a delivery that is due and no head is *parked*: its `next_at_us` is NEVER_US
until all before it is gone, and whoever takes that away wakes it.

INVARIANT: a head is never parked. Whoever parks looks for heads anew once it has locked what it may
park. So somebody who takes a head away either was seen to, or finds what comes next locked, waits,
and wakes it.
"""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from ..schema.frame import NEVER_US
from ..schema.outbox import deliveries, outbox
from ..transaction import Found, Transaction, of_tenant

PAGE = 500  # deliveries looked at in one transaction

before = deliveries.alias()

DUE = (
    of_tenant(deliveries)
    .where(
        deliveries.c.webhook == sa.bindparam("webhook"),
        deliveries.c.next_at_us <= sa.bindparam("now_us"),
    )
    .order_by(deliveries.c.next_at_us, deliveries.c.event)
    .limit(PAGE)
    .with_for_update(skip_locked=True)
)
HEADS = sa.select(deliveries.c.event).where(
    deliveries.c.tenant == sa.bindparam("tenant"),
    deliveries.c.webhook == sa.bindparam("webhook"),
    deliveries.c.event.in_(sa.bindparam("events", expanding=True)),
    ~sa.exists().where(
        before.c.tenant == deliveries.c.tenant,
        before.c.webhook == deliveries.c.webhook,
        before.c.subject == deliveries.c.subject,
        before.c.number < deliveries.c.number,
    ),
)
# The first that waits of the subjects of some events.
FIRST = sa.select(
    sa.select(deliveries.c.event)
    .where(
        deliveries.c.tenant == outbox.c.tenant,
        deliveries.c.webhook == sa.bindparam("webhook"),
        deliveries.c.subject == outbox.c.subject,
    )
    .order_by(deliveries.c.number)
    .limit(1)
    .scalar_subquery()
    .label("event")
).where(
    outbox.c.tenant == sa.bindparam("tenant"),
    outbox.c.id.in_(sa.bindparam("events", expanding=True)),
)
WAITING = (
    of_tenant(deliveries)
    .where(
        deliveries.c.webhook == sa.bindparam("webhook"),
        deliveries.c.event.in_(sa.bindparam("events", expanding=True)),
    )
    .order_by(deliveries.c.event)
)


def find_heads(tx: Transaction, webhook: str) -> tuple[list[Found], bool]:
    """Heads that are due, locked, in the order in which they are; whether more may be due.

    What is due and no head is parked, unless its head is among these.
    """
    due = tx.fetch(DUE, webhook=webhook, now_us=tx.at_us)
    if not due:
        return [], False
    events = [row["event"] for row in due]
    first = {row["event"] for row in tx.fetch(HEADS, webhook=webhook, events=events)}
    heads = [row for row in due if row["event"] in first]
    subjects = {row["subject"] for row in heads}
    parked = [{**row, "next_at_us": NEVER_US} for row in due if row["subject"] not in subjects]
    tx.update(deliveries, parked)
    return heads, len(due) == PAGE


def wake(tx: Transaction, webhook: str, gone: Sequence[str]) -> None:
    """Have what now comes first in the subjects of events that are gone be due."""
    if not gone:
        return
    first = {row["event"] for row in tx.fetch(FIRST, webhook=webhook, events=list(gone))}
    rows = tx.lock(WAITING, webhook=webhook, events=sorted(one for one in first if one))
    asleep = [row for row in rows if row["next_at_us"] == NEVER_US]
    tx.update(deliveries, [{**row, "next_at_us": tx.at_us} for row in asleep])
