"""Entries and events in, entries nobody was told of out, and events that tell something else.

Each entry is told in one event of its account, under its own instant.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from msgspec import json

from ..database.pile import Pile, Row
from ..schema.ledger import accounts, entries
from ..schema.outbox import outbox
from .finding import Finding
from .seals import finding_of
from .snapshot import Snapshot


def check_numbers(snapshot: Snapshot) -> Iterator[Finding]:
    """Follow the numbers of the events of every subject."""
    before: tuple[object, object] | None = None
    number = 0
    for event in snapshot.table(outbox, outbox.c.subject, outbox.c.number):
        if (event.tenant, event.subject) != before:
            before, number = (event.tenant, event.subject), 0
        number += 1
        if event.number != number:
            yield finding_of(outbox, event, "number", f"number {number}", f"number {event.number}")
            number = event.number


def check_telling(snapshot: Snapshot) -> Iterator[Finding]:
    """Hold the entries of every account against its events."""
    booked = Pile(snapshot.table(entries, entries.c.account, entries.c.seq), "account")
    told = Pile(snapshot.table(outbox, outbox.c.subject, outbox.c.number), "subject")
    for account in snapshot.table(accounts, accounts.c.id):
        events = told.take(account.tenant, f"account/{account.id}")
        chain = booked.take(account.tenant, account.id)
        if account.events != len(events):
            counts = f"{len(events)} events", f"{account.events} events"
            yield finding_of(accounts, account, "event", *counts)
        yield from compare(chain, events)


def compare(chain: list[Row], events: list[Row]) -> Iterator[Finding]:
    """Hold the entries of one account against its events."""
    told: dict[object, Row] = {}
    for event in events:
        if not event.type.startswith("loyalty."):
            continue
        data: dict[str, Any] = json.decode(event.data)
        if data.get("entry") in told:
            yield finding_of(outbox, event, "event", "an entry once", f"{data.get('entry')} again")
        told[data.get("entry")] = event
    for entry in chain:
        found = told.pop(entry.seq, None)
        if found is None:
            yield finding_of(entries, entry, "event", "an event", "none")
            continue
        data = json.decode(found.data)
        expected = f"{entry.points} to {entry.balance} at {entry.recorded_at_us}"
        words = f"{data.get('points')} to {data.get('balance')} at {found.at_us}"
        if expected != words:
            yield finding_of(outbox, found, "event", expected, words)
    for event in told.values():
        yield finding_of(outbox, event, "event", "an entry", "none")
