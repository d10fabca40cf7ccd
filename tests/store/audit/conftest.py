"""A shop with something in it, made through its own doors."""

from __future__ import annotations

import pytest

from tallystick.store.member.face import Members
from tallystick.store.shop import Shop
from tallystick.store.tenancy import Tenancy

from ..conftest import Clock
from ..order.sales import cart, line, place
from ..shops import open_shop

RULES = """
ruleset: {currency: EUR, timezone: Europe/Madrid}
programs:
  club:
    points: {expire_after: 12 months, activate_after: 2 days}
    redemption: {points: 10, value: 1 EUR}
    tiers: {levels: {green: {from: 0}, black: {from: 50, multiplier: 2}}}
earning_rules:
  buy: {program: club, event: purchase, award: {points: 1 per 1 EUR}}
  coffee:
    program: club
    event: purchase
    award: {stamps: 1 per unit, card: cups, on: sku == "COFFEE"}
    limits: {per_member: 100 per day}
stamp_cards: {cups: {program: club, size: 5, reward: free-coffee}}
burning_rules:
  free-coffee: {program: club, reward: {product: COFFEE}, limits: {stock: 9}}
promotions:
  tenth: {coupon: TENTH, limits: {total: 3, per_customer: 2}, then: {percent_off: 10%}}
"""
DAY_US = 86_400_000_000


@pytest.fixture
def shop(tenancy: Tenancy, clock: Clock) -> Shop:
    """A shop in which two people bought things, on three days."""
    shop = open_shop(tenancy, RULES)
    members: Members = shop.members
    members.enrol("ana", "club")
    place(shop, cart("o1", line(price=6000), coupons=["TENTH"]))
    place(shop, cart("o2", line("COFFEE", 6, 300), line(price=2500), who="bo", coupons=["TENTH"]))
    clock.now_us += 3 * DAY_US
    later = {"placed_at": "2026-07-13T12:00:00Z"}
    redeem = [{"program": "club", "points": 20}]
    place(shop, cart("o3", line(price=1500), redeem=redeem, **later))
    shop.jobs.run()
    return shop
