"""Gift cards: issued, spent in part, held, refunded, blocked and over."""

from __future__ import annotations

import pytest

from tallystick.store.payout.codes import ALPHABET, new_code
from tallystick.store.payout.gift_card_desk import GiftCards
from tallystick.store.payout.gift_cards import GiftCard
from tallystick.store.payout.purse import Held, Moved
from tallystick.store.refusals import Declined, Refusal
from tallystick.store.schema.frame import NEVER_US
from tallystick.store.tenancy import Tenancy

from ..conftest import Clock
from .counter import DAY_US, Counter


@pytest.fixture
def cards(tenancy: Tenancy) -> GiftCards:
    """A shop's gift cards."""
    return Counter(tenancy).shop.gift_cards


def issue(cards: GiftCards, amount: int = 5000, expires_at_us: int = NEVER_US) -> GiftCard:
    """A card."""
    card = cards.issue(amount, "EUR", expires_at_us=expires_at_us)
    assert isinstance(card, GiftCard), card
    return card


def refusal(answer: object) -> Refusal:
    """Why it was declined."""
    assert isinstance(answer, Declined), answer
    return answer.refusal


def left(cards: GiftCards, card: GiftCard) -> tuple[int, int]:
    """Balance, and what of it is available."""
    shown = cards.show(card.code)
    assert shown is not None
    return shown.balance_minor, shown.available_minor


def test_codes_are_long_and_read_as_people_type_them(cards: GiftCards) -> None:
    card = issue(cards)
    assert len(card.code.replace("-", "")) == 16 and set(card.code) <= {*ALPHABET, "-"}
    assert len({new_code() for _ in range(1000)}) == 1000
    typed = card.code.lower().replace("0", "o").replace("1", "l").replace("-", " ")
    shown = cards.show(typed)
    assert shown is not None and shown.id == card.id
    assert cards.show("0000-0000-0000-0000") is None


def test_the_same_request_issues_one_card(cards: GiftCards) -> None:
    first = cards.issue(5000, "EUR", request="k1")
    again = cards.issue(5000, "EUR", request="k1")
    assert isinstance(first, GiftCard) and first == again
    assert refusal(cards.issue(6000, "EUR", request="k1")) is Refusal.CONFLICT


def test_a_card_is_spent_in_parts_and_never_over(cards: GiftCards) -> None:
    card = issue(cards)
    assert cards.redeem(card.code, 3000, "EUR", order_id="o1") == Moved(3000, 2000)
    assert cards.redeem(card.code, 3000, "EUR", order_id="o1") == Moved(3000, 2000), "once an order"
    assert (
        refusal(cards.redeem(card.code, 2001, "EUR", order_id="o2")) is Refusal.INSUFFICIENT_POINTS
    )
    assert cards.redeem(card.code, 2000, "EUR", order_id="o2") == Moved(2000, 0)
    assert refusal(cards.redeem("x", 1, "EUR", order_id="o3")) is Refusal.UNKNOWN_CODE
    assert refusal(cards.redeem(card.code, 1, "USD", order_id="o3")) is Refusal.WRONG_CURRENCY


def test_a_hold_is_captured_in_part_once(cards: GiftCards, clock: Clock) -> None:
    card = issue(cards)
    held = cards.hold(card.code, 4000, "EUR", source="cart-1")
    assert isinstance(held, Held) and held.amount_minor == 4000
    assert left(cards, card) == (5000, 1000)
    assert refusal(cards.hold(card.code, 1001, "EUR", source="c2")) is Refusal.INSUFFICIENT_POINTS
    clipped = cards.hold(card.code, 4000, "EUR", source="c2", is_clip=True)
    assert isinstance(clipped, Held) and clipped.amount_minor == 1000
    assert refusal(cards.capture(held.id, "o1", 4001)) is Refusal.EXCEEDS_HOLD
    assert cards.capture(held.id, "o1", 2500) == Moved(2500, 1500)
    assert cards.capture(held.id, "o1", 2500) == Moved(2500, 1500), "a second time is the first"
    assert cards.release(clipped.id) == Moved(1000, 2500)
    assert refusal(cards.release(clipped.id)) is Refusal.ALREADY_RELEASED
    late = cards.hold(card.code, 100, "EUR", source="c3", ttl_us=1000)
    assert isinstance(late, Held)
    clock.now_us += 1000
    assert left(cards, card) == (2500, 2500)
    assert refusal(cards.capture(late.id, "o2")) is Refusal.EXPIRED


