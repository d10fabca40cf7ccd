"""What tests expect of loyalty, in the smallest units of each program."""

import pytest

from tallystick.dsl.document.expectation import NO_AWARDS, REASONS, SHORTFALLS
from tallystick.engine.loyalty.awards import EventReason
from tallystick.engine.outcome import NoAward, Reason, Shortfall

from .clubs import CART, case, codes

FULL = """
expect:
  earned: {buy: 48 points, load: 0.25, back: 1.50 USD, cup: 2 stamps, july: 0.50, friend: 5 USD}
  points: {club: 48, wallet: 0.25 points}
  cashback: {club: 1.50 USD}
  stamps: {card: 2}
  redemptions:
    off: {times: 2, points: 400, amount: 4 USD, reason: over_limit}
    club: {points: 100 points}
    wallet: {points: 0.5}
    pay: {points: 5.25}
    r1: {amount: 0 USD}
  refused_redemptions: {off: tier, r1: expired}
  not_earned: {visit: limit_reached, july: condition}
  lines: {mug: {allocations: {off: 1 USD, club: 2 USD, summer: 0 USD}}}
"""
CART_OF_ONE = """
cart:
  placed_at: 2026-07-10T12:00
  lines: [{id: mug, sku: MUG, quantity: 1, unit_price: 5 USD}]
  redeem: [{issued: r1}]
"""


def test_every_expectation_about_loyalty() -> None:
    assert case(CART_OF_ONE + FULL).expect == {
        "earned": {"buy": 48, "load": 25, "back": 150, "cup": 2, "july": 50, "friend": 500},
        "points": {"club": 48, "wallet": 25},
        "cashback": {"club": 150},
        "stamps": {"card": 2},
        "redemptions": {
            "off": {"times": 2, "points": 400, "amount": 400, "reason": "over_limit"},
            "club": {"points": 100},
            "wallet": {"points": 50},
            "pay": {"points": 525},
            "r1": {"amount": 0},
        },
        "refused_redemptions": {"off": "tier", "r1": "expired"},
        "not_earned": {"visit": "limit_reached", "july": "condition"},
        "lines": {"mug": {"allocations": {"off": 100, "club": 200, "summer": 0}}},
    }


def test_nothing_earned_is_something_to_expect() -> None:
    assert case(CART + "expect: {earned: {}}").expect == {"earned": {}}


@pytest.mark.parametrize(
    ("expect", "expected"),
    [
        ("earned: {summer: 5}", ["R407"]),
        ("earned: {buy: 5 USD}", ["R183"]),
        ("earned: {buy: 0.5}", ["R184"]),
        ("earned: {back: 5}", ["R121"]),
        ("earned: {cup: 0.5}", ["R129"]),
        ("earned: {cup: a}", ["R129"]),
        ("earned: [buy]", ["R205"]),
        ("not_earned: {joly: condition}", ["R407"]),
        ("not_earned: {buy: tier}", ["R206"]),
        ("points: {buy: 5}", ["R316"]),
        ("cashback: {buy: 5 USD}", ["R316"]),
        ("stamps: {club: 5}", ["R319"]),
        ("redemptions: {buy: {points: 5}}", ["R407"]),
        ("redemptions: {off: {points: 0.5}}", ["R184"]),
        ("refused_redemptions: {r2: tier}", ["R407"]),
        ("refused_redemptions: {off: teir}", ["R206"]),
        ("lines: {mug: {allocations: {buy: 5 USD}}}", ["R401"]),
        ("applied: [off]", ["R401"]),
    ],
)
def test_what_is_wrong_with_an_expectation(expect: str, expected: list[str]) -> None:
    assert codes(f"{CART_OF_ONE}expect: {{{expect}}}") == expected


def test_an_event_says_of_no_campaign_why_it_gave_nothing() -> None:
    event = "event: {event: check-in, at: 2026-07-10T12:00}\n"
    assert codes(event + "expect: {not_earned: {visit: condition}}") == []
    assert codes(event + "expect: {not_earned: {july: condition}}") == ["R317"]


def test_reasons_are_those_that_results_spell() -> None:
    assert {reason.word for reason in Reason} == set(REASONS)
    assert tuple(reason.word for reason in Shortfall) == SHORTFALLS
    assert (*(reason.word for reason in NoAward), *EventReason) == NO_AWARDS
