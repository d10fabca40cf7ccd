"""What an order or an event earns as a whole: who is asked, why not, at which tier, with pins."""

from dataclasses import replace
from typing import Any

import pytest

from tallystick.dsl.formula import Compare, Term
from tallystick.dsl.kinds import AwardForm, Kind, RedeemingOrders, TierMeasure, Upgrade
from tallystick.dsl.loyalty import EarningRule, Loyalty, Program, Quota, Tiers
from tallystick.dsl.rule import Window
from tallystick.dsl.ruleset import Ruleset
from tallystick.engine.cart.checked import CheckedEvent
from tallystick.engine.outcome import NoAward
from tallystick.engine.reference.earning import Earning, Order, Pins, earn

from .shop import (
    CLUB,
    LEVELS,
    TIERED,
    amounts,
    award,
    campaign,
    cart,
    cashback,
    earned,
    has_net,
    line,
    member,
    net_at_least,
    order_of,
    order_off,
    rates,
    rule,
    shop,
    sku,
    stamps,
    when,
)

HUNDRED = cart(line("a", 6000), line("b", 4000))
PAST = Window(None, 0)


def reason(ruleset: Ruleset, facts: dict[str, Any] | None = None, **fields: Any) -> NoAward | None:
    """Why the only rule of a rule set gives nothing."""
    found = Earning(order_of(ruleset, HUNDRED, facts, **fields), 0)
    return found.refused.get(0) or found.accruals[0].reason


NEVER = when(net_at_least(10**6))


@pytest.mark.parametrize(
    ("ruleset", "facts", "expected"),
    [
        (shop(replace(CLUB, is_paused=True), [rule(is_enabled=False)]), None, NoAward.PAUSED),
        (shop(replace(CLUB, is_enabled=False), [rule()]), {"members": {}}, NoAward.INACTIVE),
        (shop(replace(CLUB, window=PAST), [rule()]), None, NoAward.INACTIVE),
        (shop(rules=[rule(is_enabled=False)]), None, NoAward.INACTIVE),
        (shop(rules=[rule(window=PAST)]), {"members": {}}, NoAward.INACTIVE),
        (shop(rules=[rule(per_member=Quota(0))]), {"members": {}}, NoAward.NOT_MEMBER),
        (shop(rules=[rule(per_member=Quota(0), conditions=NEVER)]), None, NoAward.LIMIT_REACHED),
        (
            shop(rules=[rule(per_member=Quota(3))]),
            {"rooms": {"buy": {"times": 0}}},
            NoAward.LIMIT_REACHED,
        ),
        (shop(rules=[rule(per_member=Quota(3))]), {"rooms": {"buy": {"points": 0}}}, None),
        (shop(rules=[rule(conditions=NEVER)]), None, NoAward.CONDITION),
        (shop(rules=[rule(given=award(on=sku("z")))]), None, NoAward.NO_EFFECT),
        (shop(rules=[rule()]), None, None),
    ],
)
def test_the_first_reason_that_fits(
    ruleset: Ruleset, facts: dict[str, Any] | None, expected: NoAward | None
) -> None:
    assert reason(ruleset, facts) is expected


def test_orders_that_redeem_may_earn_nothing() -> None:
    program = replace(CLUB, redeeming_orders=RedeemingOrders.NONE)
    limited = shop(program, [rule(per_member=Quota(0))])
    assert reason(limited, has_redeemed=True) is NoAward.REDEEMED
    assert reason(limited, {"members": {}}, has_redeemed=True) is NoAward.NOT_MEMBER
    assert reason(limited, has_redeemed=False) is NoAward.LIMIT_REACHED
    assert reason(shop(rules=[rule()]), has_redeemed=True) is None


def test_conditions_read_the_nets_after_everything() -> None:
    # 100.00 less 10 % less 2.00 for points leave 88.00.
    condition = when(net_at_least(8800))
    ruleset = shop(rates(), [rule(conditions=condition)], promotions=(order_off("tenth", 100_000),))
    redeem = {"redeem": [{"program": "club", "points": 200}]}
    assert amounts(earned(ruleset, HUNDRED | redeem, member(balance=200))) == {"buy": 88}
    redeem = {"redeem": [{"program": "club", "points": 300}]}
    assert earned(ruleset, HUNDRED | redeem, member(balance=300)) == []


