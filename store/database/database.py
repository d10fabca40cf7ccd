"""A URL in, a database out: SQLite in one file, or PostgreSQL; both through the same code."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

import sqlalchemy as sa

from ..errors import StoreError
from .faults import is_cut, is_passing

T = TypeVar("T")

TRIES = 12  # how often work is begun anew because others were in the way
PAUSE_MS = 5  # before the second try; doubled with each, up to 64 times
BUSY_MS = 60_000  # how long a writer of SQLite waits for those of other processes
SCHEMES = {"postgres": "postgresql+psycopg", "postgresql": "postgresql+psycopg"}


class Database:
    """Reads and writes one database. Safe to share between threads."""

    def __init__(self, url: str) -> None:
        """Raises `StoreError` for a URL of another kind of database."""
        self.url = read_url(url)
        self.dialect = self.url.get_backend_name()
        self.engine = open_engine(self.url)
        # Writers of one process queue here, in turn, and not in the file's busy loop.
        self._turn = threading.Lock() if self.dialect == "sqlite" else None

    def close(self) -> None:
        """Close all connections."""
        self.engine.dispose()

    def read(self, work: Callable[[sa.Connection], T]) -> T:
        """Do work that writes nothing, on one state of the database."""
        options: dict[str, Any] = {"tallystick_begin": "BEGIN"}
        if self.dialect == "postgresql":
            options |= {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
        with self.engine.connect() as opened:
            connection = opened.execution_options(**options)
            with connection.begin():
                return work(connection)

    def write(self, work: Callable[[sa.Connection], T], *, is_repeatable: bool = True) -> T:
        """Do work in one transaction: all of it is written, or nothing.

        Work that others are in the way of is begun anew, so it must keep nothing of an earlier
        try. Where the connection is lost while it commits nobody knows whether it was written:
        work that `is_repeatable` (it finds out by itself) is done again, other work raises
        `StoreError` with the code `unsure`.
        """
        for number in range(TRIES):
            try:
                with self._turns(), self.engine.begin() as connection:
                    return work(connection)
            except sa.exc.DBAPIError as error:
                is_last = number == TRIES - 1
                if is_cut(error):
                    if not is_repeatable:
                        raise StoreError("unsure", "") from error
                    if is_last:
                        raise StoreError("unreachable", "", words=str(error.orig)) from error
                elif is_last or not is_passing(error):
                    raise
            time.sleep(PAUSE_MS * 2 ** min(number, 6) / 1000)
        raise AssertionError("the last try returns or raises")

    @contextmanager
    def _turns(self) -> Iterator[None]:
        """One writer after the other, where the database takes only one."""
        if self._turn is None:
            yield
            return
        with self._turn:
            yield


def read_url(text: str) -> sa.URL:
    """A URL of a database that is known, its driver filled in."""
    try:
        url = sa.make_url(text)
    except sa.exc.ArgumentError:
        raise StoreError("bad_url", "url", got=text) from None
    scheme = SCHEMES.get(url.drivername, url.drivername)
    if scheme not in ("sqlite", "postgresql+psycopg"):
        raise StoreError("bad_url", "url", got=url.render_as_string())
    return url.set(drivername=scheme)


def open_engine(url: sa.URL) -> sa.Engine:
    """Connections as the store wants them."""
    if url.get_backend_name() == "postgresql":
        return sa.create_engine(url, pool_size=32, max_overflow=32, pool_pre_ping=True)
    engine = sa.create_engine(
        url, connect_args={"timeout": BUSY_MS / 1000, "check_same_thread": False}
    )

    @sa.event.listens_for(engine, "connect")
    def prepare(connection: Any, _: object) -> None:
        connection.isolation_level = None  # transactions are begun below, never by the driver
        cursor = connection.cursor()
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @sa.event.listens_for(engine, "begin")
    def begin(connection: sa.Connection) -> None:
        # A writer that began as a reader could find the file changed under it.
        words = connection.get_execution_options().get("tallystick_begin", "BEGIN IMMEDIATE")
        connection.exec_driver_sql(words)

    return engine
