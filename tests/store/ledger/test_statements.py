"""What the ledger costs in statements: few, and as many for many as for one."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Callable

import pytest
import sqlalchemy as sa

from tallystick.dsl.loyalty import Duration, Level, PointsCurrency, Program, Tiers
from tallystick.store.acting import act
from tallystick.store.ledger.account import Account, AccountKey
from tallystick.store.ledger.book import Book
from tallystick.store.ledger.cause import Cause
from tallystick.store.transaction import Transaction

from .desk import Desk

CLUB = Program(
    id="club",
    timezone="Europe/Madrid",
    points=PointsCurrency(expire_after=Duration(months=12)),
    tiers=Tiers(levels=(Level("seed", 0), Level("tree", 10**9))),
)


def statements(desk: Desk, work: Callable[[], object]) -> list[str]:
    """The statements of some work, but for those that begin and end transactions."""
    found: list[str] = []

    def note(connection: object, cursor: object, statement: str, *_: object) -> None:
        found.append(statement)

    engine = desk.tenancy.database.engine
    sa.event.listen(engine, "before_cursor_execute", note)
    work()
    sa.event.remove(engine, "before_cursor_execute", note)
    return [one for one in found if not one.startswith(("BEGIN", "COMMIT"))]


def award(desk: Desk, members: list[str], name: str, *, is_one: bool = False) -> None:
    """Give each member a point, in one transaction; `is_one`: all of them for the same."""
    keys = [AccountKey(member, "club") for member in members]

    def work(transaction: Transaction) -> None:
        book = Book(transaction, desk.terms)
        found = book.open(keys)
        sources = [name if is_one else f"{name}-{key.member}" for key in keys]
        due = [
            (found[key], Cause("check-in", source))
            for key, source in zip(keys, sources, strict=True)
        ]
        book.recall(due)
        for account, cause in due:
            book.earn(account, 1, cause)

    act(desk.tenancy, "award", name, work, object)


def test_an_earn_and_a_redemption_take_few_statements(desk: Desk) -> None:
    desk.be(CLUB)
    desk.earn(1000)
    # Account, what was booked before, entry, lot, qualifying row, account; listeners and event.
    assert len(statements(desk, lambda: desk.earn(10))) == 8
    # Account, what was booked before, lots; lots, entry, allocations, account; listeners and event.
    assert len(statements(desk, lambda: desk.redeem(10))) == 9


def test_a_batch_takes_as_many_statements_as_one_award(desk: Desk) -> None:
    desk.be(CLUB)
    members = [f"m{number:03}" for number in range(300)]
    award(desk, members, "first")
    assert len(statements(desk, lambda: award(desk, members, "second"))) == 8
    assert desk.settle("m299").balance == 2


def test_many_lots_cost_a_redemption_no_more_statements_than_few(desk: Desk) -> None:
    def fill(book: Book, account: Account, count: int) -> None:
        for number in range(count):
            book.earn(account, 5, Cause("fill", str(number)))

    desk.do(lambda book, one: fill(book, one, 3))
    desk.do(lambda book, one: fill(book, one, 2000), "bo")
    few = statements(desk, lambda: desk.redeem(12))
    assert len(statements(desk, lambda: desk.redeem(12, "bo"))) == len(few)


@pytest.mark.parametrize("is_one", [False, True])
def test_a_batch_that_comes_again_books_nothing(desk: Desk, is_one: bool) -> None:
    desk.be(CLUB)
    members = [f"m{number:03}" for number in range(30)]
    award(desk, members[:20], "first", is_one=is_one)
    award(desk, members, "first", is_one=is_one)
    award(desk, members, "second", is_one=is_one)
    assert {desk.settle(member).balance for member in members} == {2}


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("is_one", [False, True])
def test_no_query_of_a_batch_goes_through_all_entries(desk: Desk, is_one: bool) -> None:
    desk.be(CLUB)
    members = [f"m{number:03}" for number in range(9)]
    award(desk, members, "first", is_one=is_one)
    award(desk, members, "second", is_one=is_one)
    queries = statements(desk, lambda: award(desk, members, "third", is_one=is_one))

    def plans(connection: sa.Connection) -> list[str]:
        found: list[str] = []
        for query in queries:
            marks = (None,) * query.count("?")
            rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {query}", marks)
            found += [str(row[-1]) for row in rows]
        return found

    of_entries = [one for one in desk.tenancy.database.read(plans) if " entries " in one]
    assert of_entries and all("account=?" in one for one in of_entries), of_entries


def test_nothing_is_left_of_a_request_that_is_done(desk: Desk) -> None:
    """Or it would stay in memory until somebody collects garbage, which costs most in a batch."""
    desk.be(CLUB)
    kept: list[weakref.ref[Book]] = []

    def work(book: Book, account: Account) -> None:
        kept.append(weakref.ref(book))
        book.earn(account, 100, desk.cause())

    gc.disable()
    try:
        desk.do(work)
        assert kept[0]() is None
    finally:
        gc.enable()
