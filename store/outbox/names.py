"""Ids of members in, what the shop calls them out; the erased have no name."""

from __future__ import annotations

from collections.abc import Iterable

import sqlalchemy as sa

from ..schema.tenancy import members
from ..transaction import Transaction

NAMES = sa.select(members.c.id, members.c.external_id).where(
    members.c.tenant == sa.bindparam("tenant"),
    members.c.id.in_(sa.bindparam("ids", expanding=True)),
    members.c.status != "erased",
)


def names_of(tx: Transaction, ids: Iterable[str]) -> dict[str, str]:
    """The names of members by their ids."""
    asked = sorted({id for id in ids if id})
    if not asked:
        return {}
    return {row["id"]: row["external_id"] for row in tx.fetch(NAMES, ids=asked)}
