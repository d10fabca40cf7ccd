"""A priced cart in, what it uses out: promotions and codes, and by which counters they count."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ...dsl.ruleset import Limits, Ruleset
from ...engine.cart.checked import CheckedCart
from ...engine.loyalty.days import spell_day
from ...engine.quote.result import Result
from .counters import TOTAL, Counter


@dataclass(frozen=True, slots=True)
class Shopper:
    """Whom and where limits count: of a cart. `member` is `members.id`; empty names nobody."""

    member: str
    account: str
    location: str
    channel: str
    groups: tuple[str, ...]  # sorted
    day: str  # of the cart on the rule set's calendar, such as 2026-07-10
    placed_at_us: int  # by which codes are expired or not

    def places(self) -> dict[str, str]:
        """By kind of limit the place in which this cart counts; groups aside."""
        named = {
            "customer": self.member,
            "account": self.account,
            "location": self.location,
            "day": self.day,
        }
        return {kind: f"{kind}/{name}" for kind, name in named.items() if name}

    def group_places(self) -> list[str]:
        """The places of the customer's groups."""
        return [f"group/{group}" for group in self.groups]


@dataclass(frozen=True, slots=True)
class Use:
    """That a cart uses a promotion. `amount_minor` is what it gave."""

    promotion: str
    limits: Limits
    codes: tuple[str, ...]  # those that opened it, in the cart's order
    pooled: tuple[str, ...]  # of them those that it does not name itself
    amount_minor: int
    warning: str  # why it should not have applied; empty where nothing was let through


def shopper_of(cart: CheckedCart, member: str) -> Shopper:
    """Whom and where the limits of a cart count."""
    return Shopper(
        member,
        cart.account or "",
        cart.location or "",
        cart.channel or "",
        tuple(sorted(cart.groups)),
        spell_day(cart.date_days),
        cart.placed_at_us,
    )


def uses_of_result(result: Result, ruleset: Ruleset) -> list[Use]:
    """What a priced cart uses, by id of the promotion."""
    codes: dict[str, list[str]] = defaultdict(list)
    for coupon in result.applied_coupons:
        for promotion in coupon.promotions:
            codes[promotion].append(coupon.code)
    warnings: dict[str, list[str]] = defaultdict(list)
    for warning in result.warnings:
        warnings[warning.promotion].append(warning.text)
    promotions = {promotion.id: promotion for promotion in ruleset.promotions}
    return [
        Use(
            one.id,
            promotions[one.id].limits,
            tuple(codes[one.id]),
            tuple(code for code in codes[one.id] if code not in promotions[one.id].coupons),
            one.discount_amount,
            "; ".join(warnings[one.id]),
        )
        for one in sorted(result.applied_promotions, key=lambda one: one.id)
    ]


def limits_of(use: Use, shopper: Shopper) -> Mapping[Counter, int | None]:
    """The counters in which a use counts, each with its limit."""
    return {Counter(use.promotion, place): most for place, most in bounds(use.limits, shopper)}


def bounds(limits: Limits, shopper: Shopper) -> Iterator[tuple[str, int | None]]:
    """The places in which a cart counts, each with the limit there."""
    most = {
        "customer": limits.per_customer,
        "account": limits.per_account,
        "location": limits.per_location,
        "day": limits.per_day,
    }
    yield TOTAL, limits.total
    for kind, place in shopper.places().items():
        yield place, most[kind]
    for place in shopper.group_places():
        yield place, limits.per_group
