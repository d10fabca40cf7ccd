"""Campaigns that change nothing."""

import pytest

from .looking import POINTS, club, codes_of

OTHERS = """food: {program: club, event: purchase, award: {points: 1 per 1 USD, on: sku == "F"}}
visit: {program: club, event: check-in, award: {points: 1}}
loud: {program: club, event: check-in, award: {points: 1}, multiplied: true}
off: {program: club, event: purchase, enabled: false, award: {points: 1 per 1 USD}}
spring: {program: club, event: purchase, active: ..2026-05-31, award: {points: 1 per 1 USD}}"""


@pytest.mark.parametrize(
    ("keys", "codes"),
    [
        ("multiply: 2", []),
        ("multiply: 2, rules: [off]", ["W531"]),
        ("multiply: 2, rules: [off, purchase]", []),
        ("bonus: 5, rules: [off]", ["W531"]),
        ("bonus: 5, rules: [visit]", []),
        ("multiply: 2, rules: [visit, purchase]", ["W533"]),
        ("multiply: 2, rules: [loud]", []),
        ("multiply: 2, rules: [spring], active: 2026-06-01..", ["W532"]),
        ("multiply: 2, rules: [spring, purchase], active: 2026-06-01..", []),
        ("bonus: 5, rules: [spring], active: 2026-06-01..", ["W532"]),
        ('multiply: 2, rules: [food], on: sku == "G"', ["W532"]),
        ('multiply: 2, rules: [food], on: brand == "G"', []),
        ("multiply: 0.5", []),
    ],
)
def test_campaigns(keys: str, codes: list[str]) -> None:
    text = club(earning_rules=f"{POINTS}\n{OTHERS}", campaigns=f"c: {{program: club, {keys}}}")
    assert codes_of(text) == codes


@pytest.mark.parametrize(
    ("tier", "factor", "codes"),
    [("1.5", "0.5", ["N534"]), ("0.4", "0.5", []), ("1.5", "1.2", []), ("0.4", "0.3", ["N534"])],
)
def test_where_only_the_largest_counts(tier: str, factor: str, codes: list[str]) -> None:
    terms = f"multipliers: max, tiers: {{levels: {{gold: {{from: 1, multiplier: {tier}}}}}}}"
    campaign = f"c: {{program: club, multiply: {factor}}}"
    assert codes_of(club(terms, earning_rules=POINTS, campaigns=campaign)) == codes


def test_a_campaign_outside_its_program_is_told_once() -> None:
    campaign = "c: {program: club, multiply: 2, active: 2027-01-01..}"
    terms = "active: 2026-01-01..2026-12-31"
    assert codes_of(club(terms, earning_rules=POINTS, campaigns=campaign)) == ["W563"]
