"""Caps, exclusive rules and the one rounding of an order."""

from dataclasses import replace
from typing import Any

import pytest

from tallystick.dsl.kinds import AwardForm, OnCap, Rounding
from tallystick.dsl.loyalty import PointsCurrency, Quota

from .shop import (
    CLUB,
    amounts,
    award,
    campaign,
    cart,
    cashback,
    earned,
    line,
    rule,
    shares,
    shop,
    sku,
    stamps,
)

HUNDRED = cart(line("a", 6000), line("b", 4000))


def rounded(rounding: Rounding, scale: int = 0, **fields: Any) -> Any:
    """The club with points that are rounded so."""
    return replace(CLUB, points=PointsCurrency(rounding=rounding, scale=scale), **fields)


# Caps.


def test_a_rule_gives_no_more_than_is_left_of_its_points() -> None:
    ruleset = shop(rules=[rule(points_quota=Quota(70))])
    (entry,) = earned(ruleset, HUNDRED)
    assert (entry.amount, entry.clipped, shares(entry)) == (70, True, {"a": 42, "b": 28})
    (entry,) = earned(ruleset, HUNDRED, {"rooms": {"buy": {"points": 33}}})
    assert (entry.amount, entry.clipped) == (33, True)
    assert shares(entry) == {"a": 20, "b": 13}  # 19.8 and 13.2
    (entry,) = earned(ruleset, HUNDRED, {"rooms": {"buy": {"points": 100}}})
    assert (entry.amount, entry.clipped) == (100, False)


def test_a_rule_without_a_limit_has_all_room() -> None:
    (entry,) = earned(shop(rules=[rule()]), HUNDRED, {"rooms": {"buy": {"points": 0, "times": 0}}})
    assert entry.amount == 100


def test_what_is_clipped_to_nothing_is_still_an_entry() -> None:
    ruleset = shop(rules=[rule(points_quota=Quota(70))])
    (entry,) = earned(ruleset, HUNDRED, {"rooms": {"buy": {"points": 0}}})
    assert (entry.amount, entry.clipped, entry.lines) == (0, True, [])
    assert not isinstance(entry.reason, str)


def test_a_rule_may_rather_give_nothing_than_less() -> None:
    ruleset = shop(rules=[rule(points_quota=Quota(70), on_cap=OnCap.REJECT), rule("more")])
    rejected, more = earned(ruleset, HUNDRED)
    assert (rejected.amount, rejected.clipped, rejected.reason) == (0, True, "over_cap")
    assert (more.amount, more.clipped) == (100, False)


def test_an_order_gives_no_more_than_the_program_says() -> None:
    # 100 and 300 within 200: a half each.
    program = replace(CLUB, max_per_order=200)
    ruleset = shop(program, [rule("buy"), rule("more", award(quantity=3))])
    found = earned(ruleset, HUNDRED)
    assert amounts(found) == {"buy": 50, "more": 150}
    assert [entry.clipped for entry in found] == [True, True]
    assert shares(found[0]) == {"a": 30, "b": 20}


def test_the_cap_of_an_order_comes_after_that_of_the_rule_and_counts_bonuses() -> None:
    # 100 are clipped to 50, and 150 more make 200; 100 of them may be.
    program = replace(CLUB, max_per_order=100)
    ruleset = shop(program, [rule(points_quota=Quota(50))], [campaign("gift", bonus=150)])
    assert amounts(earned(ruleset, HUNDRED)) == {"buy": 25, "gift": 75}


def test_cashback_and_stamps_know_no_cap_of_the_order() -> None:
    program = replace(CLUB, max_per_order=1)
    ruleset = shop(
        program,
        [rule("back", cashback(AwardForm.RATE, "0.1")), rule("stamp", stamps(AwardForm.PER_UNIT))],
    )
    assert amounts(earned(ruleset, HUNDRED)) == {"back": 1000, "stamp": 2}


# Exclusive rules.


def test_the_first_exclusive_rule_that_gives_something_stands_alone() -> None:
    ruleset = shop(
        rules=[
            rule("buy"),
            rule("promo", award(AwardForm.FIXED, 7), is_exclusive=True, priority=20),
            rule("later", award(AwardForm.FIXED, 9), is_exclusive=True, priority=30),
            rule("early", award(AwardForm.FIXED, 9, on=sku("z")), is_exclusive=True, priority=10),
        ]
    )
    assert amounts(earned(ruleset, HUNDRED)) == {"promo": 7}


def test_ties_of_priority_go_by_id() -> None:
    rules = [rule(name, award(AwardForm.FIXED, 7), is_exclusive=True) for name in ("y", "x")]
    assert amounts(earned(shop(rules=rules), HUNDRED)) == {"x": 7}


def test_an_exclusive_rule_shuts_out_its_own_kind_alone() -> None:
    ruleset = shop(
        rules=[
            rule("alone", is_exclusive=True),
            rule("buy"),
            rule("back", cashback(AwardForm.RATE, "0.01")),
            rule("stamp", stamps(AwardForm.FIXED)),
        ]
    )
    assert amounts(earned(ruleset, HUNDRED)) == {"alone": 100, "back": 100, "stamp": 1}


def test_an_exclusive_rule_without_room_shuts_out_nobody() -> None:
    ruleset = shop(rules=[rule("alone", is_exclusive=True, points_quota=Quota(5)), rule("buy")])
    found = earned(ruleset, HUNDRED, {"rooms": {"alone": {"points": 0}}})
    assert amounts(found) == {"alone": 0, "buy": 100}
    over = rule("alone", is_exclusive=True, points_quota=Quota(5), on_cap=OnCap.REJECT)
    assert amounts(earned(shop(rules=[over, rule("buy")]), HUNDRED)) == {"alone": 0, "buy": 100}


