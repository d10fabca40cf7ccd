"""Engines by the hash of their rules, kept in the process as long as there is room."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import NamedTuple

from ...engine.engine import Engine

# LIMIT: the engines kept hold at most so much rule text together, some 25 rule sets of 10,000
# promotions; but one is kept however large it is.
SIZE_BYTES = 16 * 2**20


class Kept(NamedTuple):
    """An engine, the edition of its rules, and the size of their text."""

    engine: Engine
    edition: int
    size_bytes: int


class Shelf:
    """The engines of all tenants of a store. What was not used for longest goes first."""

    def __init__(self, size_bytes: int = SIZE_BYTES) -> None:
        self._room_bytes = size_bytes
        self._kept: OrderedDict[tuple[str, str], Kept] = OrderedDict()
        self._lock = threading.Lock()
        self._making = threading.Lock()

    def find(self, tenant: str, hash: str, edition: int) -> Engine | None:
        """The engine of a rule set, if it is there and its edition is not older."""
        with self._lock:
            kept = self._kept.get((tenant, hash))
            if kept is None or kept.edition < edition:
                return None
            self._kept.move_to_end((tenant, hash))
            return kept.engine

    def get(self, tenant: str, hash: str, edition: int, make: Callable[[], Kept]) -> Engine:
        """The engine of a rule set, made if it is not there; others wait meanwhile, once."""
        found = self.find(tenant, hash, edition)
        if found is not None:
            return found
        with self._making:
            found = self.find(tenant, hash, edition)
            if found is None:
                kept = make()
                self.put(tenant, hash, kept)
                found = kept.engine
            return found

    def put(self, tenant: str, hash: str, kept: Kept) -> None:
        """Keep an engine, and let go what there is no more room for."""
        with self._lock:
            self._kept[tenant, hash] = kept
            self._kept.move_to_end((tenant, hash))
            size_bytes = sum(one.size_bytes for one in self._kept.values())
            while size_bytes > self._room_bytes and len(self._kept) > 1:
                _, gone = self._kept.popitem(last=False)
                size_bytes -= gone.size_bytes
