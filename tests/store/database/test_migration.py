"""Schemas: found, made once, and never made where something else is."""

import re
import sqlite3
from pathlib import Path

import pytest
import sqlalchemy as sa

from tallystick.store.database.database import Database
from tallystick.store.database.migration import check_schema, migrate, newest, schema_of
from tallystick.store.errors import StoreError
from tallystick.store.schema.catalog import metadata

from ..children import Child, in_child
from ..trap import Trap
from ..writing import add, names, table_names, tenancy_of


def set_schema(database: Database, revision: str) -> None:
    """Note another schema in a database."""
    change = sa.text("UPDATE tallystick_schema SET version_num = :revision")
    database.write(lambda one: one.execute(change, {"revision": revision}))


def code_of(work: object, database: Database) -> str:
    """The code of the error that some work on a database ends with."""
    assert callable(work)
    with pytest.raises(StoreError) as caught:
        work(database)
    return caught.value.code


def test_migrating_twice_changes_nothing(database: Database) -> None:
    add(tenancy_of(database), "ana")
    migrate(database)
    assert schema_of(database) == newest()
    assert names(tenancy_of(database)) == ["ana"]
    check_schema(database)


def test_a_schema_of_a_later_version_is_refused(database: Database) -> None:
    set_schema(database, "9999")
    assert code_of(check_schema, database) == "new_schema"
    assert code_of(migrate, database) == "new_schema"
    assert schema_of(database) == "9999"


def test_a_schema_of_an_earlier_version_asks_to_be_brought_up(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = ("0001", "0002")
    monkeypatch.setattr("tallystick.store.database.migration.all_schemas", lambda: known)
    set_schema(database, "0001")
    with pytest.raises(StoreError, match=r"schema 0001.*needs 0002.*tally store migrate") as caught:
        check_schema(database)
    assert caught.value.code == "old_schema"


def test_a_database_of_somebody_else_is_left_alone(empty_url: str) -> None:
    database = Database(empty_url)
    database.write(lambda one: one.exec_driver_sql("CREATE TABLE alembic_version (a INTEGER)"))
    assert schema_of(database) is None
    assert code_of(check_schema, database) == "not_a_store"
    assert code_of(migrate, database) == "not_ours"
    assert table_names(database) == ["alembic_version"]
    database.close()


def test_several_can_migrate_at_once(empty_url: str) -> None:
    def work() -> None:
        database = Database(empty_url)
        migrate(database)
        check_schema(database)

    children = [Child(work) for _ in range(4)]
    assert [child.end().status for child in children] == [0] * 4
    database = Database(empty_url)
    assert set(table_names(database)) == {*metadata.tables, "tallystick_schema"}
    database.close()


@pytest.mark.parametrize("step", [1, 5, 40, 100])
def test_migrating_is_done_whole_or_not_at_all(empty_url: str, step: int) -> None:
    def work() -> None:
        database = Database(empty_url)
        Trap(database, step)
        migrate(database)

    assert in_child(work).status == -9
    database = Database(empty_url)
    assert table_names(database) == []
    migrate(database)
    check_schema(database)
    database.close()


def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    path = tmp_path / "shop.db"
    path.write_text("tea, 12.50 EUR\n" * 100)
    database = Database(f"sqlite:///{path}")
    for work in (check_schema, migrate):
        with pytest.raises(StoreError, match="is no database of SQLite") as caught:
            work(database)
        assert caught.value.code == "not_a_database" and str(path) in str(caught.value)
    assert path.read_text().startswith("tea")
    database.close()


def test_a_file_of_which_a_part_is_gone(tmp_path: Path) -> None:
    path = tmp_path / "shop.db"
    database = Database(f"sqlite:///{path}")
    migrate(database)
    database.close()
    with path.open("r+b") as file:
        file.seek(4096)
        file.write(b"\xff" * (path.stat().st_size - 4096))
    assert code_of(lambda one: add(tenancy_of(one), "ana"), database) == "damaged"
    database.close()


def test_every_statement_of_a_migration_is_in_one_transaction(tmp_path: Path) -> None:
    """SQLite's driver would commit before CREATE TABLE if it were asked to begin by itself."""
    database = Database(f"sqlite:///{tmp_path / 'shop.db'}")
    seen: list[str] = []
    sa.event.listen(
        database.engine, "before_cursor_execute", lambda c, k, statement, *_: seen.append(statement)
    )
    migrate(database)
    begins = [one for one in seen if re.match("BEGIN|COMMIT|ROLLBACK", one)]
    assert begins == ["BEGIN IMMEDIATE"]
    with sqlite3.connect(tmp_path / "shop.db") as raw:
        assert raw.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    raw.close()
    database.close()
