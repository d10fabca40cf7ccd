"""Transfers, and redemptions over several accounts."""

import pytest

from tallystick.store.acting import act
from tallystick.store.errors import StoreError
from tallystick.store.ledger.account import Account, AccountKey
from tallystick.store.ledger.book import Book
from tallystick.store.refusals import Declined, Refusal
from tallystick.store.schema.ledger import accounts, allocations, lots
from tallystick.store.transaction import Transaction

from .desk import Desk

DAY_US = 86_400_000_000
ANA_TO_BO = ("ana", "bo")


def move(desk: Desk, points: int, source: str = "t1", who: tuple[str, str] = ANA_TO_BO) -> object:
    """Move points of one member to another."""
    keys = [AccountKey(name, "club") for name in who]

    def work(transaction: Transaction) -> object:
        book = Book(transaction, desk.terms)
        found = book.open(keys)
        return book.transfer(found[keys[0]], found[keys[1]], points, desk.cause("move", source))

    return act(desk.tenancy, "move", points, work, object)


def test_lots_move_with_their_dates(desk: Desk) -> None:
    now_us = desk.clock.now_us
    desk.buy("o1", 30, expires_at_us=now_us + 2 * DAY_US, earned_at_us=now_us - 9)
    desk.earn(20, expires_at_us=now_us + DAY_US)
    desk.earn(99, activates_at_us=now_us + DAY_US)
    move(desk, 40)
    assert desk.book()[-1] == ("transfer", -40, 109)
    assert desk.book("bo") == [("transfer", 40, 40)]
    [bo] = desk.rows(accounts, member="bo")
    moved = [
        (row["points"], row["expires_at_us"] - now_us, row["earned_at_us"] - now_us, row["rule"])
        for row in desk.rows(lots, account=bo["id"])
    ]
    assert moved == [(20, DAY_US, 0, ""), (20, 2 * DAY_US, -9, "")]
    assert [row["kind"] for row in desk.rows(allocations)] == ["move", "move"]
    assert bo["lifetime"] == 0
    desk.clock.now_us += 2 * DAY_US
    assert desk.settle("bo").balance == 0


def test_pending_points_do_not_move(desk: Desk) -> None:
    desk.earn(99, activates_at_us=desk.clock.now_us + DAY_US)
    answer = move(desk, 1)
    assert isinstance(answer, Declined) and answer.refusal is Refusal.INSUFFICIENT_POINTS


def test_a_transfer_is_booked_once(desk: Desk) -> None:
    desk.earn(100)
    assert move(desk, 40) == move(desk, 40)
    assert desk.settle().balance == 60
    assert desk.settle("bo").balance == 40


def test_another_transfer_of_the_name_is_a_conflict(desk: Desk) -> None:
    """Also back again, to somebody else, and to who got as much by that name from another."""
    for member in ("ana", "bo", "cy"):
        desk.earn(100, member)
    first, other = move(desk, 40), move(desk, 40, who=("cy", "dan"))
    for giver, taker, points in [
        ("ana", "bo", 41),
        ("bo", "ana", 40),
        ("bo", "cy", 40),
        ("ana", "cy", 40),
        ("cy", "bo", 40),
        ("ana", "dan", 40),
    ]:
        answer = move(desk, points, who=(giver, taker))
        assert isinstance(answer, Declined) and answer.refusal is Refusal.CONFLICT
    assert (move(desk, 40), move(desk, 40, who=("cy", "dan"))) == (first, other)
    left = [desk.settle(member).balance for member in ("ana", "bo", "cy", "dan")]
    assert left == [60, 140, 60, 40]


def test_what_is_moved_repays_a_deficit(desk: Desk) -> None:
    desk.buy("o1", 50, "bo")
    desk.pay("o2", 50, "bo")
    desk.claw(50, "o1", "bo")
    desk.earn(80)
    move(desk, 60)
    bo = desk.settle("bo")
    assert (bo.balance, bo.active, bo.deficit) == (10, 10, 0)


def test_nothing_moves_to_where_it_is(desk: Desk) -> None:
    desk.earn(10)
    with pytest.raises(StoreError, match="another account of the same program"):
        desk.do(lambda book, one: book.transfer(one, one, 1, desk.cause("move")))


def pay_together(desk: Desk, points: int, is_proportional: bool) -> list[int] | Declined:
    """Redeem points of ana, bo and cy; what each pays."""
    keys = [AccountKey(member, "club") for member in ("ana", "bo", "cy")]

    def work(transaction: Transaction) -> list[int]:
        book = Book(transaction, desk.terms)
        found = book.open(keys)
        them: list[Account] = [found[key] for key in keys]
        cause = desk.cause("redeem")
        paid = book.redeem_across(them, points, cause, is_proportional=is_proportional)
        by_account = {entry.account: -entry.points for entry in paid}
        return [by_account.get(one.id, 0) for one in them]

    kind: type[list[int]] = list
    return act(desk.tenancy, "pay", points, work, kind)


def test_several_accounts_pay_in_proportion_or_in_order(desk: Desk) -> None:
    for member, points in (("ana", 100), ("bo", 50), ("cy", 50)):
        desk.earn(points, member)
    # 101 of 200: 50.5, 25.25 and 25.25, so the unit left over is of the largest remainder.
    assert pay_together(desk, 101, is_proportional=True) == [51, 25, 25]
    assert pay_together(desk, 60, is_proportional=False) == [49, 11, 0]
    declined = pay_together(desk, 40, is_proportional=False)
    assert isinstance(declined, Declined)
    assert declined.facts == {"asked": 40, "available": 39}