def test_a_hold_of_something_else_is_none_of_a_card(tenancy: Tenancy) -> None:
    shop = Counter(tenancy).shop
    shop.wallet.give("ana", 500, "EUR", source="s", reason="r", actor="a")
    held = shop.wallet.hold("ana", 500, "EUR", source="cart")
    assert isinstance(held, Held)
    assert refusal(shop.gift_cards.capture(held.id, "o1")) is Refusal.UNKNOWN_HOLD
    assert refusal(shop.gift_cards.release(held.id)) is Refusal.UNKNOWN_HOLD


def test_a_refund_goes_back_to_the_card(cards: GiftCards) -> None:
    card = issue(cards)
    cards.redeem(card.code, 3000, "EUR", order_id="o1")
    assert cards.refund(card.code, 1000, order_id="o1", source="r1") == Moved(1000, 3000)
    assert cards.refund(card.code, 1000, order_id="o1", source="r1") == Moved(1000, 3000)
    answer = cards.refund(card.code, 2001, order_id="o1", source="r2")
    assert refusal(answer) is Refusal.EXCEEDS_BOOKED
    assert cards.refund(card.code, 2000, order_id="o1", source="r2") == Moved(2000, 5000)
    assert refusal(cards.refund(card.code, 1, order_id="o9", source="r3")) is Refusal.EXCEEDS_BOOKED


def test_a_card_ends(cards: GiftCards, clock: Clock) -> None:
    assert refusal(cards.issue(100, "EUR", expires_at_us=clock.now_us)) is Refusal.EXPIRED
    card = issue(cards, expires_at_us=clock.now_us + DAY_US)
    cards.redeem(card.code, 3000, "EUR", order_id="o1")
    clock.now_us += DAY_US - 1
    assert left(cards, card) == (2000, 2000)
    clock.now_us += 1
    assert left(cards, card) == (0, 0)
    assert refusal(cards.redeem(card.code, 1, "EUR", order_id="o2")) is Refusal.INSUFFICIENT_POINTS
    assert cards.refund(card.code, 3000, order_id="o1", source="r1") == Moved(3000, 0)
    assert left(cards, card) == (0, 0), "what comes back to a card that is over lapses"


def test_a_blocked_card_pays_nothing_and_keeps_what_it_has(tenancy: Tenancy) -> None:
    shop = Counter(tenancy).shop
    cards, ledger = shop.gift_cards, shop.ledger
    card = issue(cards)
    held = cards.hold(card.code, 1000, "EUR", source="cart-1")
    assert isinstance(held, Held)
    blocked = cards.block(card.code)
    assert isinstance(blocked, GiftCard) and blocked.status == "blocked"
    assert refusal(cards.redeem(card.code, 1, "EUR", order_id="o1")) is Refusal.WRONG_STATE
    assert refusal(cards.hold(card.code, 1, "EUR", source="c")) is Refusal.WRONG_STATE
    assert refusal(cards.capture(held.id, "o1")) is Refusal.WRONG_STATE
    assert refusal(ledger.capture(held.id)) is Refusal.UNKNOWN_HOLD
    assert refusal(ledger.release(held.id)) is Refusal.UNKNOWN_HOLD
    assert left(cards, card) == (5000, 4000)
    cards.unblock(card.code)
    assert cards.capture(held.id, "o1") == Moved(1000, 4000)


def test_a_card_is_shown_as_it_was(cards: GiftCards, clock: Clock) -> None:
    card = issue(cards)
    clock.now_us += 1_000_000
    assert not isinstance(cards.redeem(card.code, 3000, "EUR", order_id="o1"), Declined)
    assert left(cards, card) == (2000, 2000)
    assert cards.show(card.code, at_us=card.issued_at_us) == card
    before = cards.show(card.code, at_us=card.issued_at_us - 1)
    assert before is not None and (before.balance_minor, before.available_minor) == (0, 0)
