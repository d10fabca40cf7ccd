"""Ids of members in, what the shop calls them out; the erased have no name."""

from __future__ import annotations

from collections.abc import Iterable

from ..member.people import ERASED, find_members_by_id
from ..transaction import Transaction


def names_of(tx: Transaction, ids: Iterable[str]) -> dict[str, str]:
    """The names of members by their ids."""
    rows = find_members_by_id(tx, sorted({id for id in ids if id}))
    return {id: row["external_id"] for id, row in rows.items() if row["status"] != ERASED}
