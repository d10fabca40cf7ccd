"""What waits to be sent in, runs of it for one relay alone out, and what became of them in again.

    delivery 1--1 event     waits for one webhook until it is delivered, then its row is removed

Only the first event of a subject that waits, its head, is claimed, so whoever has the head has the
subject: a claim moves `next_at_us` of the head to the end of a *lease*, and no other relay looks at
the subject before. `attempts` tells whose claim it is: a relay that comes back
after its lease changes nothing that another has claimed since.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import sqlalchemy as sa
from msgspec import Struct

from ..schema.outbox import deliveries, outbox, webhooks
from ..tenancy import Tenancy
from ..transaction import Found, Transaction, of_tenant
from .envelope import Message, members_in, wrap
from .heads import WAITING, find_heads, wake
from .listener import Listener
from .names import names_of
from .schedule import pause_after

T = TypeVar("T")

RUNS = 20  # subjects of a claim
RUN_EVENTS = 50  # of a subject
LEASE_US = 300_000_000
ERROR_LENGTH_MAX = 500

head = deliveries.alias()

LISTENERS = (
    sa.select(webhooks.c.id, webhooks.c.url, webhooks.c.secret)
    .where(
        webhooks.c.tenant == sa.bindparam("tenant"),
        webhooks.c.status == "active",
        sa.exists().where(
            deliveries.c.tenant == webhooks.c.tenant,
            deliveries.c.webhook == webhooks.c.id,
            deliveries.c.next_at_us <= sa.bindparam("now_us"),
        ),
    )
    .order_by(webhooks.c.id)
)
BEHIND = (
    sa.select(deliveries.c.event)
    .select_from(head)
    .join(
        deliveries,
        (deliveries.c.tenant == head.c.tenant)
        & (deliveries.c.webhook == head.c.webhook)
        & (deliveries.c.subject == head.c.subject)
        & (deliveries.c.number >= head.c.number)
        & (deliveries.c.number < head.c.number + RUN_EVENTS),
    )
    .where(
        head.c.tenant == sa.bindparam("tenant"),
        head.c.webhook == sa.bindparam("webhook"),
        head.c.event.in_(sa.bindparam("heads", expanding=True)),
    )
)
# By themselves, and sorted here: joined or sorted there SQLite walks through the whole table.
EVENTS = of_tenant(outbox).where(outbox.c.id.in_(sa.bindparam("events", expanding=True)))
REMOVE = sa.delete(deliveries).where(
    deliveries.c.tenant == sa.bindparam("tenant"),
    deliveries.c.webhook == sa.bindparam("webhook"),
    deliveries.c.event.in_(sa.bindparam("events", expanding=True)),
)
WEBHOOK = of_tenant(webhooks).where(webhooks.c.id == sa.bindparam("webhook"))


class Run(Struct, frozen=True):
    """The next events of a subject, in order; `attempts` of the first are this claim's."""

    events: list[str]  # their ids
    messages: list[Message]
    attempts: int


class Ended(Struct, frozen=True):
    """How far a run came: so many arrived; `error` of the next, or empty if it was not tried."""

    run: Run
    sent: int
    error: str = ""


def write(tenancy: Tenancy, at_us: int, work: Callable[[Transaction], T]) -> T:
    """Do work of the relay in a transaction of its own. It may be done twice."""

    def once(connection: sa.Connection) -> T:
        return work(Transaction(connection, tenancy.tenant, at_us, tenancy.ids))

    return tenancy.database.write(once)


def listeners_of(tx: Transaction) -> list[Listener]:
    """The active webhooks for which something is due."""
    return [Listener(**row) for row in tx.fetch(LISTENERS, now_us=tx.at_us)]


def claim(tx: Transaction, webhook: str) -> tuple[list[Run], bool]:
    """Runs that are due, until the end of the lease for the caller alone; whether there is more."""
    found, is_more = find_heads(tx, webhook)
    heads = found[:RUNS]
    if not heads:
        return [], is_more
    claimed = [
        {**row, "attempts": row["attempts"] + 1, "next_at_us": tx.at_us + LEASE_US} for row in heads
    ]
    tx.update(deliveries, claimed)
    behind = tx.fetch(BEHIND, webhook=webhook, heads=[row["event"] for row in heads])
    rows = tx.fetch(EVENTS, events=[row["event"] for row in behind])
    rows.sort(key=lambda row: (row["subject"], row["number"]))
    names = names_of(tx, (one for row in rows for one in members_in(row)))
    runs = {row["subject"]: Run([], [], row["attempts"]) for row in claimed}
    for row in rows:
        runs[row["subject"]].events.append(row["id"])
        runs[row["subject"]].messages.append(wrap(tx.tenant, row, names))
    return list(runs.values()), True


def settle(tx: Transaction, webhook: str, ended: Sequence[Ended]) -> None:
    """Write what became of runs: what arrived waits no more, what failed waits for its turn."""
    gone = [one for end in ended for one in end.run.events[: end.sent]]
    if gone:
        values = {"tenant": tx.tenant, "webhook": webhook, "events": gone}
        tx.connection.execute(REMOVE, values)
    over = [end.run.events[-1] for end in ended if end.sent == len(end.run.events)]
    wake(tx, webhook, over)
    stopped = {end.run.events[end.sent]: end for end in ended if end.sent < len(end.run.events)}
    if not stopped:
        return
    rows = tx.lock(WAITING, webhook=webhook, events=sorted(stopped))
    changed = [changed_row(row, stopped[row["event"]], tx.at_us) for row in rows]
    tx.update(deliveries, [row for row in changed if row is not None])


def changed_row(row: Found, end: Ended, at_us: int) -> dict[str, Any] | None:
    """The row of the event at which a run stopped; None if it is another's by now."""
    attempts = end.run.attempts if end.sent == 0 else 0
    if row["attempts"] != attempts:
        return None
    if not end.error:
        return {**row, "attempts": max(attempts - 1, 0), "next_at_us": at_us}
    attempts = max(attempts, 1)
    pause_us = pause_after(attempts)
    error = end.error[:ERROR_LENGTH_MAX]
    return {**row, "attempts": attempts, "next_at_us": at_us + pause_us, "error": error}


def pause_webhook(tx: Transaction, webhook: str) -> None:
    """Send no more to a webhook that is gone."""
    for row in tx.lock(WEBHOOK, webhook=webhook):
        tx.update(webhooks, [{**row, "status": "paused"}])
