"""How things stood: asked afterwards, an account is shown as it was seen at the time."""

from __future__ import annotations

import pytest

from tallystick.store.ledger.entry import Entry
from tallystick.store.ledger.face import Award, Ledger
from tallystick.store.ledger.hold import Hold
from tallystick.store.ledger.purse import Balance, Purse
from tallystick.store.refusals import Declined
from tallystick.store.shop import Shop
from tallystick.store.tenancy import Tenancy

from ..conftest import Clock
from ..shops import open_shop

DAY_US = 86_400_000_000
HOUR_US = 3_600_000_000
ANA = Purse("ana", "club")
RULES = """
ruleset: {currency: EUR, timezone: Europe/Madrid}
programs:
  club:
    points: {expire_after: 12 months, activate_after: 2 days}
    tiers: {window: 12 months, levels: {red: {from: 0}, blue: {from: 100}, gold: {from: 1000}}}
  plain: {}
earning_rules:
  buy: {program: club, event: purchase, award: {points: 1 per 1 EUR}}
"""


@pytest.fixture
def shop(tenancy: Tenancy) -> Shop:
    """A shop with tiers, of which ana is a member."""
    shop = open_shop(tenancy, RULES)
    for program in ("club", "plain"):
        assert not isinstance(shop.members.enrol("ana", program), Declined)
    return shop


def balance(ledger: Ledger, at_us: int | None = None, purse: Purse = ANA) -> Balance:
    """How an account stands."""
    found = ledger.balance(purse, at_us=at_us)
    assert isinstance(found, Balance), found
    return found


def live(shop: Shop, clock: Clock) -> list[Balance]:
    """A year of ana's, with how she stood after each step, as it was shown then."""
    ledger = shop.ledger
    seen = []

    def look(answer: object = None) -> None:
        assert not isinstance(answer, Declined), answer
        seen.append(balance(ledger))
        clock.now_us += HOUR_US

    look(ledger.earn(Award(ANA, 150, "purchase", "o1", "buy")))
    clock.now_us += 2 * DAY_US
    look()
    spent = ledger.redeem(ANA, 40, source="o2")
    look(spent)
    held = ledger.hold(ANA, 50, ttl_us=3 * HOUR_US)
    assert isinstance(held, Hold)
    look()
    look(ledger.capture(held.id, 20))
    look(ledger.hold(ANA, 10, ttl_us=HOUR_US // 2))
    look()
    look(shop.members.set_floor("ana", "club", "gold", actor="eve", reason="a partner"))
    look(shop.members.set_floor("ana", "club", None, actor="eve", reason="no partner"))
    assert isinstance(spent, Entry)
    look(ledger.undo(ANA, spent.seq, 5))
    look(ledger.adjust(ANA, 7, reason="sorry", actor="eve"))
    clock.now_us += 400 * DAY_US
    look()
    look(ledger.earn(Award(ANA, 3, "purchase", "o3", "buy")))
    return seen


def test_what_was_seen_once_is_shown_again(shop: Shop, clock: Clock) -> None:
    seen = live(shop, clock)
    assert {one.tier for one in seen} == {"red", "blue", "gold"}
    for one in seen:
        assert balance(shop.ledger, one.at_us) == one
        assert shop.ledger.balances("ana", at_us=one.at_us) == (one,)


def test_before_there_was_anything_there_was_nothing(shop: Shop, clock: Clock) -> None:
    began_us = clock.now_us
    live(shop, clock)
    before = balance(shop.ledger, began_us - 1)
    assert (before.balance, before.available, before.lifetime, before.tier) == (0, 0, 0, "red")
    assert before.tier_since_us == before.at_us == began_us - 1
    assert shop.ledger.balances("ana", at_us=began_us - 1) == ()


def test_a_program_without_tiers_has_a_past_too(shop: Shop, clock: Clock) -> None:
    plain = Purse("ana", "plain")
    first = shop.ledger.adjust(plain, 5, reason="hello", actor="eve")
    assert isinstance(first, Entry)
    then_us = clock.now_us
    clock.now_us += DAY_US
    assert not isinstance(shop.ledger.redeem(plain, 5), Declined)
    assert balance(shop.ledger, purse=plain).balance == 0
    past = balance(shop.ledger, then_us, plain)
    assert (past.balance, past.tier, past.tier_since_us) == (5, "", first.recorded_at_us)


def test_a_clock_that_lags_behind_is_no_question_about_the_past(shop: Shop, clock: Clock) -> None:
    assert not isinstance(shop.ledger.earn(Award(ANA, 150, "purchase", "o1", "buy")), Declined)
    clock.now_us -= HOUR_US  # as that of another machine
    assert balance(shop.ledger).balance == 150
    assert [one.balance for one in balances_of(shop)] == [150]


def balances_of(shop: Shop) -> tuple[Balance, ...]:
    """All that ana has."""
    found = shop.ledger.balances("ana")
    assert not isinstance(found, Declined)
    return found
