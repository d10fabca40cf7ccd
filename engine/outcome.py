"""What an evaluator decides about one cart, by number: the moves, before they become a quote.

Promotions are numbers (their index in the rule set), lines and shipments are positions in the
cart. Both evaluators make an `Outcome`; `quote` turns it into the result that callers see.
"""

from dataclasses import dataclass, field
from enum import IntEnum


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


Allocation = tuple[int, int]  # promotion, amount in minor units


@dataclass(slots=True)
class Outcome:
    """All that happened to one cart, in order of application."""

    applied: list[Applied]
    lines: list[list[Allocation]]  # by position in the cart
    shipments: list[list[Allocation]]
    payment: list[Allocation]  # signed: a rebate is negative
    warnings: list[tuple[int, int]]  # promotion, condition; in order of application
    rejections: list[tuple[int, Refusal]] = field(default_factory=list)  # index of the code
