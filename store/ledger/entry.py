"""A row of the ledger in, an entry as callers see it out, and found again by what it was for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec
import sqlalchemy as sa
from msgspec import Struct

from ..database.seal import encode
from ..refusals import Decline, Refusal
from ..schema.ledger import entries
from ..transaction import Transaction, of_tenant
from .slices import slices_of


class Entry(Struct, frozen=True, gc=False):
    """One line of an account: what changed its balance, when, and why.

    Points are signed, in the smallest unit. `effective_at_us` is when it happened, `recorded_at_us`
    when the account learned of it.
    """

    account: str
    seq: int
    kind: str  # earn, redeem, adjust, expire, transfer, reverse
    points: int
    balance: int  # after it
    effective_at_us: int
    recorded_at_us: int
    event: str
    source: str
    rule: str
    order_id: str
    ruleset: str
    tier: str
    lot: int  # the lot it made or was about; 0: several or none
    reverses: int  # the entry it takes back; 0: none
    undoes: str  # of `reverse`: earn or redeem
    reason: str
    actor: str
    campaigns: list[str] = []
    note: dict[str, Any] = {}


Matter = tuple[str, str, str]  # the id of an account, and for which event and source it books

FIND = of_tenant(entries).where(
    entries.c.account == sa.bindparam("account"),
    entries.c.event == sa.bindparam("event"),
    entries.c.source == sa.bindparam("source"),
)
OF_ACCOUNTS = of_tenant(entries).where(
    entries.c.account.in_(sa.bindparam("accounts", expanding=True)),
    entries.c.event.in_(sa.bindparam("events", expanding=True)),
)
# Each account with each event and source, by the key of entries; may find more than was asked for.
FIND_EACH = OF_ACCOUNTS.where(entries.c.source.in_(sa.bindparam("sources", expanding=True)))
# SQLite finds no tuples by a key, and goes through all that accounts have of these events.
FIND_MANY = OF_ACCOUNTS.where(
    sa.tuple_(entries.c.account, entries.c.event, entries.c.source).in_(
        sa.bindparam("matters", expanding=True)
    )
)
MATTERS_MAX = 2_000  # of one query
EACH_MAX = 4  # events and sources of which each goes with each account


def entry_of(row: dict[str, Any]) -> Entry:
    """A row as an entry."""
    told = {name: row[name] for name in Entry.__struct_fields__}
    told["campaigns"] = msgspec.json.decode(row["campaigns"] or b"[]")
    told["note"] = msgspec.json.decode(row["note"] or b"{}")
    return Entry(**told)


def values_of(entry: Entry, tenant: str, previous: str) -> tuple[Any, ...]:
    """An entry as the values of its row in the order of columns, without its seal."""
    return (
        tenant,
        entry.account,
        entry.seq,
        entry.kind,
        entry.points,
        entry.balance,
        entry.effective_at_us,
        entry.recorded_at_us,
        entry.event,
        entry.source,
        entry.rule,
        entry.order_id,
        entry.ruleset,
        entry.tier,
        encode(entry.campaigns).decode() if entry.campaigns else "",
        entry.lot,
        entry.reverses,
        entry.undoes,
        entry.reason,
        entry.actor,
        encode(entry.note).decode() if entry.note else "",
        previous,
    )


def another(entry: Entry) -> Decline:
    """What is said of an entry that has the key of what is to be booked, and is not that."""
    words = f"`{entry.event}` `{entry.source}` was booked before, as something else: "
    words += f"entry {entry.seq}, {entry.points:+}"
    return Decline(Refusal.CONFLICT, words, entry=entry.seq, points=entry.points)


def find_entries(transaction: Transaction, matters: Iterable[Matter]) -> list[Entry]:
    """What was booked before for these matters."""
    asked = sorted(set(matters))
    if len(asked) == 1:
        account, event, source = asked[0]
        found_one = transaction.fetch(FIND, account=account, event=event, source=source)
        return [entry_of(row) for row in found_one]
    found: list[Entry] = []
    for some in slices_of(asked, MATTERS_MAX):
        found += find_some(transaction, some)
    return found


def find_some(transaction: Transaction, asked: Sequence[Matter]) -> list[Entry]:
    """The same for as many as one query takes."""
    accounts, events, sources = (sorted(set(ones)) for ones in zip(*asked, strict=True))
    whose: dict[str, Any] = {"accounts": accounts, "events": events}
    if len(events) * len(sources) > EACH_MAX:
        rows = transaction.fetch(FIND_MANY, **whose, matters=asked)
        return [entry_of(row) for row in rows]
    wanted = set(asked)
    return [
        entry_of(row)
        for row in transaction.fetch(FIND_EACH, **whose, sources=sources)
        if (row["account"], row["event"], row["source"]) in wanted
    ]
