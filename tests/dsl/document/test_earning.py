"""Earning rules: what gives points, cashback and stamps."""

import pytest

from tallystick.dsl.formula import ALWAYS, Compare, Member, Term
from tallystick.dsl.kinds import AwardForm, AwardKind, CalendarPeriod, Kind, OnCap
from tallystick.dsl.loyalty import Award, Duration, EarningRule, Quota, Ratio
from tallystick.dsl.rule import Condition, Window

from ..loading import codes_of, load

RULES = """
ruleset: {attributes: {event.attributes.mood: {type: string}}}
define: {shoes: categories has "shoes"}
programs:
  club: {points: {scale: 1}, tiers: {levels: {low: {from: 1, cashback: 1%}}}}
  bare: {tiers: {levels: {low: {from: 1}}}}
stamp_cards: {card: {program: club, size: 10}, other: {program: bare, size: 10}}
earning_rules:
  rule: """


def rule(body: str) -> EarningRule:
    """The one rule with these keys."""
    (only,) = load(f"{RULES}{{program: club, {body}}}").loyalty.earning_rules
    return only


def award(body: str, event: str = "purchase") -> Award | None:
    """The award of a rule."""
    return rule(f"event: {event}, award: {{{body}}}").award


def codes(body: str) -> list[str]:
    """The codes of what is wrong with a rule."""
    return codes_of(f"{RULES}{{{body}}}")


POINTS = Award(AwardKind.POINTS, AwardForm.FIXED, Ratio(50))


def test_the_least_a_rule_says() -> None:
    assert rule("event: signup, award: {points: 5}") == EarningRule(
        "rule", "club", "signup", POINTS
    )


def test_every_key_of_a_rule() -> None:
    made = rule(
        "event: purchase, name: N, description: D, enabled: false, active: 1970-01-01.., "
        "exclusive: true, priority: 5, stored_value: true, when: member.points >= 500, "
        "award: {points: 5}, multiplied: true, on_cap: reject, "
        "limits: {per_member: 1 per 12 months, points: 500 per month}"
    )
    points = Term("member.points", Kind.DECIMAL)
    formula = Compare(((1, points),), ">=", 500_000_000)
    assert made == EarningRule(
        id="rule",
        program="club",
        event="purchase",
        award=POINTS,
        name="N",
        description="D",
        is_enabled=False,
        window=Window(0, None),
        conditions=(Condition("member.points >= 500", formula),),
        priority=5,
        is_exclusive=True,
        is_multiplied=True,
        is_stored_value=True,
        on_cap=OnCap.REJECT,
        per_member=Quota(1, Duration(months=12)),
        points_quota=Quota(5_000, CalendarPeriod.MONTH),
    )


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("points: 1 per 1 USD", Award(AwardKind.POINTS, AwardForm.RATE, Ratio(1, 10))),
        ("points: 2 per 2 USD", Award(AwardKind.POINTS, AwardForm.RATE, Ratio(1, 10))),
        (
            "points: 2 per 2 USD, step: proportional",
            Award(AwardKind.POINTS, AwardForm.RATE, Ratio(1, 10)),
        ),
        (
            "points: 2 per 2 USD, step: whole",
            Award(AwardKind.POINTS, AwardForm.STEPS, Ratio(20), 200),
        ),
        ("points: 2 per unit", Award(AwardKind.POINTS, AwardForm.PER_UNIT, Ratio(20))),
        ("cashback: 3%", Award(AwardKind.CASHBACK, AwardForm.RATE, Ratio(3, 100))),
        ("cashback: 5 USD", Award(AwardKind.CASHBACK, AwardForm.FIXED, Ratio(500))),
        ("cashback: tier", Award(AwardKind.CASHBACK, AwardForm.TIER)),
        (
            "stamps: 1 per 10 USD, card: card",
            Award(AwardKind.STAMPS, AwardForm.STEPS, Ratio(1), 1000, ALWAYS, "card"),
        ),
        (
            'points: 5, on: sku == "A"',
            Award(
                AwardKind.POINTS,
                AwardForm.FIXED,
                Ratio(50),
                on=Member(Term("line.sku", Kind.STRING), ("A",)),
            ),
        ),
    ],
)
def test_awards(body: str, expected: Award) -> None:
    assert award(body) == expected


def test_an_event_may_say_how_many() -> None:
    assert award("points: event.points", "external.erp") == Award(AwardKind.POINTS, AwardForm.EVENT)


def test_both_sides_of_a_referral() -> None:
    made = rule(
        "event: referral, min_order: 25 USD, "
        "award: {referrer: {points: 5}, friend: {cashback: 5 USD}}"
    )
    assert made.award == POINTS
    assert made.friend_award == Award(AwardKind.CASHBACK, AwardForm.FIXED, Ratio(500))
    assert made.min_order_minor == 2500
    one_sided = rule("event: referral, award: {friend: {points: 5}}")
    assert (one_sided.award, one_sided.friend_award) == (None, POINTS)


