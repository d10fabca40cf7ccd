"""What is due by itself: at its own instant, in one order, however late or often it is booked."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa

from tallystick.dsl.kinds import ExpireFrom, ExpireRound
from tallystick.dsl.loyalty import Duration, PointsCurrency, Program
from tallystick.store.acting import act, look
from tallystick.store.ledger.account import AccountKey
from tallystick.store.ledger.book import Book
from tallystick.store.refusals import Refusal
from tallystick.store.schema.frame import NEVER_US
from tallystick.store.schema.ledger import (
    accounts,
    allocations,
    entries,
    hold_lots,
    holds,
    lots,
    qualifying,
    slides,
)
from tallystick.store.transaction import Transaction

from .desk import Desk

MADRID = "Europe/Madrid"
HOUR_US = 3_600_000_000
DAY_US = 24 * HOUR_US
TABLES = (accounts, allocations, entries, hold_lots, holds, lots, qualifying, slides)


def program(zone: str = MADRID, **points: Any) -> Program:
    """A program with a calendar of its own."""
    return Program(id="club", timezone=zone, points=PointsCurrency(**points))


@pytest.mark.parametrize(
    ("points", "earned", "gone"),
    [
        # The last day is a year later, gone at the midnight after it.
        ({"expire_after": Duration(months=12)}, "2026-07-10T23:59", "2027-07-11T00:00"),
        # A month after 31 January there is no 31st.
        ({"expire_after": Duration(months=1)}, "2026-01-31T12:00", "2026-03-01T00:00"),
        # The night in which clocks go forward, and the one in which they go back.
        ({"expire_after": Duration(days=1)}, "2026-03-28T12:00", "2026-03-30T00:00"),
        ({"expire_after": Duration(days=1)}, "2026-10-24T12:00", "2026-10-26T00:00"),
        # To the end of the month, of the quarter, of the year.
        (
            {"expire_after": Duration(days=10), "expire_round": ExpireRound.MONTH},
            "2026-01-22T12:00",
            "2026-03-01T00:00",
        ),
        (
            {"expire_after": Duration(months=1), "expire_round": ExpireRound.QUARTER},
            "2026-03-01T12:00",
            "2026-07-01T00:00",
        ),
        (
            {"expire_after": Duration(months=12), "expire_round": ExpireRound.YEAR},
            "2026-03-01T12:00",
            "2028-01-01T00:00",
        ),
        # The exact time of day, on the clock of the zone.
        (
            {"expire_after": Duration(days=1), "expire_round": ExpireRound.NONE},
            "2026-03-28T12:00",
            "2026-03-29T12:00",
        ),
        # From activation, and from the earn.
        (
            {"expire_after": Duration(days=30), "activate_after": Duration(days=14)},
            "2026-01-01T12:00",
            "2026-02-15T00:00",
        ),
        (
            {
                "expire_after": Duration(days=30),
                "activate_after": Duration(days=14),
                "expire_from": ExpireFrom.EARN,
            },
            "2026-01-01T12:00",
            "2026-02-01T00:00",
        ),
    ],
)
def test_a_lot_is_spent_until_its_end_and_gone_from_it_on(
    desk: Desk, points: dict[str, Any], earned: str, gone: str
) -> None:
    desk.be(program(**points))
    desk.go(earned, MADRID)
    desk.earn(100)
    gone_us = desk.go(gone, MADRID)
    desk.clock.now_us = gone_us - 1
    assert desk.settle().available == 100
    assert desk.redeem(30).balance == 70
    desk.clock.now_us = gone_us
    assert desk.settle().balance == 0
    [lapsed] = desk.rows(entries, kind="expire")
    assert (lapsed["points"], lapsed["recorded_at_us"]) == (-70, gone_us)
    assert (lapsed["effective_at_us"], lapsed["event"]) == (gone_us, "expire")


def test_an_empty_lot_does_not_lapse(desk: Desk) -> None:
    desk.earn(10, expires_at_us=desk.clock.now_us + DAY_US)
    desk.redeem(10)
    desk.clock.now_us += DAY_US
    desk.settle()
    assert len(desk.rows(entries)) == 2
    assert desk.rows(accounts)[0]["due_at_us"] == NEVER_US


def everything(desk: Desk) -> dict[str, list[dict[str, Any]]]:
    """All rows of the ledger."""
    return {table.name: desk.rows(table) for table in TABLES}


def live(desk: Desk, start_us: int) -> None:
    """A history with all that can become due: pending lots, deficits, holds, ends."""
    desk.clock.now_us = start_us
    desk.buy("o1", 100, expires_at_us=start_us + 3 * DAY_US)
    desk.pay("o2", 100)
    desk.claw(70, "o1")
    desk.earn(50, activates_at_us=start_us + DAY_US, expires_at_us=start_us + 3 * DAY_US)
    desk.earn(80, activates_at_us=start_us + DAY_US, expires_at_us=start_us + 2 * DAY_US)
    desk.clock.now_us = start_us + DAY_US
    desk.do(lambda book, one: book.hold(one, 40, ttl_us=2 * DAY_US))


@pytest.mark.parametrize("step_us", [HOUR_US, DAY_US, 10 * DAY_US])
def test_late_and_timely_settling_write_the_same_rows(desk: Desk, step_us: int) -> None:
    start_us = desk.clock.now_us
    live(desk, start_us)
    while desk.clock.now_us < start_us + 12 * DAY_US:
        desk.clock.now_us += step_us
        desk.settle()
        desk.settle()
    assert desk.book() == [
        ("earn", 100, 100),
        ("redeem", -100, 0),
        ("reverse", -70, -70),
        ("earn", 50, -20),
        ("earn", 80, 60),
        ("expire", -10, 50),
        ("expire", -50, 0),
    ]
    # On the first day both lots begin to count, and the one that ends first repays the deficit: 70
    # of its 80. The hold is in its last 10 and in 30 of the other. It times out on the third day,
    # when the one lot is over since a day, and the other just then.
    assert [(row["lot"], row["points"]) for row in desk.rows(allocations, kind="repay")] == [
        (3, 70)
    ]
    lapsed = [
        (row["source"], row["points"], row["recorded_at_us"] - start_us)
        for row in desk.rows(entries, kind="expire")
    ]
    assert lapsed == [("lot-3", -10, 3 * DAY_US), ("lot-2", -50, 3 * DAY_US)]


def test_looking_ahead_writes_nothing(desk: Desk) -> None:
    desk.earn(10, expires_at_us=desk.clock.now_us + DAY_US)
    desk.clock.now_us += DAY_US
    before = everything(desk)
    key = AccountKey("ana", "club")

    def work(transaction: Transaction) -> int:
        return Book(transaction, desk.terms, is_dry=True).open([key])[key].balance

    assert look(desk.tenancy, work) == 0
    assert everything(desk) == before


def test_many_accounts_are_settled_in_a_few_statements(desk: Desk) -> None:
    members = [f"m{number:02}" for number in range(20)]
    for member in members:
        desk.earn(10, member, expires_at_us=desk.clock.now_us + DAY_US)
        desk.do(lambda book, one: book.hold(one, 5, ttl_us=HOUR_US), member)
    desk.clock.now_us += DAY_US
    counted: list[str] = []

    def count(connection: sa.Connection, cursor: object, statement: str, *_: object) -> None:
        counted.append(statement)

    def work(transaction: Transaction) -> None:
        Book(transaction, desk.terms).open([AccountKey(one, "club") for one in members])

    sa.event.listen(desk.tenancy.database.engine, "before_cursor_execute", count)
    act(desk.tenancy, "settle", "", work, object)
    sa.event.remove(desk.tenancy.database.engine, "before_cursor_execute", count)
    assert len(counted) < 20, counted
    assert [row["balance"] for row in desk.rows(accounts)] == [0] * 20


# Pauses.


def pause(desk: Desk, start: str, end: str | None) -> None:
    """Pause the club between two midnights."""
    now_us = desk.clock.now_us
    base = Program(id="club", timezone=MADRID, resume_grace=Duration(days=30))
    paused = Program(id="club", timezone=MADRID, resume_grace=Duration(days=30), is_paused=True)
    desk.terms.history = [(0, base), (desk.go(start, MADRID), paused)]
    if end is not None:
        desk.terms.history.append((desk.go(end, MADRID), base))
    desk.clock.now_us = now_us


def test_what_is_due_in_a_pause_lapses_when_the_grace_after_it_is_over(desk: Desk) -> None:
    desk.go("2026-01-01T12:00", MADRID)
    pause(desk, "2026-02-01T00:00", "2026-03-10T00:00")
    for when in ("2026-01-31T00:00", "2026-02-10T00:00", "2026-03-10T00:00", "2026-04-20T00:00"):
        now_us = desk.clock.now_us
        ends_us = desk.go(when, MADRID)
        desk.clock.now_us = now_us
        desk.earn(10, expires_at_us=ends_us)
    desk.go("2026-02-20T00:00", MADRID)
    assert desk.settle().balance == 30
    resumed_us = desk.go("2026-03-10T00:00", MADRID)
    desk.go("2026-03-15T00:00", MADRID)
    settled = desk.settle()
    assert (settled.balance, settled.written_at_us) == (20, resumed_us)  # its lot has another end
    assert desk.redeem(1).balance == 19
    assert desk.left() == [0, 9, 0, 10]
    gone_us = desk.go("2026-04-10T00:00", MADRID)  # 9 April is the last day: 10 March + 30
    desk.clock.now_us -= 1
    assert desk.settle().balance == 19
    desk.clock.now_us += 1
    assert desk.settle().balance == 10
    assert [row["recorded_at_us"] for row in desk.rows(entries, kind="expire")][-1] == gone_us


def test_nothing_lapses_while_a_pause_lasts(desk: Desk) -> None:
    desk.go("2026-01-01T12:00", MADRID)
    pause(desk, "2026-02-01T00:00", None)
    desk.earn(10, expires_at_us=desk.clock.now_us + 40 * DAY_US)
    desk.clock.now_us += 4000 * DAY_US
    assert desk.settle().balance == 10
    assert desk.rows(accounts)[0]["due_at_us"] == NEVER_US


def test_a_pause_stops_earning_and_redeeming_and_nothing_else(desk: Desk) -> None:
    desk.go("2026-01-31T12:00", MADRID)
    ordered_us = desk.clock.now_us
    pause(desk, "2026-02-01T00:00", None)
    desk.buy("o1", 100)
    desk.pay("o2", 40)
    held = desk.do(lambda book, one: book.hold(one, 10))
    desk.go("2026-02-01T00:00", MADRID)
    for work in (
        lambda book, one: book.earn(one, 1, desk.cause()),
        lambda book, one: book.redeem(one, 1, desk.cause()),
        lambda book, one: book.hold(one, 1),
    ):
        assert desk.refused(work) is Refusal.PAUSED
    desk.do(lambda book, one: book.capture(held.id, 10, desk.cause("redeem")))
    desk.give_back(40, "o2")
    desk.claw(30, "o1")
    desk.earn(5, earned_at_us=ordered_us, order_id="o1", rule="buy")
    desk.earn(7, is_opening=True)
    desk.earn(9, effective_at_us=ordered_us)
    assert desk.settle().balance == 100 - 10 - 30 + 5 + 7 + 9