# Bonuses.


def test_a_bonus_is_given_once_if_a_named_rule_gave_anything() -> None:
    ruleset = shop(
        rules=[rule("buy"), rule("none", award(on=sku("z")))],
        campaigns=[
            campaign("all", bonus=500),
            campaign("both", bonus=7, rules=("buy", "none")),
            campaign("neither", bonus=9, rules=("none",)),
        ],
    )
    found = earned(ruleset, HUNDRED)
    assert amounts(found) == {"all": 500, "both": 7, "buy": 100}
    bonus = found[0]
    assert (bonus.kind, bonus.base, bonus.multiplier, bonus.lines) == ("points", 0, "1", [])


def test_a_bonus_for_stamps_is_points() -> None:
    ruleset = shop(
        rules=[rule("stamp", stamps(AwardForm.FIXED))], campaigns=[campaign("gift", bonus=5)]
    )
    assert [(one.rule, one.kind) for one in earned(ruleset, HUNDRED)] == [
        ("gift", "points"),
        ("stamp", "stamps"),
    ]


def test_rules_that_were_shut_out_or_have_no_room_bring_no_bonus() -> None:
    ruleset = shop(
        rules=[rule("alone", is_exclusive=True), rule("buy")],
        campaigns=[campaign("gift", bonus=5, rules=("buy",))],
    )
    assert amounts(earned(ruleset, HUNDRED)) == {"alone": 100}
    full = shop(rules=[rule(points_quota=Quota(1))], campaigns=[campaign("gift", bonus=5)])
    assert amounts(earned(full, HUNDRED, {"rooms": {"buy": {"points": 0}}})) == {"buy": 0}


# The one rounding.


@pytest.mark.parametrize(
    ("rounding", "price", "amount"),
    [
        (Rounding.DOWN, 199, 1),
        (Rounding.UP, 101, 2),
        (Rounding.HALF_UP, 150, 2),
        (Rounding.HALF_UP, 149, 1),
        (Rounding.HALF_EVEN, 250, 2),
        (Rounding.HALF_EVEN, 350, 4),
        (Rounding.HALF_EVEN, 251, 3),
    ],
)
def test_roundings(rounding: Rounding, price: int, amount: int) -> None:
    ruleset = shop(rounded(rounding), [rule()])
    assert amounts(earned(ruleset, cart(line("a", price)))) == {"buy": amount}


def test_an_order_is_rounded_once_not_rule_by_rule() -> None:
    # 1.5 and 2.5 are 4 together: both floors leave one unit, which goes to the smaller id.
    rules = [rule("x", award(quantity="1.5")), rule("y", award(quantity="2.5"))]
    assert amounts(earned(shop(rules=rules), cart(line("a", 100)))) == {"x": 2, "y": 2}
    # 1.3 and 2.6 are 3.9, so 3: nothing is left over beyond the floors.
    rules = [rule("x", award(quantity="1.3")), rule("y", award(quantity="2.6"))]
    assert amounts(earned(shop(rules=rules), cart(line("a", 100)))) == {"x": 1, "y": 2}
    up = shop(rounded(Rounding.UP), rules)
    assert amounts(earned(up, cart(line("a", 100)))) == {"x": 1, "y": 3}


def test_lines_are_not_rounded_one_by_one() -> None:
    # Three lines of 0.5 point each are 1.5: one point, on the line with the smallest id.
    sent = cart(line("c", 50), line("a", 50), line("b", 50))
    (entry,) = earned(shop(rules=[rule()]), sent)
    assert (entry.amount, shares(entry)) == (1, {"a": 1})


def test_points_with_decimals_are_counted_in_smallest_units() -> None:
    # 1 point per 1.00 is 100 units per 1.00: 3.33 points on 3.33, where whole points would be 3.
    program = rounded(Rounding.DOWN, scale=2)
    ruleset = shop(program, [rule(given=award(quantity=100))])
    (entry,) = earned(ruleset, cart(line("a", 222), line("b", 111)))
    assert (entry.amount, shares(entry)) == (333, {"a": 222, "b": 111})


def test_cashback_is_rounded_by_the_program_not_by_the_rule_set() -> None:
    back = [rule("back", cashback(AwardForm.RATE, "0.015"))]  # of 1.00: 1.5 cents
    sent = cart(line("a", 100))
    assert amounts(earned(shop(rounded(Rounding.DOWN), back), sent)) == {"back": 1}
    assert amounts(earned(shop(rounded(Rounding.HALF_UP), back), sent)) == {"back": 2}


def test_kinds_are_rounded_apart() -> None:
    ruleset = shop(rules=[rule("buy"), rule("back", cashback(AwardForm.RATE, "0.005"))])
    assert amounts(earned(ruleset, cart(line("a", 150)))) == {"buy": 1, "back": 0}


def test_an_entry_of_less_than_one_unit_is_listed() -> None:
    (entry,) = earned(shop(rules=[rule()]), cart(line("a", 50)))
    assert (entry.amount, entry.base, entry.lines) == (0, 50, [])


def test_huge_orders_stay_exact() -> None:
    sent = cart(line("a", 10**7, 10**6))
    given = award(quantity="999999.999999", per_minor=7)
    (entry,) = earned(shop(rules=[rule(given=given)]), sent)
    assert entry.amount == 10**13 * 999_999_999_999 // (7 * 10**6)


def test_a_rule_clipped_to_nothing_is_shut_out_too() -> None:
    rules = [rule("capped", points_quota=Quota(70)), rule("alone", award(), is_exclusive=True)]
    (entry,) = earned(shop(rules=rules), HUNDRED, {"rooms": {"capped": {"points": 0}}})
    assert (entry.rule, entry.amount) == ("alone", 100)
