"""What the ledger costs in statements: few, and as many for many as for one."""

from __future__ import annotations

from collections.abc import Callable

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


def award(desk: Desk, members: list[str], name: str) -> None:
    """Give each member a point, in one transaction."""
    keys = [AccountKey(member, "club") for member in members]

    def work(transaction: Transaction) -> None:
        book = Book(transaction, desk.terms)
        found = book.open(keys)
        due = [(found[key], Cause("check-in", f"{name}-{key.member}")) for key in keys]
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
