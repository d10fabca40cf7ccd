"""A pool of connections that an interrupt never leaves locked.

SQLAlchemy's own waits in Python, and an interrupt between taking its lock and the work under it
keeps all threads from the pool for ever. What waits here is the interpreter's, in one step.
"""

from __future__ import annotations

import queue
from typing import Any

import sqlalchemy as sa
from sqlalchemy.util import queue as common


class Line(common.QueueCommon[Any]):
    """Those that nobody has, the one that was given back first in front."""

    def __init__(self, maxsize: int = 0, use_lifo: bool = False) -> None:
        """There is room for all that the pool makes."""
        super().__init__(maxsize, use_lifo)
        self.maxsize = maxsize
        self.use_lifo = use_lifo
        self._line: queue.SimpleQueue[Any] = queue.SimpleQueue()

    def qsize(self) -> int:
        """How many there are."""
        return self._line.qsize()

    def empty(self) -> bool:
        """Whether there is none."""
        return self._line.empty()

    def full(self) -> bool:
        """Whether all are here."""
        return self.qsize() >= self.maxsize

    def put(self, item: Any, block: bool = True, timeout: float | None = None) -> None:
        """Give one back."""
        self._line.put(item)

    def put_nowait(self, item: Any) -> None:
        """The same."""
        self._line.put(item)

    def get(self, block: bool = True, timeout: float | None = None) -> Any:
        """Take one. Raises the `Empty` that the pool knows."""
        try:
            return self._line.get(block, timeout)
        except queue.Empty:
            raise common.Empty from None

    def get_nowait(self) -> Any:
        """Take one, if there is one."""
        return self.get(block=False)


class Pool(sa.QueuePool):
    """The pool of a database that several may have connections to."""

    _queue_class = Line
