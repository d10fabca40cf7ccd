"""The face of the ledger: members by the shop's names, requests once, pages that stay in place."""

from __future__ import annotations

import pytest

from tallystick.store.errors import StoreError
from tallystick.store.ledger.entry import Entry
from tallystick.store.ledger.face import Award, Ledger
from tallystick.store.ledger.hold import Hold
from tallystick.store.ledger.listing import Page
from tallystick.store.ledger.purse import Balance, Purse
from tallystick.store.refusals import Declined, Refusal
from tallystick.store.schema.frame import NEVER_US
from tallystick.store.schema.ledger import entries
from tallystick.store.shop import Shop
from tallystick.store.tenancy import Tenancy

from ..conftest import Clock
from ..shops import CLUB, open_shop, publish
from .desk import Desk

ANA = Purse("ana", "club")


@pytest.fixture
def shop(tenancy: Tenancy) -> Shop:
    """A shop with the club, of which ana and bo are members."""
    shop = open_shop(tenancy)
    for member in ("ana", "bo"):
        assert not isinstance(shop.members.enrol(member, "club"), Declined)
    return shop


@pytest.fixture
def ledger(shop: Shop) -> Ledger:
    """Its ledger."""
    return shop.ledger


def earn(ledger: Ledger, points: int, source: str, member: str = "ana") -> Entry:
    """Give points."""
    entry = ledger.earn(Award(Purse(member, "club"), points, "purchase", source, "buy"))
    assert isinstance(entry, Entry), entry
    return entry


def test_an_award_says_what_brought_it(ledger: Ledger) -> None:
    with pytest.raises(StoreError, match=r"award\.source"):
        ledger.earn(Award(ANA, 5, "purchase", "", "buy"))
    assert balance(ledger) == 0


def balance(ledger: Ledger, purse: Purse = ANA) -> int:
    """The balance of somebody."""
    found = ledger.balance(purse)
    assert isinstance(found, Balance), found
    return found.balance


def test_points_come_and_go(ledger: Ledger) -> None:
    earn(ledger, 100, "o1")
    redeemed = ledger.redeem(ANA, 30, source="o2")
    assert isinstance(redeemed, Entry)
    adjusted = ledger.adjust(ANA, 5, reason="sorry", actor="eve")
    assert isinstance(adjusted, Entry) and adjusted.balance == 75
    undone = ledger.undo(ANA, redeemed.seq)
    assert isinstance(undone, Entry) and (undone.points, undone.reverses) == (30, redeemed.seq)
    again = ledger.undo(ANA, redeemed.seq)
    assert isinstance(again, Declined) and again.refusal is Refusal.EXCEEDS_BOOKED
    moved = ledger.transfer(ANA, "bo", 60, source="t1")
    assert not isinstance(moved, Declined)
    assert [entry.points for entry in moved] == [-60, 60]
    assert (balance(ledger), balance(ledger, Purse("bo", "club"))) == (45, 60)


def test_a_request_is_answered_once(ledger: Ledger) -> None:
    earn(ledger, 100, "o1")
    first = ledger.redeem(ANA, 30, request="k1")
    assert ledger.redeem(ANA, 30, request="k1") == first
    other = ledger.redeem(ANA, 31, request="k1")
    assert isinstance(other, Declined) and other.refusal is Refusal.CONFLICT
    held = ledger.hold(ANA, 10, request="k2")
    assert ledger.hold(ANA, 10, request="k2") == held
    assert balance(ledger) == 70


def test_a_hold_is_captured_or_released(ledger: Ledger) -> None:
    earn(ledger, 100, "o1")
    held = ledger.hold(ANA, 70, source="c1")
    assert isinstance(held, Hold)
    captured = ledger.capture(held.id, 40)
    assert isinstance(captured, Hold)
    assert (captured.status, captured.captured, captured.entry) == ("captured", 40, 2)
    other = ledger.hold(ANA, 70, is_clip=True)
    assert isinstance(other, Hold) and other.points == 60
    released = ledger.release(other.id)
    assert isinstance(released, Hold) and released.status == "released"
    assert balance(ledger) == 60


def test_a_balance_is_as_it_is_now_though_nothing_was_booked(
    ledger: Ledger, clock: Clock, desk: Desk
) -> None:
    earn(ledger, 100, "o1")
    clock.now_us += 400 * 86_400_000_000
    assert balance(ledger) == 0
    assert len(desk.rows(entries)) == 1
    [shown] = ledger.balances("ana")  # type: ignore[misc]
    assert isinstance(shown, Balance) and (shown.purse, shown.balance) == (ANA, 0)
    state = ledger.state(ANA, at_us=clock.now_us - 399 * 86_400_000_000)
    assert state is not None and not isinstance(state, Declined)
    assert (state.balance, len(state.lots)) == (100, 1)


