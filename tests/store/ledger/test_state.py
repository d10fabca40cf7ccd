"""How accounts stand at any instant, past or to come, from their rows alone."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa

from tallystick.dsl.loyalty import Duration, Level, PointsCurrency, Program, Tiers
from tallystick.store.acting import look
from tallystick.store.ledger.state import State, state_at, states_at
from tallystick.store.schema.ledger import accounts
from tallystick.store.transaction import Transaction, of_tenant

from .desk import Desk

CLUB = Program(
    id="club",
    points=PointsCurrency(expire_after=Duration(days=10), activate_after=Duration(days=2)),
    tiers=Tiers(levels=(Level("seed", 0), Level("tree", 100))),
)


def state(desk: Desk, when: str, member: str = "ana") -> State:
    """How a member stands at a time in UTC; the clock stays where it is."""
    now_us = desk.clock.now_us
    at_us = desk.go(when)
    desk.clock.now_us = now_us

    def work(transaction: Transaction) -> dict[str, State]:
        ids = [row["id"] for row in transaction.fetch(of_tenant(accounts))]
        return state_at(transaction, ids, at_us, desk.terms)

    return next(one for one in look(desk.tenancy, work).values() if one.member == member)


def figures(one: State) -> tuple[Any, ...]:
    """The numbers that tell most of a state."""
    return one.balance, one.active, one.pending, one.held, one.available


def spend(desk: Desk) -> None:
    """120 points earned on the 1st, 50 on the 6th; 30 spent and 20 held for a week on the 8th."""
    desk.be(CLUB)
    desk.go("2026-07-01T12:00")
    desk.earn(120)
    desk.go("2026-07-06T12:00")
    desk.earn(50)
    desk.go("2026-07-08T12:00")
    desk.redeem(30)
    desk.do(lambda book, account: book.hold(account, 20))


def test_an_instant_of_the_past_knows_only_what_was_booked_by_it(desk: Desk) -> None:
    spend(desk)
    assert figures(state(desk, "2026-07-01T12:00")) == (120, 0, 120, 0, 0)
    assert figures(state(desk, "2026-07-03T00:00")) == (120, 120, 0, 0, 120)
    assert figures(state(desk, "2026-07-07T00:00")) == (170, 120, 50, 0, 120)
    assert figures(state(desk, "2026-07-08T12:00")) == (140, 140, 0, 20, 120)


def test_an_instant_to_come_knows_what_is_due_by_it(desk: Desk) -> None:
    spend(desk)
    assert [(lot.lot, lot.points) for lot in state(desk, "2026-07-13T00:00").lots] == [
        (1, 90),
        (2, 50),
    ]
    # Active on the 3rd and through the 13th; what is held outlives that, until its hold times out.
    assert figures(state(desk, "2026-07-14T00:00")) == (70, 70, 0, 20, 50)
    assert figures(state(desk, "2026-07-15T12:00")) == (50, 50, 0, 0, 50)
    assert figures(state(desk, "2026-07-19T00:00")) == (0, 0, 0, 0, 0)
    assert state(desk, "2026-07-19T00:00").lifetime == 170


def test_what_lapses_soon_is_told_by_lot(desk: Desk) -> None:
    spend(desk)
    now = state(desk, "2026-07-08T12:00")
    soon, late = desk.go("2026-07-14T00:00"), desk.go("2026-07-19T00:00")
    assert [(lot.lot, lot.points - lot.held, lot.expires_at_us) for lot in now.expiring(soon)] == [
        (1, 70, soon)
    ]
    assert [lot.lot for lot in now.expiring(late)] == [1, 2]


def test_a_tier_is_the_one_of_its_instant(desk: Desk) -> None:
    spend(desk)
    tiers = [state(desk, f"2026-07-0{day}T00:00").tier for day in (2, 3, 8)]
    assert [(one.tier, one.value, one.missing) for one in tiers if one] == [
        ("seed", 0, 100),
        ("tree", 120, 0),
        ("tree", 170, 0),
    ]


def test_it_makes_no_difference_when_the_job_ran(desk: Desk) -> None:
    spend(desk)
    days = [f"2026-07-{day:02}T06:00" for day in range(2, 22)]
    before = [state(desk, day) for day in days]
    desk.go("2026-08-01T00:00")
    desk.settle()
    assert [state(desk, day) for day in days] == before


def test_any_number_of_accounts_takes_the_same_queries(desk: Desk) -> None:
    spend(desk)
    one = statements_of(desk)
    for number in range(20):
        desk.earn(10, member=f"m{number}")
    assert statements_of(desk) == one


def statements_of(desk: Desk) -> int:
    """How many statements it takes to read all accounts of the club; checks that all are there."""

    def work(transaction: Transaction) -> int:
        at_us = desk.clock.now_us
        return len(list(states_at(transaction, "club", "points", at_us, desk.terms)))

    with counted(desk) as found:
        count = look(desk.tenancy, work)
    assert count == len(desk.rows(accounts))
    return len(found)


@contextmanager
def counted(desk: Desk) -> Iterator[list[str]]:
    """The queries of transactions that begin within."""
    found: list[str] = []

    def note(_: Any, __: Any, text: str, *rest: Any) -> None:
        if text.startswith("SELECT"):
            found.append(text)

    engine = desk.tenancy.database.engine
    sa.event.listen(engine, "before_cursor_execute", note)
    yield found
    sa.event.remove(engine, "before_cursor_execute", note)
