"""Refunds take back what was earned: own lot, spend order, deficit; in any split the same."""

import pytest

from tallystick.dsl.kinds import Deficit
from tallystick.dsl.loyalty import Program
from tallystick.store.ledger.account import Account
from tallystick.store.refusals import Refusal
from tallystick.store.schema.ledger import accounts, allocations, entries, lots, qualifying

from .desk import Desk

DAY_US = 86_400_000_000


def taken(desk: Desk) -> list[tuple[str, int, int]]:
    """Kind, lot and points of all allocations."""
    return [(row["kind"], row["lot"], row["points"]) for row in desk.rows(allocations)]


def test_earn_and_full_refund_leave_everything_as_before(desk: Desk) -> None:
    desk.buy("o1", 100)
    entry = desk.claw(100, "o1")
    assert (entry.kind, entry.undoes, entry.points, entry.reverses) == ("reverse", "earn", -100, 1)
    account = desk.settle()
    assert (account.balance, account.active, account.deficit, account.lifetime) == (0, 0, 0, 0)
    assert [row["points"] for row in desk.rows(qualifying)] == [100, -100]


def test_the_own_lot_comes_first_then_the_order_of_spending_then_a_deficit(desk: Desk) -> None:
    now_us = desk.clock.now_us
    desk.buy("o1", 100, expires_at_us=now_us + 9 * DAY_US)
    desk.buy("o2", 30, expires_at_us=now_us + 8 * DAY_US)
    desk.buy("o3", 20, expires_at_us=now_us + 7 * DAY_US)
    desk.claw(40, "o1")
    desk.pay("o4", 90)  # o3, o2, and 40 of o1
    assert desk.left() == [20, 0, 0]
    desk.claw(60, "o1")
    account = desk.settle()
    assert (account.balance, account.active, account.deficit) == (-40, 0, 40)
    assert [one for one in taken(desk) if one[0] == "claw"] == [("claw", 1, 40), ("claw", 1, 20)]


def test_a_lot_that_is_pending_is_taken_back_too(desk: Desk) -> None:
    desk.earn(10)
    desk.buy("o1", 100, activates_at_us=desk.clock.now_us + DAY_US)
    desk.claw(70, "o1")
    account = desk.settle()
    assert (account.active, account.pending) == (10, 30)
    desk.clock.now_us += DAY_US
    assert desk.settle().available == 40


def test_what_lapsed_is_absorbed_first_so_that_any_split_comes_to_the_same(desk: Desk) -> None:
    for member, split in (("ana", [100]), ("bo", [50, 50]), ("cy", [1, 99]), ("di", [80, 20])):
        start_us = desk.clock.now_us
        desk.buy("o1", 100, member, expires_at_us=start_us + DAY_US)
        desk.pay("o2", 30, member)
        desk.clock.now_us += DAY_US
        for points in split:
            desk.claw(points, "o1", member)
        account = desk.settle(member)
        assert (account.balance, account.deficit, account.lifetime) == (-30, 30, 0), split
        desk.clock.now_us = start_us
    [bo] = desk.rows(accounts, member="bo")
    notes = [row["note"] for row in desk.rows(entries, account=bo["id"], kind="reverse")]
    assert notes == ['{"lapsed":50}', '{"lapsed":20}']


def test_a_deficit_is_repaid_by_the_next_credit_that_counts(desk: Desk) -> None:
    desk.buy("o1", 100)
    desk.pay("o2", 100)
    desk.claw(100, "o1")
    desk.buy("o3", 30, activates_at_us=desk.clock.now_us + DAY_US)
    account = desk.settle()
    assert (account.balance, account.deficit, account.pending) == (-70, 100, 30)
    desk.clock.now_us += DAY_US
    desk.buy("o4", 50)
    account = desk.settle()
    assert (account.balance, account.deficit, account.active) == (-20, 20, 0)
    desk.give_back(100, "o2")
    account = desk.settle()
    assert (account.balance, account.deficit, account.active) == (80, 0, 80)
    repaid = [one for one in taken(desk) if one[0] == "repay"]
    assert sorted(repaid) == [("repay", 1, 20), ("repay", 2, 30), ("repay", 3, 50)]


@pytest.mark.parametrize(
    ("program", "balance", "deficit", "note"),
    [
        (Program(id="club", deficit=Deficit.WRITE_OFF), 0, 0, '{"written_off":80}'),
        (Program(id="club", deficit_max=50), -50, 50, '{"written_off":30}'),
        (Program(id="club", deficit_max=0), 0, 0, '{"written_off":80}'),
        (Program(id="club", deficit_max=90), -80, 80, ""),
    ],
)
def test_what_is_not_there_goes_by_the_program(
    desk: Desk, program: Program, balance: int, deficit: int, note: str
) -> None:
    desk.be(program)
    desk.buy("o1", 100)
    desk.pay("o2", 80)
    desk.claw(100, "o1")
    account = desk.settle()
    assert (account.balance, account.deficit, account.lifetime) == (balance, deficit, 0)
    assert desk.rows(entries)[-1]["note"] == note


def test_a_program_may_forbid_what_would_make_a_deficit(desk: Desk) -> None:
    desk.be(Program(id="club", deficit=Deficit.FORBID))
    desk.buy("o1", 100)
    desk.pay("o2", 80)
    cause = desk.cause("refund", rule="buy")
    refusal = desk.refused(
        lambda book, one: book.claw_back(one, 21, cause, order_id="o1", rule="buy")
    )
    assert refusal is Refusal.DEFICIT
    desk.claw(20, "o1")
    assert desk.settle().balance == 0


def test_no_more_is_taken_back_than_was_earned(desk: Desk) -> None:
    desk.buy("o1", 100)
    desk.claw(60, "o1")
    for order, rule in (("o1", "buy"), ("o1", "other"), ("o2", "buy")):
        cause = desk.cause("refund", rule="buy")
        refusal = desk.refused(
            lambda book, one, order=order, rule=rule, cause=cause: book.claw_back(  # type: ignore[misc]
                one, 41, cause, order_id=order, rule=rule
            )
        )
        assert refusal is Refusal.EXCEEDS_BOOKED


def test_what_is_held_is_not_taken_back(desk: Desk) -> None:
    desk.buy("o1", 100)
    held = desk.do(lambda book, one: book.hold(one, 70))
    desk.claw(100, "o1")
    account = desk.settle()
    assert (account.balance, account.active, account.held, account.deficit) == (0, 70, 70, 70)
    desk.do(lambda book, one: book.release(held.id))
    account = desk.settle()
    assert (account.balance, account.active, account.deficit) == (0, 0, 0)


def test_the_same_refund_again_is_the_entry_that_is_there(desk: Desk) -> None:
    desk.buy("o1", 100)

    def refund(book, account: Account):  # type: ignore[no-untyped-def]
        cause = desk.cause("refund", "r1", rule="buy")
        return book.claw_back(account, 60, cause, order_id="o1", rule="buy")

    assert desk.do(refund) == desk.do(refund)
    assert [lot["clawed"] for lot in desk.rows(lots)] == [60]
