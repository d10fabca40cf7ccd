"""Rewards that are paid out, from the rule to the money, through public functions alone."""

from __future__ import annotations

import pytest

from tallystick.store.audit.verifying import verify
from tallystick.store.ledger.purse import Balance, Purse
from tallystick.store.payout.disbursement import Disbursement
from tallystick.store.payout.provider import Failed
from tallystick.store.payout.purse import Moved
from tallystick.store.payout.wallet import Balance as Credit
from tallystick.store.refusals import Declined
from tallystick.store.shop import Shop
from tallystick.store.tenancy import Tenancy

from ..shops import publish
from .counter import Bank

RULES = """
ruleset: {currency: EUR, timezone: Europe/Madrid}
programs:
  club: {points: {name: Leaves, expire_after: 12 months}}
earning_rules:
  hello: {program: club, event: signup, award: {points: 1000}}
burning_rules:
  card: {program: club, cost: 300 points, reward: {gift_card: 5 EUR, expires_after: 365 days}}
  cash: {program: club, cost: 300 points, reward: {cashback: 5 EUR}}
  tango: {program: club, cost: 300 points, reward: {gift_card: 5 EUR, provider: tango}}
"""


@pytest.fixture
def shop(tenancy: Tenancy) -> Shop:
    """A shop with three rewards, ana with 1,000 points, and a provider that refuses."""
    made = Shop(tenancy, plugged={"tango": Bank(Failed("no such address"))})
    publish(made.rules, RULES, at_us=0)
    tell(made, "signup", "s1")
    return made


def tell(shop: Shop, kind: str, id: str, **more: str) -> None:
    """Tell of an event of ana, which must be answered."""
    answer = shop.events.handle(
        {"event": kind, "id": id, "member": "ana", "at": "2026-07-10T12:00:00Z", **more}
    )
    assert not isinstance(answer, Declined), answer


def points(shop: Shop) -> int:
    """What ana has."""
    answer = shop.ledger.balance(Purse("ana", "club"))
    assert isinstance(answer, Balance), answer
    return answer.balance


def payout(shop: Shop) -> Disbursement:
    """The one payout of ana."""
    mine = shop.payouts.of_member("ana")
    assert isinstance(mine, list)
    (found,) = mine
    return found


def test_a_gift_card(shop: Shop) -> None:
    tell(shop, "redeem", "e1", rule="card")
    tell(shop, "redeem", "e1", rule="card")
    assert (points(shop), payout(shop).status) == (700, "requested")
    shop.payouts.settle()
    card = shop.gift_cards.of(payout(shop).id)
    assert card is not None and (card.available_minor, card.currency) == (500, "EUR")
    # 365 days after 10 July: through 10 July, in Madrid.
    assert card.expires_at_us == 1_815_256_800_000_000
    assert shop.gift_cards.redeem(card.code, 500, "EUR", order_id="o1") == Moved(500, 0)
    assert list(verify(shop.tenancy.database)) == []


def test_cashback_into_the_wallet(shop: Shop) -> None:
    tell(shop, "redeem", "e1", rule="cash")
    shop.payouts.settle()
    assert payout(shop).status == "confirmed"
    assert shop.wallet.balance("ana", "EUR") == Credit(500, 500)
    assert list(verify(shop.tenancy.database)) == []


def test_what_fails_gives_the_points_back_once(shop: Shop) -> None:
    tell(shop, "redeem", "e1", rule="tango")
    assert points(shop) == 700
    shop.payouts.settle()
    shop.payouts.settle()
    assert (points(shop), payout(shop).status) == (1000, "failed")
    tell(shop, "redeem", "e1", rule="tango")
    assert points(shop) == 1000, "the same event again has no effect"
    assert list(verify(shop.tenancy.database)) == []


def test_what_is_cancelled_gives_the_points_back_once(shop: Shop) -> None:
    tell(shop, "redeem", "e1", rule="tango")
    for _ in range(2):
        shop.payouts.cancel(payout(shop).id, actor="eva", reason="asked for")
    assert (points(shop), payout(shop).status) == (1000, "cancelled")
    assert list(verify(shop.tenancy.database)) == []
