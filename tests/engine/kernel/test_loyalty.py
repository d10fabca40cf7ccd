"""Redemptions and earnings of the kernel at their limits: long carts, wide numbers, many rules."""

from dataclasses import replace
from random import Random
from typing import Any

import pytest

from tallystick import load_text
from tallystick.dsl.formula import ALWAYS, Member, Term
from tallystick.dsl.kinds import AwardForm, AwardKind, Kind, Rounding
from tallystick.dsl.loyalty import Award, Campaign, EarningRule, Loyalty, Program, Ratio
from tallystick.dsl.ruleset import Ruleset
from tallystick.engine.cart.facts import read_facts
from tallystick.engine.cart.intake import Intake
from tallystick.engine.kernel.evaluator import KernelEvaluator, LazyOutcomes
from tallystick.engine.reference.evaluate import evaluate

from .test_money import draw_lines

RULES = """
ruleset: {currency: USD}
promotions:
  ten: {then: {percent_off: 10%, on: 'sku == "S1"'}}
  off: {stage: order, then: {amount_off: 77.77 USD}}
programs:
  club:
    points: {scale: 2, rounding: half_up}
    max_per_order: 123.45 points
    redemption: {points: 100 points, value: 1 USD, max_percent_of_cart: 33.33%}
    tiers:
      upgrade: this_order
      levels: {bronze: {from: 0 points}, gold: {from: 50 points, multiplier: 1.37, cashback: 3.3%}}
  air: {multipliers: add}
earning_rules:
  basic: {program: club, event: purchase, award: {points: 1 per 1.07 USD}}
  whole:
    program: club
    event: purchase
    award: {points: 3 per 10 USD, step: whole, on: sku != "S2"}
  units:
    program: club
    event: purchase
    multiplied: true
    award: {points: 0.25 per unit, on: sku == "S3"}
  once:
    program: club
    event: purchase
    award: {points: 10.01, on: sku == "S4"}
    limits: {points: 7 points per month}
  back: {program: club, event: purchase, award: {cashback: tier}}
  miles: {program: air, event: purchase, award: {points: 2 per 3 USD}}
campaigns:
  some: {program: club, multiply: 1.5, on: sku == "S1"}
  more: {program: club, rules: [basic], multiply: 0.75}
  sky: {program: air, multiply: 3, on: 'sku in ["S1", "S2"]'}
  wind: {program: air, multiply: 1.25, on: 'sku in ["S2", "S3"]'}
  thanks: {program: club, bonus: 5 points}
"""
FACTS = {"members": {"club": {"balance": 5_000_000, "qualifying": 10}, "air": {}}}
REDEEM = [{"program": "club", "points": "max"}]
MANY = 2_000


def make_cart(lines: list[dict[str, Any]], **more: Any) -> dict[str, Any]:
    """A cart of some lines."""
    placed_at = "2026-07-10T12:00:00Z"
    return {"id": "c", "currency": "USD", "placed_at": placed_at, "lines": lines, **more}


def check(ruleset: Ruleset, carts: list[dict[str, Any]], facts: Any = FACTS) -> LazyOutcomes:
    """Price carts with both evaluators."""
    intake, known = Intake(ruleset), read_facts(facts)
    ready = [(intake.read_cart(cart), known) for cart in carts]
    outcomes = KernelEvaluator(ruleset).evaluate(ready)
    for (cart, _), outcome in zip(ready, outcomes, strict=True):
        assert outcome == evaluate(ruleset, cart, known)
    assert isinstance(outcomes, LazyOutcomes)
    return outcomes


def rule(name: str, program: str, award: Award, **more: Any) -> EarningRule:
    """An earning rule for purchases."""
    return EarningRule(name, program, "purchase", award, **more)


@pytest.mark.parametrize("count", [0, 1, 2, 12, 130, 1_000])
@pytest.mark.parametrize("price_max", [3, 20_000])
def test_long_carts_earn_and_redeem_as_the_reference_says(count: int, price_max: int) -> None:
    lines = draw_lines(Random(count), count, price_max)
    ruleset = load_text(RULES)
    outcomes = check(ruleset, [make_cart(lines, redeem=REDEEM, store_credit=1_234)])
    assert not outcomes.wide
    if count >= 130 and price_max > 3:
        assert len(outcomes[0].earned) == 7
        assert outcomes[0].redemptions[0].times > 0


def test_the_longest_cart_is_priced() -> None:
    ruleset = load_text(RULES)
    lines = draw_lines(Random(1), 10_000, 20_000)
    ready = [(Intake(ruleset).read_cart(make_cart(lines, redeem=REDEEM)), read_facts(FACTS))]
    (outcome,) = KernelEvaluator(ruleset).evaluate(ready)
    points = [one for one in outcome.earned if one.kind is AwardKind.POINTS and one.program == 1]
    assert sum(one.amount for one in points) == 12_345
    assert all(sum(part for _, part in one.lines) in (one.amount, 0) for one in points)


