"""Something to redeem and the reason it cannot be had in, one sentence about that out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ...dsl.kinds import RewardKind
from ...dsl.loyalty import BurningRule, Program
from ..outcome import Shortfall
from ..reference.candidates import is_active
from ..reference.members import Membership
from ..reference.redemption import Terms
from .conditions import ConditionExplanation, sentence_of
from .points import PointsWording, format_quota
from .reason import Story

STATES: Mapping[Shortfall, str] = {
    Shortfall.USED: "the reward is used already",
    Shortfall.REVOKED: "the reward was revoked",
    Shortfall.EXPIRED: "the reward has expired",
    Shortfall.ONLY_ISSUED: "it has no cost: its rewards are issued for full cards",
    Shortfall.BY_EVENT: "it comes by an event of its own, not in a cart",
}


@dataclass(frozen=True, slots=True)
class ShortageTeller:
    """Sentences about one offer; `terms` are those of the moment it was looked at."""

    story: Story
    words: PointsWording
    program: Program
    rule: BurningRule | None
    membership: Membership
    terms: Terms | None

    @property
    def terms_text(self) -> str:
        """What one step gives: `2.00 USD off`."""
        if self.rule is not None:
            return self.words.reward(self.rule.reward)
        assert self.program.redemption is not None
        return self.words.redeeming(self.program.redemption)

    @property
    def least(self) -> int:
        """The fewest points that can be redeemed at all: a whole step, and `min_points`."""
        if self.rule is not None:
            return self.rule.cost or 0
        rate = self.program.redemption
        if rate is None:
            return 0
        steps = -(-(rate.min_points or 1) // rate.points)
        return steps * rate.points

    def tell(
        self, reason: Shortfall, wanted: int, conditions: Sequence[ConditionExplanation]
    ) -> str:
        """Why something cannot be redeemed, or not as often as it was wanted."""
        match reason:
            case Shortfall.NOT_MEMBER:
                return f"the customer is no member of `{self.program.id}`"
            case Shortfall.PAUSED:
                return f"program `{self.program.id}` is paused"
            case Shortfall.INACTIVE:
                return self.tell_inactive()
            case Shortfall.TIER:
                wants = "" if self.rule is None else self.rule.min_tier
                return f"needs tier {wants}, the member has {self.membership.tier or 'none'}"
            case Shortfall.CONDITION:
                return sentence_of(conditions)
            case Shortfall.BELOW_MINIMUM:
                return f"it takes at least {self.words.points(self.least)}"
        return STATES[reason] if self.terms is None else self.tell_limit(self.terms, reason, wanted)

    def tell_inactive(self) -> str:
        """Why nothing can be redeemed by program or rule at this time."""
        if not is_active(self.program, self.story.cart.placed_at_us):
            return f"program `{self.program.id}`: {self.story.tell_inactive(self.program)}"
        if self.rule is None:
            return f"program `{self.program.id}` has no rate to redeem at"
        return self.story.tell_inactive(self.rule)

    def tell_limit(self, terms: Terms, reason: Shortfall, wanted: int) -> str:
        """Which number is too small."""
        limits = [limit for limit in terms.limits if limit.reason is reason]
        limit = next(limit for limit in limits if limit.most < max(1, wanted))
        match reason:
            case Shortfall.LIMIT_REACHED:
                return f"at most {self.limits_text()}, {limit.most} left"
            case Shortfall.OUT_OF_STOCK:
                return f"{limit.most} left in stock"
            case Shortfall.INSUFFICIENT_POINTS:
                needs = self.words.points(max(wanted * terms.points, self.least))
                return f"needs {needs}, there are {self.words.points(terms.left)}"
        return self.tell_room(terms, limit.most, is_points=limit is not limits[-1])

    def limits_text(self) -> str:
        """How often a burning rule may be redeemed."""
        rule = self.rule
        limits = []
        if rule is not None and rule.per_member is not None:
            limits.append(f"{format_quota(rule.per_member)} for a member")
        if rule is not None and rule.per_order is not None:
            limits.append(f"{rule.per_order} in an order")
        return " and ".join(limits)

    def tell_room(self, terms: Terms, most: int, is_points: bool) -> str:
        """What the cart, or the most points of an order, have room for."""
        rate, money = self.program.redemption, self.words.wording.money
        if is_points and rate is not None and rate.max_points is not None:
            return f"at most {self.words.points(rate.max_points)} in an order"
        if not terms.lines:
            return "no line of the cart is one it is for"
        if self.rule is not None and self.rule.reward.kind is RewardKind.PERCENT and most:
            return "a percentage comes off once"
        if not terms.room_minor:
            return "nothing more may come off the cart"
        return f"only {money(terms.room_minor)} may come off, {money(terms.step_minor)} each time"
