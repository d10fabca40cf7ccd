"""Rows in, statements out: what is written is written sealed, and as few statements as can be.

The text of each statement is made once for each table and database, from the table, and then
handed to the driver as it is: a row costs microseconds, and many rows are one call.
"""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from operator import attrgetter, itemgetter
from typing import Any

import sqlalchemy as sa
from msgspec import Struct

from .seal import SEAL, sealer_of
from .wire import Wire

Row = Mapping[str, Any] | Struct  # with the names of the columns


@lru_cache(maxsize=256)
def names_of(table: sa.Table) -> tuple[str, ...]:
    """The names of all columns, in order."""
    return tuple(str(column.name) for column in table.columns)


@lru_cache(maxsize=256)
def keys_of(table: sa.Table) -> tuple[str, ...]:
    """The names of the columns of the primary key."""
    return tuple(str(column.name) for column in table.primary_key.columns)


@lru_cache(maxsize=256)
def changing(table: sa.Table) -> tuple[str, ...]:
    """The names of the columns that are rewritten with a row.

    SQLite writes the indexes anew of every column that is named in an UPDATE, changed or not.
    """
    fixed = (*keys_of(table), *table.info.get("fixed", ()))
    return tuple(name for name in names_of(table) if name not in fixed)


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
    changes = ", ".join(f"{name} = {mark}" for name in changing(table))
    where = " AND ".join(f"{name} = {mark}" for name in keys)
    return f"UPDATE {table.name} SET {changes} WHERE {where}"


def mark_of(dialect: str) -> str:
    """What stands for a value in a statement."""
    return "?" if dialect == "sqlite" else "%s"


class Reader:
    """Reads the values of rows of one table in the order of its statements, sealed."""

    def __init__(self, table: sa.Table) -> None:
        names = names_of(table)
        self._sealer = sealer_of(table) if names[-1] == SEAL else None
        others = [name for name in names if name not in ("tenant", SEAL)]
        self._of_mapping = itemgetter(*others)
        self._of_struct = attrgetter(*others)
        turned = (*changing(table), *keys_of(table))
        self._in_update = itemgetter(*(names.index(name) for name in turned))

    def read(self, tenant: str, rows: Sequence[Row]) -> list[tuple[Any, ...]]:
        """The values of rows of a tenant, in the order of columns.

        All of them are mappings, or structs, with the names of the columns; what is missing is a
        mistake of the caller.
        """
        read: Any = self._of_struct if isinstance(rows[0], Struct) else self._of_mapping
        values = [(tenant, *read(row)) for row in rows]
        return values if self._sealer is None else self._sealer.seal_all(values)

    def for_update(self, values: Sequence[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
        """The same, keys last."""
        turn = self._in_update
        return [turn(one) for one in values]


@lru_cache(maxsize=256)
def reader_of(table: sa.Table) -> Reader:
    """What reads the rows of a table, made once."""
    return Reader(table)


def insert_rows(wire: Wire, table: sa.Table, tenant: str, rows: Sequence[Row]) -> None:
    """Insert whole rows of a tenant, sealed, in one call."""
    if rows:
        values = reader_of(table).read(tenant, rows)
        wire.post(insert_text(table, wire.dialect, False), values)


def insert_new_rows(wire: Wire, table: sa.Table, tenant: str, rows: Sequence[Row]) -> int:
    """The same, but for those whose key is there; how many were inserted."""
    if not rows:
        return 0
    values = reader_of(table).read(tenant, rows)
    return wire.run_all(insert_text(table, wire.dialect, True), values)


def insert_sealed(wire: Wire, table: sa.Table, values: Sequence[Sequence[Any]]) -> None:
    """The same for rows that are sealed already, as those of a chain: all values in their order."""
    if values:
        wire.post(insert_text(table, wire.dialect, False), values)


def update_rows(wire: Wire, table: sa.Table, tenant: str, rows: Sequence[Row]) -> None:
    """Rewrite whole rows of a tenant, found by their keys, in one call."""
    if not rows:
        return
    reader = reader_of(table)
    values = reader.for_update(reader.read(tenant, rows))
    wire.post(update_text(table, wire.dialect), values)
