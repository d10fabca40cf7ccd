"""Holds: set aside in lots, captured once, released, timed out; they outlive the end of lots."""

import pytest

from tallystick.store.errors import StoreError
from tallystick.store.refusals import Refusal
from tallystick.store.schema.ledger import entries, hold_lots, holds, lots

from .desk import Desk

HOUR_US = 3_600_000_000
DAY_US = 24 * HOUR_US


def test_what_is_held_is_not_available(desk: Desk) -> None:
    desk.earn(100)
    held = desk.do(lambda book, one: book.hold(one, 70, source="c1"))
    assert (held.points, held.status, held.source) == (70, "held", "c1")
    account = desk.settle()
    assert (account.balance, account.active, account.held, account.available) == (100, 100, 70, 30)
    assert desk.refused(lambda book, one: book.redeem(one, 31, desk.cause())) is (
        Refusal.INSUFFICIENT_POINTS
    )
    desk.redeem(30)
    assert desk.left() == [70]


def test_a_hold_is_clipped_or_refused(desk: Desk) -> None:
    assert desk.do(lambda book, one: book.hold(one, 10, is_clip=True)).points == 0
    desk.earn(100)
    assert desk.refused(lambda book, one: book.hold(one, 101)) is Refusal.INSUFFICIENT_POINTS
    clipped = desk.do(lambda book, one: book.hold(one, 101, is_clip=True))
    assert (clipped.asked, clipped.points) == (101, 100)
    assert desk.do(lambda book, one: book.hold(one)).points == 0


@pytest.mark.parametrize("ttl_us", [0, 7 * DAY_US + 1, True])
def test_a_hold_lasts_at_most_seven_days(desk: Desk, ttl_us: int) -> None:
    with pytest.raises(StoreError, match="7 days"):
        desk.do(lambda book, one: book.hold(one, 1, ttl_us=ttl_us))


def test_a_capture_takes_a_part_and_frees_the_rest(desk: Desk) -> None:
    now_us = desk.clock.now_us
    for days in (1, 2, 3):
        desk.earn(10, expires_at_us=now_us + days * DAY_US)
    held = desk.do(lambda book, one: book.hold(one, 25))
    entry = desk.do(lambda book, one: book.capture(held.id, 12, desk.cause("redeem", rule="off")))
    assert entry is not None and entry.points == -12
    assert desk.left() == [0, 8, 10]
    account = desk.settle()
    assert (account.balance, account.held, account.available) == (18, 0, 18)
    [row] = desk.rows(holds)
    assert (row["status"], row["captured"], row["entry"]) == ("captured", 12, entry.seq)
    assert [one["points"] for one in desk.rows(hold_lots)] == [10, 10, 5]


def test_nothing_may_be_captured_too(desk: Desk) -> None:
    desk.earn(10)
    held = desk.do(lambda book, one: book.hold(one, 10))
    assert desk.do(lambda book, one: book.capture(held.id, 0, desk.cause("redeem"))) is None
    assert desk.settle().available == 10
    assert [row["status"] for row in desk.rows(holds)] == ["captured"]


def test_a_hold_is_closed_once(desk: Desk) -> None:
    desk.earn(100)
    ids = [desk.do(lambda book, one: book.hold(one, 10)).id for _ in range(4)]
    captured, released, expired, open_ = ids
    first = desk.cause("redeem")
    once = desk.do(lambda book, one: book.capture(captured, 10, first))
    assert desk.do(lambda book, one: book.capture(captured, 10, first)) == once
    desk.do(lambda book, one: book.release(released))

    def refusals(id: str) -> tuple[Refusal, Refusal]:
        return (
            desk.refused(lambda book, one: book.capture(id, 1, desk.cause("redeem"))),
            desk.refused(lambda book, one: book.release(id)),
        )

    assert refusals(captured) == (Refusal.ALREADY_CAPTURED, Refusal.ALREADY_CAPTURED)
    assert refusals(released) == (Refusal.ALREADY_RELEASED, Refusal.ALREADY_RELEASED)
    assert refusals("none") == (Refusal.UNKNOWN_HOLD, Refusal.UNKNOWN_HOLD)
    exceeds = desk.refused(lambda book, one: book.capture(open_, 11, desk.cause("redeem")))
    assert exceeds is Refusal.EXCEEDS_HOLD
    desk.clock.now_us += 7 * DAY_US - 1
    desk.do(lambda book, one: book.capture(open_, 10, desk.cause("redeem")))
    desk.clock.now_us += 1
    assert refusals(expired) == (Refusal.EXPIRED, Refusal.EXPIRED)
    assert desk.settle().available == 80


def test_held_points_outlive_their_lot_and_lapse_when_they_come_free(desk: Desk) -> None:
    start_us = desk.clock.now_us
    desk.earn(100, expires_at_us=start_us + HOUR_US)
    held = desk.do(lambda book, one: book.hold(one, 60, ttl_us=DAY_US))
    desk.clock.now_us = start_us + 2 * HOUR_US
    account = desk.settle()
    assert (account.balance, account.active, account.available) == (60, 60, 0)
    desk.clock.now_us = start_us + 3 * HOUR_US
    desk.do(lambda book, one: book.capture(held.id, 45, desk.cause("redeem")))
    assert desk.book() == [
        ("earn", 100, 100),
        ("expire", -40, 60),
        ("redeem", -45, 15),
        ("expire", -15, 0),
    ]
    at_us = [row["recorded_at_us"] - start_us for row in desk.rows(entries)]
    assert at_us == [0, HOUR_US, 3 * HOUR_US, 3 * HOUR_US]


def test_a_hold_that_times_out_frees_its_points_at_its_own_instant(desk: Desk) -> None:
    start_us = desk.clock.now_us
    desk.earn(100, expires_at_us=start_us + HOUR_US)
    desk.earn(50)
    desk.do(lambda book, one: book.hold(one, 120, ttl_us=2 * HOUR_US))
    desk.clock.now_us = start_us + DAY_US
    account = desk.settle()
    assert (account.balance, account.held, account.available) == (50, 0, 50)
    [lapsed] = desk.rows(entries, kind="expire")
    assert lapsed["recorded_at_us"] == start_us + 2 * HOUR_US
    [row] = desk.rows(holds)
    assert (row["status"], row["closed_at_us"]) == ("expired", start_us + 2 * HOUR_US)
    assert [row["held"] for row in desk.rows(lots)] == [0, 0]


def test_a_hold_may_be_opened_and_captured_in_one_transaction(desk: Desk) -> None:
    desk.earn(100)

    def work(book, account):  # type: ignore[no-untyped-def]
        held = book.hold(account, 30)
        return book.capture(held.id, None, desk.cause("redeem"))

    assert desk.do(work).points == -30
    assert [row["status"] for row in desk.rows(holds)] == ["captured"]
