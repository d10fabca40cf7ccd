"""Rewards had by an event: every kind, and the checks in the order of their reasons."""

from typing import Any

import pytest

import tallystick

from .shop import NOON, RULES, RULESET, brief, event, member, refusals

ENGINE = tallystick.Engine(RULESET)


def redeem(rule: str, facts: Any, **more: Any) -> tallystick.EventAnswer:
    return ENGINE.award(event("redeem", rule=rule, **more), facts)


def test_a_product_is_issued() -> None:
    answer = redeem("shirt", member(1200, tier="silver"), times=2)
    assert answer.to_dict()["moves"] == [
        {
            "move": "redeem",
            "member": "u1",
            "program": "club",
            "rule": "shirt",
            "times": 2,
            "points": 1000,
            "amount": 0,
        },
        {
            "move": "issue",
            "member": "u1",
            "program": "club",
            "rule": "shirt",
            "times": 2,
            "reward": {"kind": "product", "sku": "SHIRT", "quantity": 2},
            "expires_at": None,
        },
    ]
    assert answer.refused == []


@pytest.mark.parametrize(
    ("rule", "reward", "expires_at"),
    [
        ("five", {"kind": "coupon", "pool": "loyal5"}, "2026-08-09T22:00:00Z"),  # through 9 August
        ("two-off", {"kind": "discount", "amount": 200}, None),
        (
            "eighth-off",
            {"kind": "percent", "percent": "12.5%", "max_discount": 3000},
            None,
        ),
    ],
)
def test_what_is_used_later_is_issued(rule: str, reward: Any, expires_at: str | None) -> None:
    issue = redeem(rule, member(5000)).to_dict()["moves"][1]
    assert (issue["move"], issue["times"]) == ("issue", 1)
    assert (issue["reward"], issue["expires_at"]) == (reward, expires_at)


@pytest.mark.parametrize(
    ("rule", "kind", "amount", "provider", "to", "expires_at"),
    [
        ("tango", "gift_card", 4000, "tango", None, "2027-07-10T22:00:00Z"),
        ("ten-back", "cashback", 2000, None, None, None),
        ("charity", "donation", 1000, None, "red-cross", None),
    ],
)
def test_money_is_disbursed(
    rule: str, kind: str, amount: int, provider: Any, to: Any, expires_at: Any
) -> None:
    moves = redeem(rule, member(5000), times=2).to_dict()["moves"]
    assert moves[0]["amount"] == amount
    assert moves[1] == {
        "move": "disburse",
        "member": "u1",
        "program": "club",
        "rule": rule,
        "kind": kind,
        "times": 2,
        "amount": amount,
        "provider": provider,
        "to": to,
        "expires_at": expires_at,
    }


SILVER = member(10_000, tier="silver")


@pytest.mark.parametrize(
    ("rule", "times", "facts", "reason", "possible"),
    [
        ("unknown", 1, None, "unknown", 0),
        ("shirt", 1, {"members": {}}, "not_member", 0),
        ("free-coffee", 1, SILVER, "only_issued", 0),
        ("shirt", 1, member(10_000), "tier", 0),
        ("shirt", 4, SILVER, "limit_reached", 3),
        ("shirt", 3, SILVER | {"rooms": {"shirt": {"times": 2}}}, "limit_reached", 2),
        ("shirt", 3, SILVER | {"stock": {"shirt": 1}}, "out_of_stock", 1),
        ("shirt", 3, member(999, tier="silver"), "insufficient_points", 1),
        ("five", 1, SILVER | {"pools": {"loyal5": 0}}, "out_of_stock", 0),
        ("five", 9, SILVER | {"pools": {"loyal5": 7}}, "out_of_stock", 7),
        ("two-off", 2, member(399), "insufficient_points", 1),
        # The first reason counts, whatever else is short.
        ("five", 1, member(0) | {"pools": {"loyal5": 0}}, "out_of_stock", 0),
        ("shirt", 4, member(0, tier="silver") | {"stock": {"shirt": 0}}, "limit_reached", 0),
    ],
)
def test_what_is_short_is_refused_or_clipped(
    rule: str, times: int, facts: Any, reason: str, possible: int
) -> None:
    answer = redeem(rule, facts, times=times)
    assert (brief(answer.moves), refusals(answer)) == ([], [(rule, reason)])
    clipped = redeem(rule, facts, times=times, if_short="clip")
    assert refusals(clipped) == [(rule, reason)]
    assert [one["times"] for one in clipped.to_dict()["moves"]] == [possible] * 2 * bool(possible)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"points: {expire_after: 12 months}": "status: paused"}, "paused"),
        ({"cost: 2000 points": "cost: 2000 points\n    enabled: false"}, "inactive"),
        ({"cost: 2000 points": "cost: 2000 points\n    active: 2026-07-11.."}, "inactive"),
        (
            {"cost: 2000 points": 'cost: 2000 points\n    when: member.segments has "vip"'},
            "condition",
        ),
        ({"cost: 2000 points": "cost: 2000 points\n    limits: {per_order: 1}"}, "limit_reached"),
    ],
)
def test_rules_that_cannot_be_had(change: dict[str, str], reason: str) -> None:
    text = RULES
    for old, new in change.items():
        assert old in text
        text = text.replace(old, new, 1)
    engine = tallystick.Engine(tallystick.load_text(text))
    answer = engine.award(event("redeem", rule="tango", times=2), member(9000))
    assert refusals(answer) == [("tango", reason)]


def test_conditions_read_the_member_and_the_event() -> None:
    when = """when: ['member.segments has "vip"', 'cart.channel == "app"']"""
    text = RULES.replace("cost: 2000 points", f"cost: 2000 points\n    {when}")
    engine = tallystick.Engine(tallystick.load_text(text))
    sent = event("redeem", rule="tango", channel="app", at=NOON)
    answer = engine.award(sent, member(9000, segments=["vip"]))
    assert [one[0] for one in brief(answer.moves)] == ["redeem", "disburse"]
