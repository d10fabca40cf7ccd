"""Points, awards and rewards of one program in, the words that a shop reads out.

Points are counted in smallest units and shown in points, with the name that the program gives them:
with `scale: 2`, 150 units of `Stars` are `1.5 Stars`.
"""

from dataclasses import dataclass
from fractions import Fraction

from ...dsl.expression.literals import format_scaled
from ...dsl.kinds import PPM, AwardForm, AwardKind, CalendarPeriod, RewardKind, TierMeasure
from ...dsl.loyalty import Award, Duration, Program, Quota, RedemptionTerms, Reward
from ..reference.accrual import fraction_of
from .wording import Wording, count_of

DECIMALS_MAX = 6  # of an exact number before it is shown as a fraction
DENOMINATOR_MAX = 12  # of a fraction that still tells anybody something


def format_exact(number: Fraction) -> str:
    """An exact number for people: `2.5`, `5/3`, or `≈ 0.333567` for a fraction that says little."""
    for decimals in range(DECIMALS_MAX + 1):
        scaled = number * 10**decimals
        if scaled.denominator == 1:
            return format_scaled(scaled.numerator, decimals)
    if number.denominator <= DENOMINATOR_MAX:
        return str(number)
    near = round(number * 10**DECIMALS_MAX)
    return f"≈ {format_scaled(near, DECIMALS_MAX)}"


def format_length(length: Duration) -> str:
    """A length of time on the calendar: `12 months`, `1 month 3 days`."""
    parts = ((length.months, "month"), (length.days, "day"))
    return " ".join(count_of(count, noun) for count, noun in parts if count) or "0 days"


def format_quota(quota: Quota) -> str:
    """How often something may be: `3 per month`, `1 in 12 months`, `5 in all`."""
    match quota.period:
        case None:
            return f"{quota.count} in all"
        case CalendarPeriod() as period:
            return f"{quota.count} per {period.value}"
        case length:
            return f"{quota.count} in {format_length(length)}"


@dataclass(frozen=True, slots=True)
class PointsWording:
    """The words of one program."""

    wording: Wording
    program: Program

    def points(self, units: int) -> str:
        """So many points: `48 Stars`, `1 point`."""
        return self.count(Fraction(units))

    def count(self, units: Fraction) -> str:
        """An exact number of points."""
        shown, name = self.number(units), self.program.points.name
        return f"{shown} {name[:-1] if shown == '1' and name == 'points' else name}"

    def number(self, units: Fraction) -> str:
        """An exact number of smallest units, as points without their name."""
        whole: int = 10**self.program.points.scale
        return format_exact(units / whole)

    def qualifying(self, amount: int) -> str:
        """What counts for a tier: points, or money where spending does."""
        tiers = self.program.tiers
        is_spend = tiers is not None and tiers.measure is TierMeasure.SPEND
        return self.wording.money(amount) if is_spend else self.points(amount)

    def amount(self, kind: AwardKind, amount: int) -> str:
        """What is earned of a kind: `48 Stars`, `1.50 USD`, `2 stamps`."""
        match kind:
            case AwardKind.POINTS:
                return self.points(amount)
            case AwardKind.CASHBACK:
                return self.wording.money(amount)
        return count_of(amount, "stamp")

    def exact(self, kind: AwardKind, amount: Fraction) -> str:
        """The same before it is rounded, without its name."""
        match kind:
            case AwardKind.POINTS:
                return self.number(amount)
            case AwardKind.CASHBACK:
                whole: int = 10**self.wording.ruleset.exponent
                return format_exact(amount / whole)
        return format_exact(amount)

    def award(self, award: Award) -> str:
        """How an award counts: `1 Star per 1.00 USD`, `3% of the base`, `1 stamp per unit`."""
        quantity = fraction_of(award.quantity)
        if award.kind is AwardKind.CASHBACK and award.form is AwardForm.RATE:
            return f"{format_exact(quantity / award.per_minor * 100)}% of the base"
        match award.form:
            case AwardForm.TIER:
                return "the cashback of the tier"
            case AwardForm.EVENT:
                return f"the {self.program.points.name} of the event"
        match award.kind:
            case AwardKind.POINTS:
                amount = self.count(quantity)
            case AwardKind.CASHBACK:
                amount = self.wording.money(quantity.numerator)
            case AwardKind.STAMPS:
                amount = count_of(quantity.numerator, "stamp")
        match award.form:
            case AwardForm.RATE:
                return self.rate_of(quantity / award.per_minor)
            case AwardForm.STEPS:
                return f"{amount} per whole {self.wording.money(award.per_minor)}"
            case AwardForm.PER_UNIT:
                return f"{amount} per unit"
        return amount

    def rate_of(self, rate: Fraction) -> str:
        """So many points per minor unit, as people write it: `2 points per 1.00 USD`."""
        whole_minor: int = 10**self.wording.ruleset.exponent
        scale: int = 10**self.program.points.scale
        if 0 < rate * whole_minor < scale and (scale / rate).denominator == 1:
            return f"{self.points(scale)} per {self.wording.money((scale / rate).numerator)}"
        return f"{self.count(rate * whole_minor)} per {self.wording.money(whole_minor)}"

    def reward(self, reward: Reward) -> str:
        """What a burning rule gives: `2.00 USD off`, `20% off, at most 30.00 USD`, `2 x MUG`."""
        money = self.wording.money
        match reward.kind:
            case RewardKind.DISCOUNT:
                return f"{money(reward.amount_minor)} off"
            case RewardKind.PERCENT:
                most = reward.max_discount_minor
                percent = format_exact(Fraction(reward.percent_ppm * 100, PPM))
                return f"{percent}% off" + ("" if most is None else f", at most {money(most)}")
            case RewardKind.PRODUCT:
                return f"{reward.quantity} x {reward.sku}"
            case RewardKind.COUPON:
                return f"a code of pool `{reward.pool}`"
            case RewardKind.GIFT_CARD:
                return f"a gift card of {money(reward.amount_minor)}"
            case RewardKind.CASHBACK:
                return f"{money(reward.amount_minor)} back"
            case RewardKind.DONATION:
                return f"a donation of {money(reward.amount_minor)}"

    def redeeming(self, terms: RedemptionTerms) -> str:
        """What points are worth at the program's own rate: `1.00 USD off`."""
        return f"{self.wording.money(terms.value_minor)} off"
