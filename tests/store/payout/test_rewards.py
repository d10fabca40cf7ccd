"""Rewards that are paid out, from the rule to the money, through public functions alone."""

from __future__ import annotations

import pytest

from tallystick.store.acting import look
from tallystick.store.audit.verifying import verify
from tallystick.store.ledger.entry import Entry
from tallystick.store.ledger.listing import Page
from tallystick.store.ledger.purse import Balance, Purse
from tallystick.store.payout.disbursement import Disbursement
from tallystick.store.payout.provider import Failed, Unknown
from tallystick.store.payout.purse import Moved
from tallystick.store.payout.wallet import Balance as Credit
from tallystick.store.refusals import Declined, Refusal
from tallystick.store.schema.ledger import holds
from tallystick.store.shop import Shop
from tallystick.store.tenancy import Tenancy
from tallystick.store.transaction import of_tenant

from ..conftest import Clock
from ..shops import publish
from .counter import DAY_US, Bank

RULES = """
ruleset: {currency: EUR, timezone: Europe/Madrid}
programs:
  club: {points: {name: Leaves, expire_after: 12 months}}
earning_rules:
  hello: {program: club, event: signup, award: {points: 1000}}
burning_rules:
  card: {program: club, cost: 300 points, reward: {gift_card: 5 EUR, expires_after: 365 days}}
  cash: {program: club, cost: 300 points, reward: {cashback: 5 EUR}}
  tango:
    program: club
    cost: 300 points
    limits: {stock: 1}
    reward: {gift_card: 5 EUR, provider: tango}
"""


@pytest.fixture
def shop(tenancy: Tenancy) -> Shop:
    """A shop with three rewards, ana with 1,000 points, and a provider that refuses."""
    return open_shop(tenancy, Bank(Failed("no such address")))


def open_shop(tenancy: Tenancy, tango: Bank) -> Shop:
    """A shop with three rewards, of which `tango` pays one, and ana with 1,000 points."""
    made = Shop(tenancy, plugged={"tango": tango})
    publish(made.rules, RULES, at_us=0)
    tell(made, "signup", "s1")
    return made


def tell(shop: Shop, kind: str, id: str, **more: str) -> None:
    """Tell of an event of ana, which must be answered."""
    answer = shop.events.handle(
        {"event": kind, "id": id, "member": "ana", "at": "2026-07-10T12:00:00Z", **more}
    )
    assert not isinstance(answer, Declined), answer


def points(shop: Shop) -> tuple[int, int]:
    """What ana has, and what of it she may spend."""
    answer = shop.ledger.balance(Purse("ana", "club"))
    assert isinstance(answer, Balance), answer
    return answer.balance, answer.available


def redeemed(shop: Shop) -> list[tuple[str, str, str, int]]:
    """What was taken of ana's points, and for what."""
    page = shop.ledger.transactions("ana")
    assert isinstance(page, Page)
    return [
        (one.event, one.source, one.rule, one.points)
        for one in page.entries
        if one.kind == "redeem"
    ]


def payout(shop: Shop) -> Disbursement:
    """The one payout of ana."""
    mine = shop.payouts.of_member("ana")
    assert isinstance(mine, list)
    (found,) = mine
    return found


def test_a_gift_card(shop: Shop) -> None:
    tell(shop, "redeem", "e1", rule="card")
    tell(shop, "redeem", "e1", rule="card")
    assert (points(shop), payout(shop).status) == ((1000, 700), "requested")
    assert redeemed(shop) == []
    shop.payouts.settle()
    assert (points(shop), payout(shop).status) == ((700, 700), "confirmed")
    assert redeemed(shop) == [("redeem", "e1", "card", -300)]
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


@pytest.mark.parametrize("rule", ["card", "cash"])
def test_no_request_of_a_caller_blocks_a_payout(shop: Shop, rule: str) -> None:
    tell(shop, "redeem", "e1", rule=rule)
    key = f"payout/{payout(shop).id}"
    assert isinstance(shop.ledger.redeem(Purse("ana", "club"), 1, request=key), Entry)
    shop.payouts.settle()
    assert payout(shop).status == "confirmed"


def test_what_fails_frees_the_points_once(shop: Shop) -> None:
    tell(shop, "redeem", "e1", rule="tango")
    assert points(shop) == (1000, 700)
    shop.payouts.settle()
    shop.payouts.settle()
    assert (points(shop), payout(shop).status) == ((1000, 1000), "failed")
    tell(shop, "redeem", "e1", rule="tango")
    assert points(shop) == (1000, 1000), "the same event again has no effect"
    assert redeemed(shop) == []
    assert list(verify(shop.tenancy.database)) == []


