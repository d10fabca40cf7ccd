"""A rule set and a cart in, the facts it can need out: so that a store reads no more than that."""

from msgspec import Struct

from ..dsl.formula import reads_nets
from ..dsl.ruleset import Promotion, Ruleset
from .cart.checked import CheckedCart
from .reference.candidates import is_within
from .reference.meaning import Scene


class Needs(Struct, frozen=True):
    """What to look up for one cart before it is priced."""

    cart: str
    uses: list[str]  # ids of limited promotions that can match, in order
    codes: list[str]  # codes of the cart, when the rule set has pools they may belong to


def needs_of(ruleset: Ruleset, cart: CheckedCart) -> Needs:
    """Name the usage counters and codes that pricing a cart can depend on.

    A promotion is left out when it is disabled, outside its window, lacks its code, or has a hard
    condition that is false whatever other promotions do.
    """
    has_pools = any(promotion.coupon_pool is not None for promotion in ruleset.promotions)
    return Needs(
        cart=cart.id,
        uses=[p.id for p in ruleset.promotions if is_limited(p) and can_match(p, cart)],
        codes=list(cart.codes) if has_pools else [],
    )


def is_limited(promotion: Promotion) -> bool:
    """Whether a promotion has a limit that a usage counter is compared with."""
    limits = promotion.limits
    counted = (
        limits.total,
        limits.per_customer,
        limits.per_account,
        limits.per_location,
        limits.per_group,
        limits.per_day,
    )
    return any(limit is not None for limit in counted)


def can_match(promotion: Promotion, cart: CheckedCart) -> bool:
    """Whether a promotion may apply to a cart, as far as the cart alone tells."""
    if not promotion.is_enabled or not is_within(promotion.window, cart.placed_at_us):
        return False
    if promotion.coupon_pool is None and promotion.coupons:
        if not set(cart.codes) & set(promotion.coupons):
            return False
    elif promotion.coupon_pool is not None and not cart.codes:
        return False
    scene = Scene(cart, [line.gross_minor for line in cart.lines])
    return all(
        condition.is_soft or reads_nets(condition.formula) or scene.holds(condition.formula)
        for condition in promotion.conditions
    )
