"""Pools that were closed in, and whatever comes back to them closed too.

Whoever has a connection while its pool is closed gives it back to that pool, of which nobody takes
any more: there it would stay open until somebody collects garbage.
"""

from __future__ import annotations

from weakref import ref

import sqlalchemy as sa


class Outlived:
    """Pools that may outlive their closing. Safe to share between threads."""

    def __init__(self) -> None:
        self._known: set[ref[sa.Pool]] = set()

    def add(self, pool: sa.Pool) -> None:
        """One that is closed after this; forgotten with the last who has a connection of it."""
        self._known.add(ref(pool, self._known.discard))

    def drain(self) -> None:
        """Close what came back to them; to be called by whoever gave something back."""
        for one in [*self._known]:
            pool = one()
            if pool is not None:
                pool.dispose()

    def leave(self) -> list[sa.Pool | None]:
        """All of them, to be looked after by who asks."""
        left = [one() for one in [*self._known]]
        self._known.clear()
        return left
