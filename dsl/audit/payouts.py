"""The rewards of a program in, those with a value in money out: what its points are worth."""

from dataclasses import dataclass
from fractions import Fraction

from ..kinds import RewardKind
from ..loyalty import Reward
from .scene import Place, ProgramRules, Scene

VALUED = (RewardKind.DISCOUNT, RewardKind.CASHBACK, RewardKind.GIFT_CARD, RewardKind.DONATION)


@dataclass(frozen=True, slots=True)
class Payout:
    """So much money for so many points (smallest units)."""

    place: Place
    points: int
    value_minor: int

    @property
    def worth(self) -> Fraction:
        """What a smallest unit of points is worth by it, in minor units."""
        return Fraction(self.value_minor, self.points)

    def tell(self, scene: Scene, rules: ProgramRules) -> str:
        """It in words."""
        section, name = self.place[:2]
        subject = f"`{name}`" if section == "burning_rules" else f"the redemption of `{name}`"
        return f"{subject} gives {scene.money(self.value_minor)} for {rules.points(self.points)}"


def value_of(reward: Reward) -> int:
    """What a reward is worth at most, in minor units; 0 when that is not known."""
    if reward.kind is RewardKind.PERCENT:
        return reward.max_discount_minor or 0
    return reward.amount_minor if reward.kind in VALUED else 0


def list_payouts(rules: ProgramRules, since: int | None = None) -> list[Payout]:
    """What gives money for points, without what is over at `since`."""
    found = []
    terms = rules.program.redemption
    if terms is not None and terms.points:
        place: Place = ("programs", rules.id, "redemption", "value")
        found.append(Payout(place, terms.points, terms.value_minor))
    for rule in rules.burning:
        ends_at = rule.window.ends_at
        is_over = since is not None and ends_at is not None and ends_at <= since
        value_minor = value_of(rule.reward)
        if rule.cost and value_minor and not is_over:
            place = ("burning_rules", rule.id, "cost")
            found.append(Payout(place, rule.cost, value_minor))
    return found
