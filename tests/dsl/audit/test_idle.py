"""Rules and programs that do nothing."""

import pytest

from .looking import POINTS, club, codes_of

ALWAYS = "always: {program: club, event: purchase, exclusive: true, award: {points: 1 per 1 USD}}"


@pytest.mark.parametrize(
    ("keys", "codes"),
    [
        ("award: {points: 2 per 1 USD}", ["W572"]),
        ("award: {points: 2 per 10 USD, step: whole}", ["W572"]),
        ("award: {points: 2}, when: [cart.subtotal >= 5 USD]", []),  # also where nothing is paid
        ("award: {points: 1 per unit}", []),
        ("award: {cashback: 1%}", []),
        ("award: {points: 2 per 1 USD}, stored_value: true", ["N512"]),
        (
            "award: {points: 2 per 1 USD}, exclusive: true, priority: 1, when: [member.points > 5]",
            [],
        ),
        ("award: {points: 2 per 1 USD}, exclusive: true, when: [member.points > 5]", ["W572"]),
    ],
)
def test_rules_behind_an_exclusive_one(keys: str, codes: list[str]) -> None:
    other = f"other: {{program: club, event: purchase, {keys}}}"
    assert codes_of(club(earning_rules=f"{ALWAYS}\n{other}")) == codes


@pytest.mark.parametrize(
    "always",
    [
        ALWAYS.replace("award:", "active: 2026-01-01.., award:"),
        ALWAYS.replace("award:", "when: [cart.quantity > 1], award:"),
        ALWAYS.replace("award:", "limits: {points: 5 per day}, award:"),
        ALWAYS.replace("1 per 1 USD", "1 per 1 USD, step: whole"),
        ALWAYS.replace("exclusive: true, ", ""),
    ],
)
def test_exclusive_rules_that_do_not_always_give(always: str) -> None:
    assert codes_of(club(earning_rules=f"{always}\n{POINTS}")) == []


def test_a_multiplier_may_leave_nothing_of_an_award() -> None:
    low = "low: {program: club, multiply: 0.5, rules: [always]}"
    assert codes_of(club(earning_rules=f"{ALWAYS}\n{POINTS}", campaigns=low)) == []


def test_a_fixed_award_comes_before_everything() -> None:
    fixed = ALWAYS.replace("1 per 1 USD", "1")
    found = codes_of(club(earning_rules=f"{fixed}\n{POINTS}"))
    assert found == ["N503", "W572"]


def test_conditions_that_exclude_each_other() -> None:
    when = 'when: [cart.channel == "a", cart.channel == "b"], '
    mug = f"mug: {{program: club, cost: 5, {when}reward: {{product: M}}}}"
    double = f"double: {{program: club, {when}multiply: 2}}"
    text = club(earning_rules=POINTS, burning_rules=mug, campaigns=double)
    assert codes_of(text) == ["W571", "W571"]


def test_programs_and_points_for_nothing() -> None:
    assert codes_of("programs: {club: {earn_on: gross}}") == ["N573"]
    assert codes_of("programs: {club: {}}") == []
    assert codes_of(f"programs: {{club: {{}}}}\nearning_rules:\n  {POINTS}\n") == ["N574"]
    tiers = "tiers: {levels: {gold: {from: 1, multiplier: 2}}}"
    assert codes_of(f"programs: {{club: {{{tiers}}}}}\nearning_rules:\n  {POINTS}\n") == []


@pytest.mark.parametrize(
    ("terms", "keys", "codes"),
    [
        ("max_per_order: 50", "event: purchase, when: [member.points > 5]", ["W575"]),
        ("max_per_order: 100", "event: purchase, when: [member.points > 5]", []),
        ("max_per_order: 50", "event: check-in", []),
        ("", "event: check-in, limits: {points: 50 per day}", ["W575"]),
        ("", "event: check-in, limits: {points: 50 per day}, multiplied: true", []),
    ],
)
def test_awards_above_their_limits(terms: str, keys: str, codes: list[str]) -> None:
    rule = f"x: {{program: club, {keys}, award: {{points: 100}}}}"
    assert codes_of(club(terms, earning_rules=f"{POINTS}\n{rule}")) == codes


@pytest.mark.parametrize(
    ("points", "codes"),
    [
        ("activate_after: 31 days, expire_after: 30 days, expire_from: earn", ["W576"]),
        ("activate_after: 30 days, expire_after: 30 days, expire_from: earn", []),
        ("activate_after: 2 months, expire_after: 1 month, expire_from: earn", ["W576"]),
        ("activate_after: 31 days, expire_after: 30 days", []),
        (
            "activate_after: 31 days, expire_after: 30 days, expire_from: earn, expire_round: year",
            [],
        ),
    ],
)
def test_points_that_expire_before_they_are_active(points: str, codes: list[str]) -> None:
    assert codes_of(club(f"points: {{{points}}}", earning_rules=POINTS)) == codes
