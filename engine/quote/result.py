"""The result that callers see: typed records whose fields stand in the order of the JSON keys.

Amounts are integers in minor units of `currency`. Nets are what is left to pay; allocations say
which promotion took how much, in order of application, and always add up to the discount.
"""

from typing import Any

from msgspec import UNSET, Struct, UnsetType


class Allocation(Struct, frozen=True):
    """What one promotion took off a line or shipment; on the payment a rebate is negative."""

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
    """Units given away by a promotion."""

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
    redemptions: list[dict[str, Any]]
    earned: list[dict[str, Any]]
    subtotal: int
    shipping_total: int
    discount_total: int
    tax_total: int
    grand_total: int
