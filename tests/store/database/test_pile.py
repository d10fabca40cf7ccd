"""Many tables read side by side, and what becomes of those that nobody reads to the end."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa

from tallystick.store.database.database import Database
from tallystick.store.database.pile import Row, stream
from tallystick.store.schema.tenancy import members
from tallystick.store.tenancy import Tenancy

from ..writing import add, names

ALL = sa.select(members.c.external_id)
TWO = sa.select(sa.select(sa.literal(1)).union_all(sa.select(sa.literal(2))).subquery())


@pytest.fixture
def half_read(tenancy: Tenancy) -> list[Iterator[Row]]:
    """What somebody was reading of two members as an error came."""
    for name in ("ana", "bo"):
        add(tenancy, name)
    left: list[Iterator[Row]] = []

    def work(connection: sa.Connection) -> None:
        rows = stream(connection, ALL)
        left.append(rows)
        assert next(rows).external_id in ("ana", "bo")
        raise LookupError

    with pytest.raises(LookupError):
        tenancy.database.read(work)
    return left


def test_nobody_is_disturbed_when_it_is_collected(
    database: Database, half_read: list[Iterator[Row]]
) -> None:
    def work(connection: sa.Connection) -> Any:
        before = connection.exec_driver_sql("SELECT 1").scalar_one()
        half_read.clear()  # as who collects garbage does, at any time
        return before, connection.exec_driver_sql("SELECT 2").scalar_one()

    assert database.read(work) == (1, 2)


def test_nobody_sees_the_state_that_it_was_read_from(
    tenancy: Tenancy, half_read: list[Iterator[Row]]
) -> None:
    add(tenancy, "cy")
    assert names(tenancy) == ["ana", "bo", "cy"]
    half_read.clear()


def test_what_was_half_read_as_a_connection_was_lost_is_closed_without_a_word(
    database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    """As SQLAlchemy gives up a connection on which an interrupt met it in the middle of a query."""
    readings: list[Iterator[Row]] = []

    def work(connection: sa.Connection) -> None:
        readings.append(stream(connection, TWO))
        assert next(readings[0])[0] == 1
        connection.invalidate()
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        database.read(work)
    del readings[:]
    gc.collect()
    assert caplog.messages == []
    assert database.read(lambda connection: len([*stream(connection, TWO)])) == 2
