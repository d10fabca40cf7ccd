"""Points given or taken by hand: with who and why, and never below what is available."""

import pytest

from tallystick.dsl.loyalty import Duration, PointsCurrency, Program
from tallystick.store.errors import StoreError
from tallystick.store.ledger.entry import Entry
from tallystick.store.refusals import Refusal
from tallystick.store.schema.ledger import accounts, lots, qualifying

from .desk import Desk

DAY_US = 86_400_000_000


def adjust(desk: Desk, points: int, source: str = "", **more: int) -> Entry:
    """Give or take points, for a reason."""
    cause = desk.cause("adjust", source, reason="a mistake", actor="eve")
    return desk.do(lambda book, one: book.adjust(one, points, cause, **more))


def test_an_adjustment_has_its_reason_and_who_made_it(desk: Desk) -> None:
    entry = adjust(desk, 100)
    assert (entry.kind, entry.points, entry.reason, entry.actor) == (
        "adjust",
        100,
        "a mistake",
        "eve",
    )
    assert adjust(desk, -30).balance == 70
    assert desk.settle().lifetime == 0
    assert desk.rows(qualifying) == []


@pytest.mark.parametrize("missing", ["reason", "actor"])
def test_an_adjustment_without_them_is_an_error(desk: Desk, missing: str) -> None:
    words = {"reason": "a mistake", "actor": "eve"} | {missing: ""}
    with pytest.raises(StoreError, match=f"at `{missing}`"):
        desk.do(lambda book, one: book.adjust(one, 1, desk.cause("adjust", **words)))


@pytest.mark.parametrize("points", [0, 1.5])
def test_an_adjustment_of_nothing_is_an_error(desk: Desk, points: int) -> None:
    with pytest.raises(StoreError, match="at `points`"):
        adjust(desk, points)


def test_no_more_is_taken_than_is_available(desk: Desk) -> None:
    desk.earn(10)
    desk.do(lambda book, one: book.hold(one, 4))
    cause = desk.cause("adjust", reason="a mistake", actor="eve")
    refusal = desk.refused(lambda book, one: book.adjust(one, -7, cause))
    assert refusal is Refusal.INSUFFICIENT_POINTS
    assert adjust(desk, -6).balance == 4


def test_what_is_given_counts_at_once_and_ends_as_the_terms_say(desk: Desk) -> None:
    points = PointsCurrency(expire_after=Duration(days=30), activate_after=Duration(days=14))
    desk.be(Program(id="club", points=points))
    desk.go("2026-01-01T12:00")
    adjust(desk, 10)
    adjust(desk, 10, expires_at_us=desk.clock.now_us + DAY_US)
    assert desk.settle().available == 20
    ends = [row["expires_at_us"] for row in desk.rows(lots)]
    assert ends == [desk.go("2026-02-01T00:00"), desk.go("2026-01-02T12:00")]


def test_the_same_adjustment_again_is_the_entry_that_is_there(desk: Desk) -> None:
    assert adjust(desk, 10, "a1") == adjust(desk, 10, "a1")
    assert desk.rows(accounts)[0]["balance"] == 10
