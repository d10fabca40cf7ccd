"""Stacks of multipliers without a bound."""

import pytest

from .looking import POINTS, club, look

TIERS = "tiers: {levels: {gold: {from: 10, multiplier: 3}}}, "
FOUR = "four: {program: club, multiply: 4}"


def stacks(terms: str, campaigns: str, rule: str = POINTS) -> list[str]:
    """What the multipliers of a program come to, as it is told."""
    found = look(club(terms, earning_rules=rule, campaigns=campaigns))
    return [one.message.rpartition(" ")[2] for one in found if one.code == "W521"]


def test_a_stack_is_told_with_its_names() -> None:
    (found,) = look(club(TIERS, earning_rules=POINTS, campaigns=FOUR))
    assert found.message == "what `purchase` gives can be multiplied by 12"
    assert found.help.startswith("in one order: times 3 at `gold`, times 4 by `four`; ")


@pytest.mark.parametrize(
    ("terms", "campaigns"),
    [
        (TIERS, "three: {program: club, multiply: 3}"),
        ("", "twelve: {program: club, multiply: 12}"),
        (TIERS + "max_per_order: 500, ", FOUR),
        (TIERS + "multipliers: max, ", FOUR),
        (TIERS + "multipliers: add, ", FOUR),
        (
            "",
            "a: {program: club, multiply: 4, active: ..2026-06-30}\n"
            + FOUR.replace("multiply: 4", "multiply: 4, active: 2026-07-01.."),
        ),
        (
            "",
            'a: {program: club, multiply: 4, on: sku == "A"}\n'
            'b: {program: club, multiply: 4, on: sku == "B"}',
        ),
    ],
)
def test_what_is_bounded_or_never_meets(terms: str, campaigns: str) -> None:
    assert stacks(terms, campaigns) == []


def test_what_a_limit_of_the_rule_bounds() -> None:
    limited = POINTS.replace("award:", "limits: {points: 100 per day}, award:")
    assert stacks(TIERS, FOUR, limited) == []


def test_cashback_has_no_tier_in_its_stack_and_no_cap() -> None:
    back = POINTS.replace("points: 1 per 1 USD", "cashback: 1%")
    assert stacks(TIERS, FOUR, back) == []
    assert stacks("max_per_order: 5, ", FOUR + "\n" + FOUR.replace("four", "more"), back) == ["16"]
