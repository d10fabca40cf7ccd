"""Rows in, those out whose digest is not that of what stands in them."""

from __future__ import annotations

from collections.abc import Iterator

import sqlalchemy as sa

from ..database.pile import Row
from ..database.rows import keys_of
from ..database.seal import Sealer, sealer_of
from .finding import Finding
from .snapshot import Snapshot

UNREADABLE = "what no digest can be made of"


def check_seals(snapshot: Snapshot, table: sa.Table) -> Iterator[Finding]:
    """Work out the digest of every row of a table anew."""
    sealer = sealer_of(table)
    for row in snapshot.table(table):
        seal = seal_again(sealer, row)
        if row.seal != seal:
            yield finding_of(table, row, "seal", str(row.seal), seal)


def seal_again(sealer: Sealer, row: Row) -> str:
    """The digest of a row as it is. Damaged text is no text, and numbers can be anything."""
    try:
        return sealer.seal(tuple(row)[:-1])
    except (ValueError, TypeError, OverflowError):
        return UNREADABLE


def finding_of(table: sa.Table, row: Row, check: str, expected: str, found: str) -> Finding:
    """A finding at a row of a table."""
    key = {name: getattr(row, name) for name in keys_of(table) if name != "tenant"}
    return Finding(check, str(row.tenant), str(table.name), key, expected, found)
