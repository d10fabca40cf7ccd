"""A connection in, what its driver answers to texts and values out: for one transaction.

SQLAlchemy takes 60 microseconds for a query of one row, of which the database needs two. So texts
that are ready go to the driver as they are, with one cursor for all of them. Errors and events are
the same as SQLAlchemy's.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from typing import Any

import sqlalchemy as sa

from .pipeline import pipelined
from .statements import prepare

# In the `info` of a connection.
CURSOR = "tallystick_cursor"
POSTS = "tallystick_posts"  # what was posted and not told yet
READINGS = "tallystick_readings"  # results that somebody is in the middle of
Post = tuple[str, Sequence[Sequence[Any]]]  # a text and the values of rows
Found = tuple[Sequence[str], Sequence[Sequence[Any]]]


class Wire:
    """Runs statements on the connection of one transaction, for whoever listens to its engine."""

    __slots__ = ("_after", "_before", "_cursor", "_dialect", "_posts", "connection", "dialect")

    def __init__(self, connection: sa.Connection) -> None:
        self.connection = connection
        self._dialect = connection.dialect
        self.dialect: str = self._dialect.name
        self._cursor: Any = cursor_of(connection)
        self._posts = posts_of(connection) if self.dialect == "postgresql" else None
        hooks = connection.engine.dispatch
        self._before = (*hooks.before_cursor_execute,)
        self._after = (*hooks.after_cursor_execute,)

    def run(self, text: str, values: Sequence[Any]) -> Any:
        """Run a text after all that was posted; the cursor, until the next."""
        if not self._posts:
            return self._run(text, values)
        self._tell((text, [values]))
        return self._cursor

    def run_all(self, text: str, rows: Sequence[Sequence[Any]]) -> int:
        """Run a text for each of some rows, at least one: the database hears of it once.

        How many rows of the table it wrote.
        """
        self.flush()
        return int(self._run_all(text, rows).rowcount)

    def post(self, text: str, rows: Sequence[Sequence[Any]]) -> None:
        """The same, but a server is told of it later: with the next statement, or at the end."""
        if self._posts is None:
            self._run_all(text, rows)
        else:
            self._posts.append((text, [*rows]))

    def flush(self) -> None:
        """Tell all that was posted, and wait for the answers."""
        if self._posts:
            self._tell()

    def _tell(self, *last: Post) -> None:
        """Tell all that was posted, and something more, in one go."""
        assert self._posts is not None
        posts = [*self._posts, *last]
        self._posts.clear()
        try:
            with pipelined(self.connection) if len(posts) > 1 else nullcontext():
                for text, rows in posts:
                    self._run_all(text, rows)
        except self._dialect.loaded_dbapi.Error as error:
            raise wrap(self.connection, "", error, self._cursor) from error

    def _run_all(self, text: str, rows: Sequence[Sequence[Any]]) -> Any:
        """Run a text for each of some rows."""
        if len(rows) == 1:
            return self._run(text, rows[0])
        return self._run(text, rows, is_many=True)

    def _run(self, text: str, values: Sequence[Any], is_many: bool = False) -> Any:
        """Run a text, once or (`is_many`) for each of many values."""
        cursor = self._cursor
        for listen in self._before:
            listen(self.connection, cursor, text, values, None, is_many)
        try:
            if is_many:
                cursor.executemany(text, values)
            else:
                cursor.execute(text, values)
        except self._dialect.loaded_dbapi.Error as error:
            raise wrap(self.connection, text, error, cursor) from error
        for listen in self._after:
            listen(self.connection, cursor, text, values, None, is_many)
        return cursor

    def fetch(self, query: sa.Select[Any], values: Mapping[str, Any]) -> Found:
        """The names of the columns of a query, and its rows."""
        statement = prepare(query, self._dialect)
        if statement is None:
            self.flush()
            result = self.connection.execute(query, values)
            return tuple(result.keys()), result.fetchall()
        cursor = self.run(*statement.fill(values))
        if not statement.names:
            statement.names = tuple([column[0] for column in cursor.description])
        try:
            rows = cursor.fetchall()  # SQLite reads on only now, and may fail behind the first row
        except self._dialect.loaded_dbapi.Error as error:
            raise wrap(self.connection, "", error, cursor) from error
        return statement.names, rows

    def fetch_rows(self, query: sa.Select[Any], values: Mapping[str, Any]) -> list[dict[str, Any]]:
        """The rows of a query as dicts."""
        names, rows = self.fetch(query, values)
        return [dict(zip(names, row, strict=True)) for row in rows] if rows else []


def cursor_of(connection: sa.Connection) -> Any:
    """The cursor of a connection, of which all texts of a transaction make use."""
    known = connection.info.get(CURSOR)
    if known is None:
        raw: Any = connection.connection.dbapi_connection
        known = connection.info[CURSOR] = raw.cursor()
    return known


def posts_of(connection: sa.Connection) -> list[Post]:
    """What was posted on a connection and not told yet."""
    known: list[Post] = connection.info.setdefault(POSTS, [])
    return known


def flush(connection: sa.Connection) -> None:
    """Tell all that was posted on a connection."""
    if connection.info.get(POSTS):
        Wire(connection).flush()


def readings_of(connection: sa.Connection) -> set[sa.CursorResult[Any]]:
    """The results of a connection that somebody is in the middle of."""
    known: set[sa.CursorResult[Any]] = connection.info.setdefault(READINGS, set())
    return known


def drop_cursors(connection: sa.Connection) -> None:
    """Close the cursors of a connection whose transaction is over, and forget what was not told.

    A query that an interrupt left half read would keep its state of the database for whoever has
    the connection next. And what an error left half read would be closed when somebody collects
    garbage, in the middle of what the connection does for others by then.
    """
    if not connection.closed and not connection.invalidated:
        info = connection.info
        info.pop(POSTS, None)
        for reading in info.pop(READINGS, ()):
            reading.close()
        known = info.get(CURSOR)
        if known is not None:
            known.close()
            del info[CURSOR]  # not before: an interrupt would leave it open


def wrap(connection: sa.Connection, text: str, error: Any, cursor: Any) -> sa.exc.DBAPIError:
    """An error of the driver as SQLAlchemy hands it on; a connection that is lost is put away."""
    is_lost = connection.dialect.is_disconnect(error, connection.connection, cursor)
    if is_lost:
        connection.invalidate(error)
    wrapped: sa.exc.DBAPIError = sa.exc.DBAPIError.instance(
        text,
        None,
        error,
        connection.dialect.loaded_dbapi.Error,
        hide_parameters=True,
        connection_invalidated=is_lost,
        dialect=connection.dialect,
    )
    return wrapped
