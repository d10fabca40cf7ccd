"""Members as they were: shown afterwards as they were seen at the time."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from tallystick.engine.loyalty.days import spell_instant
from tallystick.store.ledger.face import Award
from tallystick.store.ledger.purse import Purse
from tallystick.store.member.showing import MemberShown
from tallystick.store.refusals import Declined
from tallystick.store.shop import Shop
from tallystick.store.tenancy import Tenancy

from ..conftest import Clock
from ..shops import open_shop

DAY_US = 86_400_000_000
HOUR_US = 3_600_000_000
RULES = """
ruleset: {currency: EUR, timezone: Europe/Madrid}
programs:
  club:
    points: {expire_after: 12 months}
    tiers: {window: 12 months, levels: {red: {from: 0}, blue: {from: 100}}}
  pub: {}
earning_rules:
  buy: {program: club, event: purchase, award: {points: 1 per 1 EUR}}
burning_rules:
  cup: {program: club, cost: 10 points, reward: {product: CUP, expires_after: 2 days}}
"""


@pytest.fixture
def shop(tenancy: Tenancy) -> Shop:
    """A shop with a club that has tiers and rewards."""
    return open_shop(tenancy, RULES)


def show(shop: Shop, at_us: int | None = None) -> MemberShown:
    """All of ana."""
    shown = shop.members.show("ana", at_us=at_us)
    assert isinstance(shown, MemberShown), shown
    return shown


def buy_cup(shop: Shop, clock: Clock) -> object:
    """A cup for points, to be fetched within two days."""
    at = spell_instant(clock.now_us)
    return shop.events.handle(
        {"id": "m1", "event": "redeem", "at": at, "member": "ana", "rule": "cup"}
    )


def test_a_member_is_shown_as_they_were(shop: Shop, clock: Clock) -> None:
    seen = {}

    def look(answer: object) -> None:
        assert not isinstance(answer, Declined), answer
        seen[clock.now_us] = show(shop)
        clock.now_us += HOUR_US

    words: dict[str, Any] = {"actor": "eve", "reason": "a partner"}
    ana = Purse("ana", "club")
    look(shop.members.enrol("ana", "club"))
    look(shop.members.set_floor("ana", "club", "blue", **words))
    look(shop.ledger.earn(Award(ana, 50, "purchase", "o1", "buy")))
    look(shop.members.set_floor("ana", "club", None, **words))
    look(buy_cup(shop, clock))
    look(shop.wallet.give("ana", 500, "EUR", source="s1", **words))
    look(shop.members.enrol("ana", "pub"))
    look(shop.ledger.adjust(Purse("ana", "pub"), 3, **words))
    look(shop.members.close("ana", **words))
    clock.now_us += 3 * DAY_US
    look(shop.jobs.run())
    assert len({tuple(one.tier for one in shown.programs) for shown in seen.values()}) == 3
    for at_us, shown in seen.items():
        assert show(shop, at_us) == replace(shown, status="closed"), spell_instant(at_us)


def test_a_reward_that_is_over_is_not_open(shop: Shop, clock: Clock) -> None:
    shop.members.enrol("ana", "club")
    shop.ledger.earn(Award(Purse("ana", "club"), 50, "purchase", "o1", "buy"))
    assert not isinstance(buy_cup(shop, clock), Declined)
    [cup] = show(shop).rewards
    assert show(shop, cup.expires_at_us - 1).rewards == [cup]
    assert show(shop, cup.expires_at_us).rewards == []
    clock.now_us = cup.expires_at_us  # no job came by
    assert show(shop).rewards == []
