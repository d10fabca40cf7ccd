"""Whatever changes by itself is found, at its row."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from tallystick.store.acting import act
from tallystick.store.audit.finding import Finding
from tallystick.store.audit.seals import check_seals
from tallystick.store.audit.verifying import verify
from tallystick.store.database.database import Database
from tallystick.store.database.rows import keys_of
from tallystick.store.database.seal import SEAL
from tallystick.store.schema.catalog import metadata
from tallystick.store.tenancy import Tenancy
from tallystick.store.transaction import Transaction

from .changes import changed, rows_of, unguard

SEALED = [table for table in metadata.sorted_tables if SEAL in table.columns]


def fill(tenancy: Tenancy) -> None:
    """A row of each table; the tenant has its own already."""

    def work(transaction: Transaction) -> None:
        for table in metadata.sorted_tables:
            row = {column.name: one_of(column) for column in table.columns}
            transaction.insert_new(table, [row])

    act(tenancy, "fill", None, work, type(None))


def one_of(column: sa.Column[Any]) -> object:
    """A value that fits a column."""
    if isinstance(column.type, sa.LargeBinary):
        return b"[]"
    return 1 if isinstance(column.type, sa.BigInteger) else "[]"


def test_every_value_of_every_table_is_sealed(database: Database, tenancy: Tenancy) -> None:
    fill(tenancy)
    unguard(database)
    assert not [one for one in verify(database) if one.check == "seal"]
    for table in SEALED:
        row = rows_of(database, table)[0]
        for column in row:
            with changed(database, table, row, column) as (snapshot, now):
                found = list(check_seals(snapshot, table))
            key = {name: now[name] for name in keys_of(table) if name != "tenant"}
            places = [(one.tenant, one.table, one.key) for one in found]
            assert places == [(now["tenant"], table.name, key)], f"{table}.{column}"


def test_an_empty_store_is_sound(database: Database) -> None:
    assert list(verify(database)) == []


def test_a_finding_says_where_and_what() -> None:
    finding = Finding("seal", "main", "entries", {"account": "a1", "seq": 3}, "1f", "2e")
    assert str(finding) == "main entries account=a1 seq=3: seal: expected 1f, found 2e"
