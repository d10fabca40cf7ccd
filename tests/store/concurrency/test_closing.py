"""A store that is closed, and processes that are forked, while others are at work."""

from __future__ import annotations

import os
import signal
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from threading import Event, Thread

import pytest
import sqlalchemy as sa

from tallystick.store.database.database import Database
from tallystick.store.database.migration import migrate
from tallystick.store.errors import StoreError

from ..children import in_child
from ..clerk import Clerk, is_sound
from ..writing import add, names, tenancy_of

ONE = sa.text("SELECT 1")
THREADS, ROUNDS = 4, 25


def work(clerk: Clerk, thread: int) -> None:
    """What one of the others does: write, read, and look for longer."""
    for number in range(ROUNDS):
        clerk.earn(f"m{thread}", 1, f"{thread}-{number}", f"{thread}-{number}")
        clerk.balance("ana")
        with clerk.tenancy.database.snapshot() as connection:
            connection.execute(ONE)
            time.sleep(0.001)


def meanwhile(clerk: Clerk, action: Callable[[int], object]) -> int:
    """Do something as long as the others are at work; how often."""
    with ThreadPoolExecutor(THREADS) as others:
        at_work: list[Future[None]] = [
            others.submit(work, clerk, thread) for thread in range(THREADS)
        ]
        times = 0
        while not all(one.done() for one in at_work):
            action(times)
            times += 1
        for one in at_work:
            one.result()
    assert [clerk.balance(f"m{thread}") for thread in range(THREADS)] == [ROUNDS] * THREADS
    assert is_sound(clerk.tenancy.database)
    return times


def test_others_go_on_while_the_store_is_closed(database: Database) -> None:
    clerk = Clerk(tenancy_of(database))

    def close(number: int) -> None:
        time.sleep(0.001 * (number % 5))
        database.close()

    assert meanwhile(clerk, close) > 5
    database.close()
    assert database._checkouts.count() == 0


def test_children_while_others_are_at_work(database: Database) -> None:
    """They do their own work, or are told that they must not, and never wait for ever."""
    clerk = Clerk(tenancy_of(database))
    clerk.earn("ana", 1, "o1")
    seen: Counter[object] = Counter()

    def ask(number: int) -> str:
        signal.alarm(60)
        try:
            clerk.earn("ana", 1, f"child {number}", f"child {number}")
        except StoreError as error:
            return error.code
        return "done"

    def fork(number: int) -> None:
        time.sleep(0.005)
        status, answer = in_child(lambda: ask(number))
        assert status == 0
        seen[answer] += 1

    meanwhile(clerk, fork)
    assert set(seen) <= ({"done", "torn"} if database.dialect == "sqlite" else {"done"})
    assert clerk.balance("ana") == 1 + seen["done"]


def test_a_child_does_not_wait_for_what_only_its_parent_has(tmp_path: Path) -> None:
    """Locks of the pool, which another thread has at the moment of the fork."""
    database = Database(f"sqlite:///{tmp_path / 'shop.db'}")
    migrate(database)
    tenancy = tenancy_of(database)
    add(tenancy, "ana")
    parent, taken, forked = os.getpid(), Event(), Event()

    @sa.event.listens_for(database.engine, "engine_disposed")
    def take(engine: sa.Engine) -> None:
        if os.getpid() == parent and not taken.is_set():
            Thread(target=hold, args=(engine.pool,)).start()
            assert taken.wait(60)

    def hold(pool: sa.QueuePool) -> None:
        with pool._pool.mutex:  # type: ignore[attr-defined]
            taken.set()
            forked.wait(60)

    def look() -> list[str]:
        signal.alarm(10)
        return names(tenancy)

    ended = in_child(look)
    forked.set()
    assert taken.is_set() and ended == (0, ["ana"])
    database.close()


def test_no_file_is_opened_between_two_halves_of_a_fork(tmp_path: Path) -> None:
    """The child would have a connection of its parent, and believe to have its locks."""
    database = Database(f"sqlite:///{tmp_path / 'shop.db'}")
    migrate(database)
    tenancy = tenancy_of(database)
    parent, asked, seen = os.getpid(), Event(), []

    def read() -> None:
        asked.set()
        seen.append(names(tenancy))

    reader = Thread(target=read)

    @sa.event.listens_for(database.engine, "engine_disposed")
    def begin(_: sa.Engine) -> None:
        if os.getpid() == parent and not asked.is_set():
            reader.start()
            assert asked.wait(60)
            reader.join(0.2)

    def look() -> list[str]:
        assert not seen  # not yet
        return names(tenancy)

    assert in_child(look) == (0, [])
    reader.join()
    assert seen == [[]]
    database.close()


def test_what_was_in_memory_is_gone_with_its_store() -> None:
    database = Database("sqlite://")
    migrate(database)
    tenancy = tenancy_of(database)
    add(tenancy, "ana")
    database.close()
    with pytest.raises(StoreError, match="no store yet") as caught:
        names(tenancy)
    assert caught.value.code == "not_a_store"
