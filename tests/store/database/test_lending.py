"""Connections that are kept between transactions: few, whole, and none that failed."""

from __future__ import annotations

import sqlite3
import time
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event
from typing import Any

import psycopg
import pytest
import sqlalchemy as sa

from tallystick.store.database import connecting
from tallystick.store.database import database as module
from tallystick.store.database.connecting import CONNECTIONS
from tallystick.store.database.database import READING, Database
from tallystick.store.database.lending import KEPT_MAX, Hand, Lending, commit
from tallystick.store.database.wire import Wire
from tallystick.store.errors import StoreError

ONE = sa.text("SELECT 1")


def test_a_transaction_has_the_connection_of_the_one_before(database: Database) -> None:
    assert database.write(id) == database.write(id)
    assert database.read(id) == database.read(id)
    assert database.read(lambda one: one.execute(ONE).scalar_one()) == 1


def test_a_connection_whose_transaction_failed_is_not_kept(database: Database) -> None:
    def fail(connection: sa.Connection) -> None:
        seen.append(connection)
        raise ValueError("in the middle")

    seen: list[sa.Connection] = []
    with pytest.raises(ValueError, match="in the middle"):
        database.write(fail)
    assert seen[0].closed
    assert database.write(lambda one: one.execute(ONE).scalar_one()) == 1


def test_a_few_are_kept_and_given_back_when_all_is_closed(database: Database) -> None:
    pool = database.engine.pool
    assert isinstance(pool, sa.QueuePool)
    lending = Lending(database.engine, READING[database.dialect])
    hands: list[Hand] = [[] for _ in range(KEPT_MAX + 2)]
    for hand in hands:
        lending.begin(lending.lend(hand))
    assert pool.checkedout() == KEPT_MAX + 2
    for hand in hands:
        commit(hand[0])
        lending.take_back(hand)
    assert not any(hands)
    assert pool.checkedout() == KEPT_MAX
    lending.close()
    assert pool.checkedout() == 0


def test_what_is_lent_as_all_is_closed_is_closed_when_it_comes_back(database: Database) -> None:
    def close(connection: sa.Connection) -> None:
        lent.append(connection.connection.dbapi_connection)
        database.close()

    lent: list[Any] = []
    database.write(close)
    database.read(close)
    with database.snapshot() as connection:
        close(connection)
    for raw in lent:
        with pytest.raises((sqlite3.ProgrammingError, psycopg.OperationalError), match="closed"):
            raw.execute("SELECT 1")
    assert database.read(lambda one: one.execute(ONE).scalar_one()) == 1


def test_what_comes_back_to_a_pool_while_that_is_closed_is_closed(database: Database) -> None:
    def fail(connection: sa.Connection) -> None:
        lent.append(connection.connection.dbapi_connection)
        sa.event.listen(database.engine, "checkin", lambda *_: database.close(), once=True)
        raise ValueError("in the middle")

    lent: list[Any] = []
    for use in (database.write, database.read):
        with pytest.raises(ValueError, match="in the middle"):
            use(fail)
    assert len(lent) == 2
    for raw in lent:
        with pytest.raises((sqlite3.ProgrammingError, psycopg.OperationalError), match="closed"):
            raw.execute("SELECT 1")
    assert database.read(lambda one: one.execute(ONE).scalar_one()) == 1


def test_connections_that_are_kept_are_there_for_others(database: Database) -> None:
    database.write(id)
    database.read(id)
    others = [database.engine.connect() for _ in range(CONNECTIONS - 2)]
    with database.snapshot() as connection:
        assert connection.execute(ONE).scalar_one() == 1
    for one in others:
        one.close()


def test_a_query_that_an_interrupt_left_half_read_keeps_nothing(database: Database) -> None:
    def break_off(connection: sa.Connection) -> None:
        wire = Wire(connection)
        cycle.append(wire)
        wire.run("SELECT n FROM seen", ())
        raise KeyboardInterrupt

    def count(connection: sa.Connection) -> int:
        (found,) = Wire(connection).run("SELECT count(*) FROM seen", ()).fetchall()
        return int(found[0])

    cycle: list[object] = []
    cycle.append(cycle)  # only the garbage collector frees what is in it

    def insert(connection: sa.Connection) -> None:
        connection.execute(sa.text("INSERT INTO seen VALUES (1), (2)"))

    def make(connection: sa.Connection) -> None:
        connection.execute(sa.text("CREATE TABLE seen (n INTEGER)"))

    database.write(make)
    for number in range(3):
        database.write(insert)
        for work in (database.read, database.write):
            with pytest.raises(KeyboardInterrupt):
                work(break_off)
        with pytest.raises(KeyboardInterrupt), database.snapshot() as connection:
            break_off(connection)
        assert database.read(count) == database.write(count) == 2 * (number + 1)


def test_what_comes_back_goes_to_who_waits(database: Database) -> None:
    lent, asked = Barrier(CONNECTIONS + 1), Event()

    def hold(connection: sa.Connection) -> None:
        lent.wait(10)
        asked.wait(10)

    def ask() -> int:
        return database.read(lambda one: int(one.execute(ONE).scalar_one()))

    with ThreadPoolExecutor(CONNECTIONS + 4) as crew:
        held = [crew.submit(database.read, hold) for _ in range(CONNECTIONS)]
        lent.wait(10)
        late = [crew.submit(ask) for _ in range(4)]
        while len(database._waiting) < 4:
            time.sleep(0.001)
        asked.set()
        assert [one.result(10) for one in late] == [1, 1, 1, 1]
        assert [one.result(10) for one in held] == [None] * CONNECTIONS


def test_who_gets_no_connection_is_told(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connecting, "BUSY_S", 0.01)
    monkeypatch.setattr(module, "BUSY_S", 0.01)
    database = Database(database_url)
    others = [database.engine.connect() for _ in range(CONNECTIONS)]
    with pytest.raises(StoreError, match="connections are in use") as caught, database.snapshot():
        pass
    assert caught.value.code == "busy"
    with pytest.raises(StoreError, match="connections are in use"):
        database.read(id)
    for one in others:
        one.close()
    database.close()
