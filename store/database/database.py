"""A URL in, a database out: SQLite in one file, or PostgreSQL; both through the same code."""

from __future__ import annotations

import os
import random
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from typing import Any, TypeVar
from weakref import WeakValueDictionary

import sqlalchemy as sa

from ..errors import StoreError
from .checkouts import Checkouts
from .connecting import BUSY_S, CONNECTIONS, is_memory, open_engine, read_url
from .faults import BUSY, CUT, DISK, DOUBLE, PASSING, fault_of, words_of
from .lending import Hand, Lending, commit, put_away
from .opening import Files
from .outlived import Outlived
from .wire import flush

T = TypeVar("T")

TRIES = 12  # how often work is begun anew because others were in the way
PAUSE_S = 0.005  # before the second try; doubled with each
PAUSE_MAX_S = 1.0
# How a transaction is opened that writes nothing.
READING: dict[str, Mapping[str, Any]] = {
    "sqlite": {"tallystick_begin": "BEGIN"},
    "postgresql": {
        "tallystick_begin": "BEGIN",
        "isolation_level": "REPEATABLE READ",
        "postgresql_readonly": True,
    },
}

opened: WeakValueDictionary[int, Database] = WeakValueDictionary()


class Database:
    """Reads and writes one database. Safe to share between threads, and by children of a fork."""

    def __init__(self, url: str) -> None:
        """Nothing is read or written yet. Raises `StoreError` for a URL of something else."""
        self.url = read_url(url)
        self.dialect = self.url.get_backend_name()
        self._files = Files()
        self.engine = open_engine(self.url, self._files)
        self._checkouts = Checkouts(self.engine)
        self._is_memory = self.dialect == "sqlite" and is_memory(self.url)
        self._waiting: set[object] = set()  # one for each who wants a connection of the pool
        self._outlived = Outlived()
        others = self._connect, self._waiting, self._outlived
        self._readers = Lending(self.engine, READING[self.dialect], *others)
        self._writers = Lending(self.engine, {}, *others)
        # Writers of one process queue here, in turn, and not in the file's busy loop.
        self._turn = threading.RLock()
        self._left: list[object] = []
        self._forking = 0  # the thread that forks
        self._is_read = False  # a file, by another thread, as a fork began
        self._is_torn = False  # by such a fork
        opened[id(self)] = self

    def __str__(self) -> str:
        """The URL, without its password."""
        return self.url.render_as_string()

    def close(self) -> None:
        """Close all connections: those that somebody has now when they are given back.

        A database in memory ends with the transaction that somebody is in.
        """
        with self._turn if self._is_memory else nullcontext():
            self._release()

    def _release(self) -> None:
        """Close what nobody has, and keep nothing that is lent now."""
        self._outlived.add(self.engine.pool)
        for lending in (self._readers, self._writers):
            lending.close()
        self.engine.dispose()

    def _connect(self) -> sa.Connection:
        """A connection of the pool, which gets those back that are kept if it has no other."""
        me = object()
        try:
            self._waiting.add(me)  # from now on nothing that comes back is kept
            if out_of(self.engine) >= CONNECTIONS:
                for lending in (self._readers, self._writers):
                    lending.give_back(lending.closings)
            return self._check_out()
        finally:
            self._waiting.discard(me)

    def _check_out(self) -> sa.Connection:
        """A connection of the pool, or of a new one if it waited for some that nobody has."""
        try:
            return self.engine.connect()
        except sa.exc.TimeoutError:
            if out_of(self.engine) <= self._checkouts.count():
                raise
            self.close()
            return self.engine.connect()

    def read(self, work: Callable[[sa.Connection], T]) -> T:
        """Do work that writes nothing, on one state of the database.

        It is begun anew where the connection is lost. Raises `StoreError`.
        """
        turns = self._turn if self._is_memory else nullcontext()
        return self._persist(lambda attempt: self._do(work, attempt, self._readers, turns))

    @contextmanager
    def snapshot(self) -> Iterator[sa.Connection]:
        """One state of the database to read from for as long as it takes, errors and all.

        Raises `StoreError` if all connections are in use.
        """
        turns = self._turn if self._is_memory else nullcontext()
        hand: Hand = []
        with turns:
            closings = self._readers.closings
            try:
                try:
                    yield self._begin_or_say(hand)
                    self._readers.let_go(hand, closings)
                finally:
                    if hand:
                        put_away(hand)
            finally:
                if hand:  # an interrupt was in the way of it
                    put_away(hand)

    def _begin_or_say(self, hand: Hand) -> sa.Connection:
        """A transaction that only reads, begun, or a `StoreError`."""
        try:
            connection = self._readers.lend(hand)
        except sa.exc.TimeoutError as error:
            raise in_words(self, error) from error
        self._readers.begin(connection)
        return connection

    def write(self, work: Callable[[sa.Connection], T], *, is_repeatable: bool = True) -> T:
        """Do work in one transaction: all of it is written, or nothing.

        Work that others are in the way of, or that loses its connection, is begun anew: it must
        keep nothing of an earlier try. Where the connection is lost while it commits nobody knows
        whether it was written: work that `is_repeatable` (it finds out by itself) is done again,
        other work raises `StoreError` with the code `unsure`, as it does if the disk fails then.
        All other trouble with the database is a `StoreError` too, and nothing was written.
        """
        turns = self._turn if self.dialect == "sqlite" else nullcontext()
        return self._persist(
            lambda attempt: self._do(work, attempt, self._writers, turns), is_repeatable
        )

    def _do(
        self,
        work: Callable[[sa.Connection], T],
        attempt: Attempt,
        lending: Lending,
        turns: Any,
    ) -> T:
        """One transaction."""
        hand: Hand = []
        with turns:
            closings = lending.closings
            try:
                try:
                    connection = lending.lend(hand)
                    lending.begin(connection)
                    answer = work(connection)
                    flush(connection)
                    attempt.is_committing = True
                    commit(connection)
                    lending.take_back(hand, closings)
                except Exception:
                    if hand:
                        lending.let_go(hand, closings)
                    raise
                finally:
                    if hand:  # after an interrupt, who knows in what state
                        put_away(hand)
            finally:
                if hand:  # another was in the way of it
                    put_away(hand)
            return answer

    def _persist(self, once: Callable[[Attempt], T], is_repeatable: bool = True) -> T:
        """Do something until it is done, or trying again makes no sense."""
        if self._is_torn:
            raise StoreError("torn", "")
        until_s = time.monotonic() + BUSY_S
        for number in range(1, TRIES + 1):
            attempt = Attempt()
            try:
                return once(attempt)
            except TRANSLATED as error:
                told = in_words(self, error)
                if told is error:
                    raise
                raise told from error
            except sa.exc.DBAPIError as error:
                fault = fault_of(error)
                if not fault:
                    raise
                if fault == CUT and not self._is_memory:
                    self.close()  # what was cut once is cut for the others too
                if attempt.is_committing and (
                    fault == DISK or (fault == CUT and not is_repeatable)
                ):
                    raise StoreError("unsure", "", words=words_of(error)) from error
                is_last = number == TRIES or time.monotonic() > until_s
                if fault == DOUBLE and is_last:
                    raise
                if fault not in PASSING or is_last:
                    raise StoreError(fault, "", got=self, words=words_of(error)) from error
            pause_s = min(PAUSE_S * 2**number, PAUSE_MAX_S)
            time.sleep(random.uniform(pause_s / 2, pause_s))  # or two would meet again
        raise AssertionError("the last try returns or raises")

    def before_fork(self) -> None:
        """Close what a child must not inherit: SQLite keeps its locks by process."""
        if self.dialect == "sqlite":
            self._turn.acquire()
            self._files.lock.acquire()
            self._forking = threading.get_ident()
            if not self._is_memory:
                self._release()
                self._is_read = self._files.is_open

    def in_parent(self) -> None:
        """Go on after a fork, unless it had begun before there was this database."""
        if self._forking == threading.get_ident():
            self._forking = 0
            self._files.lock.release()
            self._turn.release()

    def in_child(self) -> None:
        """Begin anew, and leave the connections to the parent without a word to its server.

        No lock may be asked for that another thread could have had: it is not here to release it.
        """
        self._turn = threading.RLock()
        self._files.lock = threading.RLock()
        self._waiting.clear()
        self._forking = 0
        if self._is_memory:
            return  # the child has a copy
        self._is_torn = self._is_read
        # For ever, or they would be closed.
        self._left += [self.engine.pool, *self._outlived.leave()]
        self._left += [*self._readers.leave(), *self._writers.leave()]
        self.engine.dispose(close=False)


