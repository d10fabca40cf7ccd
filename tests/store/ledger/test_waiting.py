"""Points that wait for their order to come into a state."""

from typing import Any

from tallystick.dsl.loyalty import Duration, PointsCurrency, Program
from tallystick.store.schema.frame import NEVER_US
from tallystick.store.schema.ledger import lots

from .desk import Desk

MADRID = "Europe/Madrid"


def waiting(**points: Any) -> Program:
    """A program whose points count when the order is fulfilled."""
    currency = PointsCurrency(activate_on="fulfilled", expire_after=Duration(days=30), **points)
    return Program(id="club", timezone=MADRID, points=currency)


def fulfil(desk: Desk, order: str = "o1", state: str = "fulfilled") -> None:
    """Have an order come into a state."""
    desk.do(lambda book, one: book.activate(one, order, state))


def test_points_count_from_the_state_of_their_order(desk: Desk) -> None:
    desk.be(waiting())
    desk.go("2026-01-01T12:00", MADRID)
    desk.buy("o1", 10)
    desk.buy("o2", 20)
    [lot, _] = desk.rows(lots)
    assert (lot["activates_at_us"], lot["expires_at_us"]) == (NEVER_US, NEVER_US)
    assert lot["waits_for"] == "fulfilled"
    desk.go("2026-06-01T12:00", MADRID)
    fulfil(desk, state="paid")
    assert desk.settle().pending == 30
    fulfil(desk)
    fulfil(desk)
    account = desk.settle()
    assert (account.active, account.pending) == (10, 20)
    assert desk.rows(lots)[0]["expires_at_us"] == desk.go("2026-07-02T00:00", MADRID)
    assert desk.settle().balance == 20


def test_points_may_wait_for_some_days_more(desk: Desk) -> None:
    desk.be(waiting(activate_after=Duration(days=14)))
    desk.buy("o1", 10)
    desk.go("2026-08-01T12:00", MADRID)
    fulfil(desk)
    assert desk.settle().pending == 10
    desk.go("2026-08-15T00:00", MADRID)
    assert desk.settle().available == 10


def test_points_without_an_order_do_not_wait(desk: Desk) -> None:
    desk.be(waiting())
    desk.earn(10)
    assert desk.settle().available == 10


def test_what_was_taken_back_does_not_begin_to_count(desk: Desk) -> None:
    desk.be(waiting())
    desk.buy("o1", 10)
    desk.claw(4, "o1")
    fulfil(desk)
    assert desk.settle().available == 6


def test_points_that_begin_to_count_repay_a_deficit(desk: Desk) -> None:
    desk.buy("o1", 50)
    desk.pay("o2", 50)
    desk.claw(50, "o1")
    desk.be(waiting())
    desk.buy("o3", 80)
    account = desk.settle()
    assert (account.balance, account.deficit, account.pending) == (30, 50, 80)
    fulfil(desk, "o3")
    account = desk.settle()
    assert (account.balance, account.deficit, account.active) == (30, 0, 30)


def test_an_order_names_the_accounts_it_has_moved(desk: Desk) -> None:
    desk.be(waiting())
    desk.buy("o1", 50, "bo")
    desk.buy("o1", 50)
    desk.buy("o2", 50, "cy")
    found = desk.do(lambda book, _: [one.member for one in book.open_order("o1")], "dan")
    assert sorted(found) == ["ana", "bo"]
