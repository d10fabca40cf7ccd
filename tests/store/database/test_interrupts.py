"""Ctrl-C at any moment: all or nothing was done, the interrupt is told, and everything goes on.

`TALLYSTICK_EVERY_STEP=1` interrupts at every call of the libraries below too, not at some.
"""

from __future__ import annotations

import gc
import os
import signal
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from types import FrameType

import psycopg
import pytest
import sqlalchemy as sa

from tallystick.store.database import connecting
from tallystick.store.database import database as module
from tallystick.store.database.connecting import CONNECTIONS
from tallystick.store.database.database import Database, out_of
from tallystick.store.database.migration import migrate

from ..clerk import Clerk, is_sound
from ..interrupting import Calls, Lines
from ..writing import tenancy_of

STRIDE = 1 if os.environ.get("TALLYSTICK_EVERY_STEP") else 23
ONE = sa.text("SELECT 1")
# Where SQLAlchemy's pool has a lock.
QUEUE = "/sqlalchemy/util/queue.py"
COUNTING = ("_inc_overflow", "_dec_overflow")
# What is left in the libraries below is closed with the garbage, and that says so; and an interrupt
# that arrives there is told in no other way.
pytestmark = [
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]
Action = Callable[[Clerk, int], object]


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever is in the way for ever is in the way for two seconds."""
    for place in (connecting, module):
        monkeypatch.setattr(place, "BUSY_S", 2)


@pytest.fixture(autouse=True)
def tidy() -> Iterator[None]:
    """Garbage is collected where its warnings are ignored, and not in the test of another file."""
    yield
    gc.collect()


@pytest.fixture
def clerk(database_url: str) -> Iterator[Clerk]:
    """Requests, of which the first are done."""
    database = Database(database_url)
    yield begun(database)
    database.close()


@pytest.fixture
def memory() -> Iterator[Clerk]:
    """The same in memory."""
    database = Database("sqlite://")
    migrate(database)
    yield begun(database)
    database.close()


def begun(database: Database) -> Clerk:
    """What is prepared at a first use is, and `ana` has 6 points."""
    clerk = Clerk(tenancy_of(database))
    for number in range(6):
        clerk.earn("ana", 1, f"o{number}", f"k{number}")
        clerk.balance("ana")
    return clerk


def write(clerk: Clerk, number: int) -> None:
    """A request that writes."""
    clerk.earn("ana", 1, f"at {number}", f"at {number}")


def read(clerk: Clerk, _: int) -> None:
    """One that reads."""
    clerk.balance("ana")


def fail(clerk: Clerk, _: int) -> None:
    """One that the business refuses, after its query was half read."""

    def work(connection: sa.Connection) -> None:
        connection.execute(ONE)
        raise ValueError("refused")

    with pytest.raises(ValueError, match="refused"):
        clerk.tenancy.database.write(work)


def stop(clerk: Clerk, _: int) -> None:
    """One that is interrupted already."""

    def work(connection: sa.Connection) -> None:
        connection.execute(ONE)
        raise KeyboardInterrupt

    clerk.tenancy.database.write(work)


def look(clerk: Clerk, _: int) -> None:
    """A long look."""
    with clerk.tenancy.database.snapshot() as connection:
        connection.execute(ONE)


def connect(clerk: Clerk, _: int) -> None:
    """A request that needs a new connection."""
    for lending in (clerk.tenancy.database._readers, clerk.tenancy.database._writers):
        lending.give_back(0)
    clerk.balance("ana")


def break_off(clerk: Clerk, action: Action, kind: type[Lines], stride: int = 1) -> int:
    """Interrupt an action at each of its steps; how many there were.

    After each, another thread writes at once.
    """
    for step in count(1, stride):
        before = clerk.balance("ana")
        with kind(step) as steps:
            try:
                action(clerk, step)
            except KeyboardInterrupt:
                assert steps.places or action is stop
            else:
                assert not steps.places
        with ThreadPoolExecutor(1) as other:
            other.submit(clerk.earn, "bo", 1, f"of {step}").result(10)
        assert clerk.balance("ana") - before in ((0, 1) if action is write else (0,)), steps.places
        if not steps.places:
            return step
    raise AssertionError


def has_lock(frame: FrameType | None) -> bool:
    """Whether the pool may have a lock of its own, which an interrupt could make it keep."""
    while frame is not None:
        code = frame.f_code
        if code.co_filename.endswith(QUEUE) or code.co_name in COUNTING:
            return True
        frame = frame.f_back
    return False


def kept(database: Database) -> int:
    """How many connections are kept."""
    return len(database._readers._kept) + len(database._writers._kept)


@pytest.mark.parametrize("action", [write, read, fail, stop, look, connect])
def test_an_interrupt_at_every_line(clerk: Clerk, action: Action) -> None:
    database = clerk.tenancy.database
    assert break_off(clerk, action, Lines) > 20
    assert out_of(database.engine) == kept(database) == database._checkouts.count()
    assert is_sound(database)


@pytest.mark.parametrize("action", [write, read, fail, stop, look, connect])
def test_an_interrupt_at_many_calls(clerk: Clerk, action: Action) -> None:
    assert break_off(clerk, action, Calls, STRIDE) > 50
    assert is_sound(clerk.tenancy.database)


@pytest.mark.parametrize(("kind", "stride"), [(Lines, 3), (Calls, STRIDE)])
@pytest.mark.parametrize("action", [write, read, fail, stop, look])
def test_a_database_in_memory_survives(
    memory: Clerk, action: Action, kind: type[Lines], stride: int
) -> None:
    assert break_off(memory, action, kind, stride) > 20
    assert memory.balance("ana") >= 6 and is_sound(memory.tenancy.database)


def test_signals_at_any_time(clerk: Clerk) -> None:
    def interrupt(_: int, frame: FrameType | None) -> None:
        if has_lock(frame):
            signal.setitimer(signal.ITIMER_REAL, 0.0001)
        else:
            raise KeyboardInterrupt

    seen, before = 0, signal.signal(signal.SIGALRM, interrupt)
    try:
        for number in range(200):
            try:
                signal.setitimer(signal.ITIMER_REAL, 0.0001 * (1 + number % 50))
                write(clerk, number)
                read(clerk, number)
            except KeyboardInterrupt:
                seen += 1
            signal.setitimer(signal.ITIMER_REAL, 0)
    finally:
        signal.signal(signal.SIGALRM, before)
    with ThreadPoolExecutor(1) as other:
        other.submit(clerk.earn, "bo", 1, "o1").result(10)
    assert seen and is_sound(clerk.tenancy.database)


@pytest.mark.parametrize("ends", ["busy", "closed"])
def test_an_interrupt_is_told_as_such(postgresql_url: str, ends: str) -> None:
    """Also where the connection is in a state in which nothing can be rolled back."""
    database = Database(postgresql_url)

    def work(connection: sa.Connection) -> None:
        raw = connection.connection.dbapi_connection
        assert isinstance(raw, psycopg.Connection)
        tries.append(raw)
        raw.execute("SELECT 1")
        if ends == "busy":
            raw.pgconn.send_query(b"SELECT pg_sleep(60)")
        else:
            raw.pgconn.finish()
        raise KeyboardInterrupt

    tries: list[object] = []
    for use in (database.write, database.read):
        with pytest.raises(KeyboardInterrupt):
            use(work)
    with pytest.raises(KeyboardInterrupt), database.snapshot() as connection:
        work(connection)
    assert len(tries) == 3
    assert database.read(lambda one: one.execute(ONE).scalar_one()) == 1
    database.close()


def test_what_a_pool_lost_is_not_lost_for_ever(database_url: str) -> None:
    """As if interrupts had come in the way of its own counting."""
    database = Database(database_url)
    pool = database.engine.pool
    assert isinstance(pool, sa.QueuePool)
    for _ in range(CONNECTIONS):
        assert pool._inc_overflow()
    assert database.read(lambda one: one.execute(ONE).scalar_one()) == 1
    assert out_of(database.engine) == kept(database)
    database.close()
