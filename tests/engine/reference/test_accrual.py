"""What each form of award comes to, line by line, before multipliers and caps."""

from fractions import Fraction

import pytest

from tallystick.dsl.formula import Truth
from tallystick.dsl.kinds import AwardForm, AwardKind
from tallystick.engine.cart.checked import CheckedEvent
from tallystick.engine.cart.intake import Intake
from tallystick.engine.reference.accrual import Exact, count_award, split

from .shop import (
    TIERED,
    amounts,
    award,
    cart,
    cashback,
    earned,
    line,
    member,
    rule,
    shares,
    shop,
    sku,
    stamps,
)

LINES = cart(line("a", 333), line("b", 250, 2), line("free", 0, 3))


def test_a_rate_counts_each_line_in_proportion() -> None:
    # 1 point per 2.00 on 3.33 and 5.00: 1.665 + 2.5 = 4.165, of which 4 are whole.
    (entry,) = earned(shop(rules=[rule(given=award(per_minor=200))]), LINES)
    assert (entry.amount, entry.base, shares(entry)) == (4, 833, {"a": 2, "b": 2})


def test_whole_steps_count_all_lines_together() -> None:
    # 10 points per 2.00 on 8.33: four whole steps, 40 points, split 333 to 500.
    (entry,) = earned(shop(rules=[rule(given=award(AwardForm.STEPS, 10, 200))]), LINES)
    assert (entry.amount, shares(entry)) == (40, {"a": 16, "b": 24})


def test_per_unit_counts_units_that_cost_something() -> None:
    (entry,) = earned(shop(rules=[rule(given=award(AwardForm.PER_UNIT, 100))]), LINES)
    assert (entry.amount, shares(entry)) == (300, {"a": 100, "b": 200})


def test_units_count_even_where_nothing_is_left_to_pay() -> None:
    given = award(AwardForm.PER_UNIT, 100, on=sku("a"))
    (entry,) = earned(shop(rules=[rule(given=given)]), LINES | {"store_credit": 10_000})
    assert (entry.amount, entry.base) == (100, 0)


def test_fixed_points_are_split_by_the_bases() -> None:
    (entry,) = earned(shop(rules=[rule(given=award(AwardForm.FIXED, 100))]), LINES)
    assert (entry.amount, shares(entry)) == (100, {"a": 40, "b": 60})


def test_fixed_points_are_split_equally_over_lines_worth_nothing() -> None:
    given = award(AwardForm.FIXED, 100)
    sent = cart(line("c", 0), line("a", 0), line("b", 0))
    (entry,) = earned(shop(rules=[rule(given=given)]), sent)
    assert (entry.amount, shares(entry)) == (100, {"c": 33, "a": 34, "b": 33})


def test_fixed_points_need_a_line_they_are_for() -> None:
    given = award(AwardForm.FIXED, 100, on=sku("z"))
    assert earned(shop(rules=[rule(given=given)]), LINES) == []
    assert earned(shop(rules=[rule(given=given)]), cart()) == []


def test_a_cart_without_lines_earns_what_is_given_once() -> None:
    (entry,) = earned(shop(rules=[rule(given=award(AwardForm.FIXED, 100))]), cart())
    assert (entry.amount, entry.base, entry.lines) == (100, 0, [])


def test_cashback_is_a_share_of_the_base_or_fixed() -> None:
    back = shop(rules=[rule("3%", cashback(AwardForm.RATE, "0.03"))])
    (entry,) = earned(back, LINES)  # 8.33 x 3 % = 0.2499
    assert (entry.kind, entry.amount) == ("cashback", 24)
    fixed = shop(rules=[rule("5", cashback(AwardForm.FIXED, 500))])
    assert amounts(earned(fixed, LINES)) == {"5": 500}


@pytest.mark.parametrize(("qualifying", "amount"), [(0, None), (1000, 24), (5000, 41)])
def test_cashback_of_the_tier(qualifying: int, amount: int | None) -> None:
    # Bronze gives nothing, silver 3 %, gold 5 % of 8.33.
    ruleset = shop(TIERED, [rule(given=cashback(AwardForm.TIER))])
    found = amounts(earned(ruleset, LINES, member(qualifying=qualifying)))
    assert found == ({} if amount is None else {"buy": amount})


def test_stamps_by_unit_by_whole_steps_and_fixed() -> None:
    ruleset = shop(
        rules=[
            rule("one", stamps(AwardForm.FIXED)),
            rule("steps", stamps(AwardForm.STEPS, 250)),
            rule("units", stamps(AwardForm.PER_UNIT, on=sku("b"))),
        ]
    )
    found = earned(ruleset, LINES)
    assert amounts(found) == {"one": 1, "steps": 3, "units": 2}
    assert {entry.card for entry in found} == {"coffee-card"}
    assert shares(found[1]) == {"a": 1, "b": 2}  # 3 x 333/833 = 1.199, 3 x 500/833 = 1.801


def test_rules_for_stored_value_see_no_other_lines_and_others_not_those() -> None:
    sent = cart(line("gift-card", 5000, stored_value=True), line("a", 1000))
    ruleset = shop(rules=[rule("buy"), rule("top-up", award(quantity=2), is_stored_value=True)])
    found = earned(ruleset, sent)
    assert amounts(found) == {"buy": 10, "top-up": 100}
    assert [entry.base for entry in found] == [1000, 5000]
    only = cart(line("gift-card", 5000, stored_value=True))
    fixed = shop(rules=[rule(given=award(AwardForm.FIXED, 100))])
    assert earned(fixed, only) == []


def test_an_award_of_the_event_is_what_the_event_says() -> None:
    intake = Intake(shop())
    checked = intake.read_cart(cart(line("1", 0)))
    given = award(AwardForm.EVENT)
    assert count_award(given, checked.lines, [0], checked, None).total == 0
    checked.event = CheckedEvent("external.erp", points=70)
    assert count_award(given, checked.lines, [0], checked, None) == Exact({0: Fraction(70)})


def test_nothing_is_split_over_nothing() -> None:
    assert split(Fraction(7), {}) == Exact({})
    assert (
        count_award(
            award(AwardForm.FIXED, 5, on=Truth(False)),
            (),
            (),
            Intake(shop()).read_cart(cart()),
            None,
        ).total
        == 0
    )


def test_points_and_cashback_and_stamps_stand_in_this_order() -> None:
    ruleset = shop(
        rules=[
            rule("a", stamps(AwardForm.FIXED)),
            rule("b", cashback(AwardForm.FIXED, 5)),
            rule("d", award(AwardForm.FIXED, 5)),
            rule("c", award(AwardForm.FIXED, 5), priority=200),
        ]
    )
    assert [entry.rule for entry in earned(ruleset, LINES)] == ["c", "d", "b", "a"]
    assert [AwardKind(entry.kind) for entry in earned(ruleset, LINES)] == [
        AwardKind.POINTS,
        AwardKind.POINTS,
        AwardKind.CASHBACK,
        AwardKind.STAMPS,
    ]
