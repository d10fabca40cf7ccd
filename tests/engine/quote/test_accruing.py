"""Why each earning rule and campaign gave what it did: phases, lines, reasons."""

from dataclasses import replace
from typing import Any

import pytest

from tallystick.dsl.kinds import AwardForm, Multipliers, OnCap, RedeemingOrders, Rounding
from tallystick.dsl.loyalty import PointsCurrency, Quota
from tallystick.dsl.rule import Window
from tallystick.dsl.ruleset import Ruleset
from tallystick.engine.engine import Engine
from tallystick.engine.quote.statement import AwardExplanation, ProgramExplanation

from ..reference.shop import (
    CLUB,
    TIERED,
    award,
    campaign,
    cart,
    cashback,
    line,
    member,
    net_at_least,
    rates,
    rule,
    shop,
    sku,
    stamps,
    when,
)

HUNDRED = cart(line("a", 6000), line("b", 4000))
PAST = Window(None, 0)


def program(
    ruleset: Ruleset, facts: dict[str, Any] | None = None, sent: dict[str, Any] = HUNDRED
) -> ProgramExplanation:
    """What is told of the club."""
    explanation = Engine(ruleset).quote(sent, facts, explain=True).explanation
    assert explanation is not None and explanation.loyalty is not None
    return explanation.loyalty.programs[0]


def awards(
    ruleset: Ruleset, facts: dict[str, Any] | None = None, sent: dict[str, Any] = HUNDRED
) -> dict[str, AwardExplanation]:
    """What is told of each rule and campaign."""
    return {one.id: one for one in program(ruleset, facts, sent).awards}


def test_a_rule_phase_by_phase_and_line_by_line() -> None:
    ruleset = shop(
        replace(TIERED, max_per_order=90),
        [rule(given=award(per_minor=300), points_quota=Quota(95))],
        [campaign("double-b", 2, on=sku("b"))],
    )
    one = awards(ruleset, member(qualifying=1000))["buy"]
    # 20 and 13.33, times 1.5 are 30 and 20; b once more: 30 and 40, all in 95; 70 are within 90.
    assert (one.form, one.kind, one.way, one.terms) == (
        "rule",
        "points",
        "rate",
        "1 point per 3.00 USD",
    )
    assert (one.outcome, one.amount, one.detail, one.base) == (
        "earned",
        70,
        "gives 70 points",
        10000,
    )
    assert (one.before, one.multiplied, one.own, one.exact) == ("100/3", "70", "70", "70")
    first, second = one.lines
    assert (first.id, first.base, first.before, first.multiplied, first.share) == (
        "a",
        6000,
        "20",
        "30",
        30,
    )
    assert [(each.by, each.multiplier) for each in second.multipliers] == [
        ("silver", "3/2"),
        ("double-b", "2"),
    ]
    assert (second.before, second.multiplier, second.multiplied) == ("40/3", "3", "40")


def test_caps_one_after_the_other() -> None:
    ruleset = shop(replace(CLUB, max_per_order=40), [rule(points_quota=Quota(50))])
    one = awards(ruleset)["buy"]
    assert (one.multiplied, one.own, one.exact) == ("100", "50", "40")
    assert one.detail == "gives 40 points, clipped from 100"
    assert [each.exact for each in one.lines] == ["24", "16"]


def test_a_tier_that_changes_nothing_is_left_out() -> None:
    one = awards(shop(TIERED, [rule()]))["buy"]
    assert one.lines[0].multipliers == []


@pytest.mark.parametrize(
    ("policy", "together"),
    [(Multipliers.MULTIPLY, "3"), (Multipliers.ADD, "5/2"), (Multipliers.MAX, "2")],
)
def test_how_multipliers_go_together(policy: Multipliers, together: str) -> None:
    ruleset = shop(replace(TIERED, multipliers=policy), [rule()], [campaign("double", 2)])
    found = program(ruleset, member(tier="silver"))
    assert found.multipliers == policy.value
    assert [one.multiplier for one in found.awards[0].lines] == [together, together]


def test_what_is_counted_for_all_lines_together_says_so() -> None:
    ruleset = shop(
        rules=[
            rule("steps", award(AwardForm.STEPS, 10, 3000)),
            rule("fixed", award(AwardForm.FIXED, 10)),
            rule("rate"),
        ]
    )
    found = {name: one.counted for name, one in awards(ruleset).items()}
    assert found == {
        "fixed": "once, split by the bases of its lines",
        "rate": "",
        "steps": "3 whole steps of 30.00 USD in 100.00 USD",
    }
    free = awards(ruleset, sent=cart(line("a", 0), line("b", 0)))
    assert free["fixed"].counted == "once, split in equal parts"


def test_the_one_rounding_of_each_kind() -> None:
    half = replace(CLUB, points=PointsCurrency(rounding=Rounding.HALF_UP))
    ruleset = shop(
        half,
        [
            rule("x", award(quantity="0.333")),
            rule("y", award(quantity="0.332")),
            rule("back", cashback(AwardForm.RATE, "0.01")),
            rule("stamp", stamps(AwardForm.FIXED)),
        ],
    )
    found = program(ruleset).roundings
    assert [(one.kind, one.exact, one.rounding, one.amount) for one in found] == [
        ("points", "133/2", "half_up", 67),
        ("cashback", "100", "half_up", 100),
    ]


