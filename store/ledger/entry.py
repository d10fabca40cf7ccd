"""A row of the ledger in, an entry as callers see it out, and found again by what it was for."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

import msgspec
import sqlalchemy as sa
from msgspec import Struct

from ..schema.ledger import entries
from ..transaction import Transaction, of_tenant
from .slices import slices_of

encoder = msgspec.json.Encoder(order="sorted")


class Entry(Struct, frozen=True):
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


class Matter(NamedTuple):
    """What an account is asked to book something for."""

    account: str
    event: str
    source: str


FIND = of_tenant(entries).where(
    entries.c.account == sa.bindparam("account"),
    entries.c.event == sa.bindparam("event"),
    entries.c.source == sa.bindparam("source"),
)
FIND_MANY = of_tenant(entries).where(
    sa.tuple_(entries.c.account, entries.c.event, entries.c.source).in_(
        sa.bindparam("matters", expanding=True)
    )
)
MATTERS_MAX = 2_000  # of one query


def entry_of(row: dict[str, Any]) -> Entry:
    """A row as an entry."""
    told = {name: row[name] for name in Entry.__struct_fields__}
    told["campaigns"] = msgspec.json.decode(row["campaigns"] or b"[]")
    told["note"] = msgspec.json.decode(row["note"] or b"{}")
    return Entry(**told)


def row_of(entry: Entry, tenant: str, previous: str) -> dict[str, Any]:
    """An entry as a row, without its seal."""
    row = msgspec.structs.asdict(entry)
    row["campaigns"] = encoder.encode(entry.campaigns).decode() if entry.campaigns else ""
    row["note"] = encoder.encode(entry.note).decode() if entry.note else ""
    row["tenant"] = tenant
    row["previous"] = previous
    return row


def find_entries(transaction: Transaction, matters: Iterable[Matter]) -> list[Entry]:
    """What was booked before for these matters."""
    asked = sorted(set(matters))
    if len(asked) == 1:
        return [entry_of(row) for row in transaction.fetch(FIND, **asked[0]._asdict())]
    found: list[Entry] = []
    for some in slices_of(asked, MATTERS_MAX):
        part = [tuple(one) for one in some]
        found += [entry_of(row) for row in transaction.fetch(FIND_MANY, matters=part)]
    return found
