"""Checked loyalty rules: what changes the hash of a rule set, and what packing keeps."""

import pytest

from tallystick.dsl.packing import pack, unpack
from tallystick.dsl.source import Source

from .document.clubs import CLUBS
from .loading import load

RULES = """
ruleset: {timezone: Europe/Madrid}
promotions: {p: {then: {percent_off: 1%}}}
programs:
  club:
    name: Club
    points: {name: Stars, expire_after: 12 months}
    redemption: {points: 100, value: 1 USD, max_percent_of_cart: 50%}
    tiers: {window: 12 months, levels: {low: {from: 0}, high: {from: 1000, multiplier: 1.5}}}
  wallet: {points: {scale: 2}}
earning_rules:
  buy: {program: club, event: purchase, award: {points: 1 per 1 USD}}
  whole: {program: club, event: purchase, award: {points: 2 per 2 USD, step: whole}}
  visit: {program: club, event: check-in, award: {points: 50}, limits: {per_member: 1 per day}}
burning_rules:
  mug: {program: club, cost: 500 points, reward: {product: MUG}}
  off: {program: club, cost: 500, reward: {discount: 20%}, when: member.points >= 500}
stamp_cards: {card: {program: club, size: 10, reward: mug}}
campaigns: {july: {program: club, rules: [whole, buy], multiply: 2}}
"""


@pytest.mark.parametrize(
    ("written", "instead"),
    [
        ("name: Club", "description: Ours"),
        ("name: Stars", "symbol: S"),
        ("award: {points: 1 per 1 USD}", "award: {points: 2 per 2.00 USD, step: proportional}"),
        ("12 months}", "1 year}"),
        ("500 points", "500"),
        ("multiplier: 1.5", "multiplier: 1.50, cashback: 0%"),
        ("low: {from: 0}, high: {from: 1000, multiplier: 1.5}",
         "high: {multiplier: 1.5, from: 1000 points}, low: {from: 0}"),
        ("rules: [whole, buy]", "rules: [buy, whole, buy]"),
        ("wallet: {", "wallet: {status: active, deficit: carry, "),
        ("member.points >= 500", "member.points >= 500.0"),
        ("1 per day", "01  per  day"),
        ("  whole:", "  # a comment\n  whole:"),
    ],
)  # fmt: skip
def test_what_does_not_change_the_hash(written: str, instead: str) -> None:
    assert written in RULES
    assert load(RULES.replace(written, instead, 1)).hash == load(RULES).hash


@pytest.mark.parametrize(
    ("written", "instead"),
    [
        ("1 per 1 USD", "1 per 1.01 USD"),
        ("2 per 2 USD", "1 per 1 USD"),
        ("12 months}", "365 days}"),
        ("500 points", "501"),
        ("multiplier: 1.5", "multiplier: 1.500001"),
        ("rules: [whole, buy]", "rules: [buy]"),
        ("scale: 2", "scale: 3"),
        ("1 per day", "1 per 1 day"),
        ("reward: mug", "name: Card"),
        ("reward: {discount: 20%}", "reward: {discount: 20 USD}"),
        ("Europe/Madrid", "Europe/Paris"),
        ("max_percent_of_cart: 50%", "max_percent_of_cart: 51%"),
        ("event: check-in", "event: signup"),
        ("when: member.points >= 500", "min_tier: high"),
    ],
)
def test_what_changes_the_hash(written: str, instead: str) -> None:
    assert written in RULES
    assert load(RULES.replace(written, instead, 1)).hash != load(RULES).hash


def test_loyalty_changes_the_hash_of_a_rule_set() -> None:
    plain = "promotions: {p: {then: {percent_off: 1%}}}\n"
    assert load(plain + "programs: {}").hash == load(plain).hash
    assert load(plain + "programs: {a: {}}").hash != load(plain).hash


@pytest.mark.parametrize("text", [RULES, CLUBS])
def test_packing_keeps_loyalty_rules(text: str) -> None:
    loyalty = load(text).loyalty
    sources = [Source("rules.yaml", text)]
    assert unpack(pack(loyalty, sources), sources) == loyalty
