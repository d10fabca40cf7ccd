"""A promotion and the reason it gave nothing in, one sentence about it out, in the shop's words."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ...dsl.formula import Formula
from ...dsl.kinds import Measure, Scope, Threshold
from ...dsl.ruleset import (
    Action,
    AmountOff,
    Bundle,
    BuyGet,
    FixedPrice,
    Gift,
    OrderAmount,
    OrderPercent,
    OrderVolume,
    PaymentAmount,
    PaymentPercent,
    PercentOff,
    Promotion,
    Ruleset,
    ShippingAmount,
    ShippingPercent,
    Volume,
)
from ..cart.checked import CheckedCart
from ..cart.facts import Facts
from ..outcome import Reason
from ..reference.candidates import NO_USES, Switchable
from ..reference.effect import Workshop
from ..reference.state import Effect, State
from .wording import Wording, count_of, list_names

LineAction = PercentOff | AmountOff | FixedPrice | Volume | OrderPercent | OrderAmount | OrderVolume


@dataclass(frozen=True, slots=True)
class Story:
    """Sentences about the promotions of one rule set on one cart."""

    ruleset: Ruleset
    cart: CheckedCart
    facts: Facts

    @property
    def wording(self) -> Wording:
        """How values read."""
        return Wording(self.ruleset)

    def tell_applied(self, promotion: Promotion, discount_minor: int) -> str:
        """What an applied promotion gave."""
        if isinstance(promotion.action, Gift):
            return f"gives {promotion.action.quantity} x {promotion.action.sku}"
        if discount_minor < 0:
            return f"adds {self.wording.money(-discount_minor)}"
        return f"gives {self.wording.money(discount_minor)}"

    def tell_refused(self, promotion: Promotion, reason: Reason) -> str:
        """Why a promotion was refused on its own account."""
        if reason is Reason.INACTIVE:
            return self.tell_inactive(promotion)
        if reason is Reason.NO_CODE:
            return f"needs {self.name_codes(promotion)}"
        if reason is Reason.LIMIT_REACHED:
            return self.tell_limits(promotion)
        assert reason is Reason.MAX_PROMOTIONS
        most, own = self.ruleset.max_promotions, promotion.stacking.max_in_cart
        if own is not None and (most is None or own <= most):
            return f"applies only with at most {count_of(own, 'promotion')} in the cart"
        return f"a cart gets at most {count_of(most or 0, 'promotion')}"

    def tell_inactive(self, one: Switchable) -> str:
        """When a promotion or another rule is active, and when the cart was placed."""
        if not one.is_enabled:
            return "switched off"
        ends = []
        if one.window.starts_at is not None:
            ends.append(f"from {self.wording.instant(one.window.starts_at)}")
        if one.window.ends_at is not None:
            ends.append(f"to {self.wording.instant(one.window.ends_at)}")
        placed_at = self.wording.instant(self.cart.placed_at_us)
        zone = self.ruleset.timezone
        return f"active {' '.join(ends)} ({zone}), the cart was placed at {placed_at}"

    def name_codes(self, promotion: Promotion) -> str:
        """The codes that open a promotion."""
        known = list_names(promotion.coupons, "or")
        pool = f"a code of pool `{promotion.coupon_pool}`"
        if promotion.coupon_pool is None:
            return f"code {known}"
        return f"code {known}, or {pool}" if known else pool

    def tell_limits(self, promotion: Promotion) -> str:
        """Which usage limits are reached."""
        limits, uses = promotion.limits, self.facts.uses.get(promotion.id, NO_USES)
        group = max(sorted(self.cart.groups), key=lambda name: uses.group.get(name, 0), default="")
        rows = (
            (uses.total, limits.total, "in total"),
            (uses.customer, limits.per_customer, "by this customer"),
            (uses.account, limits.per_account, "by this account"),
            (uses.location, limits.per_location, "at this location"),
            (uses.day, limits.per_day, "on this day"),
            (uses.group.get(group, 0), limits.per_group, f"by group `{group}`"),
        )
        reached = [
            f"used {used} of {count_of(limit, 'time')} {where}"
            for used, limit, where in rows
            if limit is not None and used >= limit
        ]
        return ", ".join(reached)

    def tell_best(self, winner: Promotion, most_minor: int, less_minor: int) -> str:
        """Who gave more in a stack group of policy `best`."""
        money = self.wording.money
        if most_minor == less_minor:
            return f"`{winner.id}` goes first and gives the same: {money(most_minor)}"
        return f"`{winner.id}` was better: {money(most_minor)} against {money(less_minor)}"

    def tell_beaten(self, promotion: Promotion, reason: Reason, winner: Promotion) -> str:
        """Which promotion stands in the way of another, and how."""
        name, stacking = f"`{winner.id}`", winner.stacking
        match reason:
            case Reason.EXCLUDED_BY_EXCLUSIVE:
                is_stage = stacking.scope is Scope.STAGE
                where = f" in stage {winner.stage.name.lower()}" if is_stage else ""
                return f"{name} is exclusive and applies alone{where}"
            case Reason.EXCLUDED_BY_LAST:
                return f"{name} lets nothing apply after it"
            case Reason.OUTRANKED:
                return f"{name} came first in stack group `{promotion.stacking.group}`"
            case Reason.EXCLUDED_BY_SIBLING:
                is_own = winner.id in promotion.stacking.excludes
                return f"it excludes {name}" if is_own else f"{name} excludes it"
            case _:
                assert reason is Reason.MAX_PROMOTIONS and stacking.max_in_cart is not None
                most = count_of(stacking.max_in_cart, "promotion")
                return f"{name} allows at most {most} in a cart"

    # Nothing came of it.

    def tell_no_effect(
        self, promotion: Promotion, state: State, effect: Effect, takers: Mapping[int, str]
    ) -> str:
        """Why a promotion whose conditions hold gives nothing.

        `state` is that of its stage's entry, `effect` the empty one it came to at its turn, and
        `takers` say which member of its group has which line.
        """
        action = promotion.action
        if names := self.who_took(promotion, state, takers):
            verb = "has" if len(names) == 1 else "have"
            listed = list_names((f"`{name}`" for name in names), "and")
            return f"{listed} {verb} taken its lines in the group `{promotion.stacking.group}`"
        match action:
            case ShippingPercent(_, methods) | ShippingAmount(_, methods):
                return self.tell_no_shipping(methods)
            case PaymentPercent() | PaymentAmount():
                return "there is nothing to pay that it could change"
            case BuyGet() | Bundle() if effect.used:
                return self.tell_worthless(action, effect)
            case BuyGet():
                buy = count_of(action.buy_quantity, "unit")
                return f"no round comes together: it needs {buy} and {action.get_quantity} more"
            case Bundle():
                return "no bundle comes together"
            case Gift():
                return "nothing to give away"
            case _:
                workshop = Workshop(self.ruleset, promotion, state, frozenset(takers))
                return self.tell_no_lines(action, workshop)

    def who_took(self, promotion: Promotion, state: State, takers: Mapping[int, str]) -> list[str]:
        """The members of a group that have all lines which one part of an action is for."""
        if not takers:
            return []
        workshop = Workshop(self.ruleset, promotion, state)
        for on in targets_of(promotion.action):
            lines = [line.index for line in workshop.targets(on)]
            if lines and all(i in takers for i in lines):
                return list(dict.fromkeys(takers[i] for i in lines))
        return []

    def tell_worthless(self, action: BuyGet | Bundle, effect: Effect) -> str:
        """Why rounds that come together give nothing."""
        if isinstance(action, Bundle) and action.price_minor is not None:
            units = sum(effect.used.values())
            rounds = units // sum(part.quantity for part in action.components)
            worth_minor = sum(
                self.cart.lines[i].unit_price_minor * taken for i, taken in effect.used.items()
            )
            price_minor = rounds * action.price_minor
            if worth_minor <= price_minor:
                money, bundles = self.wording.money, count_of(rounds, "bundle")
                return (
                    f"the units of {bundles} cost {money(worth_minor)}, "
                    f"no more than the price of {money(price_minor)}"
                )
        return "nothing is left to take off its lines"

    def tell_no_lines(self, action: LineAction, workshop: Workshop) -> str:
        """Why a promotion on lines gives nothing."""
        lines = workshop.targets(action.on)
        if not lines:
            return "no line of the cart is one it is for"
        if isinstance(action, Volume | OrderVolume):
            tier = action.tiers[0]
            groups = [[line] for line in lines]
            if isinstance(action, OrderVolume) or action.measure is Measure.TOTAL:
                groups = [lines]
            if not any(workshop.tier_of(action.tiers, action.threshold, g) for g in groups):
                is_amount = action.threshold is Threshold.AMOUNT
                first = (
                    self.wording.money(tier.threshold)
                    if is_amount
                    else count_of(tier.threshold, "unit")
                )
                return f"the first tier begins at {first}"
        return "nothing is left to take off its lines"

    def tell_no_shipping(self, methods: tuple[str, ...] | None) -> str:
        """Why a shipping promotion gives nothing."""
        shipments = self.cart.shipments
        if not any(methods is None or shipment.method in methods for shipment in shipments):
            if methods is None or not shipments:
                return "the cart has no shipment"
            return f"no shipment goes by {list_names(methods, 'or')}"
        return "shipping costs nothing already"


def targets_of(action: Action) -> Iterator[Formula]:
    """Which lines each part of an action is for."""
    match action:
        case BuyGet():
            yield from (action.buy_on, action.get_on)
        case Bundle():
            yield from (part.on for part in action.components)
        case Gift() | ShippingPercent() | ShippingAmount() | PaymentPercent() | PaymentAmount():
            return
        case _:
            yield action.on
