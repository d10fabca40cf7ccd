"""A connection in, all rows of its tables out, one after the other, in bounded memory.

A byte that changed by itself can leave text that is no text any more. On SQLite such bytes are read
as lone surrogates, which no digest covers, instead of ending the reading.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa

from ..database.database import Database
from ..database.pile import Row, stream


class Snapshot:
    """One state of a database; of one tenant, or of all where `tenant` is None."""

    def __init__(
        self, database: Database, connection: sa.Connection, tenant: str | None = None
    ) -> None:
        self.database = database
        self.connection = connection
        self.tenant = tenant

    def rows(self, query: sa.Select[Any], *tables: sa.FromClause) -> Iterator[Row]:
        """The rows of a query, those of the tenant alone; `tables` are those it selects from."""
        if self.tenant is not None:
            query = query.where(*(table.c.tenant == self.tenant for table in tables))
        return stream(self.connection, query)

    def table(self, table: sa.Table, *order: sa.Column[Any]) -> Iterator[Row]:
        """The rows of a table, those of each tenant together if they have an order."""
        query = sa.select(table)
        if order:
            query = query.order_by(table.c.tenant, *order)
        return self.rows(query, table)


@contextmanager
def snapshot_of(database: Database, tenant: str | None) -> Iterator[Snapshot]:
    """A state of a database, read as it is, damage and all."""
    with database.snapshot() as connection:
        driver = connection.connection.driver_connection
        if database.dialect != "sqlite" or driver is None:
            yield Snapshot(database, connection, tenant)
            return
        driver.text_factory = lambda text: text.decode("utf-8", "surrogateescape")
        try:
            yield Snapshot(database, connection, tenant)
        finally:
            driver.text_factory = str
