"""Sorted rows in, those of each owner together out: many tables read side by side, each once.

Rows are read as they are asked for, so that any number of them takes a bounded amount of memory.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import sqlalchemy as sa

from .wire import readings_of

Row = sa.Row[Any]

BUFFERED_ROWS = 1000


def stream(connection: sa.Connection, query: sa.Select[Any], **values: Any) -> Iterator[Row]:
    """The rows of a query, a thousand in memory at a time."""
    options: dict[str, Any] = {"stream_results": True, "max_row_buffer": BUFFERED_ROWS}
    found = connection.execute(query, values, execution_options=options)
    readings = readings_of(connection)
    readings.add(found)
    try:
        yield from found
    finally:
        put_down(connection, found)
        readings.discard(found)


def put_down(connection: sa.Connection, found: sa.CursorResult[Any]) -> None:
    """Close a result. What is lost with its connection is closed without a word.

    SQLAlchemy gives a connection up on which an interrupt meets it, and SQLite complains of cursors
    that are closed later: that would be logged.
    """
    if not (connection.closed or connection.invalidated):
        found.close()
    elif found.cursor is not None:
        with suppress(Exception):
            found.cursor.close()


Place = tuple[tuple[int, object], ...]


def place_of(*values: object) -> Place:
    """Where values stand in the order of a database, whatever became of them."""
    return tuple(rank_of(value) for value in values)


def rank_of(value: object) -> tuple[int, object]:
    """One value, such that any two can be compared: nothing, numbers, text, bytes."""
    if value is None:
        return (0, 0)
    if isinstance(value, int | float):
        return (1, value)
    if isinstance(value, str):
        return (2, value.encode("utf-8", "surrogateescape"))
    return (3, value)


class Pile:
    """Rows sorted by tenant and owner, taken owner by owner; `orphans` are never taken.

    Of each owner that nobody asked for, `orphans` has the first row.
    """

    def __init__(self, rows: Iterator[Row], owner: str) -> None:
        self._rows = rows
        self._owner = owner
        self._next: Row | None = None
        self._place: Place = ()
        self.orphans: list[Row] = []
        self._go_on()

    def take(self, tenant: str, owner: str) -> list[Row]:
        """The rows of an owner; owners are asked for in the order of the database."""
        wanted = place_of(tenant, owner)
        self._skip(wanted)
        found = []
        while self._next is not None and self._place == wanted:
            found.append(self._next)
            self._go_on()
        return found

    def leave(self) -> list[Row]:
        """Go through all that is left, and return the orphans."""
        self._skip(None)
        return self.orphans

    def _skip(self, wanted: Place | None) -> None:
        """Go to the rows of an owner, or to the end."""
        before: Place | None = None
        while self._next is not None and (wanted is None or self._place < wanted):
            if self._place != before:
                before = self._place
                self.orphans.append(self._next)
            self._go_on()

    def _go_on(self) -> None:
        """Look at the next row."""
        self._next = next(self._rows, None)
        if self._next is not None:
            self._place = place_of(self._next.tenant, getattr(self._next, self._owner))
