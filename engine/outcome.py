"""What an evaluator decides about one cart, by number: the moves, before they become a quote.

Promotions are numbers (their index in the rule set), lines and shipments are positions in the
cart. Both evaluators make an `Outcome`; `quote` turns it into the result that callers see.
"""

from dataclasses import dataclass, field
from enum import IntEnum

from ..dsl.kinds import AwardKind
from ..dsl.loyalty import ONE, Ratio


class Reason(IntEnum):
    """Why a promotion, or a coupon code, gave nothing; the order is that of the checks."""

    UNKNOWN = 1  # only for codes: no promotion has it
    INACTIVE = 2  # disabled, or outside its active window
    NO_CODE = 3  # the cart carries none of its codes
    LIMIT_REACHED = 4
    EXCLUDED_BY_EXCLUSIVE = 5
    EXCLUDED_BY_LAST = 6
    OUTRANKED = 7
    EXCLUDED_BY_SIBLING = 8
    MAX_PROMOTIONS = 9
    CONDITION = 10
    NO_EFFECT = 11

    @property
    def word(self) -> str:
        """The reason as results spell it."""
        return self.name.lower()


@dataclass(frozen=True, slots=True)
class Applied:
    """A promotion that applied. Rebates count positive, surcharges negative."""

    promotion: int
    discount_minor: int
    undistributed_minor: int = 0


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a promotion gave nothing, and the applied promotion that caused it, if one did."""

    reason: Reason
    by: int | None = None


Allocation = tuple[int, int]  # who took it (see `takers`), amount in minor units


class Shortfall(IntEnum):
    """Why a redemption was refused or clipped; the order is that of the checks."""

    UNKNOWN = 1  # no such rule, program, or issued reward
    NOT_MEMBER = 2  # the facts name the customer's programs, and this is none of them
    BY_EVENT = 3  # this reward is had by a `redeem` event, not in a cart
    ONLY_ISSUED = 4  # a rule without cost
    USED = 5  # of issued rewards
    REVOKED = 6
    EXPIRED = 7
    PAUSED = 8
    INACTIVE = 9
    TIER = 10
    CONDITION = 11
    LIMIT_REACHED = 12
    OUT_OF_STOCK = 13
    INSUFFICIENT_POINTS = 14
    OVER_LIMIT = 15
    BELOW_MINIMUM = 16

    @property
    def word(self) -> str:
        """The reason as results spell it."""
        return self.name.lower()


class NoAward(IntEnum):
    """Why an earning rule or a campaign gave nothing, or less; the order is that of the checks."""

    PAUSED = 1
    INACTIVE = 2
    NOT_MEMBER = 3
    REDEEMED = 4  # `redeeming_orders: none`, and a redemption was honoured
    LIMIT_REACHED = 5  # of `per_member`
    CONDITION = 6
    NO_EFFECT = 7
    EXCLUDED_BY_EXCLUSIVE = 8
    OVER_CAP = 9

    @property
    def word(self) -> str:
        """The reason as results spell it."""
        return self.name.lower()


@dataclass(frozen=True, slots=True)
class Redeemed:
    """One redemption request of a cart, honoured (`times` above 0) or refused.

    `rule` is the number of a burning rule in `Loyalty.burning_rules`, None for the form that names
    a program; `program` is a number too, None when the request named nothing that is known.
    """

    program: int | None
    rule: int | None
    wanted: int  # steps
    times: int  # steps given
    points: int = 0  # smallest units taken
    amount_minor: int = 0
    lines: tuple[tuple[int, int], ...] = ()  # position and amount above 0, in the cart's order
    reason: Shortfall | None = None  # why `times` is less than `wanted`


@dataclass(frozen=True, slots=True)
class Earned:
    """What one earning rule, or a campaign's bonus, gives to the member.

    Shares are whole, above 0, and sum to `amount`. `multiplier` is what the exact amount became
    times as large as it was before multipliers, over all lines.
    """

    program: int
    kind: AwardKind
    rule: int | None  # in `Loyalty.earning_rules`
    bonus: int | None  # in `Loyalty.campaigns`; one of the two
    amount: int  # smallest units of points, minor units, or stamps
    base_minor: int = 0  # of the lines that the rule saw
    multiplier: Ratio = ONE
    campaigns: tuple[int, ...] = ()  # whose multipliers touched a line of it, rising
    lines: tuple[tuple[int, int], ...] = ()  # position and share above 0, in the cart's order
    is_clipped: bool = False
    reason: NoAward | None = None  # OVER_CAP for what was rejected


@dataclass(slots=True)
class Outcome:
    """All that happened to one cart, in order of application."""

    applied: list[Applied]
    lines: list[list[Allocation]]  # by position in the cart
    shipments: list[list[Allocation]]
    payment: list[Allocation]  # signed: a rebate is negative
    warnings: list[tuple[int, int]]  # promotion, condition; in order of application
    rejections: list[tuple[int, Refusal]] = field(default_factory=list)  # index of the code
    redemptions: list[Redeemed] = field(default_factory=list)  # by request
    earned: list[Earned] = field(default_factory=list)  # by program, kind, id of rule or campaign
