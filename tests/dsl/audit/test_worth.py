"""Rewards that are worth more than it costs to earn them."""

import pytest

from tallystick.dsl.audit.worth import always_gives

from ..loading import load
from .looking import POINTS, club, codes_of, look

# 1 point per 1 USD, and 100 points are 1 USD: 1 % comes back.
RULE = "{program: club, event: purchase, award: {points: %s per 1 USD}%s}"


def back(text: str) -> list[str]:
    """How much comes back by each warning or note about value."""
    return [one.help.partition(" %")[0] for one in look(text) if one.code in ("W501", "N502")]


def rules(*rates: str) -> str:
    """Earning rules `r0`, `r1` ... of these rates, with other keys behind a `|`."""
    parts = [rate.partition("|") for rate in rates]
    return "\n".join(f"r{i}: {RULE % (a, b and ', ' + b)}" for i, (a, _, b) in enumerate(parts))


@pytest.mark.parametrize(
    ("rates", "percent"),
    [
        (["50"], []),
        (["51"], ["51"]),
        (["100"], ["100"]),
        (["30", "40"], ["70"]),
        (['40|when: [cart.channel == "a"]', '60|when: [cart.channel == "b"]'], ["60"]),
        (['40|when: [cart.channel == "a"]', '60|when: [cart.location == "b"]'], ["100"]),
        (["60|active: 2026-01-01..2026-01-31", "60|active: 2026-02-01..2026-02-28"], ["60"]),
        (["60|active: 2026-01-01..2026-02-15", "60|active: 2026-02-01..2026-02-28"], ["120"]),
        (["60", "70|exclusive: true"], ["70"]),
        (["90", "70|exclusive: true"], ["70"]),
        (["90", '70|exclusive: true, when: [cart.channel == "a"]'], ["90"]),
        (
            [
                "70|exclusive: true",
                '90|exclusive: true, priority: 1, when: [payment.method == "c"]',
            ],
            ["90"],
        ),
        (["60", "60|stored_value: true"], ["60"]),
        (["60", "130|stored_value: true"], ["60", "130"]),
    ],
)
def test_rules_add_up_where_they_can_meet(rates: list[str], percent: list[str]) -> None:
    assert back(club(earning_rules=rules(*rates))) == percent


@pytest.mark.parametrize(
    ("policy", "percent"), [("multiply", ["120"]), ("add", ["90"]), ("max", ["60"])]
)
def test_tiers_and_campaigns_multiply_as_the_program_says(policy: str, percent: list[str]) -> None:
    terms = (
        f"multipliers: {policy}, tiers: {{levels: {{silver: {{from: 10, multiplier: 1.5}}, "
        "gold: {from: 20, multiplier: 2}}}"
    )
    july = "july: {program: club, active: 2026-07-01..2026-07-31, multiply: 2}"
    assert back(club(terms, earning_rules=rules("30"), campaigns=july)) == percent


def test_a_rule_for_one_tier_meets_the_multiplier_of_that_tier() -> None:
    terms = "tiers: {levels: {silver: {from: 10, multiplier: 2}, gold: {from: 20, multiplier: 3}}}"
    silver = '30|when: [member.tier == "silver"]'
    assert back(club(terms, earning_rules=rules(silver))) == ["60"]


def test_every_reward_is_told_by_itself() -> None:
    found = look(
        club(
            earning_rules=rules("40"),
            burning_rules="""two-off: {program: club, cost: 100 points, reward: {discount: 2 USD}}
            fifth: {program: club, cost: 100 points, reward: {discount: 20%, max_discount: 3 USD}}
            open: {program: club, cost: 1 points, reward: {discount: 20%}}
            gone: {program: club, cost: 1 points, reward: {discount: 2 USD}}
            card: {program: club, cost: 100 points, reward: {gift_card: 1 USD}}""",
        ).replace("gone: {", "gone: {enabled: false, ")
    )
    told = [(one.code, one.message.split(" spent ")[1].split(",")[0]) for one in found]
    assert told == [("N502", "can bring 80 USD back"), ("W501", "can bring 120 USD back")]
    assert "`fifth` gives 3 USD for 100 points" in found[1].help


def test_a_reward_that_is_over_before_anything_is_earned_counts_for_nothing() -> None:
    gone = "x: {program: club, active: ..2025-12-31, cost: 1, reward: {discount: 9 USD}}"
    text = club(earning_rules=rules("40|active: 2026-01-01.."), burning_rules=gone)
    assert back(text) == []
    assert back(text.replace("..2025-12-31", "..2026-12-31")) == ["36000"]


def test_cashback_and_points_add_up() -> None:
    both = rules("40") + "\nback: {program: club, event: purchase, award: {cashback: 15%}}"
    assert back(club(earning_rules=both)) == ["55"]


def test_currencies_without_decimals() -> None:
    text = club(earning_rules=rules("60")).replace("USD", "JPY")
    (found,) = look("ruleset: {currency: JPY}\n" + text)
    assert found.message == "10000 JPY spent can bring 6000 JPY back, more than half of it"


@pytest.mark.parametrize(
    ("rule", "is_sure"),
    [
        ("award: {points: 1 per 1 USD}", True),
        ("award: {points: 100}", True),
        ("award: {points: 1 per 10 USD, step: whole}", False),
        ("award: {points: 1 per unit}", False),
        ("award: {points: 1, on: sku == 'A'}", False),
        ("award: {points: 1}, limits: {per_member: 1 per day}", False),
        ("award: {points: 1}, when: [cart.quantity > 1]", False),
    ],
)
def test_what_always_gives_something(rule: str, is_sure: bool) -> None:
    rule = rule.replace("'A'", '"A"')
    ruleset = load(club(earning_rules=f"x: {{program: club, event: purchase, {rule}}}"))
    assert always_gives(ruleset.loyalty.earning_rules[0]) is is_sure


def test_thousands_of_rules_take_a_bounded_time() -> None:
    many = "\n".join(
        f'c{i}: {{program: club, multiply: 1.{i % 9 + 1}, when: [cart.channel != "{i}"]}}'
        for i in range(1500)
    )
    sources = "\n".join(f"r{i}: {RULE % (1, '')}" for i in range(1500))
    assert "W521" in codes_of(club(earning_rules=sources, campaigns=many))
    assert codes_of(club(earning_rules=POINTS)) == []
