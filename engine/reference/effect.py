"""A promotion and a state in, its effect out: what each action gives, clipped and capped.

Amounts come from the base (the line's net at the stage's entry, or now under `compound`); a clip
keeps every line above its floor; a cap shares `max_discount` over what the clip left.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from ...dsl.formula import ALWAYS, Formula
from ...dsl.kinds import Basis, Measure, Per, Threshold
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
    Tier,
    Volume,
)
from ..cart.checked import CheckedLine, CheckedShipment
from ..money import percent_of, share, spread
from .meaning import Scene
from .state import Effect, State
from .units import choose_rewards, count_rounds, fill_bundles, in_order, take


@dataclass(frozen=True, slots=True)
class Workshop:
    """Computes the effect of one promotion on one state; nothing is written to the state."""

    ruleset: Ruleset
    promotion: Promotion
    state: State
    taken: frozenset[int] = frozenset()  # lines an earlier member of its group has already

    def compute(self) -> Effect:
        """The effect after clip and cap."""
        effect = self.act(self.promotion.action)
        cap = self.promotion.limits.max_discount_minor
        self.clip(effect)
        requested = effect.undistributed_minor
        if requested:
            effect.undistributed_minor = requested - sum(effect.lines.values())
        if cap is not None:
            self.cap(effect, cap)
        return effect

    def act(self, action: Action) -> Effect:
        """The action's amounts before clip and cap; requested totals in `undistributed_minor`."""
        match action:
            case PercentOff() | AmountOff() | FixedPrice() | Volume():
                return self.act_on_lines(action)
            case BuyGet():
                return self.buy_get(action)
            case Bundle():
                return self.bundle(action)
            case Gift():
                return Effect(is_gift=True)
            case OrderPercent(percent_ppm, on):
                lines = self.targets(on)
                return self.spread_over(lines, self.percent(self.base_of(lines), percent_ppm))
            case OrderAmount(amount_minor, on):
                lines = self.targets(on)
                return self.spread_over(lines, min(amount_minor, self.base_of(lines)))
            case OrderVolume():
                return self.order_volume(action)
            case ShippingPercent() | ShippingAmount():
                return self.shipping(action)
            case PaymentPercent() | PaymentAmount():
                return self.payment(action)

    # Reading the state.

    def bases(self) -> Sequence[int]:
        """What a line's amounts are computed from, by position."""
        is_compound = self.promotion.basis is Basis.COMPOUND
        return self.state.nets if is_compound else self.state.entry_nets

    def base_of(self, lines: Iterable[CheckedLine]) -> int:
        """The bases of some lines together."""
        return sum(self.bases()[line.index] for line in lines)

    def targets(self, on: Formula) -> list[CheckedLine]:
        """The lines an action may touch."""
        scene = Scene(self.state.cart, self.bases())
        lines = self.state.cart.lines if on == ALWAYS else scene.lines(on)
        return [line for line in lines if line.index not in self.taken]

    def percent(self, amount_minor: int, percent_ppm: int) -> int:
        """A percentage, rounded once as the rule set says."""
        return percent_of(amount_minor, percent_ppm, self.ruleset.rounding)

    # Stage cart.

    def act_on_lines(self, action: PercentOff | AmountOff | FixedPrice | Volume) -> Effect:
        """The actions that look at each target line by itself, or at their sum first."""
        lines = self.targets(action.on)
        match action:
            case PercentOff(percent_ppm, _, None):
                return self.each(
                    lines, lambda line: self.percent(self.base_of([line]), percent_ppm)
                )
            case PercentOff(percent_ppm, _, int(max_units), pick):
                units = take(in_order(lines, pick), max_units, self.quantities(lines))
                return self.each(
                    lines,
                    lambda line: self.percent(
                        units.get(line.index, 0) * line.unit_price_minor, percent_ppm
                    ),
                )
            case AmountOff(per=Per.LINE):
                return self.each(lines, lambda line: action.amount_minor)
            case AmountOff(per=Per.UNIT):
                most = action.max_units
                units = self.quantities(lines)
                if most is not None:
                    units = take(in_order(lines, action.pick), most, units)
                return self.each(
                    lines,
                    lambda line: (
                        units.get(line.index, 0) * min(action.amount_minor, line.unit_price_minor)
                    ),
                )
            case AmountOff():
                return self.spread_over(lines, action.amount_minor)
            case FixedPrice(price_minor):
                return self.each(
                    lines,
                    lambda line: max(0, self.base_of([line]) - price_minor * line.quantity),
                )
            case Volume(measure=Measure.TOTAL):
                tier = self.tier_of(action.tiers, action.threshold, lines)
                return self.each(lines, lambda line: self.tier_amount(tier, line))
            case Volume(tiers, threshold):
                return self.each(
                    lines,
                    lambda line: self.tier_amount(self.tier_of(tiers, threshold, [line]), line),
                )
            case _:
                raise AssertionError(action)  # every form of PercentOff is above

    def each(self, lines: Iterable[CheckedLine], amount_of: Callable[[CheckedLine], int]) -> Effect:
        """An effect of one amount per line."""
        return Effect(lines={line.index: amount_of(line) for line in lines})

    def quantities(self, lines: Iterable[CheckedLine]) -> dict[int, int]:
        """All units of some lines."""
        return {line.index: line.quantity for line in lines}

    def tier_of(
        self, tiers: Sequence[Tier], threshold: Threshold, lines: Sequence[CheckedLine]
    ) -> Tier | None:
        """The highest tier that some lines reach together."""
        if threshold is Threshold.QUANTITY:
            reached = sum(line.quantity for line in lines)
        else:
            reached = self.base_of(lines)
        return next((tier for tier in reversed(tiers) if tier.threshold <= reached), None)

    def tier_amount(self, tier: Tier | None, line: CheckedLine) -> int:
        """What a stage-cart tier takes off a line."""
        if tier is None:
            return 0
        if tier.percent_ppm is not None:
            return self.percent(self.base_of([line]), tier.percent_ppm)
        assert tier.amount_minor is not None
        return min(tier.amount_minor, line.unit_price_minor) * line.quantity

    def buy_get(self, action: BuyGet) -> Effect:
        """Buy x get y: triggers and rewards among the units that are not spent."""
        state = self.state
        buy, get = self.targets(action.buy_on), self.targets(action.get_on)
        either = {line.index: line for line in (*buy, *get)}.values()
        buyable, gettable, both = (
            sum(state.unspent[line.index] for line in lines) for lines in (buy, get, either)
        )
        rounds = count_rounds(
            (buyable, gettable, both),
            action.buy_quantity,
            action.get_quantity,
            action.repeat,
            action.partial,
        )
        rewards, triggers = choose_rewards(buy, get, rounds, action.pick, state.unspent)
        effect = self.each(
            get,
            lambda line: self.percent(
                rewards.get(line.index, 0) * line.unit_price_minor, action.percent_ppm
            ),
        )
        effect.used = {
            i: rewards.get(i, 0) + triggers.get(i, 0) for i in rewards.keys() | triggers.keys()
        }
        return effect

    def bundle(self, action: Bundle) -> Effect:
        """Bundles: complete sets of unspent units, their saving shared by value taken."""
        components = [
            (in_order(self.targets(part.on), action.pick), part.quantity)
            for part in action.components
        ]
        rounds, used = fill_bundles(components, action.repeat, self.state.unspent)
        lines = [self.state.cart.lines[i] for i in used]
        values = [used[line.index] * line.unit_price_minor for line in lines]
        worth = sum(values)
        if action.percent_ppm is not None:
            total = self.percent(worth, action.percent_ppm)
        elif action.amount_minor is not None:
            total = min(worth, rounds * action.amount_minor)
        else:
            assert action.price_minor is not None
            total = max(0, worth - rounds * action.price_minor)
        parts = share(total, values, [line.id for line in lines])
        amounts = {line.index: part for line, part in zip(lines, parts, strict=True)}
        return Effect(lines=amounts, used=used)

    # Stage order, and `per: target`.

    def spread_over(self, lines: Sequence[CheckedLine], total: int) -> Effect:
        """An amount spread over lines by what is left of them, as far as there is room."""
        nets = [self.state.nets[line.index] for line in lines]
        rooms = [self.state.room(line) for line in lines]
        parts = spread(total, nets, rooms, [line.id for line in lines])
        amounts = {line.index: part for line, part in zip(lines, parts, strict=True)}
        return Effect(lines=amounts, undistributed_minor=total)

    def order_volume(self, action: OrderVolume) -> Effect:
        """Volume tiers of the order: a percentage or an amount of the lines together."""
        lines = self.targets(action.on)
        tier = self.tier_of(action.tiers, action.threshold, lines)
        if tier is None:
            return Effect()
        base = self.base_of(lines)
        if tier.percent_ppm is not None:
            return self.spread_over(lines, self.percent(base, tier.percent_ppm))
        assert tier.amount_minor is not None
        return self.spread_over(lines, min(tier.amount_minor, base))

    # Stages shipping and payment.

    def shipping(self, action: ShippingPercent | ShippingAmount) -> Effect:
        """A percentage of each shipment, or an amount shared over what is left of them."""
        state, methods = self.state, action.methods
        shipments: list[CheckedShipment] = [
            shipment
            for shipment in state.cart.shipments
            if methods is None or shipment.method in methods
        ]
        nets = [state.shipments[shipment.index] for shipment in shipments]
        if isinstance(action, ShippingPercent):
            is_compound = self.promotion.basis is Basis.COMPOUND
            bases = state.shipments if is_compound else state.entry_shipments
            parts = [self.percent(bases[s.index], action.percent_ppm) for s in shipments]
        else:
            total = min(action.amount_minor, sum(nets))
            parts = share(total, nets, [shipment.id for shipment in shipments])
        return Effect(shipments={s.index: part for s, part in zip(shipments, parts, strict=True)})

    def payment(self, action: PaymentPercent | PaymentAmount) -> Effect:
        """A rebate, at most what is still to be paid, or a surcharge."""
        base = self.state.payable_minor()
        if isinstance(action, PaymentPercent):
            amount = self.percent(base, action.percent_ppm)
        else:
            amount = action.amount_minor
        if action.is_surcharge:
            return Effect(payment_minor=amount)
        return Effect(payment_minor=-min(amount, base + self.state.adjustment_minor))

    # Limits on what comes out.

    def clip(self, effect: Effect) -> None:
        """No line below its floor, no shipment below nothing."""
        for i, amount in effect.lines.items():
            effect.lines[i] = min(amount, self.state.room(self.state.cart.lines[i]))
        for i, amount in effect.shipments.items():
            effect.shipments[i] = min(amount, self.state.shipments[i])

    def cap(self, effect: Effect, most: int) -> None:
        """No more than `max_discount`; surcharges and gifts are not limited."""
        cart = self.state.cart
        line_ids = {line.index: line.id for line in cart.lines}
        shipment_ids = {shipment.index: shipment.id for shipment in cart.shipments}
        for amounts, ids in ((effect.lines, line_ids), (effect.shipments, shipment_ids)):
            if sum(amounts.values()) > most:
                parts = share(most, list(amounts.values()), [ids[i] for i in amounts])
                amounts.update(zip(amounts, parts, strict=True))
        if effect.payment_minor < 0:
            effect.payment_minor = max(effect.payment_minor, -most)
