"""What was redeemed and why not more; what could be redeemed now, and what is missing."""

from dataclasses import replace
from typing import Any

import pytest

from tallystick.dsl.kinds import RewardKind
from tallystick.dsl.loyalty import Quota, Reward
from tallystick.dsl.rule import Window
from tallystick.dsl.ruleset import Ruleset
from tallystick.engine.engine import Engine
from tallystick.engine.quote.statement import OfferExplanation, RequestExplanation, Statement

from ..reference.shop import (
    TIERED,
    cart,
    line,
    member,
    net_at_least,
    off,
    percent,
    rates,
    shop,
    sku,
    when,
)

CART = cart(line("a", 6000), line("b", 4000))
MUG = Reward(RewardKind.PRODUCT, sku="MUG")


def statement(ruleset: Ruleset, *requests: dict[str, Any], **facts: Any) -> Statement:
    """What is told of a cart with some requests, of a member with 1000 points."""
    known = {**member(balance=1000), **facts}
    quote = Engine(ruleset).quote({**CART, "redeem": list(requests)}, known, explain=True)
    assert quote.explanation is not None and quote.explanation.loyalty is not None
    return quote.explanation.loyalty


def request(ruleset: Ruleset, *requests: dict[str, Any], **facts: Any) -> RequestExplanation:
    """What is told of the last request."""
    return statement(ruleset, *requests, **facts).redemptions[-1]


def offers(
    ruleset: Ruleset, *requests: dict[str, Any], **facts: Any
) -> dict[str, OfferExplanation]:
    """What could be redeemed after some requests, by rule; at the rate under `club`."""
    found = statement(ruleset, *requests, **facts).programs[0].offers
    return {one.rule or one.program: one for one in found}


TWO = {"rule": "two-off"}
RULES = shop(rates(), burning=[off("two-off")])


@pytest.mark.parametrize(
    ("asked", "name", "detail"),
    [
        ({"rule": "two-off"}, "two-off", "2.00 USD off for 200 points"),
        ({"rule": "two-off", "times": 2}, "2 x two-off", "4.00 USD off for 400 points"),
        ({"program": "club", "points": 500}, "club, 500 points", "5.00 USD off for 500 points"),
        (
            {"program": "club", "points": "max"},
            "club, as much as can be",
            "10.00 USD off for 1000 points",
        ),
        (
            {"program": "club", "points": 1200},
            "club, 1200 points",
            "10.00 USD off for 1000 points: needs 1200 points, there are 1000 points",
        ),
        (
            {"rule": "two-off", "times": 6},
            "6 x two-off",
            "needs 1200 points, there are 1000 points",
        ),
        ({"rule": "nobody"}, "nobody", "there is no burning rule `nobody`"),
        ({"program": "x", "points": 5}, "x, 5 points", "there is no program `x`"),
        ({"issued": "r"}, "issued reward r", "no reward `r` was issued"),
    ],
)
def test_requests(asked: dict[str, Any], name: str, detail: str) -> None:
    found = request(RULES, asked)
    assert (found.request, found.detail) == (name, detail)


def test_limits_of_a_request() -> None:
    ruleset = shop(rates(max_points=700), burning=[off("two-off", stock=9, per_order=4)])
    found = request(ruleset, {"rule": "two-off", "times": 2})
    assert [(one.reason, one.most) for one in found.limits] == [
        ("limit_reached", 4),
        ("out_of_stock", 9),
        ("insufficient_points", 5),
        ("over_limit", 50),
    ]
    found = request(ruleset, {"program": "club", "points": 900})
    assert [(one.reason, one.most) for one in found.limits] == [
        ("insufficient_points", 10),
        ("over_limit", 7),
        ("over_limit", 100),
    ]