NEVER = when(net_at_least(10**6))
REASONS: list[tuple[Ruleset, dict[str, Any] | None, str, str]] = [
    (
        shop(replace(CLUB, is_paused=True), [rule()]),
        None,
        "paused",
        "program `club` is paused",
    ),
    (
        shop(replace(CLUB, is_enabled=False), [rule()]),
        None,
        "inactive",
        "program `club`: switched off",
    ),
    (shop(rules=[rule(is_enabled=False)]), None, "inactive", "switched off"),
    (
        shop(rules=[rule(window=PAST)]),
        None,
        "inactive",
        "active to 1970-01-01 00:00 (UTC), the cart was placed at 2026-07-10 12:00",
    ),
    (
        shop(rules=[rule(conditions=NEVER)]),
        {"members": {}},
        "not_member",
        "the customer is no member of `club`",
    ),
    (
        shop(rules=[rule(per_member=Quota(0))]),
        None,
        "limit_reached",
        "used up: 0 in all for a member",
    ),
    (
        shop(rules=[rule(conditions=NEVER)]),
        None,
        "condition",
        "cart.net_subtotal is 100.00 USD, needs 10000.00 USD",
    ),
    (
        shop(rules=[rule(given=award(on=sku("z")))]),
        None,
        "no_effect",
        "no line of the cart is one it is for",
    ),
    (
        shop(rules=[rule(given=award(AwardForm.STEPS, 1, 20_000))]),
        None,
        "no_effect",
        "its lines are worth 100.00 USD, less than one step of 200.00 USD",
    ),
    (
        shop(TIERED, [rule(given=cashback(AwardForm.TIER))]),
        None,
        "no_effect",
        "tier bronze brings no cashback",
    ),
    (
        shop(rules=[rule(given=cashback(AwardForm.TIER))]),
        None,
        "no_effect",
        "no tier brings no cashback",
    ),
    (
        shop(rules=[rule(given=award(AwardForm.EVENT))]),
        None,
        "no_effect",
        "the event brings no points",
    ),
    (
        shop(rules=[rule(), rule("alone", is_exclusive=True)]),
        None,
        "excluded_by_exclusive",
        "`alone` is exclusive and earns alone",
    ),
    (
        shop(rules=[rule(points_quota=Quota(70), on_cap=OnCap.REJECT)]),
        None,
        "over_cap",
        "100 points are more than the 70 points that are left, so nothing is given",
    ),
    (
        shop(rules=[rule()], campaigns=[campaign("none", 0)]),
        None,
        "no_effect",
        "what multiplies it comes to 0",
    ),
]


@pytest.mark.parametrize(
    ("ruleset", "facts", "outcome", "detail"), REASONS, ids=[row[3][:40] for row in REASONS]
)
def test_why_a_rule_gives_nothing(
    ruleset: Ruleset, facts: dict[str, Any] | None, outcome: str, detail: str
) -> None:
    one = awards(ruleset, facts)["buy"]
    assert (one.outcome, one.detail, one.amount) == (outcome, detail, 0)


def test_why_lines_give_nothing() -> None:
    free = cart(line("a", 0))
    unit = shop(rules=[rule(given=award(AwardForm.PER_UNIT, 5))])
    assert awards(unit, sent=free)["buy"].detail == "no unit of its lines costs anything"
    assert awards(shop(rules=[rule()]), sent=free)["buy"].detail == (
        "nothing is left to pay of its lines"
    )


def test_an_order_that_redeems_says_why_it_earns_nothing() -> None:
    ruleset = shop(replace(rates(), redeeming_orders=RedeemingOrders.NONE), [rule()])
    sent = HUNDRED | {"redeem": [{"program": "club", "points": 100}]}
    one = awards(ruleset, member(balance=100), sent)["buy"]
    assert (one.outcome, one.detail) == (
        "redeemed",
        "an order that redeems earns nothing in this program",
    )


def test_false_conditions_are_told_with_their_distance() -> None:
    (one,) = awards(shop(rules=[rule(conditions=NEVER)]))["buy"].conditions
    assert (one.needed, one.distance, one.softened) == ("10000.00 USD", "9900.00 USD", False)
    soft = shop(rules=[rule(conditions=when(net_at_least(10**6), is_soft=True))])
    found = awards(soft)["buy"]
    assert (found.outcome, [each.softened for each in found.conditions]) == ("earned", [True])


def test_campaigns() -> None:
    ruleset = shop(
        rules=[rule(), rule("none", award(on=sku("z")))],
        campaigns=[
            campaign("gift", bonus=5),
            campaign("half", "1.5"),
            campaign("never", 2, conditions=NEVER),
            campaign("old", bonus=5, window=PAST),
            campaign("other", 2, rules=("none",)),
            campaign("unused", bonus=5, rules=("none",)),
        ],
    )
    found = awards(ruleset)
    told = {name: (one.form, one.terms, one.outcome, one.detail) for name, one in found.items()}
    assert told["gift"] == ("bonus", "5 points once", "earned", "gives 5 points")
    assert told["half"] == ("multiplier", "x 1.5", "applied", "multiplies buy")
    assert told["never"][2:] == (
        "condition",
        "cart.net_subtotal is 100.00 USD, needs 10000.00 USD",
    )
    assert told["old"][2] == "inactive"
    assert told["other"][2:] == (
        "no_effect",
        "no rule it is about gives anything that it multiplies",
    )
    assert told["unused"][2:] == ("no_effect", "gives only with `none`, which gave nothing")


def test_a_bonus_that_the_order_has_no_room_for_is_clipped() -> None:
    ruleset = shop(replace(CLUB, max_per_order=100), [rule()], [campaign("gift", bonus=100)])
    one = awards(ruleset)["gift"]
    assert (one.amount, one.detail) == (50, "gives 50 points, clipped from 100 points")


def test_rules_for_other_events_are_not_told() -> None:
    assert awards(shop(rules=[rule(event="signup")])) == {}
