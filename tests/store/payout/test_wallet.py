"""Credit of the shop's own: given, held, spent and given back."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tallystick.store.errors import StoreError
from tallystick.store.payout.gift_cards import GiftCard
from tallystick.store.payout.purse import Held, Moved
from tallystick.store.payout.wallet import Balance
from tallystick.store.refusals import Declined, Refusal
from tallystick.store.tenancy import Tenancy

from ..conftest import Clock
from .counter import Counter


def test_credit_is_spent_and_given_back(tenancy: Tenancy) -> None:
    wallet = Counter(tenancy).shop.wallet
    given = wallet.give("ana", 1000, "EUR", source="case-1", reason="late", actor="eva")
    assert given == Moved(1000, 1000)
    again = wallet.give("ana", 1000, "EUR", source="case-1", reason="late", actor="eva")
    assert again == Moved(1000, 1000), "once a case"
    held = wallet.hold("ana", 600, "EUR", source="cart-1")
    assert isinstance(held, Held)
    assert wallet.balance("ana", "EUR") == Balance(1000, 400)
    assert wallet.capture(held.id, "o1", 500) == Moved(500, 500)
    assert wallet.redeem("ana", 200, "EUR", order_id="o2") == Moved(200, 300)
    assert wallet.refund("ana", 150, "EUR", order_id="o1", source="r1") == Moved(150, 450)
    declined = wallet.redeem("ana", 451, "EUR", order_id="o3")
    assert isinstance(declined, Declined) and declined.refusal is Refusal.INSUFFICIENT_POINTS


def test_a_wallet_is_shown_as_it_was(tenancy: Tenancy, clock: Clock) -> None:
    wallet = Counter(tenancy).shop.wallet
    wallet.give("ana", 1000, "EUR", source="case-1", reason="late", actor="eva")
    given_us = clock.now_us
    clock.now_us += 1_000_000
    assert wallet.redeem("ana", 200, "EUR", order_id="o2") == Moved(200, 800)
    assert wallet.balance("ana", "EUR", given_us) == Balance(1000, 1000)
    assert wallet.balance("ana", "EUR", given_us - 1) == Balance(0, 0)


def test_each_currency_has_its_own(tenancy: Tenancy) -> None:
    wallet = Counter(tenancy).shop.wallet
    wallet.give("ana", 1000, "EUR", source="case-1", reason="late", actor="eva")
    assert wallet.balance("ana", "USD") == wallet.balance("zoe", "EUR") == Balance(0, 0)
    declined = wallet.give("zoe", 1, "EUR", source="s", reason="r", actor="a")
    assert isinstance(declined, Declined) and declined.refusal is Refusal.UNKNOWN_MEMBER


def test_what_is_no_currency_is_said_so(tenancy: Tenancy) -> None:
    shop = Counter(tenancy).shop
    calls: list[Callable[[str], object]] = [
        lambda name: shop.wallet.balance("ana", name),
        lambda name: shop.wallet.give("ana", 1, name, source="s", reason="r", actor="a"),
        lambda name: shop.wallet.redeem("ana", 1, name, order_id="o1"),
        lambda name: shop.gift_cards.issue(1, name),
    ]
    for call in calls:
        with pytest.raises(StoreError, match=r"did you mean `EUR`\?\), got `eur`, at `currency`"):
            call("eur")
        with pytest.raises(StoreError, match="a currency by its code in ISO 4217"):
            call("XQQ")


@pytest.mark.parametrize("amount", [0, -5])
def test_what_is_no_amount_is_said_so(tenancy: Tenancy, amount: int) -> None:
    shop = Counter(tenancy).shop
    shop.wallet.give("ana", 100, "EUR", source="s", reason="r", actor="a")
    card = shop.gift_cards.issue(100, "EUR")
    assert isinstance(card, GiftCard)
    calls: list[Callable[[], object]] = [
        lambda: shop.wallet.give("ana", amount, "EUR", source="s1", reason="r", actor="a"),
        lambda: shop.wallet.redeem("ana", amount, "EUR", order_id="o1"),
        lambda: shop.wallet.hold("ana", amount, "EUR", source="c1"),
        lambda: shop.wallet.refund("ana", amount, "EUR", order_id="o1", source="r1"),
        lambda: shop.gift_cards.issue(amount, "EUR"),
        lambda: shop.gift_cards.redeem(card.code, amount, "EUR", order_id="o1"),
        lambda: shop.payouts.request("ana", "club", amount),
    ]
    for call in calls:
        with pytest.raises(StoreError, match=f"above 0, got {amount}, at `amount_minor`"):
            call()
    held = shop.wallet.hold("ana", 50, "EUR", source="c1")
    assert isinstance(held, Held)
    with pytest.raises(StoreError, match="at least 0, got -1, at `amount_minor`"):
        shop.wallet.capture(held.id, "o1", -1)
