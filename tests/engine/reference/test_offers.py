"""What requests name, and why that cannot be had in a cart."""

from dataclasses import replace
from typing import Any

import pytest

from tallystick.dsl.kinds import RewardKind
from tallystick.dsl.loyalty import Reward
from tallystick.engine.quote.result import RedemptionResult

from .shop import CLUB, cart, line, member, off, percent, price, rates, redeemed, shop, told

CART = cart(line("a", 10_000))
MUG = Reward(RewardKind.PRODUCT, sku="MUG", quantity=2)
CARD = Reward(RewardKind.GIFT_CARD, amount_minor=500)
BURNING = [
    off("two-off"),
    off("free-mug", None, reward=MUG),
    off("mug", 300, reward=MUG),
    off("gift-card", 300, reward=CARD),
    off("issued-card", None, reward=CARD),
    off("only-issued", None),
    off("half", None, reward=percent(500_000)),
]
RULES = shop(rates(), burning=BURNING)
OPEN = {"rule": "only-issued"}


def one(*requests: dict[str, Any], **facts: Any) -> tuple[Any, ...]:
    """What becomes of the last of some requests, in short."""
    return told(redeemed(RULES, CART, *requests, **facts)[-1])


def refused(reason: str, wanted: int = 1) -> tuple[Any, ...]:
    """A refusal, in short."""
    return ("refused", 0, wanted, 0, 0, reason)


def issued(**fields: Any) -> dict[str, Any]:
    """Facts of one issued reward, r."""
    return {"r": {**OPEN, **fields}}


def test_what_nobody_knows() -> None:
    assert one({"rule": "nobody", "times": 7}) == refused("unknown", 7)
    assert one({"program": "nobody", "points": 500}) == refused("unknown", 0)
    assert one({"issued": "nobody"}) == refused("unknown")
    assert one({"issued": "r"}, issued=issued(rule="nobody")) == refused("unknown")


def test_what_a_request_named_is_in_its_answer() -> None:
    def names(found: RedemptionResult) -> tuple[Any, ...]:
        return found.program, found.rule, found.issued

    answers = redeemed(
        RULES,
        CART,
        {"rule": "two-off"},
        {"rule": "nobody"},
        {"program": "club", "points": 100},
        {"program": "nobody", "points": 100},
        {"issued": "r"},
        {"issued": "nobody"},
        issued=issued(),
    )
    assert [names(found) for found in answers] == [
        ("club", "two-off", None),
        (None, "nobody", None),
        ("club", None, None),
        ("nobody", None, None),
        ("club", "only-issued", "r"),
        (None, None, "nobody"),
    ]


def test_who_is_no_member() -> None:
    away: dict[str, Any] = {"members": {"other": {}}}
    assert one({"rule": "gift-card"}, **away) == refused("not_member")
    assert one({"program": "club", "points": 550}, **away) == refused("not_member", 5)
    assert one({"program": "club", "points": "max"}, **away) == refused("not_member", 0)
    assert one({"issued": "r"}, issued=issued(status="used"), **away) == refused("not_member")


def test_other_rewards_come_by_an_event() -> None:
    assert one({"rule": "mug"}) == refused("by_event")
    assert one({"rule": "gift-card", "times": 2}) == refused("by_event", 2)
    assert one({"rule": "issued-card"}) == refused("by_event")
    assert one({"issued": "r"}, issued=issued(rule="gift-card")) == refused("by_event")


def test_a_rule_without_cost_is_only_issued() -> None:
    assert one({"rule": "only-issued"}) == refused("only_issued")


def test_a_program_without_terms_has_nothing_to_redeem() -> None:
    ruleset = shop(CLUB, burning=BURNING)
    (found,) = redeemed(ruleset, CART, {"program": "club", "points": 500})
    assert told(found) == refused("inactive", 0)
    (found,) = redeemed(ruleset, CART, {"rule": "two-off"})
    assert told(found) == ("honoured", 1, 1, 200, 200, None)


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"status": "used"}, "used"),
        ({"status": "revoked"}, "revoked"),
        ({"status": "expired"}, "expired"),
        ({"status": "open", "expires_at": "2026-07-10T12:00:00Z"}, "expired"),
        ({"status": "used", "expires_at": "2026-07-10T12:00:00Z"}, "used"),
        ({"status": "open", "expires_at": "2026-07-10T14:00:01+02:00"}, None),
        ({"status": None, "expires_at": None}, None),
    ],
)
def test_issued_rewards(fields: dict[str, Any], reason: str | None) -> None:
    expected = ("honoured", 1, 1, 0, 200, None) if reason is None else refused(reason)
    assert one({"issued": "r"}, issued=issued(**fields)) == expected


def test_an_issued_reward_is_used_once() -> None:
    first, second = redeemed(RULES, CART, {"issued": "r"}, {"issued": "r"}, issued=issued())
    assert (told(first)[0], told(second)) == ("honoured", refused("used"))


def test_two_rewards_of_one_rule_are_two() -> None:
    known = {"r": OPEN, "s": OPEN}
    found = redeemed(RULES, CART, {"issued": "r"}, {"issued": "s"}, issued=known)
    assert [told(each)[0] for each in found] == ["honoured", "honoured"]


def test_an_issued_product_is_a_gift_and_takes_nothing_off() -> None:
    known = {"r": {"rule": "free-mug"}, "s": {"rule": "mug"}}
    requests = [{"issued": "s"}, {"issued": "r"}]
    facts = {**member(), "issued": known}
    result = price(RULES, CART | {"redeem": requests}, facts)
    assert [told(each) for each in result.redemptions] == [("honoured", 1, 1, 0, 0, None)] * 2
    assert [(gift.rule, gift.sku, gift.quantity) for gift in result.gifts] == [
        ("mug", "MUG", 2),
        ("free-mug", "MUG", 2),
    ]
    assert (result.discount_total, result.applied_promotions) == (0, [])


def test_an_issued_percentage() -> None:
    assert one({"issued": "r"}, issued=issued(rule="half")) == ("honoured", 1, 1, 0, 5000, None)


def test_of_an_issued_reward_only_the_pause_of_its_program_is_asked() -> None:
    rule = off("only-issued", None, is_enabled=False, min_tier=None, stock=0, per_order=0)
    known = {"issued": issued(), "stock": {"only-issued": 0}}
    (found,) = redeemed(shop(rates(), burning=[rule]), CART, {"issued": "r"}, **known)
    assert told(found) == ("honoured", 1, 1, 0, 200, None)
    paused = shop(replace(rates(), is_paused=True), burning=[rule])
    (found,) = redeemed(paused, CART, {"issued": "r"}, **known)
    assert told(found) == refused("paused")
