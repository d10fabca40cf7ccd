"""A shop with a club, and what its customers buy, for tests of orders."""

from __future__ import annotations

import pytest

from tallystick.store.shop import Shop
from tallystick.store.tenancy import Tenancy

from ..shops import open_shop

RULES = """
ruleset: {currency: EUR, timezone: Europe/Madrid}
programs:
  club:
    points: {expire_after: 12 months}
    redemption: {points: 100, value: 1 EUR}
    tiers: {levels: {green: {from: 0}, black: {from: 1000, multiplier: 2}}}
earning_rules:
  buy: {program: club, event: purchase, award: {points: 1 per 1 EUR}}
  coffee:
    program: club
    event: purchase
    award: {stamps: 1 per unit, card: cups, on: sku == "COFFEE"}
stamp_cards: {cups: {program: club, size: 5, reward: free-coffee}}
burning_rules:
  free-coffee: {program: club, reward: {product: COFFEE}}
promotions:
  tenth: {coupon: TENTH, limits: {total: 3}, then: {percent_off: 10%}}
"""


@pytest.fixture
def shop(tenancy: Tenancy) -> Shop:
    """A shop by `RULES`."""
    return open_shop(tenancy, RULES)