def test_conditions_read_nets_of_lines_even_where_points_are_on_gross() -> None:
    ruleset = shop(
        rules=[rule(conditions=when(has_net(sku("b"), 4000)))],
        promotions=(order_off("tenth", 100_000),),
    )
    assert earned(ruleset, HUNDRED) == []


def test_a_soft_condition_stops_nothing_and_warns_of_nothing() -> None:
    soft = when(net_at_least(10**6), is_soft=True)
    assert amounts(earned(shop(rules=[rule(conditions=soft)]), HUNDRED)) == {"buy": 100}


def test_rules_of_other_events_are_not_asked() -> None:
    ruleset = shop(rules=[rule("hello", award(AwardForm.FIXED, 500), event="signup")])
    found = Earning(order_of(ruleset, HUNDRED), 0)
    assert (found.refused, found.accruals) == ({}, [])
    order = order_of(ruleset, cart(line("1", 0)))
    order.cart.event = CheckedEvent("signup")
    assert [entry.amount for entry in earn(order)] == [500]


def test_an_event_is_earned_on_as_a_cart_with_one_line_of_its_amount() -> None:
    large = Compare(((1, Term("event.amount", Kind.MONEY)),), ">=", 2000)
    ruleset = shop(
        rules=[
            rule("receipt", award(AwardForm.FIXED, 100), event="evidence", conditions=when(large)),
            rule("spend", event="evidence"),
            rule("points", award(AwardForm.EVENT), event="evidence"),
        ]
    )
    order = order_of(ruleset, cart(line("1", 2550)))
    order.cart.event = CheckedEvent("evidence", amount_minor=2550, points=42)
    found = {rule_of(ruleset, entry.rule): (entry.amount, entry.lines) for entry in earn(order)}
    assert found == {
        "points": (42, ((0, 42),)),
        "receipt": (100, ((0, 100),)),
        "spend": (25, ((0, 25),)),
    }


def rule_of(ruleset: Ruleset, number: int | None) -> str | None:
    """The id of an earning rule."""
    return None if number is None else ruleset.loyalty.earning_rules[number].id


def test_programs_earn_apart_and_stand_by_id() -> None:
    other = EarningRule("air", "air", "purchase", award(quantity=2))
    loyalty = Loyalty((Program("air"), CLUB), (other, rule()))
    found = earned(Ruleset(loyalty=loyalty), HUNDRED)
    assert [(entry.program, entry.rule, entry.amount) for entry in found] == [
        ("air", "air", 200),
        ("club", "buy", 100),
    ]
    found = earned(Ruleset(loyalty=loyalty), HUNDRED, member())
    assert [entry.program for entry in found] == ["club"]


# The tier of an order.


def upgrading(measure: TierMeasure = TierMeasure.POINTS) -> Program:
    """The club with tiers that count for the order that reaches them."""
    return replace(CLUB, tiers=Tiers(LEVELS, measure=measure, upgrade=Upgrade.THIS_ORDER))


@pytest.mark.parametrize(
    ("qualifying", "multiplier"), [(899, "1"), (900, "3/2"), (4899, "3/2"), (4900, "2")]
)
def test_this_order_adds_its_own_base_points(qualifying: int, multiplier: str) -> None:
    ruleset = shop(upgrading(), [rule(), rule("fixed", award(AwardForm.FIXED, 1000))])
    found = earned(ruleset, HUNDRED, member(qualifying=qualifying))
    assert found[0].multiplier == multiplier


def test_the_next_order_is_the_first_that_an_upgrade_counts_for() -> None:
    (entry,) = earned(shop(TIERED, [rule()]), HUNDRED, member(qualifying=900))
    assert entry.multiplier == "1"


def test_base_points_are_all_rules_together_rounded_once() -> None:
    # 66.7 and 33.4 are 100.1: with 900 silver, where each rounded down by itself would be 99.
    rules = [rule("x", award(quantity="0.667")), rule("y", award(quantity="0.334"))]
    found = earned(shop(upgrading(), rules), HUNDRED, member(qualifying=900))
    assert [entry.multiplier for entry in found] == ["3/2", "3/2"]