def test_rules_are_sorted_by_priority_and_name() -> None:
    text = RULES.replace("  rule: ", "") + "".join(
        f"  {name}: {{program: club, event: purchase, exclusive: true, "
        f"priority: {priority}, award: {{points: 1}}}}\n"
        for name, priority in (("c", 5), ("b", 5), ("a", 7))
    )
    assert [one.id for one in load(text).loyalty.earning_rules] == ["b", "c", "a"]


@pytest.mark.parametrize(
    "event", ["signup", "birthday", "check-in", "evidence.approved", "external.erp", "external.a-b"]
)
def test_events(event: str) -> None:
    assert rule(f"event: {event}, award: {{points: 1}}").event == event


def test_conditions_ask_about_the_event_and_the_member() -> None:
    made = rule(
        "event: check-in, award: {points: 1}, when: ['event.kind == \"door\"', "
        "'default(event.amount, 0 USD) > 20 USD', 'member.segments has \"vip\"', "
        "'event.attributes.mood != \"bad\"', {customer_group: gold}]"
    )
    assert [one.text for one in made.conditions] == [
        'event.kind == "door"',
        "default(event.amount, 0 USD) > 20 USD",
        'member.segments has "vip"',
        'event.attributes.mood != "bad"',
        'customer.groups has "gold"',
    ]
    assert not any(one.is_soft for one in made.conditions)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("event: purchase, award: {points: 1}", ["R204"]),
        ("program: club, award: {points: 1}", ["R204"]),
        ("program: club, event: purchase", ["R204"]),
        ("program: clbu, event: purchase, award: {points: 0.1234}", ["R316"]),
        ("program: club, event: buy, award: {points: 1}", ["R206"]),
        ("program: club, event: external, award: {points: 1}", ["R206"]),
        ("program: club, event: purchase, award: {}", ["R305"]),
        ("program: club, event: purchase, award: {points: 1, stamps: 1, card: card}", ["R305"]),
        ("program: club, event: purchase, award: 5", ["R205"]),
        ("program: club, event: purchase, award: {stamps: 1}", ["R204"]),
        ("program: club, event: purchase, award: {stamps: 1, card: crad}", ["R319"]),
        ("program: club, event: purchase, award: {stamps: 1, card: other}", ["R321"]),
        ("program: club, event: purchase, award: {points: 1, card: card}", ["R304"]),
        ("program: club, event: purchase, award: {points: 1, step: whole}", ["R304"]),
        ("program: club, event: purchase, award: {cashback: 3%, step: whole}", ["R304"]),
        ("program: club, event: purchase, award: {points: event.points}", ["R304"]),
        ("program: bare, event: purchase, award: {cashback: tier}", []),
        ("program: club, event: purchase, award: {points: 1, on: skuu == 1}", ["R104"]),
        ("program: club, event: purchase, award: {points: 1, on: member.points > 5}", []),
        ("program: club, event: check-in, award: {points: 1, on: shoes}", ["R304"]),
        ("program: club, event: check-in, award: {points: 1 per unit}", ["R304"]),
        ("program: club, event: check-in, award: {points: 1}, stored_value: true", ["R304"]),
        ("program: club, event: check-in, award: {points: 1}, min_order: 5 USD", ["R304"]),
        ("program: club, event: check-in, award: {friend: {points: 1}, points: 1}", ["R304"]),
        ("program: club, event: referral, award: {points: 1}", ["R204"]),
        ("program: club, event: referral, award: {friend: {}}", ["R305"]),
        ("program: club, event: referral, award: {friend: {points: 1, on: shoes}}", ["R203"]),
        ("program: club, event: purchase, award: {cashback: 3%}, multiplied: false", ["R304"]),
        ("program: club, event: purchase, award: {points: 1}, on_cap: clip", []),
        ("program: club, event: purchase, award: {cashback: 3%}, limits: {points: 5}", ["R304"]),
        ("program: club, event: purchase, award: {points: 1}, limits: {per_member: x}", ["R129"]),
        ("program: club, event: purchase, award: {points: 1}, when: cart.subtotl > 1", ["R104"]),
        ("program: club, event: purchase, award: {points: x, on: skuu == 1}", ["R185", "R104"]),
    ],
)
def test_what_is_wrong_with_a_rule(body: str, expected: list[str]) -> None:
    assert codes(body) == expected


def test_a_condition_does_not_only_warn() -> None:
    soft = "[{if: cart.quantity > 1, enforcement: allow_warn_on_invalid}]"
    body = f"program: club, event: purchase, award: {{points: 1}}, when: {soft}"
    assert codes(body) == ["R304"]
