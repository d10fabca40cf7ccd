"""What goes out: earliest expiry first, never above what is available, lots noted."""

import pytest

from tallystick.store.errors import StoreError
from tallystick.store.refusals import Refusal
from tallystick.store.schema.frame import NEVER_US
from tallystick.store.schema.ledger import allocations, entries, lots

from .desk import Desk

DAY_US = 86_400_000_000


def spent(desk: Desk) -> list[tuple[int, int, int]]:
    """Entry, lot and points of all allocations, in the order of drawing."""
    return [(row["entry"], row["lot"], row["points"]) for row in desk.rows(allocations)]


def test_the_earliest_expiry_is_spent_first_and_what_never_expires_last(desk: Desk) -> None:
    now_us = desk.clock.now_us
    desk.earn(10)
    desk.earn(20, expires_at_us=now_us + 9 * DAY_US)
    desk.earn(30, expires_at_us=now_us + 5 * DAY_US)
    desk.earn(40, expires_at_us=now_us + 5 * DAY_US, earned_at_us=now_us - DAY_US)
    entry = desk.redeem(95, rule="two-off")
    assert spent(desk) == [(5, 4, 40), (5, 3, 30), (5, 2, 20), (5, 1, 5)]
    assert (entry.points, entry.balance, entry.lot) == (-95, 5, 0)
    assert [lot["remaining"] for lot in desk.rows(lots)] == [5, 0, 0, 0]


def test_of_lots_alike_the_first_is_spent_first(desk: Desk) -> None:
    desk.earn(10)
    desk.earn(10)
    desk.redeem(15)
    assert spent(desk) == [(3, 1, 10), (3, 2, 5)]


def test_many_lots_are_read_in_pieces(desk: Desk) -> None:
    for number in range(50):
        desk.earn(1, expires_at_us=desk.clock.now_us + (number % 7 + 1) * DAY_US)
    desk.redeem(45)
    places = [(lot["expires_at_us"], lot["number"]) for lot in desk.rows(lots)]
    assert [lot for _, lot, _ in spent(desk)] == [number for _, number in sorted(places)][:45]


def test_more_than_is_available_is_refused_and_writes_nothing(desk: Desk) -> None:
    desk.earn(100)
    refusal = desk.refused(lambda book, one: book.redeem(one, 101, desk.cause("redeem")))
    assert refusal is Refusal.INSUFFICIENT_POINTS
    assert len(desk.rows(entries)) == 1


def test_what_was_earned_in_the_same_transaction_may_be_spent(desk: Desk) -> None:
    def work(book, account):  # type: ignore[no-untyped-def]
        book.earn(account, 70, desk.cause(), expires_at_us=desk.clock.now_us + DAY_US)
        book.redeem(account, 100, desk.cause("redeem"))
        book.earn(account, 5, desk.cause())
        return account

    desk.earn(40)
    account = desk.do(work)
    assert (account.balance, account.seq) == (15, 4)
    assert spent(desk) == [(3, 2, 70), (3, 1, 30)]


def test_the_same_redemption_again_is_the_entry_that_is_there(desk: Desk) -> None:
    desk.earn(100)
    first = desk.redeem(60, source="o1")
    assert desk.redeem(60, source="o1") == first
    assert desk.settle().balance == 40


@pytest.mark.parametrize("points", [0, -1, True, 1.0])
def test_only_a_number_of_points_is_spent(desk: Desk, points: int) -> None:
    with pytest.raises(StoreError, match="expected a whole number above 0"):
        desk.redeem(points)


def test_never_is_the_end_of_what_does_not_expire(desk: Desk) -> None:
    desk.earn(1)
    assert desk.rows(lots)[0]["expires_at_us"] == NEVER_US
