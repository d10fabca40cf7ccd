"""Entries that are missing, changed places or lost their account are found."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa

from tallystick.store.acting import act
from tallystick.store.audit.finding import Finding
from tallystick.store.audit.verifying import verify
from tallystick.store.database.database import Database
from tallystick.store.database.seal import seal_of
from tallystick.store.schema.ledger import accounts, entries
from tallystick.store.schema.outbox import outbox
from tallystick.store.tenancy import Tenancy
from tallystick.store.transaction import Transaction

from .changes import unguard


def blank(table: sa.Table, **values: object) -> dict[str, Any]:
    """A row with these values, and nothing else in it."""
    texts = {column.name: "" for column in table.columns if isinstance(column.type, sa.Text)}
    return {column.name: texts.get(column.name, 0) for column in table.columns} | values


@pytest.fixture
def chain(database: Database, tenancy: Tenancy) -> Database:
    """A database with three entries of one account, each told in the outbox, and no guards."""

    def work(transaction: Transaction) -> None:
        seal = ""
        for seq in (1, 2, 3):
            values = {"account": "a", "seq": seq, "points": 5, "balance": 5 * seq}
            row = blank(entries, **values, event="e", source=str(seq), previous=seal)
            seal = seal_of(entries, row | {"tenant": "main"})
            transaction.insert(entries, [row])
            told = {"id": f"t{seq}", "subject": "account/a", "number": seq}
            transaction.insert(outbox, [blank(outbox, **told)])
        row = blank(accounts, id="a", seq=3, head=seal, balance=15, events=3)
        transaction.insert(accounts, [row])

    act(tenancy, "fill", None, work, type(None))
    unguard(database)
    return database


def found(database: Database, *checks: str) -> list[Finding]:
    """What these checks find."""
    return [one for one in verify(database) if one.check in checks]


def change(database: Database, statement: str) -> None:
    """Do something to the rows that no guard would allow."""
    database.write(lambda one: one.exec_driver_sql(statement))


def test_a_whole_chain_is_sound(chain: Database) -> None:
    assert found(chain, "chain", "number") == []


def test_an_entry_that_is_gone_is_missed(chain: Database) -> None:
    change(chain, "DELETE FROM entries WHERE seq = 2")
    assert str(found(chain, "chain")[0]) == (
        "main entries account=a seq=3: chain: expected number 2, found number 3"
    )


def test_the_last_entry_is_missed_too(chain: Database) -> None:
    change(chain, "DELETE FROM entries WHERE seq = 3")
    assert str(found(chain, "chain")[0]) == (
        "main accounts id=a: chain: expected seq 2, found seq 3"
    )


def test_entries_without_an_account_are_found(chain: Database) -> None:
    change(chain, "DELETE FROM accounts")
    assert [str(one) for one in found(chain, "chain")] == [
        "main entries account=a seq=1: chain: expected an account, found none"
    ]


def test_an_event_that_is_gone_is_missed(chain: Database) -> None:
    change(chain, "DELETE FROM outbox WHERE number = 1")
    assert [str(one) for one in found(chain, "number")] == [
        "main outbox id=t2: number: expected number 1, found number 2"
    ]


def test_one_tenant_is_looked_at_alone(chain: Database) -> None:
    change(chain, "DELETE FROM entries WHERE seq = 2")
    assert [one for one in verify(chain, "main") if one.check == "chain"]
    assert {one.check for one in verify(chain, "other")} == {"guard"}  # of the database itself
