"""SQLite opened: files, known as long as they are open, and a database in memory until it is ended.

SQLite keeps the locks of its files by process. So a fork has to know whether one is open, and that
none is opened until it is over. A database in memory is gone with its connection, and SQLAlchemy
closes connections that an interrupt came in the way of: of that one it only believes to.
"""

from __future__ import annotations

import sqlite3
import threading
from contextlib import nullcontext
from typing import Any
from weakref import ref


class Opened(sqlite3.Connection):
    """A connection that leaves nothing open, and can be asked whether it is."""

    files: Files | None = None  # no fork comes in the way of closing one of these

    @property
    def is_open(self) -> bool:
        """Whether nobody closed it."""
        try:
            return self.total_changes >= 0
        except sqlite3.ProgrammingError:
            return False

    def close(self) -> None:
        """Undo what is open, and close it: SQLite would wait for queries that are half read."""
        with nullcontext() if self.files is None else self.files.lock:
            if self.is_open:
                self.rollback()
            super().close()


class Lasting(Opened):
    """The connection of a database in memory: closing it only undoes what is open."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._cursors: set[ref[sqlite3.Cursor]] = set()

    def cursor(self, *args: Any) -> Any:
        """A cursor, remembered as long as it lives."""
        made = super().cursor(*args)
        self._cursors.add(ref(made, self._cursors.discard))
        return made

    def close(self) -> None:
        """Undo what is open, and leave nothing half read. Without effect on one that was ended."""
        if self.is_open:
            for known in [*self._cursors]:
                cursor = known()
                if cursor is not None:
                    cursor.close()
            self.rollback()

    def end(self) -> None:
        """Close it, and with it forget all there is."""
        super().close()


class Files:
    """Opens connections to a file and closes them, but not while somebody has the `lock`.

    SQLite locks more than files meanwhile, and a child that a fork made then would wait for ever.
    """

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self._made: set[ref[Opened]] = set()  # forgets by itself, where no interrupt is lost

    def connect(self, _: object, __: object, args: Any, options: dict[str, Any]) -> Opened:
        """What SQLAlchemy asks for when it needs a connection."""
        with self.lock:
            made = sqlite3.connect(*args, **options, factory=Opened)
            made.files = self
            self._made.add(ref(made, self._made.discard))
            return made

    @property
    def is_open(self) -> bool:
        """Whether somebody has a connection; to be asked by who has the `lock`."""
        known = [one() for one in [*self._made]]
        return any(one is not None and one.is_open for one in known)


class Memory:
    """Opens a database in memory, once until it is ended."""

    def __init__(self) -> None:
        self._made: Lasting | None = None

    def connect(self, _: object, __: object, args: Any, options: dict[str, Any]) -> Lasting:
        """What SQLAlchemy asks for when it needs a connection."""
        if self._made is None:
            self._made = sqlite3.connect(*args, **options, factory=Lasting)
        return self._made

    def end(self, _: object = None) -> None:
        """Forget all there is: the next connection begins with nothing."""
        made, self._made = self._made, None
        if made is not None:
            made.end()
