"""Connections in, lent for one transaction after the other out: made when there are too few.

A pool looks at each connection that comes and goes, and SQLAlchemy makes objects for each of them
and each transaction: together that takes as long as a small request. So a few connections are kept
as they are. SQLAlchemy knows of one transaction of each, which lasts until it is closed; those of
the database begin and end here.

INVARIANT: a connection that is kept is in no transaction of the database, and its last one was
committed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sized
from typing import Any

import sqlalchemy as sa

from .connecting import begin_text
from .wire import drop_cursor, wrap

KEPT_MAX = 4  # of one kind: others may want those of the pool
Connect = Callable[[], sa.Connection]


class Lending:
    """Connections of one kind, to read or to write. Safe to share between threads."""

    def __init__(
        self,
        engine: sa.Engine,
        options: Mapping[str, Any],
        connect: Connect | None = None,
        waiting: Sized = (),
    ) -> None:
        """`connect` is how a connection is had that is not kept here; `waiting` are those at it."""
        self._waiting = waiting
        self._connect = engine.connect if connect is None else connect
        self._options = options
        self.closings = 0  # what was lent before the last is not kept any more
        # The driver of PostgreSQL begins by itself, before the first statement.
        self._begin = begin_text(options) if engine.dialect.name == "sqlite" else ""
        self._kept: list[sa.Connection] = []

    def lend(self) -> sa.Connection:
        """A connection in no transaction of the database yet."""
        try:
            return self._kept.pop()  # another thread may have had the last
        except IndexError:
            return self._connect().execution_options(**self._options)

    def begin(self, connection: sa.Connection) -> None:
        """Begin a transaction; unless it is committed, the connection is to be closed."""
        if not connection.in_transaction():
            connection.begin()
        elif self._begin:
            begin(connection, self._begin)

    def take_back(self, connection: sa.Connection, closings: int = 0) -> None:
        """Keep a connection whose transaction was committed, or give it back to the pool.

        `closings` are those there were when it was lent: after another it is closed for good.
        """
        is_wanted = closings == self.closings and len(self._kept) < KEPT_MAX
        if not is_wanted or self._waiting:
            self.let_go(connection, closings)
            return
        drop_cursor(connection)
        self._kept.append(connection)
        if self._waiting:  # since then
            self.give_back()

    def let_go(self, connection: sa.Connection, closings: int = 0) -> None:
        """Give a connection back to the pool, or close it for good; its transaction may be open."""
        drop_cursor(connection)
        if closings == self.closings:
            connection.close()
        else:
            close_for_good(connection)

    def give_back(self) -> None:
        """Give all back to the pool that nobody has."""
        for connection in self.leave():
            connection.close()

    def close(self) -> None:
        """The same, and keep nothing that is lent now."""
        self.closings += 1
        self.give_back()

    def leave(self) -> list[sa.Connection]:
        """All that nobody has, to be looked after by who asks."""
        kept, self._kept = self._kept, []
        return kept


def close_for_good(connection: sa.Connection) -> None:
    """Close a connection past its pool, which may be gone."""
    if not connection.closed and not connection.invalidated:
        connection.detach()
    connection.close()


def begin(connection: sa.Connection, text: str) -> None:
    """Begin a transaction of the database, of which SQLAlchemy does not know."""
    raw: Any = connection.connection.dbapi_connection
    try:
        raw.execute(text)
    except connection.dialect.loaded_dbapi.Error as error:
        raise wrap(connection, text, error, None) from error


def commit(connection: sa.Connection) -> None:
    """Have the database keep what was written."""
    dialect = connection.dialect
    raw: Any = connection.connection.dbapi_connection
    try:
        dialect.do_commit(raw)
    except dialect.loaded_dbapi.Error as error:
        raise wrap(connection, "COMMIT", error, None) from error
