"""What tests expect of loyalty, held against what was earned and redeemed."""

from typing import Any

import pytest

from tallystick.cli.difference import Difference
from tallystick.cli.earnings import EarningsComparison
from tallystick.dsl.loader import load_sources
from tallystick.dsl.source import Source
from tallystick.engine.quote.wording import Wording

RULES = """
programs: {club: {redemption: {points: 100, value: 1 USD}}, wallet: {points: {scale: 2}}}
earning_rules:
  buy: {program: club, event: purchase, award: {points: 1 per 1 USD}}
  load: {program: wallet, event: purchase, award: {points: 1 per 1 USD}}
  back: {program: club, event: purchase, award: {cashback: 3%}}
  cup: {program: club, event: purchase, award: {stamps: 1, card: card}}
burning_rules:
  off: {program: club, cost: 200, reward: {discount: 2 USD}}
  pay: {program: wallet, cost: 5.25, reward: {discount: 5 USD}}
stamp_cards: {card: {program: club, size: 10}}
campaigns: {july: {program: wallet, bonus: 0.50}}
"""


def redeemed(**words: Any) -> dict[str, Any]:
    """One entry of `redemptions`."""
    blank = {"program": "club", "rule": None, "issued": None, "status": "honoured"}
    return blank | {"wanted": 1, "times": 1, "points": 200, "amount": 200, "lines": []} | words


def earned(rule: str, kind: str, amount: int, **words: Any) -> dict[str, Any]:
    """One entry of `earned`."""
    return {"program": "club", "rule": rule, "kind": kind, "amount": amount} | words


REDEMPTIONS = [
    redeemed(rule="off"),
    redeemed(rule="off", status="clipped", reason="over_limit"),
    redeemed(points=300, amount=300),
    redeemed(rule="pay", program="wallet", status="refused", points=0, amount=0, reason="tier"),
    redeemed(rule="off", issued="r1", points=0),
    redeemed(issued="r2", program=None, status="refused", points=0, amount=0, reason="unknown"),
]
EARNED = [
    earned("back", "cashback", 150),
    earned("buy", "points", 48),
    earned("cup", "stamps", 2, card="card"),
    earned("july", "points", 50, program="wallet"),
    earned("load", "points", 25, program="wallet"),
]
FATES = {"buy": ("earned", "48 points"), "big": ("condition", "cart.subtotal is 5.00 USD")}
AS_IT_IS: dict[str, Any] = {
    "redemptions": {
        "off": {"times": 2, "points": 400, "amount": 400, "reason": "over_limit"},
        "club": {"points": 300, "amount": 300},
        "r1": {"amount": 200},
    },
    "refused_redemptions": {"pay": "tier", "r2": "unknown"},
    "earned": {"buy": 48, "load": 25, "back": 150, "cup": 2, "july": 50},
    "not_earned": {"big": "condition"},
    "points": {"club": 48, "wallet": 75},
    "cashback": {"club": 150},
    "stamps": {"card": 2},
}


def compare(expect: dict[str, Any]) -> list[Difference]:
    """The differences between what came out and what is expected."""
    ruleset = load_sources([Source("rules.yaml", RULES)])
    held = EarningsComparison(ruleset.loyalty, Wording(ruleset), REDEMPTIONS, EARNED, FATES)
    return list(held.compare(expect))


def test_what_is_as_expected_makes_no_difference() -> None:
    assert compare(AS_IT_IS) == []
    assert compare({}) == []


@pytest.mark.parametrize("key", sorted(AS_IT_IS.keys() - {"not_earned"}))
def test_every_key_is_a_whole_mapping(key: str) -> None:
    assert compare({key: {}})


@pytest.mark.parametrize(
    ("expect", "texts"),
    [
        ({"points": {"club": 1, "wallet": 75}}, ["points.club: expected 1 point, got 48 points"]),
        ({"points": {"club": 48}}, ["points.wallet: expected 0 points, got 0.75 points"]),
        ({"cashback": {"club": 1}}, ["cashback.club: expected 0.01 USD, got 1.50 USD"]),
        ({"stamps": {"card": 1}}, ["stamps.card: expected 1 stamp, got 2 stamps"]),
        (
            {"earned": {**AS_IT_IS["earned"], "load": 1, "back": 0}},
            [
                "earned.load: expected 0.01 points, got 0.25 points",
                "earned.back: expected 0.00 USD, got 1.50 USD",
            ],
        ),
        (
            {"refused_redemptions": {"pay": "condition"}},
            [
                "refused_redemptions.pay: expected condition, got tier",
                "refused_redemptions.r2: expected not refused, got unknown",
            ],
        ),
        (
            {"redemptions": {**AS_IT_IS["redemptions"], "off": {"times": 1, "points": 200}}},
            [
                "redemptions.off.times: expected 1 time, got 2 times",
                "redemptions.off.points: expected 200 points, got 400 points",
            ],
        ),
        (
            {"redemptions": {**AS_IT_IS["redemptions"], "club": {"reason": "tier"}}},
            ["redemptions.club.reason: expected tier, got all that was wanted"],
        ),
        (
            {"redemptions": {"off": {}, "pay": {"points": 525}, "r1": {"amount": 100}}},
            [
                "redemptions.pay: expected redeemed, got nothing redeemed",
                "redemptions.r1.amount: expected 1.00 USD, got 2.00 USD",
                "redemptions.club: expected nothing redeemed, got redeemed",
            ],
        ),
    ],
)
def test_a_difference_says_what(expect: dict[str, Any], texts: list[str]) -> None:
    assert [one.text for one in compare(expect)] == texts


def test_a_rule_says_what_became_of_it() -> None:
    (first,) = compare({"earned": {**AS_IT_IS["earned"], "buy": 1}})
    assert first.reasons == ("buy: earned, 48 points",)
    (first, second) = compare({"not_earned": {"big": "paused", "load": "paused"}})
    assert first.text == "not_earned.big: expected paused, got condition"
    assert first.reasons == ("big: condition, cart.subtotal is 5.00 USD",)
    assert second.text == "not_earned.load: expected paused, got earned, or not waited for"


def test_a_redemption_that_failed_says_why() -> None:
    (first, *_) = compare({"redemptions": {"pay": {"points": 525}, **AS_IT_IS["redemptions"]}})
    assert first.reasons == ("pay: tier",)
