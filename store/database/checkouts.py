"""An engine in, how many of its connections somebody really has out.

A pool counts by itself, and counts wrong after an interrupt came in the way of its counting: then
it waits for what nobody has any more.
"""

from __future__ import annotations

from weakref import ref

import sqlalchemy as sa

Proxy = sa.PoolProxiedConnection


class Checkouts:
    """Notes whatever leaves the pool of an engine. Safe to share between threads."""

    def __init__(self, engine: sa.Engine) -> None:
        """Nothing has left it yet."""
        self._known: set[ref[Proxy]] = set()
        sa.event.listen(engine, "checkout", self._note)

    def _note(self, _: object, __: object, proxy: Proxy) -> None:
        """One more; forgotten with the last who knows it."""
        self._known.add(ref(proxy, self._known.discard))

    def count(self) -> int:
        """How many there are that were not given back."""
        proxies = [one() for one in [*self._known]]
        return sum(one is not None and one.is_valid for one in proxies)
