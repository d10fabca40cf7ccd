"""Connections that are lost, and others who are in the way: once, or a clear error."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
import sqlalchemy as sa

from tallystick.store.audit.verifying import verify
from tallystick.store.database import connecting
from tallystick.store.database import database as module
from tallystick.store.database.database import Database
from tallystick.store.database.migration import migrate
from tallystick.store.errors import StoreError
from tallystick.store.tenancy import Tenancy

from ..conftest import run
from ..cutter import Cutter, is_commit
from ..writing import Named, add, names, tenancy_of


@pytest.fixture
def cut_tenancy(cutter: Cutter, monkeypatch: pytest.MonkeyPatch) -> Iterator[Tenancy]:
    """A tenant of that database, seen through it; tries follow each other faster."""
    monkeypatch.setattr(module, "PAUSE_MAX_S", 0.02)
    database = Database(cutter.url)
    yield tenancy_of(database)
    database.close()


def is_insert(piece: bytes) -> bool:
    """Whether a client asks to insert a member."""
    return b"INSERT INTO members" in piece


def test_cut_in_the_middle_the_work_is_done_again(cutter: Cutter, cut_tenancy: Tenancy) -> None:
    cutter.asks = is_insert
    assert isinstance(add(cut_tenancy, "ana"), Named)
    assert cutter.cuts == 1 and names(cut_tenancy) == ["ana"]


@pytest.mark.parametrize("side", ["asks", "answers"])
def test_cut_at_commit_a_request_has_one_effect(
    cutter: Cutter, cut_tenancy: Tenancy, side: str
) -> None:
    """Before the server heard COMMIT, or after it was done and could not say so any more."""
    setattr(cutter, side, is_commit)
    first = add(cut_tenancy, "ana", request="k1")
    assert cutter.cuts == 1 and isinstance(first, Named)
    assert add(cut_tenancy, "ana", request="k1") == first
    assert names(cut_tenancy) == ["ana"]


@pytest.mark.parametrize(("side", "written"), [("asks", []), ("answers", ["ana"])])
def test_cut_at_commit_without_a_key_nobody_knows(
    cutter: Cutter, cut_tenancy: Tenancy, side: str, written: list[str]
) -> None:
    setattr(cutter, side, is_commit)
    with pytest.raises(StoreError, match="Ask again with the same request key") as caught:
        add(cut_tenancy, "ana")
    assert caught.value.code == "unsure"
    assert names(cut_tenancy) == written


def test_a_read_that_is_cut_is_read_again(cutter: Cutter, cut_tenancy: Tenancy) -> None:
    add(cut_tenancy, "ana")
    cutter.answers = lambda piece: b"external_id" in piece
    assert names(cut_tenancy) == ["ana"] and cutter.cuts == 1


def test_who_verifies_and_is_cut_is_told_and_no_row_is_blamed(
    cutter: Cutter, cut_tenancy: Tenancy
) -> None:
    for name in ("ana", "unlike any other"):
        add(cut_tenancy, name)
    cutter.answers = lambda piece: b"unlike any other" in piece
    with pytest.raises(StoreError) as caught:
        list(verify(cut_tenancy.database))
    assert caught.value.code == "unreachable" and cutter.cuts == 1
    assert list(verify(cut_tenancy.database)) == []


def test_connections_that_died_while_nobody_used_them(cutter: Cutter, cut_tenancy: Tenancy) -> None:
    add(cut_tenancy, "ana")
    cutter.drop()
    add(cut_tenancy, "bo")
    assert names(cut_tenancy) == ["ana", "bo"]


def test_a_server_that_is_gone(cutter: Cutter, cut_tenancy: Tenancy) -> None:
    add(cut_tenancy, "ana")
    cutter.close()
    with pytest.raises(StoreError, match="cannot be reached") as caught:
        add(cut_tenancy, "bo", request="k1")
    assert caught.value.code == "unreachable"


def test_a_server_that_ends_a_connection_itself(postgresql_url: str) -> None:
    database = Database(postgresql_url)
    ended: list[int] = []

    def work(connection: sa.Connection) -> int:
        number = connection.exec_driver_sql("SELECT pg_backend_pid()").scalar_one()
        if not ended:
            ended.append(number)
            with psycopg.connect(postgresql_url) as other:
                other.execute("SELECT pg_terminate_backend(%s)", [number])
        return int(connection.exec_driver_sql("SELECT 1").scalar_one())

    assert database.write(work, is_repeatable=False) == 1 and len(ended) == 1
    assert database.read(lambda one: one.exec_driver_sql("SELECT 2").scalar()) == 2
    database.close()


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"database": "nobody_made_this"}, "no_connection"),
        ({"username": "nobody"}, "no_connection"),
    ],
)
def test_a_server_that_says_no(postgresql_url: str, change: dict[str, str], code: str) -> None:
    url = sa.make_url(postgresql_url).set(**change)  # type: ignore[arg-type]
    database = Database(url.render_as_string(hide_password=False))
    with pytest.raises(StoreError, match="does not exist") as caught:
        database.read(lambda one: one.exec_driver_sql("SELECT 1"))
    assert caught.value.code == code
    database.close()


def test_two_who_lock_each_other_out(postgresql_url: str) -> None:
    """PostgreSQL ends one of them, whose work is begun anew."""
    database = Database(postgresql_url)
    tenancy = tenancy_of(database)
    for name in ("ana", "bo"):
        add(tenancy, name)
    both = threading.Barrier(2)
    tries: list[str] = []

    def work(first: str, second: str) -> None:
        def lock(connection: sa.Connection) -> None:
            tries.append(first)
            query = "SELECT * FROM members WHERE external_id = '{}' FOR UPDATE"
            connection.exec_driver_sql(query.format(first))
            if len(tries) <= 2:
                both.wait(10)
            connection.exec_driver_sql(query.format(second))

        database.write(lock)

    other = threading.Thread(target=work, args=("bo", "ana"))
    other.start()
    work("ana", "bo")
    other.join()
    assert len(tries) == 3
    database.close()


def test_who_waits_too_long_for_a_lock_is_told(
    postgresql_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connecting, "BUSY_S", 0.05)
    monkeypatch.setattr(module, "BUSY_S", 0.1)
    database = Database(postgresql_url)
    add(tenancy_of(database), "ana")
    lock = "SELECT * FROM members FOR UPDATE"
    with sa.create_engine(database.url).begin() as other:
        other.exec_driver_sql(lock)
        with pytest.raises(StoreError, match="for too long") as caught:
            database.write(lambda one: one.exec_driver_sql(lock))
    assert caught.value.code == "busy"
    other.engine.dispose()
    database.close()


def test_a_file_that_another_process_writes_for_too_long(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connecting, "BUSY_S", 0.05)
    monkeypatch.setattr(module, "BUSY_S", 0.1)
    database = Database(f"sqlite:///{tmp_path / 'shop.db'}")
    migrate(database)
    other = sqlite3.connect(tmp_path / "shop.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreError, match="for too long") as caught:
        add(tenancy_of(database), "ana")
    assert caught.value.code == "busy"
    assert names(tenancy_of(database)) == []  # readers need not wait
    other.execute("ROLLBACK")
    other.close()
    add(tenancy_of(database), "ana")
    database.close()


def test_all_connections_in_use(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database.engine.pool, "_timeout", 0.05)
    with pytest.MonkeyPatch.context() as within:
        within.setattr(module, "BUSY_S", 0.1)
        held = [database.engine.connect() for _ in range(connecting.CONNECTIONS)]
        with pytest.raises(StoreError, match="all connections are in use"):
            names(tenancy_of(database))
        for one in held:
            one.close()
    assert names(tenancy_of(database)) == []


def test_a_key_that_somebody_else_writes_first(postgresql_url: str) -> None:
    """The other is waited for, and then seen by the work that is begun anew."""
    database = Database(postgresql_url)
    tenancy = tenancy_of(database)
    started, tries = threading.Event(), []
    write = (
        "INSERT INTO members (tenant, id, external_id, status, joined_at_us, seal)"
        " VALUES ('main', '{}', 'ana', 'active', 0, '')"
    )

    def work(connection: sa.Connection) -> str:
        tries.append(1)
        found = connection.exec_driver_sql("SELECT id FROM members").scalar()
        started.set()
        if found is None:
            connection.exec_driver_sql(write.format("mine"))
            return "mine"
        return str(found)

    with sa.create_engine(database.url).connect() as other:
        other.exec_driver_sql(write.format("theirs"))
        answers: list[str] = []
        thread = threading.Thread(target=lambda: answers.append(tenancy.database.write(work)))
        thread.start()
        started.wait(10)
        other.commit()
        thread.join()
    assert answers == ["theirs"] and len(tries) == 2
    other.engine.dispose()
    database.close()


def test_a_query_that_the_server_cancels_is_asked_again(postgresql_url: str) -> None:
    """A time-out for statements ends them, or somebody who looks after the server."""
    database = Database(postgresql_url)
    tries: list[int] = []

    def work(connection: sa.Connection) -> str:
        tries.append(1)
        if len(tries) == 1:
            connection.exec_driver_sql("SET LOCAL statement_timeout = 1")
            connection.exec_driver_sql("SELECT pg_sleep(10)")
        return "done"

    assert database.write(work, is_repeatable=False) == "done" and len(tries) == 2
    database.close()


def test_queries_that_always_take_too_long(
    postgresql_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "BUSY_S", 0)
    name = sa.make_url(postgresql_url).database
    run(postgresql_url, f'ALTER DATABASE "{name}" SET statement_timeout = 20')
    database = Database(postgresql_url)
    with pytest.raises(StoreError, match="statement timeout") as caught:
        database.read(lambda one: one.exec_driver_sql("SELECT pg_sleep(10)"))
    assert caught.value.code == "busy"
    database.close()
