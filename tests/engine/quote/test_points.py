"""How points, awards and rewards read."""

from dataclasses import replace
from fractions import Fraction

import pytest

from tallystick.dsl.kinds import AwardForm, AwardKind, CalendarPeriod, RewardKind, TierMeasure
from tallystick.dsl.loyalty import (
    Award,
    Duration,
    PointsCurrency,
    Program,
    Quota,
    RedemptionTerms,
    Reward,
    Tiers,
)
from tallystick.dsl.ruleset import Ruleset
from tallystick.engine.quote.points import (
    PointsWording,
    format_exact,
    format_length,
    format_quota,
)
from tallystick.engine.quote.wording import Wording

from ..reference.shop import LEVELS, award, cashback, percent, stamps

STARS = Program("club", points=PointsCurrency("Stars", scale=2))
MONEY = Wording(Ruleset())
WORDS = PointsWording(MONEY, STARS)
PLAIN = PointsWording(MONEY, Program("club"))


@pytest.mark.parametrize(
    ("number", "text"),
    [
        ("0", "0"),
        ("5", "5"),
        ("5/2", "2.5"),
        ("333/200", "1.665"),
        ("5/3", "5/3"),
        ("1/7", "1/7"),
        ("899400/25499", "≈ 35.271971"),
        ("1/10000000", "≈ 0"),
    ],
)
def test_exact_numbers(number: str, text: str) -> None:
    assert format_exact(Fraction(number)) == text


def test_lengths_and_quotas() -> None:
    assert format_length(Duration(12, 0)) == "12 months"
    assert format_length(Duration(1, 3)) == "1 month 3 days"
    assert format_length(Duration()) == "0 days"
    assert format_quota(Quota(3)) == "3 in all"
    assert format_quota(Quota(1, CalendarPeriod.MONTH)) == "1 per month"
    assert format_quota(Quota(5, Duration(0, 30))) == "5 in 30 days"


def test_points_have_their_name_and_decimals() -> None:
    assert (WORDS.points(150), WORDS.points(4800)) == ("1.5 Stars", "48 Stars")
    assert (PLAIN.points(1), PLAIN.points(2)) == ("1 point", "2 points")
    assert WORDS.amount(AwardKind.POINTS, 1) == "0.01 Stars"
    assert WORDS.amount(AwardKind.CASHBACK, 150) == "1.50 USD"
    assert WORDS.amount(AwardKind.STAMPS, 1) == "1 stamp"
    assert WORDS.exact(AwardKind.POINTS, Fraction(1, 2)) == "0.005"
    assert WORDS.exact(AwardKind.CASHBACK, Fraction(4497, 100)) == "0.4497"
    assert WORDS.exact(AwardKind.STAMPS, Fraction(3)) == "3"


@pytest.mark.parametrize(
    ("given", "text"),
    [
        (award(), "1 point per 1.00 USD"),
        (award(quantity=3, per_minor=100), "3 points per 1.00 USD"),
        (award(quantity="1.5"), "1.5 points per 1.00 USD"),
        (award(quantity="1/1000", per_minor=1), "1 point per 10.00 USD"),
        (award(quantity=10, per_minor=300), "10/3 points per 1.00 USD"),
        (award(quantity=2, per_minor=300), "1 point per 1.50 USD"),
        (award(quantity=3, per_minor=700), "3/7 points per 1.00 USD"),
        (award(AwardForm.STEPS, 10, 200), "10 points per whole 2.00 USD"),
        (award(AwardForm.PER_UNIT, 100), "100 points per unit"),
        (award(AwardForm.FIXED, 1), "1 point"),
        (award(AwardForm.EVENT), "the points of the event"),
        (cashback(AwardForm.RATE, "0.035"), "3.5% of the base"),
        (cashback(AwardForm.FIXED, 500), "5.00 USD"),
        (cashback(AwardForm.TIER), "the cashback of the tier"),
        (stamps(AwardForm.PER_UNIT), "1 stamp per unit"),
        (stamps(AwardForm.STEPS, 1000), "1 stamp per whole 10.00 USD"),
        (stamps(AwardForm.FIXED), "1 stamp"),
    ],
)
def test_awards(given: Award, text: str) -> None:
    assert PLAIN.award(given) == text


def test_rates_of_points_with_decimals() -> None:
    assert WORDS.award(award(quantity=100)) == "1 Stars per 1.00 USD"
    assert WORDS.award(award(quantity=100, per_minor=300)) == "1 Stars per 3.00 USD"


@pytest.mark.parametrize(
    ("reward", "text"),
    [
        (Reward(RewardKind.DISCOUNT, amount_minor=200), "2.00 USD off"),
        (percent(200_000), "20% off"),
        (percent(125_000, 3000), "12.5% off, at most 30.00 USD"),
        (Reward(RewardKind.PRODUCT, sku="MUG", quantity=2), "2 x MUG"),
        (Reward(RewardKind.COUPON, pool="loyal5"), "a code of pool `loyal5`"),
        (Reward(RewardKind.GIFT_CARD, amount_minor=2000), "a gift card of 20.00 USD"),
        (Reward(RewardKind.CASHBACK, amount_minor=1000), "10.00 USD back"),
        (Reward(RewardKind.DONATION, amount_minor=500), "a donation of 5.00 USD"),
    ],
)
def test_rewards(reward: Reward, text: str) -> None:
    assert PLAIN.reward(reward) == text


def test_what_counts_for_a_tier_is_points_or_money() -> None:
    assert WORDS.qualifying(100) == "1 Stars"
    spend = replace(STARS, tiers=Tiers(LEVELS, measure=TierMeasure.SPEND))
    assert PointsWording(MONEY, spend).qualifying(100) == "1.00 USD"
    assert WORDS.redeeming(RedemptionTerms(100, 100)) == "1.00 USD off"
