"""Rows in, statements out: what is written is written sealed, and as few statements as can be.

The text of each statement is made once for each table and database, from the table, and then
handed to the driver as it is: a row costs microseconds, and many rows are one call.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from operator import itemgetter
from typing import Any

import sqlalchemy as sa

from .seal import seal_of
from .statements import run_all

Row = Mapping[str, Any]

SEAL = "seal"  # always the last column


@lru_cache(maxsize=256)
def names_of(table: sa.Table) -> tuple[str, ...]:
    """The names of all columns, in order."""
    return tuple(str(column.name) for column in table.columns)


@lru_cache(maxsize=256)
def keys_of(table: sa.Table) -> tuple[str, ...]:
    """The names of the columns of the primary key."""
    return tuple(str(column.name) for column in table.primary_key.columns)


@lru_cache(maxsize=256)
def insert_text(table: sa.Table, dialect: str, is_quiet: bool) -> str:
    """The text that inserts a whole row; `is_quiet`: unless there is one with its key."""
    names = names_of(table)
    marks = ", ".join([mark_of(dialect)] * len(names))
    tail = " ON CONFLICT DO NOTHING" if is_quiet else ""
    return f"INSERT INTO {table.name} ({', '.join(names)}) VALUES ({marks}){tail}"


@lru_cache(maxsize=256)
def update_text(table: sa.Table, dialect: str) -> str:
    """The text that rewrites a row, found by its key."""
    mark = mark_of(dialect)
    keys = keys_of(table)
    others = [name for name in names_of(table) if name not in keys]
    changes = ", ".join(f"{name} = {mark}" for name in others)
    where = " AND ".join(f"{name} = {mark}" for name in keys)
    return f"UPDATE {table.name} SET {changes} WHERE {where}"


def mark_of(dialect: str) -> str:
    """What stands for a value in a statement."""
    return "?" if dialect == "sqlite" else "%s"


@lru_cache(maxsize=256)
def reader_of(table: sa.Table, is_update: bool) -> Callable[[Row], tuple[Any, ...]]:
    """What reads the values of a row in the order of its text."""
    keys = keys_of(table)
    names = names_of(table)
    if is_update:
        names = (*(name for name in names if name not in keys), *keys)
    return itemgetter(*names)


def sealed(table: sa.Table, row: Row) -> Row:
    """A whole row with its seal. A column that is missing is a mistake of the caller."""
    return {**row, SEAL: seal_of(table, row)} if names_of(table)[-1] == SEAL else row


def insert_rows(
    connection: sa.Connection,
    table: sa.Table,
    rows: Sequence[Row],
    *,
    is_quiet: bool = False,
    is_sealed: bool = False,
) -> int:
    """Insert whole rows in one call; `is_quiet` leaves rows alone whose key is there.

    How many were inserted.

    Rows that are part of a chain come with the seal they got there (`is_sealed`).
    """
    if not rows:
        return 0
    text = insert_text(table, connection.dialect.name, is_quiet)
    read = reader_of(table, False)
    values = [read(row if is_sealed else sealed(table, row)) for row in rows]
    return run_all(connection, text, values)


def update_rows(connection: sa.Connection, table: sa.Table, rows: Sequence[Row]) -> None:
    """Rewrite whole rows, found by their keys, in one call."""
    if not rows:
        return
    read = reader_of(table, True)
    values = [read(sealed(table, row)) for row in rows]
    run_all(connection, update_text(table, connection.dialect.name), values)