def out_of(engine: sa.Engine) -> int:
    """How many connections somebody has, as the pool counts; of a database in memory none."""
    return engine.pool.checkedout() if isinstance(engine.pool, sa.QueuePool) else 0


class Attempt:
    """How far one try got."""

    __slots__ = ("is_committing",)

    def __init__(self) -> None:
        self.is_committing = False


# What no database has said. UnicodeDecodeError: SQLite quotes damaged bytes, and they are no text.
TRANSLATED = (sa.exc.TimeoutError, OverflowError, UnicodeEncodeError, UnicodeDecodeError)


def in_words(database: Database, error: Exception) -> Exception:
    """One of these brought to the same errors as all else."""
    match error:
        case sa.exc.TimeoutError():
            return StoreError(BUSY, "", words="all connections are in use")
        case OverflowError() if "SQLite" in str(error):
            return StoreError("too_large", "")
        case UnicodeEncodeError():  # half of a character
            return StoreError("bad_text", "")
        case UnicodeDecodeError():
            return StoreError("damaged", "", got=database, words=str(error))
    return error


def for_all(step: Callable[[Database], None]) -> Callable[[], None]:
    """A step of a fork, for all databases that are open."""

    def run() -> None:
        # A list, as other threads may open one meanwhile; the oldest first, or two who fork at once
        # could wait for each other.
        for known in opened.valuerefs():
            database = known()
            if database is not None:
                step(database)

    return run


if hasattr(os, "register_at_fork"):
    os.register_at_fork(
        before=for_all(Database.before_fork),
        after_in_parent=for_all(Database.in_parent),
        after_in_child=for_all(Database.in_child),
    )