def test_spend_adds_the_base_of_the_lines_that_something_is_earned_on_each_once() -> None:
    rules = [rule(given=award(on=sku("a"))), rule("fixed", award(AwardForm.FIXED, 5, on=sku("a")))]
    ruleset = shop(upgrading(TierMeasure.SPEND), rules)
    sent = cart(line("a", 300), line("b", 200), line("card", 500, stored_value=True))
    assert earned(ruleset, sent, member(qualifying=700))[0].multiplier == "3/2"
    assert earned(ruleset, sent, member(qualifying=699))[0].multiplier == "1"


def test_an_order_never_lowers_the_tier_held() -> None:
    (entry,) = earned(shop(upgrading(), [rule()]), HUNDRED, member(tier="gold", qualifying=0))
    assert entry.multiplier == "2"
    (entry,) = earned(shop(upgrading(), [rule()]), HUNDRED, member(tier=None, qualifying=900))
    assert entry.multiplier == "3/2"


def test_cashback_too_is_that_of_the_tier_of_this_order() -> None:
    ruleset = shop(upgrading(), [rule(), rule("back", cashback(AwardForm.TIER))])
    assert amounts(earned(ruleset, HUNDRED, member(qualifying=900)))["back"] == 300


# Pins, for what a refund leaves.


def test_a_pinned_tier_is_that_of_the_order_whatever_the_facts_say() -> None:
    ruleset = shop(TIERED, [rule()])
    for rank, amount in ((None, 100), (1, 150), (2, 200)):
        order = order_of(ruleset, HUNDRED, member(qualifying=0), pins=Pins(ranks={0: rank}))
        assert [entry.amount for entry in earn(order)] == [amount]


def test_pinned_rules_and_campaigns_are_not_asked_for_their_conditions() -> None:
    ruleset = shop(
        rules=[rule("x", conditions=NEVER), rule("y")],
        campaigns=[campaign("double", 2, conditions=NEVER), campaign("triple", 3)],
    )
    assert [entry.amount for entry in earn(order_of(ruleset, HUNDRED))] == [300]
    pins = Pins(rules=frozenset({0}), campaigns=frozenset({0}))
    (entry,) = earn(order_of(ruleset, HUNDRED, pins=pins))
    assert (rule_of(ruleset, entry.rule), entry.amount, entry.campaigns) == ("x", 200, (0,))


def test_reasons_of_campaigns() -> None:
    ruleset = shop(
        rules=[rule()],
        campaigns=[
            campaign("a", 2, is_enabled=False),
            campaign("b", 2, conditions=NEVER),
            campaign("c", bonus=5, rules=()),
            campaign("d", 2),
        ],
    )
    found = Earning(order_of(ruleset, HUNDRED), 0)
    assert found.refused_campaigns == {
        0: NoAward.INACTIVE,
        1: NoAward.CONDITION,
        2: NoAward.NO_EFFECT,
    }
    away = Earning(order_of(ruleset, HUNDRED, {"members": {}}), 0)
    assert away.refused_campaigns[3] is NoAward.NOT_MEMBER


def test_the_order_of_lines_rules_and_campaigns_changes_nothing() -> None:
    rules = [rule("x", award(quantity="0.333")), rule("y"), rule("s", stamps(AwardForm.PER_UNIT))]
    layers = [campaign("p", "1.1"), campaign("q", "1.7", on=sku("a"))]
    lines = [line("a", 333), line("b", 999), line("c", 101)]
    first = earned(shop(rules=rules, campaigns=layers), cart(*lines))
    turned = earned(shop(rules=rules[::-1], campaigns=layers[::-1]), cart(*lines[::-1]))

    def sets(entries: Any) -> Any:
        return [(e.rule, e.amount, {(one.id, one.share) for one in e.lines}) for e in entries]

    assert sets(first) == sets(turned)


def test_an_order_without_programs_earns_nothing() -> None:
    order: Order = order_of(Ruleset(), HUNDRED)
    assert earn(order) == []


def test_a_rule_about_stored_value_gives_nothing_where_there_is_none() -> None:
    ruleset = shop(rules=[rule(given=award(AwardForm.FIXED, 5), is_stored_value=True)])
    assert earned(ruleset, cart(line("a", 300))) == []
    assert earned(ruleset, cart()) == []
