"""A store in, the same with one value changed behind its back out: no guard looks."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa

from tallystick.store.audit.snapshot import Snapshot
from tallystick.store.database.database import Database
from tallystick.store.database.rows import keys_of
from tallystick.store.schema.catalog import metadata


def unguard(database: Database) -> None:
    """Drop every trigger."""
    if database.dialect == "sqlite":
        query = "SELECT name, tbl_name FROM sqlite_master WHERE type = 'trigger'"
    else:
        query = (
            "SELECT tgname, relname FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid "
            "WHERE NOT tgisinternal"
        )

    def drop(connection: sa.Connection) -> None:
        for name, table in connection.exec_driver_sql(query).all():
            tail = "" if database.dialect == "sqlite" else f" ON {table}"
            connection.exec_driver_sql(f"DROP TRIGGER {name}{tail}")

    database.write(drop)


def rows_of(database: Database, table: sa.Table) -> list[dict[str, Any]]:
    """All rows of a table, in the order of their keys."""
    query = sa.select(table).order_by(*table.primary_key.columns)
    return database.read(lambda one: [dict(row) for row in one.execute(query).mappings()])


@contextmanager
def changed(
    database: Database, table: sa.Table, row: dict[str, Any], column: str
) -> Iterator[tuple[Snapshot, dict[str, Any]]]:
    """A database in which one value of a row is another, and the row; never committed."""
    new = row | {column: flipped(row[column])}
    keys = [table.c[name] == row[name] for name in keys_of(table)]
    with database.engine.connect() as connection, connection.begin() as transaction:
        assert connection.execute(sa.update(table).where(*keys).values(new)).rowcount == 1
        yield Snapshot(database, connection), new
        transaction.rollback()


def flipped(value: object) -> object:
    """A value with its lowest bit the other way round."""
    match value:
        case None:
            return "?"
        case int():
            return value ^ 1
        case str():
            return chr(ord(value[0]) ^ 1) + value[1:] if value else "?"
        case bytes():
            return bytes([value[0] ^ 1]) + value[1:] if value else b"?"
    raise TypeError(value)


TABLES = list(metadata.sorted_tables)