PAST = Window(None, 0)
WHY: list[tuple[Ruleset, dict[str, Any], dict[str, Any], str, str]] = [
    (RULES, TWO, {"members": {}}, "not_member", "the customer is no member of `club`"),
    (
        shop(burning=[off("two-off", reward=MUG)]),
        TWO,
        {},
        "by_event",
        "it comes by an event of its own, not in a cart",
    ),
    (
        shop(burning=[off("two-off", None)]),
        TWO,
        {},
        "only_issued",
        "it has no cost: its rewards are issued for full cards",
    ),
    (
        RULES,
        {"issued": "r"},
        {"issued": {"r": {"rule": "two-off", "status": "revoked"}}},
        "revoked",
        "the reward was revoked",
    ),
    (
        shop(replace(rates(), is_paused=True), burning=[off("two-off")]),
        TWO,
        {},
        "paused",
        "program `club` is paused",
    ),
    (
        shop(replace(rates(), is_enabled=False), burning=[off("two-off")]),
        TWO,
        {},
        "inactive",
        "program `club`: switched off",
    ),
    (shop(burning=[off("two-off", is_enabled=False)]), TWO, {}, "inactive", "switched off"),
    (
        shop(),
        {"program": "club", "points": 5},
        {},
        "inactive",
        "program `club` has no rate to redeem at",
    ),
    (
        shop(TIERED, burning=[off("two-off", min_tier="gold")]),
        TWO,
        {},
        "tier",
        "needs tier gold, the member has bronze",
    ),
    (
        shop(burning=[off("two-off", conditions=when(net_at_least(20_000)))]),
        TWO,
        {},
        "condition",
        "cart.net_subtotal is 100.00 USD, needs 200.00 USD",
    ),
    (
        shop(burning=[off("two-off", per_member=Quota(5), per_order=1)]),
        {"rule": "two-off", "times": 2},
        {},
        "limit_reached",
        "at most 5 in all for a member and 1 in an order, 1 left",
    ),
    (shop(burning=[off("two-off", stock=0)]), TWO, {}, "out_of_stock", "0 left in stock"),
    (
        shop(rates(max_points=300)),
        {"program": "club", "points": 500, "if_short": "reject"},
        {},
        "over_limit",
        "at most 300 points in an order",
    ),
    (
        shop(rates(max_percent_ppm=10_000), burning=[off("two-off")]),
        TWO,
        {},
        "over_limit",
        "only 1.00 USD may come off, 2.00 USD each time",
    ),
    (
        shop(rates(max_percent_ppm=0), burning=[off("two-off")]),
        TWO,
        {},
        "over_limit",
        "nothing more may come off the cart",
    ),
    (
        shop(burning=[off("two-off", on=sku("z"))]),
        TWO,
        {},
        "over_limit",
        "no line of the cart is one it is for",
    ),
    (
        shop(burning=[off("two-off", reward=percent(100_000))]),
        {"rule": "two-off", "times": 2},
        {},
        "over_limit",
        "a percentage comes off once",
    ),
    (
        shop(rates(min_points=450)),
        {"program": "club", "points": 400},
        {},
        "below_minimum",
        "it takes at least 500 points",
    ),
]


@pytest.mark.parametrize(
    ("ruleset", "asked", "facts", "reason", "detail"), WHY, ids=[row[4][:40] for row in WHY]
)
def test_why_a_request_is_refused(
    ruleset: Ruleset, asked: dict[str, Any], facts: dict[str, Any], reason: str, detail: str
) -> None:
    found = request(ruleset, asked, **facts)
    assert (found.status, found.reason, found.detail) == ("refused", reason, detail)


def test_issued_rewards() -> None:
    ruleset = shop(burning=[off("mug", None, reward=MUG), off("two-off", None)])
    known = {"issued": {"r": {"rule": "mug"}, "s": {"rule": "two-off"}}}
    found = statement(ruleset, {"issued": "r"}, {"issued": "s"}, **known).redemptions
    assert [one.detail for one in found] == ["1 x MUG", "2.00 USD off"]


def test_false_conditions_are_those_of_the_moment() -> None:
    ruleset = shop(burning=[off("two-off", conditions=when(net_at_least(9900)))])
    first, second = statement(ruleset, TWO, TWO).redemptions
    assert (first.conditions, first.status) == ([], "honoured")
    assert [one.observed for one in second.conditions] == ["98.00 USD"]


# What could be redeemed now.


def test_what_can_be_redeemed_after_this_cart() -> None:
    found = offers(RULES, TWO)
    assert {name: (one.outcome, one.times, one.amount) for name, one in found.items()} == {
        "club": ("possible", 8, 800),
        "two-off": ("possible", 4, 800),
    }
    assert found["two-off"].detail == "up to 8.00 USD off for 800 points"
    assert (found["two-off"].terms, found["two-off"].points) == ("2.00 USD off", 200)


def test_other_rewards_are_had_by_an_event() -> None:
    card = Reward(RewardKind.COUPON, pool="five")
    ruleset = shop(burning=[off("mug", 300, reward=MUG), off("code", 100, reward=card)])
    found = offers(ruleset, pools={"five": 0})
    assert (found["mug"].way, found["mug"].detail) == ("event", "up to 3 times for 900 points")
    assert found["mug"].amount == 0
    assert (found["code"].outcome, found["code"].detail) == ("out_of_stock", "0 left in stock")


def test_what_is_only_issued_is_no_offer() -> None:
    assert offers(shop(burning=[off("free", None)])) == {}


def test_what_is_missing() -> None:
    ruleset = shop(rates(min_points=1500), burning=[off("far", 5000), off("near", 1200)])
    found = offers(ruleset)
    assert {name: (one.outcome, one.missing) for name, one in found.items()} == {
        "club": ("below_minimum", 500),
        "far": ("insufficient_points", 4000),
        "near": ("insufficient_points", 200),
    }
    assert found["club"].detail == "it takes at least 1500 points"
    near = statement(ruleset).programs[0].next_reward
    assert near is not None and (near.rule, near.points, near.missing) == ("near", 1200, 200)
    assert statement(RULES).programs[0].next_reward is None


def test_who_is_no_member_can_redeem_nothing() -> None:
    found = offers(RULES, members={})
    assert [one.outcome for one in found.values()] == ["not_member", "not_member"]
    assert statement(RULES, members={}).programs[0].next_reward is None
