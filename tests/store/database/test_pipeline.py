"""A server that is far away: what a transaction writes is told in one go, and waited for once."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
import sqlalchemy as sa

from tallystick.store.acting import act
from tallystick.store.database import database as module
from tallystick.store.database.database import Database
from tallystick.store.database.wire import Wire
from tallystick.store.ledger.entry import Entry
from tallystick.store.ledger.face import Award
from tallystick.store.ledger.purse import Purse
from tallystick.store.schema.tenancy import members
from tallystick.store.tenancy import Tenancy
from tallystick.store.tenants import add_tenant
from tallystick.store.transaction import Transaction, of_tenant

from ..cutter import Cutter
from ..shops import open_shop
from ..writing import Named, add, member_row, names, tenancy_of

MANY = 3_000  # rows, whose answers are more than a server keeps to itself
COUNT = sa.select(sa.func.count().label("count")).where(
    members.c.tenant == sa.bindparam("tenant"), members.c.status == sa.bindparam("status")
)
RENAME = "UPDATE members SET status = ? WHERE tenant = ? AND external_id = ?"


class Talk:
    """Counts how often a client spoke after the server had answered."""

    def __init__(self, cutter: Cutter) -> None:
        self.turns = 0
        self._is_answered = True
        cutter.asks, cutter.answers = self._ask, self._answer

    def _ask(self, _: bytes) -> bool:
        self.turns += self._is_answered
        self._is_answered = False
        return False

    def _answer(self, _: bytes) -> bool:
        self._is_answered = True
        return False


@pytest.fixture
def far(cutter: Cutter) -> Iterator[Tenancy]:
    """A tenant of that database, seen through it."""
    database = Database(cutter.url)
    tenancy = tenancy_of(database)
    add_tenant(tenancy)
    yield tenancy
    database.close()


def test_what_an_award_writes_is_waited_for_once(cutter: Cutter, far: Tenancy) -> None:
    shop = open_shop(far)
    shop.members.enrol("ana", "club")
    talk = Talk(cutter)

    def award(number: int) -> int:
        talk.turns = 0
        made = Award(Purse("ana", "club"), 10, "purchase", f"s{number}")
        assert isinstance(shop.ledger.earn(made, request=f"r{number}"), Entry)
        return talk.turns

    # Begin; the request, whose member it is, the account, what was booked before; all rows with
    # what is asked last; the answer; commit.
    turns = [award(number) for number in range(12)][-1]
    assert turns == 8


def test_a_key_that_is_there_is_heard_of_before_the_end(
    tenancy: Tenancy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "PAUSE_S", 0)  # tried often, in vain
    add(tenancy, "ana")

    def work(transaction: Transaction) -> Named:
        transaction.insert(members, [member_row(transaction, "ana")])
        return Named("nobody")

    for _ in range(3):  # texts are told in another way when they are known
        with pytest.raises(sa.exc.IntegrityError):
            act(tenancy, "test", "", work, Named)
    assert names(tenancy) == ["ana"]
    add(tenancy, "eve")
    assert names(tenancy) == ["ana", "eve"]


@pytest.mark.parametrize("rounds", range(3))
def test_many_rows_are_there_for_the_next_query(tenancy: Tenancy, rounds: int) -> None:
    """Also when the server answers some before all are told."""

    def work(transaction: Transaction) -> Named:
        for part in range(3):
            rows = [member_row(transaction, f"{part}-{number}") for number in range(MANY)]
            transaction.insert(members, rows)
            [found] = transaction.fetch(COUNT, status="active")
            assert found["count"] == MANY * (part + 1)
        return Named("all")

    for _ in range(rounds):
        add(tenancy, "")
        tenancy.database.write(lambda one: one.execute(sa.delete(members)))
    assert act(tenancy, "test", "", work, Named) == Named("all")
    assert len(names(tenancy)) == MANY * 3


def test_what_is_counted_is_what_the_last_text_wrote(tenancy: Tenancy) -> None:
    def work(transaction: Transaction) -> Named:
        tenant = transaction.tenant
        transaction.insert(members, [member_row(transaction, name) for name in ("ana", "eve")])
        transaction.insert(members, [member_row(transaction, "una")])
        again = {**member_row(transaction, "ivo"), "id": ids[0]}
        counts = [
            transaction.insert_new(members, [again]),
            transaction.insert_new(members, [again | {"id": transaction.ids()}]),
            transaction.run_counted(RENAME, [("gone", tenant, one) for one in ("ana", "nobody")]),
            transaction.run_counted(RENAME, [("gone", tenant, "nobody")]),
        ]
        transaction.run(RENAME, [("gone", tenant, "una")])
        [found] = transaction.fetch(COUNT, status="gone")
        return Named(f"{counts} {found['count']}")

    before: Any = add(tenancy, "old")
    ids = [before.id]
    assert act(tenancy, "test", "", work, Named) == Named("[0, 1, 1, 0] 2")


def test_statements_of_others_see_what_was_written(tenancy: Tenancy) -> None:
    """`connection` is SQLAlchemy's, which waits for each answer."""

    def work(transaction: Transaction) -> Named:
        transaction.insert(members, [member_row(transaction, "ana")])
        query = sa.select(members.c.external_id)
        seen = [*transaction.connection.execute(query).scalars()]
        transaction.insert(members, [member_row(transaction, "eve")])
        seen += [row["external_id"] for row in transaction.fetch(of_tenant(members))]
        return Named(" ".join(sorted(seen)))

    assert act(tenancy, "test", "", work, Named) == Named("ana ana eve")
    with tenancy.database.snapshot() as connection:  # of the pool, as SQLAlchemy wants it
        assert connection.execute(sa.select(sa.func.count()).select_from(members)).scalar_one() == 2


@pytest.fixture
def ending(monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that ends once, behind what it was told and before its last answer.

    The driver takes its last word for that answer, and then says that it waits for more.
    """
    leave = psycopg.Pipeline.__exit__
    left: list[object] = []

    def leave_or_wait(self: psycopg.Pipeline, *raised: Any) -> None:
        if left:
            return leave(self, *raised)
        left.append(self)
        self.level = 0
        try:
            raise psycopg.errors.AdminShutdown("terminated")
        finally:
            raise psycopg.OperationalError("cannot exit pipeline mode while busy")

    monkeypatch.setattr(psycopg.Pipeline, "__exit__", leave_or_wait)


@pytest.mark.usefixtures("ending")
def test_work_is_done_again_when_the_server_ends_before_its_last_answer(
    postgresql_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    database = Database(postgresql_url)
    tries: list[int] = []

    def work(connection: sa.Connection) -> str:
        tries.append(1)
        wire = Wire(connection)
        for text in ("SELECT 1", "SELECT 2"):
            wire.post(text, [()])
        wire.flush()
        return "done"

    assert database.write(work, is_repeatable=False) == "done" and len(tries) == 2
    database.close()
    assert caplog.records == []


@pytest.mark.usefixtures("ending")
def test_an_error_is_told_also_where_the_server_ends_behind_it(
    postgresql_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    database = Database(postgresql_url)

    def work(connection: sa.Connection) -> None:
        wire = Wire(connection)
        for value in (1, object()):
            wire.post("SELECT %s", [(value,)])
        wire.flush()

    with pytest.raises(sa.exc.ProgrammingError, match="cannot adapt"):
        database.write(work)
    database.close()
    assert caplog.records == []
