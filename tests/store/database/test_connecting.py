"""URLs, drivers, and databases that are not files."""

import sqlite3
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event

import pytest
import sqlalchemy as sa

from tallystick.store.database.database import Database
from tallystick.store.database.migration import migrate
from tallystick.store.errors import StoreError

from ..children import in_child
from ..writing import add, names, tenancy_of


@pytest.mark.parametrize(
    "url",
    [
        "",
        "shop.db",
        "mysql://host/shop",
        "sqlite://shop.db",  # two slashes: a host
        "sqlite:///shop.db?timeout=3",
        "sqlite+aiosqlite:///shop.db",
        "postgresql+asyncpg://host/shop",
        "postgresql://host:port/shop",
    ],
)
def test_a_url_of_something_else(url: str) -> None:
    with pytest.raises(StoreError) as caught:
        Database(url)
    assert caught.value.code == "bad_url" and caught.value.path == "url"
    assert f"got `{url}`" in str(caught.value)


@pytest.mark.parametrize("url", ["postgresql://me:secret@host:port/x", "mysql://me:secret@host/x"])
def test_no_message_shows_a_password(url: str) -> None:
    with pytest.raises(StoreError) as caught:
        Database(url)
    assert ("secret" not in str(caught.value) and "me" in str(caught.value)) or "***" in str(caught)
    assert "secret" not in str(Database("postgresql://me:secret@host/x"))


def test_without_its_driver_postgresql_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(StoreError, match=r'pip install "tallystick\[postgresql\]"') as caught:
        Database("postgresql://host/shop")
    assert caught.value.code == "no_driver"


@pytest.mark.parametrize(
    "url", ["sqlite://", "sqlite:///:memory:", "sqlite:///file:shop?mode=memory&uri=true"]
)
def test_all_threads_share_a_database_in_memory(url: str) -> None:
    database = Database(url)
    migrate(database)
    tenancy = tenancy_of(database)

    def work(number: int) -> int:
        add(tenancy, f"{number:02}")
        return len(names(tenancy))

    with ThreadPoolExecutor(8) as threads:
        seen = list(threads.map(work, range(40)))
    assert max(seen) == 40 and names(tenancy) == [f"{number:02}" for number in range(40)]
    database.close()


def test_a_child_of_a_fork_has_connections_of_its_own(database: Database) -> None:
    tenancy = tenancy_of(database)
    add(tenancy, "before")
    assert in_child(lambda: [str(add(tenancy, "child")), names(tenancy)][1]).answer == [
        "before",
        "child",
    ]
    add(tenancy, "after")
    assert names(tenancy) == ["after", "before", "child"]


def test_a_child_of_a_fork_can_write_while_its_parent_does(database: Database) -> None:
    tenancy = tenancy_of(database)
    with ThreadPoolExecutor(4) as threads:
        parent = [threads.submit(add, tenancy, f"p{number:02}") for number in range(40)]
        ended = in_child(lambda: [add(tenancy, f"c{number}") is None for number in range(5)])
        assert all(one.result() for one in parent)
    assert ended.status == 0
    assert len(names(tenancy)) == 45


def test_a_child_of_a_fork_while_somebody_reads_is_told_so(tmp_path: Path) -> None:
    """SQLite keeps its locks by process: the child would have none, and could read two states."""
    database = Database(f"sqlite:///{tmp_path / 'shop.db'}")
    migrate(database)
    tenancy = tenancy_of(database)
    begun, forked = Event(), Event()

    def read(connection: sa.Connection) -> bool:
        begun.set()
        return forked.wait(60)

    def try_to_read() -> str:
        with pytest.raises(StoreError) as caught:
            names(tenancy)
        return caught.value.code

    with ThreadPoolExecutor(1) as threads:
        reading = threads.submit(database.read, read)
        assert begun.wait(60)
        ended = in_child(try_to_read)
        forked.set()
        assert reading.result()
    assert ended == (0, "torn")
    assert names(tenancy) == []
    assert in_child(lambda: names(tenancy)).answer == []


def test_a_file_that_is_missing_is_not_made_by_looking(tmp_path: Path) -> None:
    from tallystick.store.store import Store

    store = Store(f"sqlite:///{tmp_path / 'shop.db'}")
    with pytest.raises(StoreError, match="tally store init") as caught:
        store.shop()
    assert caught.value.code == "not_a_store" and store.schema() is None
    assert list(tmp_path.iterdir()) == []


def test_writers_of_sqlite_wait_for_the_disk(tmp_path: Path) -> None:
    """What was committed survives the machine: WAL, and fsync at every commit."""
    database = Database(f"sqlite:///{tmp_path / 'shop.db'}")
    migrate(database)

    def pragma(name: str) -> object:
        return database.read(lambda one: one.exec_driver_sql(f"PRAGMA {name}").scalar())

    assert (pragma("journal_mode"), pragma("synchronous")) == ("wal", 2)
    assert sqlite3.threadsafety  # or one connection could not go from thread to thread
    database.close()
