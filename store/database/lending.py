"""Connections in, lent for one transaction after the other out: made when there are too few.

A pool looks at each connection that comes and goes, and SQLAlchemy makes objects for each of them
and each transaction: together that takes as long as a small request. So a few connections are kept
as they are. SQLAlchemy knows of one transaction of each, which lasts until it is closed; those of
the database begin and end here.

INVARIANT: a connection that is kept is in no transaction of the database, and its last one was
committed.

INVARIANT: a connection is kept, or in the hand of a transaction, and goes from one to the other in
one step that no interrupt divides. So who has something in hand in the end has it to close.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sized
from contextlib import suppress
from typing import Any

import sqlalchemy as sa

from .connecting import begin_text
from .faults import Quietly
from .outlived import Outlived
from .wire import drop_cursors, wrap

KEPT_MAX = 4  # of one kind: others may want those of the pool
LAST = (-1,)  # where `list.pop` takes from
Connect = Callable[[], sa.Connection]
Hand = list[sa.Connection]  # of one transaction; at most one


class Lending:
    """Connections of one kind, to read or to write. Safe to share between threads."""

    def __init__(
        self,
        engine: sa.Engine,
        options: Mapping[str, Any],
        connect: Connect | None = None,
        waiting: Sized = (),
        outlived: Outlived | None = None,
    ) -> None:
        """`connect` is how a connection is had that is not kept here; `waiting` are those at it.

        `outlived` are pools that were closed.
        """
        self._waiting = waiting
        self._outlived = Outlived() if outlived is None else outlived
        self._connect = engine.connect if connect is None else connect
        self._options = options
        self.closings = 0  # what was lent before the last is not kept any more
        # The driver of PostgreSQL begins by itself, before the first statement.
        self._begin = begin_text(options) if engine.dialect.name == "sqlite" else ""
        self._kept: list[sa.Connection] = []

    def lend(self, hand: Hand) -> sa.Connection:
        """Take a connection into an empty hand: in no transaction of the database yet."""
        try:
            hand.extend(map(self._kept.pop, LAST))  # another thread may have had the last
        except IndexError:
            hand.append(self._connect().execution_options(**self._options))
        return hand[0]

    def begin(self, connection: sa.Connection) -> None:
        """Begin a transaction; unless it is committed, the connection is to be let go."""
        if not connection.in_transaction():
            connection.begin()
        elif self._begin:
            begin(connection, self._begin)

    def take_back(self, hand: Hand, closings: int = 0) -> None:
        """Keep a connection whose transaction was committed, or give it back to the pool.

        `closings` are those there were when it was lent: after another it is closed for good.
        """
        is_wanted = closings == self.closings and len(self._kept) < KEPT_MAX
        if not is_wanted or self._waiting:
            self.let_go(hand, closings)
            return
        drop_cursors(hand[0])
        self._kept.extend(map(hand.pop, LAST))
        if self._waiting or closings != self.closings:  # since then
            self.give_back(closings)

    def let_go(self, hand: Hand, closings: int = 0) -> None:
        """Give a connection back to the pool, or close it for good; its transaction may be open.

        No trouble with it is told: there is a better reason to let go of it, or none to complain.
        """
        if closings == self.closings:
            with Quietly():
                drop_cursors(hand[0])
                hand[0].close()
                hand.clear()
            self._outlived.drain()
        if hand:
            put_away(hand)

    def give_back(self, closings: int) -> None:
        """Give all back to the pool that nobody has, or close them for good after a closing."""
        hand: Hand = []
        try:
            while self._kept:
                with suppress(IndexError):  # another thread may have had the last
                    hand.extend(map(self._kept.pop, LAST))
                if hand:
                    self.let_go(hand, closings)
        finally:
            if hand:
                put_away(hand)

    def close(self) -> None:
        """Close all that nobody has, and keep nothing that is lent now."""
        closings = self.closings
        self.closings += 1
        self.give_back(closings)

    def leave(self) -> list[sa.Connection]:
        """All that nobody has, to be looked after by who asks."""
        left = [*self._kept]
        self._kept.clear()
        return left


def put_away(hand: Hand) -> None:
    """Close a connection for good, whatever was done with it, or what of that an interrupt left.

    Nothing is asked of a server, which may be busy with what was interrupted. SQLite undoes what is
    open before SQLAlchemy is told: after that nobody knows any more what was not closed.
    """
    connection = hand[0]
    with Quietly():
        drop_cursors(connection)
    if not connection.closed and not connection.invalidated:
        with Quietly():
            if connection.dialect.name == "sqlite":
                connection.connection.rollback()
        with Quietly():
            connection.invalidate()
    with Quietly():
        connection.close()
    hand.clear()


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
