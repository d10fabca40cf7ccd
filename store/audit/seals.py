"""Rows in, those out whose digest is not that of what stands in them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa

from ..database.pile import Row
from ..database.rows import SEAL, keys_of, names_of
from ..database.seal import seal_of
from .finding import Finding
from .snapshot import Snapshot

UNREADABLE = "what no digest can be made of"


def check_seals(snapshot: Snapshot, table: sa.Table) -> Iterator[Finding]:
    """Work out the digest of every row of a table anew."""
    names = names_of(table)
    for row in snapshot.table(table):
        seal = seal_again(table, dict(zip(names, row, strict=True)))
        if row.seal != seal:
            yield finding_of(table, row, "seal", str(row.seal), seal)


def seal_again(table: sa.Table, row: dict[str, Any]) -> str:
    """The digest of a row as it is. Damaged text is no text, and numbers can be anything."""
    row.pop(SEAL)
    try:
        return seal_of(table, row)
    except (ValueError, TypeError, OverflowError):
        return UNREADABLE


def finding_of(table: sa.Table, row: Row, check: str, expected: str, found: str) -> Finding:
    """A finding at a row of a table."""
    key = {name: getattr(row, name) for name in keys_of(table) if name != "tenant"}
    return Finding(check, str(row.tenant), str(table.name), key, expected, found)
