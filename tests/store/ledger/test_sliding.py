"""Ends that move with every earn and redemption, and back when these are undone."""

from typing import Any

from tallystick.dsl.loyalty import Duration, PointsCurrency, Program
from tallystick.store.schema.ledger import entries, lots, slides

from .desk import Desk

MADRID = "Europe/Madrid"
YEAR = PointsCurrency(expire_after=Duration(months=12), is_sliding=True)
SLIDING = Program(id="club", timezone=MADRID, points=YEAR)


def ends(desk: Desk) -> list[int]:
    """The ends of all lots."""
    return [row["expires_at_us"] for row in desk.rows(lots)]


def at(desk: Desk, *days: str) -> list[int]:
    """The midnights in Madrid at which these days begin."""
    now_us = desk.clock.now_us
    found = [desk.go(f"{day}T00:00", MADRID) for day in days]
    desk.clock.now_us = now_us
    return found


def test_every_earn_and_redemption_moves_the_end_of_all_lots(desk: Desk) -> None:
    desk.be(SLIDING)
    desk.go("2026-01-10T12:00", MADRID)
    desk.earn(10)
    desk.go("2026-02-20T12:00", MADRID)
    desk.earn(10)
    assert ends(desk) == at(desk, "2027-02-21", "2027-02-21")
    desk.go("2026-03-30T12:00", MADRID)
    desk.redeem(3)
    assert ends(desk) == at(desk, "2027-03-31", "2027-03-31")
    assert [row["first_expires_at_us"] for row in desk.rows(lots)] == at(
        desk, "2027-01-11", "2027-02-21"
    )
    desk.go("2027-03-31T00:00", MADRID)
    assert desk.settle().balance == 0


def test_a_lot_that_is_over_does_not_come_back(desk: Desk) -> None:
    desk.be(SLIDING)
    desk.go("2026-01-10T12:00", MADRID)
    desk.earn(10)
    desk.go("2027-01-11T00:00", MADRID)
    desk.earn(20)
    assert desk.settle().balance == 20
    assert desk.rows(entries, kind="expire")[0]["lot"] == 1


def test_a_redemption_given_back_whole_has_moved_nothing(desk: Desk) -> None:
    desk.be(SLIDING)
    desk.go("2026-01-10T12:00", MADRID)
    desk.earn(10)
    desk.go("2026-03-30T12:00", MADRID)
    desk.pay("o1", 4)
    desk.give_back(3, "o1")
    assert ends(desk) == at(desk, "2027-03-31")
    desk.give_back(1, "o1")
    assert ends(desk) == at(desk, "2027-01-11")
    [first, second] = desk.rows(slides)
    assert second["undone_at_us"] == desk.clock.now_us
    assert first["undone_at_us"] > second["undone_at_us"]


def test_an_earn_taken_back_whole_has_moved_nothing_and_what_is_over_lapses(desk: Desk) -> None:
    desk.be(SLIDING)
    desk.go("2026-01-10T12:00", MADRID)
    desk.earn(10)
    desk.go("2027-01-05T12:00", MADRID)
    desk.buy("o1", 20)
    desk.go("2027-01-20T12:00", MADRID)
    desk.claw(19, "o1")
    assert desk.settle().balance == 11
    desk.claw(1, "o1")
    assert desk.book()[3:] == [("reverse", -1, 10), ("expire", -10, 0)]


def test_a_lot_that_was_empty_when_ends_moved_has_the_end_it_would_have(desk: Desk) -> None:
    desk.be(SLIDING)
    desk.go("2026-01-10T12:00", MADRID)
    desk.earn(10)
    desk.go("2026-02-20T12:00", MADRID)
    desk.pay("o1", 10)
    desk.go("2026-03-30T12:00", MADRID)
    desk.earn(5)
    desk.give_back(10, "o1")
    assert ends(desk) == at(desk, "2027-03-31", "2027-03-31")


def test_points_that_wait_move_too(desk: Desk) -> None:
    points: dict[str, Any] = {"expire_after": Duration(days=30), "is_sliding": True}
    waiting = PointsCurrency(**points, activate_after=Duration(days=10))
    desk.be(Program(id="club", timezone=MADRID, points=waiting))
    desk.go("2026-01-01T12:00", MADRID)
    desk.earn(10)
    assert ends(desk) == at(desk, "2026-02-11")  # active on 11 January, and 30 days more
    desk.go("2026-01-05T12:00", MADRID)
    desk.earn(10)
    assert ends(desk) == at(desk, "2026-02-15", "2026-02-15")


def test_balances_that_are_brought_along_and_corrections_move_nothing(desk: Desk) -> None:
    desk.be(SLIDING)
    desk.go("2026-01-10T12:00", MADRID)
    desk.earn(10)
    desk.go("2026-02-10T12:00", MADRID)
    desk.earn(10, is_opening=True)
    cause = desk.cause("adjust", reason="sorry", actor="eve")
    desk.do(lambda book, one: book.adjust(one, 5, cause))
    assert ends(desk) == at(desk, "2027-01-11", "2027-02-11", "2027-02-11")
    assert len(desk.rows(slides)) == 1
