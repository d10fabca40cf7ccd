"""A connection in, what a tenant may do on it out: rows read and written, events told."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from msgspec import Struct

from .database.rows import Row, insert_new_rows, insert_rows, insert_sealed, mark_of, update_rows
from .database.seal import check_texts, encode
from .database.statements import locking
from .database.wire import Wire
from .tenancy import Ids

Found = dict[str, Any]


class Told(Struct, frozen=True, gc=False):
    """An event to be sent to whoever listens; see `store.schema.outbox`."""

    id: str
    type: str  # such as loyalty.earned
    subject: str  # `account/<id>` or `order/<id>`
    number: int  # of the events of its subject, from 1
    at_us: int
    data: str  # JSON


class Transaction:
    """All that one request reads and writes of its tenant. `at_us` is its now."""

    def __init__(self, connection: sa.Connection, tenant: str, at_us: int, ids: Ids) -> None:
        self.wire = Wire(connection)
        self.tenant = tenant
        self.at_us = at_us
        self.ids = ids
        self.before_commit: list[Callable[[], None]] = []  # run in order, when the work is done
        self.told: list[Told] = []
        self.standing: Found | None = None  # of the tenant: see `store.standing`

    @property
    def connection(self) -> sa.Connection:
        """The connection, for statements of SQLAlchemy."""
        self.wire.flush()
        return self.wire.connection

    @property
    def is_locking(self) -> bool:
        """Whether rows have to be locked one by one: SQLite has but one writer, and who only reads
        keeps nobody out."""
        if self.wire.dialect != "postgresql":
            return False
        return not self.wire.connection.get_execution_options().get("postgresql_readonly")

    def fetch(self, query: sa.Select[Any], **values: Any) -> list[Found]:
        """The rows of a query as dicts; it gets the tenant under the name `tenant`."""
        check_texts(values)
        values["tenant"] = self.tenant
        return self.wire.fetch_rows(query, values)

    def fetch_tuples(self, query: sa.Select[Any], **values: Any) -> Sequence[Sequence[Any]]:
        """The rows of a query, their values in the order in which it selects them."""
        check_texts(values)
        values["tenant"] = self.tenant
        return self.wire.fetch(query, values)[1]

    def find(self, query: sa.Select[Any], **values: Any) -> Found | None:
        """The one row of a query, if there is one."""
        found = self.fetch(query, **values)
        return found[0] if found else None

    def lock(self, query: sa.Select[Any], **values: Any) -> list[Found]:
        """The rows of a query, kept from all other writers until the end."""
        return self.fetch(self._locking(query), **values)

    def lock_tuples(self, query: sa.Select[Any], **values: Any) -> Sequence[Sequence[Any]]:
        """The same as `lock`, their values in the order in which the query selects them."""
        return self.fetch_tuples(self._locking(query), **values)

    def _locking(self, query: sa.Select[Any]) -> sa.Select[Any]:
        """A query that keeps others from what it finds.

        Somebody may be waited for, so what the tenant stands at is read anew after it.
        """
        if not self.is_locking:
            return query
        self.standing = None
        return locking(query)

    def tell(
        self,
        type: str,
        subject: str,
        number: int,
        data: Mapping[str, Any] | Struct,
        *,
        at_us: int | None = None,
    ) -> None:
        """Tell others of something that happened now, or at an instant, if it is committed.

        The id and the instant of an event are those of what it tells of, not of its writing: a job
        that comes late writes the same row as one in time.
        """
        id = f"{subject}/{number}"
        at_us = self.at_us if at_us is None else at_us
        self.told.append(Told(id, type, subject, number, at_us, encode(data).decode()))

    def insert(self, table: sa.Table, rows: Sequence[Row]) -> None:
        """Insert whole rows of the tenant, sealed."""
        insert_rows(self.wire, table, self.tenant, rows)

    def insert_new(self, table: sa.Table, rows: Sequence[Row]) -> int:
        """The same, but for those whose key is there; how many were inserted."""
        return insert_new_rows(self.wire, table, self.tenant, rows)

    def insert_sealed(self, table: sa.Table, values: Sequence[Sequence[Any]]) -> None:
        """Insert rows that are part of a chain and were sealed there: all values in their order."""
        insert_sealed(self.wire, table, values)

    def run(self, text: str, rows: Sequence[Sequence[Any]]) -> None:
        """Run a statement, with a `?` for each value, for each of some rows.

        For tables of counters, which have no seals.
        """
        if rows:
            self.wire.post(self._counting(text, rows), rows)

    def run_counted(self, text: str, rows: Sequence[Sequence[Any]]) -> int:
        """The same; how many rows of the table were written."""
        return self.wire.run_all(self._counting(text, rows), rows) if rows else 0

    def _counting(self, text: str, rows: Sequence[Sequence[Any]]) -> str:
        """The text as the driver has it, if the values are such as can be kept."""
        check_texts({str(place): value for row in rows for place, value in enumerate(row)})
        return text.replace("?", mark_of(self.wire.dialect))

    def update(self, table: sa.Table, rows: Sequence[Row]) -> None:
        """Rewrite whole rows of the tenant, sealed."""
        update_rows(self.wire, table, self.tenant, rows)


def of_tenant(table: sa.Table) -> sa.Select[Any]:
    """All rows of a table that belong to the tenant of the transaction."""
    return sa.select(table).where(table.c.tenant == sa.bindparam("tenant"))
