"""Tiers out of reach, and tiers for nothing."""

import pytest

from .looking import POINTS, club, codes_of

LEVELS = "levels: {gold: {from: %s, multiplier: 2}}"
LIMITED = POINTS.replace("award:", "limits: {points: 100 per month}, award:")


def tiers(first: str, *, keys: str = "", rules: str = POINTS, terms: str = "") -> list[str]:
    """The codes about a program with one level."""
    program = f"tiers: {{{keys}{LEVELS % first}}}, {terms}"
    return codes_of(club(program, earning_rules=rules))


def test_limits_bound_what_can_be_earned_in_the_window() -> None:
    year = "window: calendar year, "
    assert tiers("1200", keys=year, rules=LIMITED) == []
    assert tiers("1201", keys=year, rules=LIMITED) == ["W542"]
    assert tiers("1400", keys="window: 12 months, ", rules=LIMITED) == []
    assert tiers("1501", keys="window: 12 months, ", rules=LIMITED) == ["W542"]
    assert tiers("1201", rules=LIMITED) == []  # in a lifetime
    assert (
        tiers("1201", keys=year, rules=f"{LIMITED}\n{POINTS.replace('purchase:', 'more:')}") == []
    )


@pytest.mark.parametrize(
    ("rule", "codes"),
    [
        ("event: check-in, award: {points: 10}, limits: {per_member: 1 per month}", ["W542"]),
        ("event: check-in, award: {points: 20}, limits: {per_member: 1 per month}", []),
        ("event: check-in, award: {points: 50}, limits: {per_member: 3}", ["W542"]),
        (
            "event: check-in, award: {points: 10}, limits: {per_member: 3}, multiplied: true",
            [],
        ),
        ("event: external.erp, award: {points: event.points}, limits: {per_member: 3}", []),
        ("event: purchase, award: {cashback: 1%}", ["W541", "N555"]),
    ],
)
def test_every_rule_must_be_bounded(rule: str, codes: list[str]) -> None:
    year = "window: calendar year, "
    found = tiers("200", keys=year, rules=f"x: {{program: club, {rule}}}")
    assert sorted(found) == sorted(codes)


def test_a_bonus_is_not_bounded() -> None:
    text = club(
        f"tiers: {{window: calendar year, {LEVELS % 9999}}}",
        earning_rules=LIMITED,
        campaigns="b: {program: club, bonus: 5, when: [cart.quantity > 3]}",
    )
    assert codes_of(text) == []


def test_spend_is_not_bounded_but_must_be_there() -> None:
    spend = "measure: spend, "
    assert tiers("999 USD", keys=spend, rules=LIMITED) == []
    off = POINTS.replace("award:", "enabled: false, award:")
    assert sorted(tiers("999 USD", keys=spend, rules=off)) == ["N555", "W541"]


@pytest.mark.parametrize(
    ("delay", "keys", "codes"),
    [
        ("31 days", "window: 30 days, ", ["W543"]),
        ("30 days", "window: 30 days, ", []),
        ("2 months", "window: 1 month, ", ["W543"]),
        ("1 month", "window: 1 month, ", []),
        ("30 days", "window: 1 month, ", []),
        ("93 days", "window: calendar quarter, ", ["W543"]),
        ("93 days", "window: calendar quarter, qualify_at: earn, ", []),
        ("93 days", "", []),
    ],
)
def test_points_that_are_active_too_late(delay: str, keys: str, codes: list[str]) -> None:
    assert tiers("100", keys=keys, terms=f"points: {{activate_after: {delay}}}") == codes


def test_names_of_tiers_in_conditions() -> None:
    two = f"""
    programs:
      a: {{redemption: {{points: 100, value: 1 USD}}, tiers: {{{LEVELS % 1}}}}}
      b: {{redemption: {{points: 100, value: 1 USD}}, tiers: {{levels: {{top: {{from: 1}}}}}}}}
    define: {{best: 'member.tier in ["gold", "top"]'}}
    earning_rules:
      x: {{program: a, event: purchase, award: {{points: 1 per 1 USD}}, when: [%s]}}
      y: {{program: b, event: purchase, award: {{points: 1 per 1 USD}}, when: [best]}}
    """
    assert codes_of(two % "best") == []
    assert codes_of(two % 'member.tier == "top"') == ["W544"]
    assert codes_of(two % 'member.tier != "golden"') == ["W544"]


def test_tiers_that_differ_in_nothing() -> None:
    levels = "tiers: {levels: {silver: {from: 1}, gold: {from: 2}}}"
    assert codes_of(club(levels, earning_rules=POINTS)) == ["N545"]
    mug = "mug: {program: club, cost: 5, min_tier: gold, reward: {product: M}}"
    assert codes_of(club(levels, earning_rules=POINTS, burning_rules=mug)) == []
    sale = 'sale: {when: [customer.tier == "gold"], then: {percent_off: 5%}}'
    assert codes_of(club(levels, earning_rules=POINTS, promotions=sale)) == []


def test_cashback_of_tiers_that_no_rule_gives() -> None:
    levels = "tiers: {levels: {silver: {from: 1, cashback: 1%}}}"
    assert codes_of(club(levels, earning_rules=POINTS)) == ["N546"]
    back = "back: {program: club, event: purchase, award: {cashback: tier}}"
    assert codes_of(club(levels, earning_rules=f"{POINTS}\n{back}")) == []
