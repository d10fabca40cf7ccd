"""A store in, how much is in it out: rows by table, of one tenant or of all."""

from __future__ import annotations

import sqlalchemy as sa
from msgspec import Struct

from .database.database import Database
from .schema.catalog import metadata


class Counts(Struct, frozen=True):
    """How many rows each table has, and of which something is still to be done."""

    rows: dict[str, int]
    accounts_due: int  # the next job settles them
    events_waiting: int  # deliveries that no listener has taken yet


def count_rows(database: Database, now_us: int, tenant: str | None = None) -> Counts:
    """Count, on one state of the database."""

    def work(connection: sa.Connection) -> Counts:
        def count(name: str, *terms: sa.ColumnElement[bool]) -> int:
            table = metadata.tables[name]
            query = sa.select(sa.func.count()).select_from(table).where(*terms)
            if tenant is not None:
                query = query.where(table.c.tenant == tenant)
            return connection.execute(query).scalar_one()

        accounts = metadata.tables["accounts"]
        return Counts(
            {name: count(name) for name in sorted(metadata.tables)},
            count("accounts", accounts.c.due_at_us <= now_us),
            count("deliveries"),
        )

    return database.read(work)
