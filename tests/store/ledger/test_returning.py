"""Redemptions undone: last drawn lot first, ends as they were, what is past them lapses."""

from tallystick.store.refusals import Refusal
from tallystick.store.schema.ledger import allocations, entries, lots

from .desk import Desk

DAY_US = 86_400_000_000


def test_the_lot_drawn_last_gets_its_points_back_first(desk: Desk) -> None:
    now_us = desk.clock.now_us
    for days in (1, 2, 3):
        desk.earn(10, expires_at_us=now_us + days * DAY_US)
    desk.pay("o1", 25)
    assert desk.left() == [0, 0, 5]
    entry = desk.give_back(8, "o1")
    assert (entry.points, entry.undoes, entry.reverses) == (8, "redeem", 4)
    assert desk.left() == [0, 3, 10]
    desk.give_back(9, "o1")
    assert desk.left() == [2, 10, 10]
    desk.give_back(8, "o1")
    assert desk.left() == [10, 10, 10]
    returned = [(row["lot"], row["points"]) for row in desk.rows(allocations, kind="return")]
    assert returned == [(3, -5), (2, -3), (2, -7), (1, -2), (1, -8)]


def test_redeeming_and_cancelling_changes_no_end(desk: Desk) -> None:
    desk.earn(10, expires_at_us=desk.clock.now_us + DAY_US)
    before = desk.rows(lots)
    desk.pay("o1", 10)
    desk.give_back(10, "o1")
    assert desk.rows(lots) == before


def test_what_is_past_its_end_lapses_at_once(desk: Desk) -> None:
    start_us = desk.clock.now_us
    desk.earn(10, expires_at_us=start_us + DAY_US)
    desk.earn(10, expires_at_us=start_us + 9 * DAY_US)
    desk.pay("o1", 15)
    desk.clock.now_us += 2 * DAY_US
    desk.give_back(15, "o1")
    assert desk.book()[2:] == [("redeem", -15, 5), ("reverse", 15, 20), ("expire", -10, 10)]
    [lapsed] = desk.rows(entries, kind="expire")
    assert (lapsed["recorded_at_us"], lapsed["lot"]) == (desk.clock.now_us, 1)
    assert desk.left() == [0, 10]


def test_a_lot_that_lapsed_lapses_again_with_what_comes_back(desk: Desk) -> None:
    start_us = desk.clock.now_us
    desk.earn(10, expires_at_us=start_us + DAY_US)
    desk.pay("o1", 2)
    desk.pay("o2", 3)
    desk.clock.now_us += 2 * DAY_US
    desk.give_back(2, "o1")
    desk.give_back(3, "o2")
    lapsed = [(row["source"], row["points"]) for row in desk.rows(entries, kind="expire")]
    assert lapsed == [("lot-1", -5), ("lot-1-5", -2), ("lot-1-7", -3)]
    assert desk.settle().balance == 0


def test_at_most_what_was_taken_comes_back(desk: Desk) -> None:
    desk.earn(100)
    desk.pay("o1", 60)
    desk.give_back(20, "o1")
    cause = desk.cause("refund")
    for order, rule in (("o1", "off"), ("o1", ""), ("o2", "off"), ("", "")):
        refusal = desk.refused(
            lambda book, one, order=order, rule=rule: book.give_back(  # type: ignore[misc]
                one, 41, cause, order_id=order, rule=rule
            )
        )
        assert refusal is Refusal.EXCEEDS_BOOKED


def test_a_redemption_is_also_undone_by_the_number_of_its_entry(desk: Desk) -> None:
    desk.earn(100)
    lone = desk.redeem(30)
    desk.do(lambda book, one: book.give_back(one, 10, desk.cause("undo"), entry=lone.seq))
    desk.do(lambda book, one: book.give_back(one, 20, desk.cause("undo"), entry=lone.seq))
    for number in (1, lone.seq, 3, 99):
        cause = desk.cause("undo")
        refusal = desk.refused(
            lambda book, one, number=number, cause=cause: book.give_back(  # type: ignore[misc]
                one, 1, cause, entry=number
            )
        )
        assert refusal is Refusal.EXCEEDS_BOOKED
    assert desk.settle().balance == 100


def test_what_paid_for_an_order_is_given_back_with_the_order_alone(desk: Desk) -> None:
    desk.earn(100)
    paid = desk.pay("o1", 60)
    cause = desk.cause("undo")
    refusal = desk.refused(lambda book, one: book.give_back(one, 1, cause, entry=paid.seq))
    assert refusal is Refusal.WRONG_STATE
    desk.give_back(60, "o1")
    assert desk.settle().balance == 100


def test_a_refund_by_rules_of_one_name_has_both_rows(desk: Desk) -> None:
    desk.earn(50)
    desk.earn(100, source="o1", order_id="o1", rule="tea")
    desk.redeem(20, source="o1", order_id="o1", rule="tea")
    cause = desk.cause("refund", "r1", rule="tea", order_id="o1")
    desk.do(lambda book, one: book.give_back(one, 20, cause, order_id="o1", rule="tea"))
    desk.do(lambda book, one: book.claw_back(one, 100, cause, order_id="o1", rule="tea"))
    assert desk.book()[3:] == [("reverse", 20, 150), ("reverse", -100, 50)]
