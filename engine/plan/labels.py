"""A rule set in, what a plan needs of it beside numbers out: names, limits, attributes, zone."""

from collections.abc import Mapping
from dataclasses import dataclass

from ...dsl.kinds import Kind
from ...dsl.ruleset import Gift, Limits, Ruleset

LIMITS = ("total", "per_customer", "per_account", "per_location", "per_day", "per_group")


@dataclass(frozen=True, slots=True)
class Labels:
    """What readers and writers of carts and results know of a rule set. Plain data."""

    hash: str
    currency: str
    timezone: str
    ids: tuple[str, ...]  # by promotion
    gifts: Mapping[int, tuple[str, int]]  # by promotion: sku and quantity
    pools: frozenset[str]
    limits: Mapping[str, tuple[int | None, ...]]  # by promotion id, in the order of LIMITS
    attributes: tuple[tuple[str, Kind], ...]  # declared ones, by full name


def labels_of(ruleset: Ruleset) -> Labels:
    """The labels of a rule set."""
    promotions = ruleset.promotions
    limits = {id(promotion.limits): promotion.limits for promotion in promotions}
    counted = {key for key, each in limits.items() if each.counted}
    return Labels(
        hash=ruleset.hash,
        currency=ruleset.currency,
        timezone=ruleset.timezone,
        ids=tuple(promotion.id for promotion in promotions),
        gifts={
            number: (promotion.action.sku, promotion.action.quantity)
            for number, promotion in enumerate(promotions)
            if isinstance(promotion.action, Gift)
        },
        pools=frozenset(p.coupon_pool for p in promotions if p.coupon_pool is not None),
        limits={p.id: limits_of(p.limits) for p in promotions if id(p.limits) in counted},
        attributes=tuple((name, each.kind) for name, each in ruleset.attributes.items()),
    )


def limits_of(limits: Limits) -> tuple[int | None, ...]:
    """The usage limits, in the order of LIMITS."""
    return tuple(getattr(limits, name) for name in LIMITS)
