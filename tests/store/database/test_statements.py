"""Statements whose text is ready: the same rows, whatever lists are filled in."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from tallystick.store.database.wire import Wire
from tallystick.store.schema.tenancy import tenants
from tallystick.store.tenancy import Tenancy

QUERY = (
    sa.select(tenants.c.tenant)
    .where(tenants.c.tenant.in_(("main", "other")))  # a list of the statement itself
    .where(tenants.c.tenant.in_(sa.bindparam("names", expanding=True)))
    .where(tenants.c.created_at_us >= sa.bindparam("since_us"))
)


def test_lists_of_any_length_are_filled_in(tenancy: Tenancy) -> None:
    def find(connection: sa.Connection) -> list[dict[str, Any]]:
        return Wire(connection).fetch_rows(QUERY, {"names": names, "since_us": 0})

    for names in (["main"], ["main"], ["main", "more"], [], ["more", "main", "main"]):
        assert tenancy.database.read(find) == ([{"tenant": "main"}] if names else []), names