def test_what_nobody_knows_of_stays_held(tenancy: Tenancy, clock: Clock) -> None:
    bank = Bank(Unknown("no answer"), Unknown("no answer"), Failed("it never came"))
    shop = open_shop(tenancy, bank)
    tell(shop, "redeem", "e1", rule="tango")
    asked_us = clock.now_us
    shop.payouts.settle()
    clock.now_us += 400 * DAY_US  # long after any hold of a cart, and after the points have ended
    shop.jobs.run()
    assert (points(shop), payout(shop).status) == ((300, 0), "unknown")
    shop.payouts.settle()
    assert (points(shop), payout(shop).status) == ((300, 0), "unknown")
    assert list(verify(shop.tenancy.database)) == []
    clock.now_us += DAY_US
    shop.payouts.settle()  # what comes free after its end lapses at once
    assert (points(shop), payout(shop).status) == ((0, 0), "failed")
    assert payout(shop).created_at_us == asked_us
    assert list(verify(shop.tenancy.database)) == []


def test_what_is_confirmed_late_is_taken_as_of_when_it_was_asked_for(
    tenancy: Tenancy, clock: Clock
) -> None:
    shop = open_shop(tenancy, Bank(Unknown("no answer")))
    tell(shop, "redeem", "e1", rule="tango")
    asked_us = clock.now_us
    shop.payouts.settle()
    clock.now_us += 400 * DAY_US
    shop.payouts.settle()
    assert (points(shop), payout(shop).status) == ((0, 0), "confirmed")
    page = shop.ledger.transactions("ana")
    assert isinstance(page, Page)
    [taken] = [one for one in page.entries if one.kind == "redeem"]
    assert (taken.points, taken.effective_at_us) == (-300, asked_us)
    assert taken.ruleset == shop.rules.releases()[0].hash
    assert list(verify(shop.tenancy.database)) == []


def test_held_points_buy_nothing_else(shop: Shop) -> None:
    for name in ("e1", "e2", "e3"):
        tell(shop, "redeem", name, rule="card")
    assert points(shop) == (1000, 100)
    again = {"event": "redeem", "id": "e4", "member": "ana", "at": "2026-07-10T12:00:00Z"}
    answer = shop.events.handle(again | {"rule": "card"})
    assert not isinstance(answer, Declined)
    assert [one.reason for one in answer.refused] == ["insufficient_points"]


def test_what_is_cancelled_frees_the_points_once(shop: Shop) -> None:
    tell(shop, "redeem", "e1", rule="tango")
    for _ in range(2):
        shop.payouts.cancel(payout(shop).id, actor="eva", reason="asked for")
    assert (points(shop), payout(shop).status) == ((1000, 1000), "cancelled")
    assert list(verify(shop.tenancy.database)) == []


@pytest.mark.parametrize("end", ["failed", "cancelled"])
def test_what_is_not_paid_out_is_in_stock_again(shop: Shop, end: str) -> None:
    tell(shop, "redeem", "e1", rule="tango")
    assert reasons(shop, "e2") == ["out_of_stock"]
    if end == "cancelled":
        shop.payouts.cancel(payout(shop).id, actor="eva", reason="asked for")
    for _ in range(2):
        shop.payouts.settle()
    assert payout(shop).status == end
    assert list(verify(shop.tenancy.database)) == []
    assert reasons(shop, "e3") == []
    assert reasons(shop, "e4") == ["out_of_stock"]
    assert list(verify(shop.tenancy.database)) == []


def reasons(shop: Shop, id: str) -> list[str]:
    """Why ana does not get a reward of which there is one."""
    told = {"event": "redeem", "id": id, "member": "ana", "at": "2026-07-10T12:00:00Z"}
    answer = shop.events.handle(told | {"rule": "tango"})
    assert not isinstance(answer, Declined)
    return [one.reason for one in answer.refused]


def test_points_spent_by_hand_for_the_same_are_others_than_those_of_the_payout(shop: Shop) -> None:
    tell(shop, "redeem", "e1", rule="card")
    ana = Purse("ana", "club")
    assert isinstance(shop.ledger.redeem(ana, 100, source="e1", rule="card"), Entry)
    shop.payouts.settle()
    assert (points(shop), payout(shop).status) == ((600, 600), "confirmed")
    assert redeemed(shop) == [("redeem", "e1", "card", -300), ("spend", "e1", "card", -100)]
    assert list(verify(shop.tenancy.database)) == []


@pytest.mark.parametrize("verb", ["capture", "release"])
def test_nobody_ends_the_hold_of_a_payout_by_hand(shop: Shop, verb: str) -> None:
    tell(shop, "redeem", "e1", rule="card")
    hold = look(shop.tenancy, lambda tx: tx.fetch(of_tenant(holds)))[0]["id"]
    answer = getattr(shop.ledger, verb)(hold)
    assert isinstance(answer, Declined)
    assert answer.refusal is Refusal.WRONG_STATE
    assert answer.message.endswith("cancel or resolve that")
    shop.payouts.settle()
    assert (points(shop), payout(shop).status) == ((700, 700), "confirmed")
