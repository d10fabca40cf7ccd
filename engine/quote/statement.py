"""The loyalty part of an explanation: typed records that account for every point of a cart.

Amounts of points are in smallest units, money in minor units. What is exact, before the one
rounding, is a fraction in the same units, as text: `117/2`.
"""

from msgspec import Struct

from ..loyalty.answers import NextTier
from .conditions import ConditionExplanation


class LineMultiplier(Struct, frozen=True):
    """What multiplied on a line, and by how much."""

    by: str  # a tier, or a campaign
    multiplier: str


class LineAward(Struct, frozen=True):
    """What an award came to on one line, phase by phase."""

    id: str
    base: int
    before: str
    multipliers: list[LineMultiplier]  # a tier that changes nothing is left out
    multiplier: str  # what they come to together
    multiplied: str
    exact: str  # within all caps
    share: int


class AwardExplanation(Struct, frozen=True):
    """What an earning rule, or a campaign, came to, and why.

    `outcome` is `earned`, or the reason why it gave nothing; of a campaign that multiplies
    `applied`. `before` is the exact amount before multipliers, `multiplied` after them, `own`
    within the rule's own cap, `exact` within that of the order too.
    """

    id: str
    name: str
    form: str  # rule, bonus or multiplier
    kind: str | None  # points, cashback or stamps; null for a multiplier
    terms: str  # `1 Star per 1.00 USD`
    way: str | None  # rate, steps, per_unit, fixed, event or tier; null for a campaign
    counted: str  # how it was counted for all lines together, where that was done
    outcome: str
    detail: str
    conditions: list[ConditionExplanation]
    amount: int
    base: int
    before: str
    multiplied: str
    own: str
    exact: str
    lines: list[LineAward]


class RoundingExplanation(Struct, frozen=True):
    """The one rounding of all that an order earns of a kind."""

    kind: str
    exact: str
    rounding: str
    amount: int


class LimitExplanation(Struct, frozen=True):
    """How many steps something allows, by the reason it would be refused for."""

    reason: str
    most: int


class RequestExplanation(Struct, frozen=True):
    """A request to redeem: what it wanted, and what kept it from that."""

    request: str
    status: str
    reason: str | None
    detail: str
    conditions: list[ConditionExplanation]
    wanted: int
    times: int
    points: int
    amount: int
    limits: list[LimitExplanation]


class OfferExplanation(Struct, frozen=True):
    """What could be redeemed besides what was asked for.

    `rule` is null for points at the program's own rate. `way` is `cart` or `event`; `outcome` is
    `possible`, or why it is not. `times` steps of `points` each can be redeemed now, for `amount`
    off in all; `missing` is how many points short it is.
    """

    program: str
    rule: str | None
    name: str
    terms: str  # `2.00 USD off`
    way: str
    outcome: str
    detail: str
    conditions: list[ConditionExplanation]
    points: int
    times: int
    amount: int
    missing: int


class NextReward(Struct, frozen=True):
    """The cheapest that the balance does not reach, and what is missing."""

    rule: str | None
    points: int
    missing: int


class ProgramExplanation(Struct, frozen=True):
    """The customer in one program, and what this cart means there.

    `tier` is the one held, `earns_at` that at which this order earns. `next_tier` and `next_reward`
    are null at the top and where nothing is out of reach.
    """

    id: str
    name: str
    points_name: str
    scale: int
    multipliers: str  # how they go together: multiply, add or max
    is_member: bool
    tier: str | None
    earns_at: str | None
    balance: int
    redeemed: int
    earned: int
    next_tier: NextTier | None
    next_reward: NextReward | None
    awards: list[AwardExplanation]  # rules by priority and id, then campaigns
    roundings: list[RoundingExplanation]
    offers: list[OfferExplanation]


class Statement(Struct, frozen=True):
    """Everything that loyalty rules did with a cart."""

    programs: list[ProgramExplanation]
    redemptions: list[RequestExplanation]  # by request
