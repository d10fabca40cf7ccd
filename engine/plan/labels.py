"""A rule set in, what a plan needs of it beside numbers out: names, limits, attributes, zone."""

from collections.abc import Mapping
from dataclasses import dataclass

from ...dsl.kinds import AwardKind, Kind
from ...dsl.loyalty import Award, Loyalty
from ...dsl.ruleset import Gift, Limits, Ruleset
from ..cart.facts import Facts
from ..reference.members import membership_of

LIMITS = ("total", "per_customer", "per_account", "per_location", "per_day", "per_group")


@dataclass(frozen=True, slots=True)
class LoyaltyLabels:
    """The names of loyalty, by number, and where somebody stands of whom nothing is known."""

    programs: tuple[str, ...]
    newcomer_ranks: tuple[int | None, ...]  # by program: the level of a new member
    newcomer_tiers: tuple[str | None, ...]
    rules: tuple[str, ...]  # earning rules
    cards: tuple[str | None, ...]  # of their stamps
    campaigns: tuple[str, ...]


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
    loyalty: LoyaltyLabels


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
        loyalty=loyalty_labels_of(ruleset.loyalty),
    )


def loyalty_labels_of(loyalty: Loyalty) -> LoyaltyLabels:
    """The labels of loyalty rules."""
    newcomers = [membership_of(program, Facts()) for program in loyalty.programs]
    return LoyaltyLabels(
        programs=tuple(program.id for program in loyalty.programs),
        newcomer_ranks=tuple(newcomer.rank for newcomer in newcomers),
        newcomer_tiers=tuple(newcomer.tier for newcomer in newcomers),
        rules=tuple(rule.id for rule in loyalty.earning_rules),
        cards=tuple(card_of(rule.award) for rule in loyalty.earning_rules),
        campaigns=tuple(campaign.id for campaign in loyalty.campaigns),
    )


def card_of(award: Award | None) -> str | None:
    """The card that the stamps of an award are for."""
    return award.card if award is not None and award.kind is AwardKind.STAMPS else None


def limits_of(limits: Limits) -> tuple[int | None, ...]:
    """The usage limits, in the order of LIMITS."""
    return tuple(getattr(limits, name) for name in LIMITS)
