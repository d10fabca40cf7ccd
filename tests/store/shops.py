"""Rule text in, a shop that works by it out: what tests of the store begin with."""

from __future__ import annotations

from tallystick.dsl.source import Source
from tallystick.store.rules.publishing import Published, Rules
from tallystick.store.shop import Shop
from tallystick.store.tenancy import Tenancy

CLUB = """
ruleset: {currency: EUR, timezone: Europe/Madrid}
programs:
  club:
    points: {name: Leaves, expire_after: 12 months}
    redemption: {points: 100, value: 1 EUR}
earning_rules:
  buy: {program: club, event: purchase, award: {points: 1 per 1 EUR}}
"""


def publish(
    rules: Rules,
    text: str,
    *,
    effective_at_us: int | None = None,
    at_us: int | None = None,
    author: str = "",
) -> Published:
    """Publish rules given as one text, which nothing may speak against."""
    sources = [Source("rules.yaml", text)]
    answer = rules.publish(sources, author=author, effective_at_us=effective_at_us, at_us=at_us)
    assert isinstance(answer, Published), answer
    return answer


def open_shop(tenancy: Tenancy, text: str = CLUB) -> Shop:
    """A shop whose rules have been in force since the beginning of time, or of 1970."""
    shop = Shop(tenancy)
    publish(shop.rules, text, at_us=0)
    return shop
