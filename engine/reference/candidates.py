"""A promotion, a cart and facts in: whether it may be considered at all, or why not."""

from typing import Protocol

from ...dsl.ruleset import Promotion, Window
from ..cart.checked import CheckedCart
from ..cart.facts import Facts, Uses
from ..outcome import Reason

NO_USES = Uses()


def refuse_candidate(promotion: Promotion, cart: CheckedCart, facts: Facts) -> Reason | None:
    """Why a promotion is no candidate for this cart; None when it is one."""
    if not is_active(promotion, cart.placed_at_us):
        return Reason.INACTIVE
    if promotion.needs_code and not has_code(promotion, cart, facts):
        return Reason.NO_CODE
    if is_limit_reached(promotion, cart, facts):
        return Reason.LIMIT_REACHED
    return None


class Switchable(Protocol):
    """What can be switched off, and has a window in which it is active."""

    @property
    def is_enabled(self) -> bool:
        """Whether it is switched on."""

    @property
    def window(self) -> Window:
        """When it is active."""


def is_active(one: Switchable, instant_us: int) -> bool:
    """Whether something is switched on and an instant lies in its window."""
    return one.is_enabled and is_within(one.window, instant_us)


def is_within(window: Window, instant_us: int) -> bool:
    """Whether an instant lies in a window, its start included and its end not."""
    has_begun = window.starts_at is None or window.starts_at <= instant_us
    return has_begun and (window.ends_at is None or instant_us < window.ends_at)


def has_code(promotion: Promotion, cart: CheckedCart, facts: Facts) -> bool:
    """Whether the cart carries one of a promotion's codes, or one of its pool."""
    pool = promotion.coupon_pool
    return any(
        code in promotion.coupons or (pool is not None and facts.codes.get(code) == pool)
        for code in cart.codes
    )


def is_limit_reached(promotion: Promotion, cart: CheckedCart, facts: Facts) -> bool:
    """Whether a usage counter of the facts has come to a limit.

    Of the counters by group the largest among the customer's groups counts.
    """
    uses, limits = facts.uses.get(promotion.id, NO_USES), promotion.limits
    group = max((uses.group.get(name, 0) for name in cart.groups), default=0)
    pairs = (
        (uses.total, limits.total),
        (uses.customer, limits.per_customer),
        (uses.account, limits.per_account),
        (uses.location, limits.per_location),
        (uses.day, limits.per_day),
        (group, limits.per_group),
    )
    return any(limit is not None and used >= limit for used, limit in pairs)
