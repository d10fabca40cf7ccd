"""Statements whose text is ready: the same rows, whatever lists are filled in."""

from __future__ import annotations

import sqlalchemy as sa

from tallystick.store.database.statements import fetch_rows
from tallystick.store.schema.tenancy import tenants
from tallystick.store.tenancy import Tenancy

QUERY = (
    sa.select(tenants.c.tenant)
    .where(tenants.c.tenant.in_(("main", "other")))  # a list of the statement itself
    .where(tenants.c.tenant.in_(sa.bindparam("names", expanding=True)))
    .where(tenants.c.created_at_us >= sa.bindparam("since_us"))
)


def test_lists_of_any_length_are_filled_in(tenancy: Tenancy) -> None:
    for names in (["main"], ["main"], ["main", "more"], [], ["more", "main", "main"]):
        values = {"names": names, "since_us": 0}
        found = tenancy.database.read(lambda one, values=values: fetch_rows(one, QUERY, values))  # type: ignore[misc]
        assert found == ([{"tenant": "main"}] if names else []), names
