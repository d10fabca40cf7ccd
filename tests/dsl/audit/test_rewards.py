"""Rewards that nobody can have."""

import pytest

from .looking import POINTS, club, codes_of

LIMITED = POINTS.replace("award:", "limits: {points: 100 per month}, award:")


@pytest.mark.parametrize(
    ("terms", "codes"),
    [
        ("min_points: 510, max_points: 590", ["W551"]),
        ("min_points: 510, max_points: 600", []),
        ("max_points: 100", []),
        ("min_points: 500", []),
    ],
)
def test_steps_between_the_least_and_the_most(terms: str, codes: list[str]) -> None:
    text = club(earning_rules=POINTS).replace("value: 1 USD", f"value: 1 USD, {terms}")
    assert codes_of(text) == codes


@pytest.mark.parametrize(
    ("points", "cost", "codes"),
    [
        ("expire_after: 12 months", 1500, []),
        ("expire_after: 12 months", 2000, ["W554"]),
        ("expire_after: 12 months, expire_round: year", 2000, []),
        ("expire_after: 12 months, sliding: true", 2000, []),
        ("expire_after: 12 months, activate_on: shipped", 2000, []),
        ("scale: 0", 2000, []),
    ],
)
def test_costs_above_what_can_be_earned_before_it_expires(
    points: str, cost: int, codes: list[str]
) -> None:
    mug = f"mug: {{program: club, cost: {cost}, reward: {{product: M}}}}"
    text = club(f"points: {{{points}}}", earning_rules=LIMITED, burning_rules=mug)
    assert codes_of(text) == codes


def test_limits_for_ever_bound_points_that_never_expire() -> None:
    once = "x: {program: club, event: signup, award: {points: 300}, limits: {per_member: 1}}"
    mug = "mug: {program: club, cost: 301, reward: {product: M}}"
    assert codes_of(club(earning_rules=once, burning_rules=mug)) == ["W554"]
    assert codes_of(club(earning_rules=once, burning_rules=mug.replace("301", "300"))) == []


def test_a_reward_for_a_tier_out_of_reach() -> None:
    tiers = "tiers: {window: calendar year, levels: {gold: {from: 9999, multiplier: 2}}}"
    mug = "mug: {program: club, cost: 5, min_tier: gold, reward: {product: M}}"
    assert codes_of(club(tiers, earning_rules=LIMITED, burning_rules=mug)) == ["W542", "W552"]


def test_nothing_earns_the_points_that_things_cost() -> None:
    assert codes_of(club(earning_rules=POINTS.replace("points: 1 per 1 USD", "cashback: 1%"))) == [
        "N555"
    ]


@pytest.mark.parametrize(
    ("limits", "codes"),
    [
        ("stock: 0", ["W553"]),
        ("per_member: 0 per year", ["W553"]),
        ("per_order: 0, stock: 0", ["W553", "W553"]),
        ("stock: 1, per_order: 1, per_member: 1", []),
    ],
)
def test_limits_that_let_nothing_through(limits: str, codes: list[str]) -> None:
    mug = f"mug: {{program: club, cost: 5, reward: {{product: M}}, limits: {{{limits}}}}}"
    assert codes_of(club(earning_rules=POINTS, burning_rules=mug)) == codes


def test_cards() -> None:
    stamps = "s: {program: club, event: purchase, award: {stamps: 1, card: card}}"
    cup = "cup: {program: club, reward: {product: C}}"
    card = "card: {program: club, size: 10, reward: cup}"
    rules = f"{POINTS}\n{stamps}"
    assert codes_of(club(earning_rules=rules, burning_rules=cup, stamp_cards=card)) == []
    assert codes_of(club(earning_rules=POINTS, burning_rules=cup, stamp_cards=card)) == ["W556"]
    bare = "card: {program: club, size: 10}"
    assert codes_of(club(earning_rules=rules, stamp_cards=bare)) == ["N557"]
