"""What is booked by hand pays for nothing that orders, events and payouts book under that name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tallystick.store.audit.verifying import verify
from tallystick.store.ledger.entry import Entry
from tallystick.store.ledger.face import Award
from tallystick.store.ledger.hold import Hold
from tallystick.store.ledger.purse import Balance, Purse
from tallystick.store.payout.gift_cards import GiftCard
from tallystick.store.payout.purse import Held, Moved
from tallystick.store.refusals import Declined
from tallystick.store.shop import Shop
from tallystick.store.tenancy import Tenancy

from .order.sales import NOW, balances, cart, declined, rows
from .shops import open_shop

RULES = """
ruleset: {currency: EUR, timezone: Europe/Madrid}
programs: {club: {redemption: {points: 100, value: 1 EUR}}}
earning_rules:
  buy: {program: club, event: purchase, award: {points: 1 per 1 EUR}}
  hello: {program: club, event: signup, award: {points: 100}}
  friend:
    program: club
    event: referral
    award: {referrer: {points: 500}, friend: {points: 250}}
burning_rules:
  mug: {program: club, cost: 80 points, reward: {product: MUG}}
"""
ANA = Purse("ana", "club")
MUG = {"id": "m1", "event": "redeem", "at": NOW, "member": "ana", "rule": "mug"}


@pytest.fixture
def shop(tenancy: Tenancy) -> Shop:
    """A shop by `RULES`, where ana has 1,000 points."""
    shop = open_shop(tenancy, RULES)
    assert not isinstance(shop.members.enrol("ana", "club"), Declined)
    assert isinstance(shop.ledger.adjust(ANA, 1000, reason="late", actor="eve"), Entry)
    return shop


def capture(shop: Shop, points: int) -> Hold | Declined:
    """Spend held points by hand."""
    held = shop.ledger.hold(ANA, points)
    assert isinstance(held, Hold)
    return shop.ledger.capture(held.id, source="m1", rule="mug")


SPENT: dict[str, Callable[[Shop, int], object]] = {
    "redeem": lambda shop, points: shop.ledger.redeem(ANA, points, source="m1", rule="mug"),
    "capture": capture,
    "adjust": lambda shop, points: shop.ledger.adjust(
        ANA, -points, source="m1", reason="mug", actor="eve"
    ),
}


@pytest.mark.parametrize("points", [1, 80])
@pytest.mark.parametrize("how", SPENT)
def test_no_reward_is_paid_by_what_was_spent_by_hand(shop: Shop, how: str, points: int) -> None:
    assert not isinstance(SPENT[how](shop, points), Declined)
    for _ in range(2):
        answer = shop.events.handle(MUG)
        assert not isinstance(answer, Declined)
        assert len(answer.moves) == 2
    assert balances(shop) == {("ana", "points"): 1000 - points - 80}
    assert rows(shop, "rewards", "rule") == ["mug"]
    assert list(verify(shop.tenancy.database)) == []


@pytest.mark.parametrize("points", [1, 80])
def test_nor_is_what_was_spent_by_hand_paid_by_a_reward(shop: Shop, points: int) -> None:
    assert not isinstance(shop.events.handle(MUG), Declined)
    assert isinstance(shop.ledger.redeem(ANA, points, source="m1", rule="mug"), Entry)
    assert balances(shop) == {("ana", "points"): 920 - points}


def award(shop: Shop, points: int, event: str, source: str, rule: str) -> Entry | Declined:
    """Give points by hand."""
    return shop.ledger.earn(Award(ANA, points, event, source, rule))


def bring(shop: Shop) -> object:
    """Have bo, whom ana brings, buy something."""
    people = {"referrer": {"id": "ana"}, "friend": {"id": "bo"}}
    told = {"id": "f1", "event": "referral", "at": NOW, "state": "invited", **people}
    assert not isinstance(shop.events.handle(told), Declined)
    assert not isinstance(shop.orders.place(cart("o1", who="bo")), Declined)
    return shop.orders.transition("o1", "fulfilled")


EARNED: dict[str, tuple[str, str, str, int, Callable[[Shop], object]]] = {
    "order": ("purchase", "o1", "buy", 10, lambda shop: shop.orders.place(cart("o1"))),
    "event": (
        "signup",
        "s1",
        "hello",
        100,
        lambda shop: shop.events.handle({**MUG, "id": "s1", "event": "signup", "rule": None}),
    ),
    "referral": ("referral", "order/o1", "friend", 500, bring),
}


@pytest.mark.parametrize("how", EARNED)
def test_what_was_given_by_hand_with_other_points_is_a_conflict(shop: Shop, how: str) -> None:
    event, source, rule, points, book = EARNED[how]
    given = award(shop, points - 1, event, source, rule)
    assert isinstance(given, Entry)
    answer = book(shop)
    assert isinstance(answer, Declined)
    assert answer.refusal.value == "conflict"
    assert answer.message == (
        f"`{event}` `{source}` was booked before, as something else: "
        f"entry {given.seq}, +{points - 1}"
    )
    assert balances(shop)["ana", "points"] == 1000 + points - 1
    assert list(verify(shop.tenancy.database)) == []


@pytest.mark.parametrize("how", EARNED)
def test_nor_does_it_stand_for_what_was_given_by_hand(shop: Shop, how: str) -> None:
    event, source, rule, points, book = EARNED[how]
    assert not isinstance(book(shop), Declined)
    assert declined(award(shop, points + 1, event, source, rule)) == "conflict"
    assert balances(shop)["ana", "points"] == 1000 + points


def test_an_order_gives_what_can_be_taken_back_with_it(shop: Shop) -> None:
    """As many points by hand are of no order, and none would be taken back with it."""
    assert isinstance(award(shop, 10, "purchase", "o1", "buy"), Entry)
    assert declined(shop.orders.place(cart("o1"))) == "conflict"


def test_an_event_gives_once_what_was_given_by_hand_for_it(shop: Shop) -> None:
    event, source, rule, points, book = EARNED["event"]
    assert isinstance(award(shop, points, event, source, rule), Entry)
    assert not isinstance(book(shop), Declined)
    assert balances(shop) == {("ana", "points"): 1000 + points}


HAND: dict[str, Callable[[Shop, int], object]] = {
    "earn": lambda shop, points: award(shop, points, "visit", "v1", ""),
    "redeem": lambda shop, points: shop.ledger.redeem(ANA, points, source="v1"),
    "adjust": lambda shop, points: shop.ledger.adjust(
        ANA, points, source="v1", reason="late", actor="eve"
    ),
    "deduct": lambda shop, points: shop.ledger.adjust(
        ANA, -points, source="v1", reason="late", actor="eve"
    ),
    "credit": lambda shop, points: shop.wallet.give(
        "ana", points, "EUR", source="v1", reason="late", actor="eve"
    ),
}


@pytest.mark.parametrize("how", HAND)
def test_the_same_by_hand_is_done_once_and_another_is_a_conflict(shop: Shop, how: str) -> None:
    first = HAND[how](shop, 50)
    assert not isinstance(first, Declined)
    assert HAND[how](shop, 50) == first
    assert declined(HAND[how](shop, 51)) == "conflict"
    assert declined(HAND[how](shop, 49)) == "conflict"


def test_one_redemption_is_not_undone_for_another(shop: Shop) -> None:
    first, second = (shop.ledger.redeem(ANA, 50, source=name) for name in ("a", "b"))
    assert isinstance(first, Entry) and isinstance(second, Entry)
    undone = shop.ledger.undo(ANA, first.seq, source="u1")
    assert shop.ledger.undo(ANA, first.seq, source="u1") == undone
    assert declined(shop.ledger.undo(ANA, second.seq, source="u1")) == "conflict"
    assert declined(shop.ledger.undo(ANA, first.seq, 49, source="u1")) == "conflict"
    assert balances(shop) == {("ana", "points"): 950}


def test_one_hold_is_not_captured_for_another(shop: Shop) -> None:
    assert not isinstance(capture(shop, 50), Declined)
    assert declined(capture(shop, 50)) == "conflict"
    balance = shop.ledger.balance(ANA)
    assert isinstance(balance, Balance)
    assert (balance.balance, balance.held) == (950, 50)


def test_one_purse_pays_an_order_once_and_not_another_amount(shop: Shop) -> None:
    given = shop.wallet.give("ana", 1000, "EUR", source="c1", reason="late", actor="eve")
    card = shop.gift_cards.issue(1000, "EUR")
    assert isinstance(given, Moved) and isinstance(card, GiftCard)
    purses: list[Any] = [
        (shop.wallet, ["ana"], ["EUR"]),
        (shop.gift_cards, [card.code], ["EUR"]),
    ]
    for face, who, currency in purses:
        paid = face.redeem(*who, 300, *currency, order_id="o1")
        assert face.redeem(*who, 300, *currency, order_id="o1") == paid == Moved(300, 700)
        assert declined(face.redeem(*who, 301, *currency, order_id="o1")) == "conflict"
        held = face.hold(*who, 200, *currency, source="o1")
        assert isinstance(held, Held)
        assert face.capture(held.id, "o1", 200) == Moved(200, 500)
        assert face.capture(held.id, "o1", 200) == Moved(200, 500)
        assert declined(face.capture(held.id, "o1", 100)) == "conflict"
        assert declined(face.capture(held.id, "o2", 200)) == "conflict"
        back = currency if face is shop.wallet else []
        assert face.refund(*who, 400, *back, order_id="o1", source="r1") == Moved(400, 900)
        assert face.refund(*who, 400, *back, order_id="o1", source="r1") == Moved(400, 900)
        assert declined(face.refund(*who, 100, *back, order_id="o1", source="r1")) == "conflict"
        refused = face.refund(*who, 101, *back, order_id="o1", source="r2")
        assert declined(refused) == "exceeds_booked"
    assert list(verify(shop.tenancy.database)) == []
