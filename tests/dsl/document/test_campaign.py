"""Campaigns: multipliers and bonuses over earning rules."""

import pytest

from tallystick.dsl.formula import Member, Term
from tallystick.dsl.kinds import Kind
from tallystick.dsl.loyalty import Campaign, Ratio
from tallystick.dsl.rule import Window

from ..loading import codes_of, load

RULES = """
programs: {club: {points: {scale: 1}}, cafe: {}, empty: {}}
stamp_cards: {card: {program: cafe, size: 10}}
earning_rules:
  rate: {program: club, event: purchase, award: {points: 1 per 1 USD}}
  fixed: {program: club, event: purchase, award: {points: 5}}
  more: {program: club, event: purchase, multiplied: true, award: {points: 5}}
  cup: {program: cafe, event: purchase, award: {stamps: 1, card: card}}
campaigns:
  july: """


def campaign(body: str) -> Campaign:
    """The one campaign with these keys."""
    (only,) = load(f"{RULES}{{{body}}}").loyalty.campaigns
    return only


def codes(body: str) -> list[str]:
    """The codes of what is wrong with a campaign."""
    return codes_of(f"{RULES}{{{body}}}")


def test_the_least_a_campaign_says() -> None:
    assert campaign("program: club, multiply: 2") == Campaign("july", "club", multiply=Ratio(2))


def test_every_key_of_a_campaign() -> None:
    made = campaign(
        "program: club, name: N, description: D, enabled: false, active: 1970-01-01.., "
        'rules: [rate, more, rate], when: cart.quantity > 1, multiply: 1.5, on: sku == "A"'
    )
    assert len(made.conditions) == 1
    assert made == Campaign(
        id="july",
        program="club",
        rules=("more", "rate"),
        name="N",
        description="D",
        is_enabled=False,
        window=Window(0, None),
        conditions=made.conditions,
        multiply=Ratio(3, 2),
        on=Member(Term("line.sku", Kind.STRING), ("A",)),
    )


def test_a_bonus_is_in_points_of_the_program() -> None:
    assert campaign("program: club, bonus: 0.5").bonus == 5
    assert campaign("program: cafe, bonus: 5 points, rules: cup").bonus == 5


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("multiply: 2", ["R204"]),
        ("program: clbu, multiply: 2, rules: [nothing]", ["R316"]),
        ("program: club", ["R305"]),
        ("program: club, multiply: 2, bonus: 5", ["R305"]),
        ("program: club, bonus: 5, on: sku == 'A'", ["R304"]),
        ("program: club, bonus: 0", ["R187"]),
        ("program: club, multiply: 1.00", []),
        ("program: club, multiply: 0", ["R187"]),
        ("program: club, multiply: 2, rules: [raet]", ["R317"]),
        ("program: club, multiply: 2, rules: [cup]", ["R321"]),
        ("program: club, multiply: 2, rules: []", ["R214"]),
        ("program: club, multiply: 2, rules: [fixed]", []),
        ("program: club, multiply: 2, rules: [fixed, more]", []),
        ("program: cafe, multiply: 2", []),
        ("program: empty, bonus: 5", []),
        ("program: club, bonus: 5, when: skuu == 1", ["R104"]),
    ],
)
def test_what_is_wrong_with_a_campaign(body: str, expected: list[str]) -> None:
    assert codes(body) == expected


def test_a_broken_rule_is_not_one_that_gives_nothing() -> None:
    text = RULES.replace("award: {points: 1 per 1 USD}", "award: {points: x}")
    assert codes_of(text + "{program: club, multiply: 2, rules: [rate]}") == ["R185"]
