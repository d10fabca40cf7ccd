"""Tiers and campaigns: how multipliers go together, which lines they touch, and what they leave."""

from dataclasses import replace
from fractions import Fraction

import pytest

from tallystick.dsl.kinds import AwardForm, Multipliers
from tallystick.dsl.rule import Window
from tallystick.engine.reference.accrual import Factor
from tallystick.engine.reference.multipliers import combine

from .shop import (
    CLUB,
    TIERED,
    amounts,
    award,
    campaign,
    cart,
    cashback,
    earned,
    line,
    member,
    net_at_least,
    rule,
    shares,
    shop,
    sku,
    stamps,
    tagged,
    when,
)

HUNDRED = cart(line("a", 6000), line("b", 4000))
SILVER = member(qualifying=1000)  # times 1.5


@pytest.mark.parametrize(
    ("policy", "amount", "multiplier"),
    [
        (Multipliers.MULTIPLY, 300, "3"),
        (Multipliers.ADD, 250, "5/2"),
        (Multipliers.MAX, 200, "2"),
    ],
)
def test_a_tier_of_1_5_and_a_campaign_of_2_on_100_points(
    policy: Multipliers, amount: int, multiplier: str
) -> None:
    ruleset = shop(replace(TIERED, multipliers=policy), [rule()], [campaign("double", 2)])
    (entry,) = earned(ruleset, HUNDRED, SILVER)
    assert (entry.amount, entry.multiplier, entry.campaigns) == (amount, multiplier, ["double"])


def factors(*numbers: str) -> list[Factor]:
    """Multipliers of a line."""
    return [Factor(Fraction(number)) for number in numbers]


def test_multipliers_below_one() -> None:
    assert combine(factors("1", "0.5", "0.5"), Multipliers.MULTIPLY) == Fraction(1, 4)
    assert combine(factors("1", "0.5", "0.25"), Multipliers.ADD) == 0
    assert combine(factors("1", "0.5", "0.6"), Multipliers.ADD) == Fraction(1, 10)
    # The tier's is among them, and is 1 where there is no tier.
    assert combine(factors("1", "0.5"), Multipliers.MAX) == 1


@pytest.mark.parametrize("policy", Multipliers)
def test_no_multiplier_changes_nothing(policy: Multipliers) -> None:
    assert combine([], policy) == 1
    ruleset = shop(replace(CLUB, multipliers=policy), [rule()])
    (entry,) = earned(ruleset, HUNDRED)
    assert (entry.amount, entry.multiplier, entry.campaigns) == (100, "1", [])


def test_a_campaign_touches_the_lines_of_its_on() -> None:
    ruleset = shop(rules=[rule()], campaigns=[campaign("triple-b", 3, on=sku("b"))])
    (entry,) = earned(ruleset, HUNDRED)
    assert (entry.amount, shares(entry)) == (180, {"a": 60, "b": 120})
    assert (entry.multiplier, entry.campaigns) == ("9/5", ["triple-b"])


def test_a_campaign_is_about_the_rules_it_names() -> None:
    ruleset = shop(
        rules=[rule("buy"), rule("more")],
        campaigns=[campaign("all", 2), campaign("one", 3, rules=("more",))],
    )
    found = earned(ruleset, HUNDRED)
    assert amounts(found) == {"buy": 200, "more": 600}
    assert [entry.campaigns for entry in found] == [["all"], ["all", "one"]]


def test_campaigns_that_are_not_active_or_whose_condition_is_false() -> None:
    july = Window(1_782_864_000_000_000, 1_785_542_400_000_000)
    ruleset = shop(
        rules=[rule()],
        campaigns=[
            campaign("july", 2, window=july),
            campaign("off", 3, is_enabled=False),
            campaign("past", 3, window=Window(None, 0)),
            campaign("rich", 3, conditions=when(net_at_least(10_001))),
            campaign("soft", 5, conditions=when(net_at_least(10_001), is_soft=True)),
        ],
    )
    (entry,) = earned(ruleset, HUNDRED)
    assert (entry.amount, entry.campaigns) == (1000, ["july", "soft"])


def test_the_tier_multiplies_points_alone_and_campaigns_cashback_too() -> None:
    ruleset = shop(
        TIERED,
        [rule("buy"), rule("back", cashback(AwardForm.RATE, "0.01"))],
        [campaign("double", 2)],
    )
    found = earned(ruleset, HUNDRED, SILVER)
    assert amounts(found) == {"buy": 300, "back": 200}
    assert [entry.multiplier for entry in found] == ["3", "2"]


@pytest.mark.parametrize("form", [AwardForm.FIXED, AwardForm.PER_UNIT])
def test_what_is_no_rate_is_multiplied_only_where_the_rule_says_so(form: AwardForm) -> None:
    once = shop(TIERED, [rule(given=award(form, 10))], [campaign("double", 2)])
    (entry,) = earned(once, cart(line("a", 100)), SILVER)
    assert (entry.amount, entry.multiplier, entry.campaigns) == (10, "1", [])
    more = shop(TIERED, [rule(given=award(form, 10), is_multiplied=True)], [campaign("double", 2)])
    (entry,) = earned(more, cart(line("a", 100)), SILVER)
    assert (entry.amount, entry.multiplier, entry.campaigns) == (30, "3", ["double"])


def test_whole_steps_are_multiplied_after_they_are_counted() -> None:
    # 2 whole steps of 40.00 on 100.00 are 20 points; double on line b, which has 4/10 of the base.
    given = award(AwardForm.STEPS, 10, 4000)
    ruleset = shop(rules=[rule(given=given)], campaigns=[campaign("b", 2, on=sku("b"))])
    (entry,) = earned(ruleset, HUNDRED)
    assert (entry.amount, shares(entry)) == (28, {"a": 12, "b": 16})


def test_stamps_are_never_multiplied() -> None:
    ruleset = shop(
        TIERED,
        [rule(given=stamps(AwardForm.PER_UNIT), is_multiplied=True)],
        [campaign("double", 2)],
    )
    (entry,) = earned(ruleset, HUNDRED, SILVER)
    assert (entry.amount, entry.multiplier, entry.campaigns) == (2, "1", [])


def test_what_is_on_no_line_is_not_multiplied() -> None:
    given = award(AwardForm.FIXED, 10)
    ruleset = shop(TIERED, [rule(given=given, is_multiplied=True)], [campaign("double", 2)])
    (entry,) = earned(ruleset, cart(), SILVER)
    assert (entry.amount, entry.multiplier, entry.campaigns) == (10, "1", [])


def test_a_campaign_that_touches_lines_worth_nothing_is_not_named() -> None:
    ruleset = shop(rules=[rule()], campaigns=[campaign("free", 2, on=tagged("free"))])
    sent = cart(line("a", 1000), line("b", 0, tags=["free"]))
    (entry,) = earned(ruleset, sent)
    assert (entry.amount, entry.campaigns) == (10, [])


def test_nothing_times_anything_is_no_entry() -> None:
    assert earned(shop(rules=[rule()], campaigns=[campaign("none", 0)]), HUNDRED) == []
