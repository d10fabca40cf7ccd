"""Burning rules: what points are taken for."""

import pytest

from tallystick.dsl.formula import Member, Term
from tallystick.dsl.kinds import CalendarPeriod, Kind, RewardKind
from tallystick.dsl.loyalty import BurningRule, Duration, Quota, Reward
from tallystick.dsl.rule import Window

from ..loading import codes_of, load

RULES = """
programs:
  club: {points: {scale: 1}, tiers: {levels: {low: {from: 1}}}}
  bare: {}
burning_rules:
  rule: """


def rule(body: str) -> BurningRule:
    """The one rule with these keys."""
    (only,) = load(f"{RULES}{{program: club, {body}}}").loyalty.burning_rules
    return only


def reward(body: str) -> Reward:
    """The reward of a rule."""
    return rule(f"cost: 5, reward: {{{body}}}").reward


def codes(body: str) -> list[str]:
    """The codes of what is wrong with a rule."""
    return codes_of(f"{RULES}{{{body}}}")


def test_every_key_of_a_rule() -> None:
    made = rule(
        "name: N, description: D, enabled: false, active: 1970-01-01.., cost: 500 points, "
        'min_tier: low, when: cart.quantity > 1, reward: {discount: 2 USD}, on: sku == "A", '
        "limits: {stock: 200, per_member: 1 per day, per_order: 3}"
    )
    assert len(made.conditions) == 1
    assert made == BurningRule(
        id="rule",
        program="club",
        reward=Reward(RewardKind.DISCOUNT, amount_minor=200),
        cost=5000,
        name="N",
        description="D",
        is_enabled=False,
        window=Window(0, None),
        conditions=made.conditions,
        on=Member(Term("line.sku", Kind.STRING), ("A",)),
        min_tier="low",
        stock=200,
        per_member=Quota(1, CalendarPeriod.DAY),
        per_order=3,
    )


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("product: MUG", Reward(RewardKind.PRODUCT, "MUG")),
        ("product: MUG, quantity: 2", Reward(RewardKind.PRODUCT, "MUG", 2)),
        (
            "gift_card: 20 USD, provider: tango, expires_after: 365 days",
            Reward(
                RewardKind.GIFT_CARD,
                amount_minor=2000,
                provider="tango",
                expires_after=Duration(days=365),
            ),
        ),
        ("coupon_pool: loyal5", Reward(RewardKind.COUPON, pool="loyal5")),
        ("cashback: 10 USD", Reward(RewardKind.CASHBACK, amount_minor=1000)),
        ("discount: 2 USD", Reward(RewardKind.DISCOUNT, amount_minor=200)),
        ("discount: 20%", Reward(RewardKind.PERCENT, percent_ppm=200_000)),
        (
            "discount: 20%, max_discount: 30 USD",
            Reward(RewardKind.PERCENT, percent_ppm=200_000, max_discount_minor=3000),
        ),
        (
            "donation: 5 USD, to: red-cross",
            Reward(RewardKind.DONATION, amount_minor=500, to="red-cross"),
        ),
    ],
)
def test_rewards(body: str, expected: Reward) -> None:
    assert reward(body) == expected


def test_a_rule_without_cost_is_issued_by_a_card_or_by_the_shop() -> None:
    assert codes("program: club, reward: {product: MUG}") == []
    card = "stamp_cards: {card: {program: club, size: 10, reward: rule}}\n"
    (made,) = load(card + RULES + "{program: club, reward: {product: MUG}}").loyalty.burning_rules
    assert made.cost is None


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("program: club, cost: 5", ["R204"]),
        ("cost: 5, reward: {product: A}", ["R204"]),
        ("program: clbu, cost: 0.1234, reward: {product: A}, min_tier: lwo", ["R316"]),
        ("program: club, cost: 0, reward: {product: A}", ["R187"]),
        ("program: club, cost: 5 USD, reward: {product: A}", ["R183"]),
        ("program: club, cost: 5, reward: {}", ["R305"]),
        ("program: club, cost: 5, reward: {product: A, donation: 5 USD}", ["R305"]),
        ("program: club, cost: 5, reward: {discount: 5}", ["R121"]),
        ("program: club, cost: 5, reward: {discount: 0%}", ["R187"]),
        ("program: club, cost: 5, reward: {discount: 0 USD}", ["R187"]),
        ("program: club, cost: 5, reward: {discount: 5 USD, max_discount: 5 USD}", ["R304"]),
        ("program: club, cost: 5, reward: {discount: 5 USD, quantity: 2}", ["R304"]),
        ("program: club, cost: 5, reward: {product: A, to: B}", ["R304"]),
        ("program: club, cost: 5, reward: {cashback: 5 USD, expires_after: 1 day}", ["R304"]),
        ("program: club, cost: 5, reward: {product: A}, on: sku == 'A'", ["R304"]),
        ("program: club, cost: 5, reward: {product: A}, min_tier: lwo", ["R320"]),
        ("program: bare, cost: 5, reward: {product: A}, min_tier: low", ["R322"]),
        ("program: club, cost: 5, reward: {product: A}, limits: {stok: 5}", ["R203"]),
        ("program: club, cost: 5, reward: {product: A}, when: skuu == 1", ["R104"]),
        ("program: club, cost: x, reward: {discount: 1 USD}, on: skuu == 1", ["R183", "R104"]),
    ],
)
def test_what_is_wrong_with_a_rule(body: str, expected: list[str]) -> None:
    assert codes(body) == expected
