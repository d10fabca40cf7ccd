"""Connections that are kept between transactions: few, whole, and none that failed."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from tallystick.store.database.database import READING, Database
from tallystick.store.database.lending import KEPT_MAX, Lending, commit

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
    lent = [lending.lend() for _ in range(KEPT_MAX + 2)]
    for connection in lent:
        lending.begin(connection)
    assert pool.checkedout() == KEPT_MAX + 2
    for connection in lent:
        commit(connection)
        lending.take_back(connection)
    assert pool.checkedout() == KEPT_MAX
    lending.close()
    assert pool.checkedout() == 0