def test_who_is_not_there_has_no_points(ledger: Ledger) -> None:
    nobody = Purse("zoe", "club")
    for answer in (
        ledger.balance(nobody),
        ledger.balances("zoe"),
        ledger.redeem(nobody, 1),
        ledger.earn(Award(nobody, 1, "purchase", "o1")),
        ledger.transfer(ANA, "zoe", 1),
        ledger.transactions("zoe"),
        ledger.state(nobody),
    ):
        assert isinstance(answer, Declined) and answer.refusal is Refusal.UNKNOWN_MEMBER
    assert ledger.state(ANA) is None
    assert ledger.balances("ana") == ()
    assert balance(ledger) == 0


def test_many_awards_are_booked_all_or_none(ledger: Ledger, desk: Desk) -> None:
    awards = [Award(ANA, 10, "check-in", f"e{number}") for number in range(5)]
    booked = ledger.earn_many(awards)
    assert not isinstance(booked, Declined)
    assert [entry.balance for entry in booked] == [10, 20, 30, 40, 50]
    assert ledger.earn_many(awards) == booked
    large = Award(ANA, NEVER_US, "check-in", "large")
    answer = ledger.earn_many([Award(ANA, 1, "check-in", "small"), large])
    assert isinstance(answer, Declined) and answer.refusal is Refusal.TOO_LARGE
    assert len(desk.rows(entries)) == 5
    with pytest.raises(StoreError, match="at most 10000 awards"):
        ledger.earn_many([large] * 10_001)


def test_pages_stay_in_place_while_more_is_written(ledger: Ledger, clock: Clock) -> None:
    for number in range(7):
        earn(ledger, 1, f"o{number}")
        clock.now_us += number % 2
    seen: list[int] = []
    cursor = None
    while True:
        page = ledger.transactions("ana", cursor=cursor, limit=3)
        assert isinstance(page, Page)
        seen += [entry.seq for entry in page.entries]
        cursor = page.cursor
        earn(ledger, 1, f"p{len(seen)}")
        if cursor is None:
            break
    assert seen == [7, 6, 5, 4, 3, 2, 1]


def test_a_page_says_of_what_its_accounts_are(ledger: Ledger) -> None:
    page = ledger.transactions("ana")
    assert isinstance(page, Page) and (page.entries, page.purses) == ((), {})
    money = Purse("ana", "club", "cashback")
    for number, purse in enumerate((ANA, money)):
        assert isinstance(ledger.earn(Award(purse, 5, "visit", f"v{number}")), Entry)
    page = ledger.transactions("ana")
    assert isinstance(page, Page)
    assert {page.purses[entry.account] for entry in page.entries} == {ANA, money}


@pytest.mark.parametrize("cursor", ["", "x", "1.2", "a.1.b", f"{'9' * 30}.1.x", "1.-1.x"])
def test_a_cursor_is_one_of_a_page(ledger: Ledger, cursor: str) -> None:
    with pytest.raises(StoreError, match="at `cursor`"):
        ledger.transactions("ana", cursor=cursor)


@pytest.mark.parametrize("limit", [0, 1001, True])
def test_a_page_has_a_limit(ledger: Ledger, limit: int) -> None:
    with pytest.raises(StoreError, match="at `limit`"):
        ledger.transactions("ana", limit=limit)


def test_only_what_has_happened_is_booked(ledger: Ledger, clock: Clock) -> None:
    award = Award(ANA, 1, "purchase", "o1", effective_at_us=clock.now_us)
    assert isinstance(ledger.earn(award), Entry)
    award = Award(ANA, 1, "purchase", "o2", effective_at_us=clock.now_us + 1)
    with pytest.raises(StoreError, match="at `effective_at_us`"):
        ledger.earn(award)
    with pytest.raises(StoreError, match="at `expires_at_us`"):
        ledger.adjust(ANA, 1, reason="sorry", actor="eve", expires_at_us=-1)


def test_a_program_that_was_mistyped_is_no_empty_one(ledger: Ledger) -> None:
    wrong = Purse("ana", "klub")
    for answer in (
        ledger.balance(wrong),
        ledger.redeem(wrong, 1, source="x"),
        ledger.hold(wrong, 1),
    ):
        assert isinstance(answer, Declined) and answer.refusal is Refusal.UNKNOWN_PROGRAM, answer
        assert "did you mean `club`?" in answer.message


def test_a_program_that_is_gone_shows_what_is_left_in_it(shop: Shop) -> None:
    shop.ledger.earn(Award(ANA, 5, "visit", "v1"))
    assert isinstance(shop.ledger.redeem(ANA, 5, source="all of it"), Entry)
    publish(shop.rules, CLUB.replace("club", "other"))
    shown = shop.ledger.balance(ANA)
    assert isinstance(shown, Balance) and shown.balance == 0