@pytest.mark.parametrize("rounding", Rounding)
def test_rounding_is_that_of_the_program(rounding: Rounding) -> None:
    ruleset = load_text(RULES)
    programs = tuple(
        replace(one, max_per_order=None, points=replace(one.points, rounding=rounding))
        for one in ruleset.loyalty.programs
    )
    ruleset = replace(ruleset, loyalty=replace(ruleset.loyalty, programs=programs))
    carts = [
        make_cart([{"sku": "S1", "quantity": 1, "unit_price": price}]) for price in range(1, 400, 7)
    ]
    check(ruleset, carts)


def test_numbers_too_wide_are_left_to_the_reference() -> None:
    lines = [
        {"id": "a", "sku": "A", "quantity": 1_000_000, "unit_price": 1_000_000},
        {"id": "b", "sku": "B", "quantity": 999_983, "unit_price": 999_979},
    ]
    program = Program("club", max_per_order=10**12)
    huge = Award(AwardKind.POINTS, AwardForm.RATE, Ratio(10**12), 1)
    odd = Award(AwardKind.POINTS, AwardForm.FIXED, Ratio(10**17 + 3, 10**6 + 3))
    factor = Campaign("k", "club", multiply=Ratio(999_983, 1_000_000), on=in_sku("A"))
    earning = rule("r", "club", huge), rule("s", "club", odd, is_multiplied=True)
    loyalty = Loyalty((program,), earning, campaigns=(factor,))
    cheap = make_cart([{"sku": "C", "quantity": 1, "unit_price": 0}])
    outcomes = check(Ruleset(loyalty=loyalty), [cheap, make_cart(lines), cheap], {})
    assert outcomes.wide == {1}


def test_the_widest_numbers_that_fit_need_no_reference() -> None:
    lines = [{"id": "a", "sku": "A", "quantity": 1_000_000, "unit_price": 1_000_000}]
    award = Award(AwardKind.POINTS, AwardForm.RATE, Ratio(1_000_003, 1_000_000), 1_000_000_000_000)
    loyalty = Loyalty((Program("club"),), (rule("r", "club", award),))
    outcomes = check(Ruleset(loyalty=loyalty), [make_cart(lines)], {})
    assert outcomes[0].earned[0].amount == 1 and not outcomes.wide


def in_sku(*skus: str) -> Member:
    """That a line has one of some skus."""
    return Member(Term("line.sku", Kind.STRING), skus)


def test_thousands_of_rules_that_cannot_match_are_not_looked_at() -> None:
    award = Award(AwardKind.POINTS, AwardForm.RATE, Ratio(1), 100)
    rules = tuple(
        rule(f"r{number:04d}", "club", replace(award, on=in_sku(f"S{number}")))
        for number in range(MANY)
    )
    layers = tuple(
        Campaign(f"x{number:04d}", "club", multiply=Ratio(2), on=in_sku(f"S{number}"))
        for number in range(MANY)
    )
    ruleset = Ruleset(loyalty=Loyalty((Program("club"),), rules, campaigns=layers))
    cart = make_cart([{"sku": "S7", "quantity": 1, "unit_price": 1_000}])
    (outcome,) = check(ruleset, [cart], {})
    (entry,) = outcome.earned
    assert (entry.rule, entry.amount, entry.campaigns) == (7, 20, (7,))


def test_campaigns_without_a_say_in_a_rule_do_not_touch_it() -> None:
    award = Award(AwardKind.POINTS, AwardForm.RATE, Ratio(1), 100, ALWAYS)
    rules = rule("a", "club", award), rule("b", "club", award), rule("c", "air", award)
    layers = (
        Campaign("named", "club", ("b",), multiply=Ratio(2)),
        Campaign("nobody", "club", (), multiply=Ratio(5)),
        Campaign("other", "air", multiply=Ratio(3)),
    )
    loyalty = Loyalty((Program("air"), Program("club")), rules, campaigns=layers)
    cart = make_cart([{"sku": "A", "quantity": 1, "unit_price": 1_000}])
    (outcome,) = check(Ruleset(loyalty=loyalty), [cart], {})
    assert [(one.rule, one.amount) for one in outcome.earned] == [(2, 30), (0, 10), (1, 20)]


def test_rules_that_read_nets_see_those_in_the_end() -> None:
    ruleset = load_text(
        RULES + "  net: {program: club, bonus: 1 points, when: cart.net_subtotal <= 9.00 USD}\n"
    )
    carts = [
        make_cart([{"sku": sku, "quantity": 1, "unit_price": 8_677}], redeem=REDEEM)
        for sku in ("S1", "S2")
    ]
    check(ruleset, carts)
