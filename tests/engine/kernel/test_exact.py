"""Rates, multipliers and caps of any width: what the kernel's fractions come to is exact."""

from fractions import Fraction
from random import Random
from typing import Any

import pytest

from tallystick.dsl.formula import ALWAYS, Formula
from tallystick.dsl.kinds import AwardForm, AwardKind, Multipliers, OnCap, Rounding, Upgrade
from tallystick.dsl.loyalty import (
    Award,
    Campaign,
    EarningRule,
    Level,
    Loyalty,
    PointsCurrency,
    Program,
    Quota,
    Ratio,
    Tiers,
)
from tallystick.dsl.ruleset import Ruleset

from .test_loyalty import check, in_sku, make_cart

PROGRAMS = ("p", "q")
FORMS = (AwardForm.RATE, AwardForm.STEPS, AwardForm.PER_UNIT, AwardForm.FIXED)
KINDS = (AwardKind.POINTS, AwardKind.POINTS, AwardKind.CASHBACK)
ON: tuple[Formula, ...] = (ALWAYS, in_sku("A"), in_sku("A", "B"), in_sku("C"))
SEEDS = 40


def draw_bits(random: Random, most: int) -> int:
    """A number of up to so many bits, short ones as likely as long ones."""
    return random.getrandbits(random.randrange(1, most))


def draw_ratio(random: Random, bits: int) -> Ratio:
    """A ratio; one in three with a denominator that people write."""
    denominator = random.choice([1, 2, 4, 10, 100, 10**6])
    if random.random() > 0.3:
        denominator = draw_bits(random, bits) | 1
    return Ratio(*Fraction(draw_bits(random, bits), denominator).as_integer_ratio())


def draw_program(random: Random, name: str, bits: int) -> Program:
    """A program with a tier, and maybe a cap of what an order earns."""
    level = Level("a", 0, draw_ratio(random, bits // 2), random.choice([0, 33_333]))
    return Program(
        name,
        points=PointsCurrency(rounding=random.choice(list(Rounding))),
        tiers=Tiers((level,), upgrade=Upgrade.THIS_ORDER),
        multipliers=random.choice(list(Multipliers)),
        max_per_order=random.choice([None, 1 + draw_bits(random, 40)]),
    )


def draw_rule(random: Random, name: str, bits: int) -> EarningRule:
    """An earning rule of any form."""
    form = random.choice(FORMS)
    has_steps = form in (AwardForm.RATE, AwardForm.STEPS)
    per_minor = 1 + draw_bits(random, 40) if has_steps else 1
    award = Award(
        random.choice(KINDS), form, draw_ratio(random, bits), per_minor, random.choice(ON)
    )
    return EarningRule(
        name,
        random.choice(PROGRAMS),
        "purchase",
        award,
        is_multiplied=random.random() < 0.5,
        on_cap=random.choice(list(OnCap)),
        points_quota=random.choice([None, Quota(draw_bits(random, 30))]),
    )


def draw_ruleset(random: Random, bits: int) -> Ruleset:
    """A few rules and campaigns of two programs."""
    rules = [draw_rule(random, f"r{i}", bits) for i in range(random.randrange(1, 6))]
    campaigns = [
        Campaign(
            f"k{i}",
            random.choice(PROGRAMS),
            multiply=draw_ratio(random, bits // 2),
            on=random.choice(ON),
        )
        for i in range(random.randrange(4))
    ]
    programs = tuple(draw_program(random, name, bits) for name in PROGRAMS)
    return Ruleset(loyalty=Loyalty(programs, tuple(rules), campaigns=tuple(campaigns)))


def draw_cart(random: Random) -> dict[str, Any]:
    """A cart of up to eight lines."""
    lines = [
        {
            "id": str(i),
            "sku": random.choice("ABC"),
            "quantity": 1 + draw_bits(random, 8),
            "unit_price": draw_bits(random, 24),
        }
        for i in range(random.randrange(9))
    ]
    return make_cart(lines, store_credit=random.choice([0, draw_bits(random, 12)]))


@pytest.mark.parametrize("bits", [8, 20, 32, 62])
def test_fractions_of_any_width_are_exact(bits: int) -> None:
    cart_count = wide_count = 0
    for seed in range(SEEDS):
        random = Random(seed)
        carts = [draw_cart(random) for _ in range(3)]
        outcomes = check(draw_ruleset(random, bits), carts, {})
        cart_count += len(outcomes)
        wide_count += len(outcomes.wide)
    assert bits > 20 or wide_count == 0  # what people write needs no reference
    assert wide_count * 2 < cart_count
