"""The result that callers see: typed records whose fields stand in the order of the JSON keys.

Amounts are integers in minor units of `currency`. Nets are what is left to pay; allocations say
which promotion took how much, in order of application, and always add up to the discount.
"""

from msgspec import UNSET, Struct, UnsetType


class Allocation(Struct, frozen=True):
    """What one promotion took off a line or shipment; on the payment a rebate is negative.

    Redemptions have stage 250; their `rule` is a burning rule, or a program.
    """

    rule: str
    stage: int
    amount: int


class LineResult(Struct, frozen=True):
    """A line of the cart, or a shipment: gross - discount = net."""

    id: str
    gross: int
    discount: int
    net: int
    allocations: list[Allocation]


class PaymentResult(Struct, frozen=True):
    """What stage payment adds to the total: negative for a rebate, positive for a surcharge."""

    adjustment: int
    allocations: list[Allocation]


class GiftResult(Struct, frozen=True):
    """Units given away by a promotion, or as an issued reward."""

    rule: str
    sku: str
    quantity: int


class AppliedPromotion(Struct, frozen=True):
    """A promotion that applied; `undistributed` is what found no room on the lines."""

    id: str
    stage: int
    discount_amount: int
    undistributed: int


class AppliedCoupon(Struct, frozen=True):
    """A code of the cart and the applied promotions it opened."""

    code: str
    promotions: list[str]
    discount_amount: int


class RejectedCoupon(Struct, frozen=True):
    """A code of the cart that gave nothing, why, and the applied promotion that caused it."""

    code: str
    reason: str
    by: str | UnsetType = UNSET


class Warning(Struct, frozen=True):
    """A softened condition that is false on a promotion that applied."""

    promotion: str
    condition: int  # counts from 0
    text: str


class LineAmount(Struct, frozen=True):
    """What a redemption took off a line."""

    id: str
    amount: int


class RedemptionResult(Struct, frozen=True):
    """What became of a request to redeem.

    `status` is `honoured`, `clipped` (less than was `wanted`) or `refused`; `times` are the steps
    given, `points` what they took in smallest units, `amount` what came off. `program` and `rule`
    are what the request named, or what it turned out to be about; `rule` is null for points of a
    program at its own rate.
    """

    program: str | None
    rule: str | None
    issued: str | None
    status: str
    wanted: int
    times: int
    points: int
    amount: int
    lines: list[LineAmount]
    reason: str | UnsetType = UNSET  # unless it was honoured


class LineShare(Struct, frozen=True):
    """What is earned on a line."""

    id: str
    share: int


class EarnedResult(Struct, frozen=True, kw_only=True):
    """What an earning rule, or a campaign's bonus, gives: `amount` in smallest units of points, in
    minor units of cashback, or stamps on a `card`.

    `base` is that of the lines the rule saw, `multiplier` what all multipliers came to together, as
    a fraction. `shares` of the lines sum to `amount`, unless it is on no line.
    """

    program: str
    rule: str
    kind: str
    card: str | UnsetType = UNSET  # of stamps
    amount: int
    base: int
    multiplier: str
    campaigns: list[str]
    lines: list[LineShare]
    clipped: bool
    reason: str | UnsetType = UNSET  # of what was rejected


class Result(Struct, frozen=True):
    """A priced cart: grand_total = subtotal + shipping - discounts + adjustment + tax."""

    cart: str
    currency: str
    ruleset: str
    lines: list[LineResult]
    shipments: list[LineResult]
    payment: PaymentResult
    gifts: list[GiftResult]
    applied_promotions: list[AppliedPromotion]
    applied_coupons: list[AppliedCoupon]
    rejected_coupons: list[RejectedCoupon]
    warnings: list[Warning]
    redemptions: list[RedemptionResult]
    earned: list[EarnedResult]
    subtotal: int
    shipping_total: int
    discount_total: int
    tax_total: int
    grand_total: int
