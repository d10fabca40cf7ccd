"""Connections in, lent for one transaction after the other out: made when there are too few.

A pool looks at each connection that comes and goes, and makes a new wrapper around it: as long as a
small transaction takes. So a few connections are kept as they are between transactions.

INVARIANT: a connection that is kept is in no transaction, and its last one was committed.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

KEPT_MAX = 4  # of one kind: others may want those of the pool


class Lending:
    """Connections of one kind, to read or to write. Safe to share between threads."""

    def __init__(self, engine: sa.Engine, options: Mapping[str, Any]) -> None:
        self._engine = engine
        self._options = options
        self._kept: list[sa.Connection] = []

    def lend(self) -> sa.Connection:
        """A connection, for one transaction. Where that fails it is to be closed."""
        try:
            return self._kept.pop()
        except IndexError:
            return self._engine.connect().execution_options(**self._options)

    def take_back(self, connection: sa.Connection) -> None:
        """Keep a connection whose transaction was committed, or give it back to the pool."""
        if len(self._kept) < KEPT_MAX:
            self._kept.append(connection)
        else:
            connection.close()

    def close(self) -> None:
        """Give all back to the pool that nobody has."""
        for connection in self.leave():
            connection.close()

    def leave(self) -> list[sa.Connection]:
        """All that nobody has, to be looked after by who asks."""
        kept, self._kept = self._kept, []
        return kept
