"""What comes in: lots with their lives, one entry each, chained; asked twice, booked once."""

import pytest

from tallystick.dsl.loyalty import Duration, PointsCurrency, Program
from tallystick.store.database.seal import seal_of
from tallystick.store.refusals import Refusal
from tallystick.store.schema.frame import BIGGEST, NEVER_US
from tallystick.store.schema.ledger import accounts, entries, lots, qualifying
from tallystick.store.schema.outbox import outbox

from .desk import Desk

YEAR = Program(
    id="club",
    timezone="Europe/Madrid",
    points=PointsCurrency(expire_after=Duration(months=12), activate_after=Duration(days=14)),
)


def test_an_earn_is_an_entry_with_a_lot(desk: Desk) -> None:
    entry = desk.earn(100, source="o1", rule="buy", order_id="o1", campaigns=("july",))
    assert (entry.seq, entry.kind, entry.points, entry.balance, entry.lot) == (
        1,
        "earn",
        100,
        100,
        1,
    )
    assert (entry.event, entry.source, entry.rule, entry.ruleset) == ("purchase", "o1", "buy", "v1")
    assert entry.campaigns == ["july"]
    assert entry.effective_at_us == entry.recorded_at_us == desk.clock.now_us
    [lot] = desk.rows(lots)
    assert (lot["points"], lot["remaining"], lot["entry"]) == (100, 100, 1)
    assert (lot["activates_at_us"], lot["expires_at_us"]) == (desk.clock.now_us, NEVER_US)
    [account] = desk.rows(accounts)
    assert (account["balance"], account["active"], account["lifetime"]) == (100, 100, 100)
    [told] = desk.rows(outbox)
    assert (told["type"], told["subject"]) == ("loyalty.earned", f"account/{entry.account}")
    assert told["number"] == 1


def test_entries_of_an_account_are_a_chain(desk: Desk) -> None:
    desk.earn(100)
    desk.earn(50)
    desk.redeem(120)
    rows = desk.rows(entries)
    assert [row["seq"] for row in rows] == [1, 2, 3]
    assert [row["previous"] for row in rows] == ["", rows[0]["seal"], rows[1]["seal"]]
    assert all(row["seal"] == seal_of(entries, row) for row in rows)
    [account] = desk.rows(accounts)
    assert (account["seq"], account["head"]) == (3, rows[2]["seal"])


def test_the_same_earn_again_is_the_entry_that_is_there(desk: Desk) -> None:
    first = desk.earn(100, source="o1", rule="buy")
    desk.clock.now_us += 1
    assert desk.earn(100, source="o1", rule="buy") == first
    assert desk.earn(70, source="o1", rule="bonus").seq == 2
    cause = desk.cause(source="o2", rule="buy")
    twice = desk.do(lambda book, one: [book.earn(one, 5, cause), book.earn(one, 5, cause)])
    assert twice[0] == twice[1]
    assert len(desk.rows(entries)) == len(desk.rows(outbox)) == 3


@pytest.mark.parametrize(("points", "order"), [(70, ""), (100, "o1")])
def test_another_earn_of_the_name_is_a_conflict(desk: Desk, points: int, order: str) -> None:
    desk.earn(100, source="o1", rule="buy")
    cause = desk.cause(source="o1", rule="buy", order_id=order)
    refusal = desk.refused(lambda book, one: book.earn(one, points, cause))
    assert refusal is Refusal.CONFLICT


def test_points_wait_and_live_as_the_terms_say(desk: Desk) -> None:
    desk.be(YEAR)
    desk.go("2026-02-15T17:30", "Europe/Madrid")
    desk.earn(100)
    [lot] = desk.rows(lots)
    assert lot["activates_at_us"] == desk.go("2026-03-01T00:00", "Europe/Madrid")
    assert lot["expires_at_us"] == desk.go("2027-03-02T00:00", "Europe/Madrid")
    desk.go("2026-02-28T23:59", "Europe/Madrid")
    account = desk.settle()
    assert (account.balance, account.active, account.pending) == (100, 0, 100)
    assert desk.refused(lambda book, one: book.redeem(one, 1, desk.cause())) is (
        Refusal.INSUFFICIENT_POINTS
    )
    desk.go("2026-03-01T00:00", "Europe/Madrid")
    assert desk.settle().available == 100


def test_dates_that_a_caller_knows_come_first(desk: Desk) -> None:
    desk.be(YEAR)
    now_us = desk.clock.now_us
    day_us = 86_400_000_000
    desk.earn(
        100,
        earned_at_us=now_us - 30 * day_us,
        activates_at_us=now_us - 20 * day_us,
        expires_at_us=now_us + day_us,
    )
    [lot] = desk.rows(lots)
    assert lot["earned_at_us"] == now_us - 30 * day_us
    assert lot["expires_at_us"] == lot["first_expires_at_us"] == now_us + day_us
    assert desk.settle().available == 100
    [row] = desk.rows(qualifying)
    assert (row["earned_at_us"], row["points"]) == (lot["earned_at_us"], 100)


def test_a_late_event_has_the_terms_and_the_lot_of_its_instant(desk: Desk) -> None:
    desk.be(YEAR)
    then_us = desk.go("2026-01-01T12:00", "Europe/Madrid")
    desk.go("2027-02-01T12:00", "Europe/Madrid")
    desk.earn(100, effective_at_us=then_us)
    kinds = [(row["kind"], row["points"]) for row in desk.rows(entries)]
    assert kinds == [("earn", 100), ("expire", -100)]
    assert {row["recorded_at_us"] for row in desk.rows(entries)} == {desk.clock.now_us}


def test_no_program_no_points(desk: Desk) -> None:
    desk.terms.history = [(desk.clock.now_us + 1, Program(id="club"))]
    refusal = desk.refused(lambda book, one: book.earn(one, 1, desk.cause()))
    assert refusal is Refusal.UNKNOWN_PROGRAM


def test_what_an_account_cannot_hold_is_declined(desk: Desk) -> None:
    desk.earn(BIGGEST)
    refusal = desk.refused(lambda book, one: book.earn(one, 1, desk.cause()))
    assert refusal is Refusal.TOO_LARGE
    desk.redeem(BIGGEST)
    assert desk.refused(lambda book, one: book.earn(one, 1, desk.cause())) is Refusal.TOO_LARGE
    assert desk.settle().balance == 0


def test_a_clock_that_jumps_back_writes_nothing_before_the_last_entry(desk: Desk) -> None:
    now_us = desk.clock.now_us
    desk.earn(100)
    desk.clock.now_us -= 3_600_000_000
    entry = desk.earn(50)
    assert entry.recorded_at_us == now_us
