"""The shape of `then` in, a checked action out: which keys make an action, and go with it."""

from collections.abc import Callable

from .._maker import maker_of
from ..expression.checker import Checker
from ..formula import ALWAYS, Formula
from ..kinds import PPM, Measure, Per, Pick, Stage, Threshold
from ..problems import Problems
from ..ruleset import (
    Action,
    AmountOff,
    Bundle,
    BuyGet,
    Component,
    FixedPrice,
    Gift,
    OrderAmount,
    OrderPercent,
    OrderVolume,
    PaymentAmount,
    PaymentPercent,
    PercentOff,
    ShippingAmount,
    ShippingPercent,
    Tier,
    Volume,
)
from ..source import Span
from ..tree.nodes import Mapping, Scalar
from .document import ActionShape, ComponentShape, TierShape
from .shape import quote_all

# The keys that name an action, with the stages they live in and what may stand beside them there.
OPTIONS: dict[str, dict[Stage, tuple[str, ...]]] = {
    "percent_off": {
        Stage.CART: ("on", "max_units", "pick"),
        Stage.ORDER: ("on",),
        Stage.SHIPPING: ("methods",),
        Stage.PAYMENT: (),
    },
    "amount_off": {
        Stage.CART: ("per", "on", "max_units", "pick"),
        Stage.ORDER: ("on",),
        Stage.SHIPPING: ("methods",),
        Stage.PAYMENT: (),
    },
    "fixed_price": {Stage.CART: ("on",)},
    "volume": {Stage.CART: ("measure", "on"), Stage.ORDER: ("on",)},
    "buy": {Stage.CART: ("get", "repeat", "pick", "partial")},
    "bundle": {Stage.CART: ("percent_off", "amount_off", "price", "repeat", "pick")},
    "gift": {Stage.CART: ()},
    "free_shipping": {Stage.SHIPPING: ()},
    "percent_surcharge": {Stage.PAYMENT: ()},
    "amount_surcharge": {Stage.PAYMENT: ()},
}
UNIT_ACTIONS = ("percent_off", "amount_off")  # on some units, when `max_units` says how many
make_amount_off = maker_of(AmountOff)
make_buy_get = maker_of(BuyGet)
make_percent_off = maker_of(PercentOff)
make_tier = maker_of(Tier)
BUNDLE_PRICES = ("percent_off", "amount_off", "price")


class ActionBuilder:
    """Builds the actions of one rule set."""

    def __init__(self, checker: Checker, problems: Problems) -> None:
        self.checker = checker
        self.problems = problems
        # The names of actions by stage and keys that go together, whatever their values are.
        self.usual: dict[tuple[Stage, tuple[str, ...]], str] = {}

    def build(self, shape: ActionShape, stage: Stage, key: Scalar) -> Action | None:
        """The action of a promotion in a stage; None when problems were added instead.

        `key` is where `then` stands.
        """
        keys = (stage, tuple(shape.node.keys))
        name = self.usual.get(keys)
        if name is None:
            name = self.choose_action(shape.node, stage, key.span)
            if name is None or not self.has_right_options(shape, name, stage):
                return None
            if shape.max_units is None:
                self.usual[keys] = name
        match stage:
            case Stage.CART:
                return BUILDERS[name](self, shape)
            case Stage.ORDER:
                return self.build_order(shape, name)
            case Stage.SHIPPING:
                return self.build_shipping(shape)
            case Stage.PAYMENT:
                return self.build_payment(shape)

    def choose_action(self, node: Mapping, stage: Stage, place: Span) -> str | None:
        """The one key that names the action, if there is one and it lives in the stage."""
        names = [name for name in node.keys if name in OPTIONS]
        if "bundle" in names:
            names = [name for name in names if name not in BUNDLE_PRICES]
        if not names:
            known = [name for name, stages in OPTIONS.items() if stage in stages]
            help = f"the actions of stage {stage.name.lower()} are {quote_all(known)}"
            if "get" in node.keys:
                help = "`get` goes with `buy`"
            self.problems.add("R301", place, help=help)
            return None
        name = names[0]
        if len(names) > 1:
            span = node.keys[names[1]].span
            help = "make a promotion for each"
            self.problems.add("R302", span, first=name, second=names[1], help=help)
            return None
        if stage not in OPTIONS[name]:
            stages = [home.name.lower() for home in OPTIONS[name]]
            help = f"it lives in {quote_all(f'stage: {home}' for home in stages)}"
            shown = stage.name.lower()
            self.problems.add("R303", node.keys[name].span, key=name, stage=shown, help=help)
            return None
        return name

    def has_right_options(self, shape: ActionShape, name: str, stage: Stage) -> bool:
        """Whether all other keys go with the action, and with each other."""
        allowed = OPTIONS[name][stage]
        wrong = [key for key in shape.node.keys if key not in allowed and key != name]
        if wrong:
            beside = f"{quote_all(allowed)} can stand beside it" if allowed else "it stands alone"
            action = f"`{name}` in stage {stage.name.lower()}"
            self.report_options(shape.node, wrong, action, beside)
        elif name == "amount_off" and shape.max_units is not None and shape.per is not Per.UNIT:
            wrong = ["max_units"]
            what = "an amount per line or target"
            self.report_options(shape.node, wrong, what, "write `per: unit` as well")
        elif name in UNIT_ACTIONS and shape.pick is not None and shape.max_units is None:
            wrong = ["pick"]
            help = "write `max_units` as well, or delete it"
            self.report_options(shape.node, wrong, "all units", help)
        return not wrong

    def report_options(self, node: Mapping, wrong: list[str], action: str, help: str) -> None:
        """Add the problems of keys that do not go with an action."""
        for key in wrong:
            self.problems.add("R304", node.keys[key].span, key=key, action=action, help=help)

    def read_on(self, on: Scalar | None) -> Formula:
        """The predicate of target lines. A wrong one is reported and stands for every line."""
        return ALWAYS if on is None else self.checker.line_predicate(on) or ALWAYS

    def build_percent(self, shape: ActionShape) -> Action:
        """`percent_off` of stage cart."""
        assert shape.percent_off is not None
        pick = shape.pick or Pick.CHEAPEST
        return make_percent_off(shape.percent_off, self.read_on(shape.on), shape.max_units, pick)

    def build_amount(self, shape: ActionShape) -> Action:
        """`amount_off` of stage cart."""
        assert shape.amount_off is not None
        on = self.read_on(shape.on)
        per, pick = shape.per or Per.LINE, shape.pick or Pick.CHEAPEST
        return make_amount_off(shape.amount_off, per, on, shape.max_units, pick)

    def build_fixed_price(self, shape: ActionShape) -> Action:
        """`fixed_price`."""
        assert shape.fixed_price is not None
        return FixedPrice(shape.fixed_price, self.read_on(shape.on))

    def build_volume(self, shape: ActionShape) -> Action | None:
        """`volume` of stage cart."""
        on = self.read_on(shape.on)
        scale = self.build_tiers(shape)
        return scale and Volume(*scale, shape.measure or Measure.TOTAL, on)

    def build_buy(self, shape: ActionShape) -> Action | None:
        """`buy` with `get`."""
        buy, get = shape.buy, shape.get
        assert buy is not None
        buy_on = self.read_on(buy.on)
        if get is None:
            span = shape.node.keys["buy"].span
            self.problems.add("R204", span, owner="an action with `buy`", key="get")
            return None
        get_on = buy_on if get.on is None else self.read_on(get.on)
        return make_buy_get(
            buy.quantity,
            get.quantity,
            buy_on,
            get_on,
            get.percent_off,
            shape.repeat,
            shape.pick or Pick.CHEAPEST,
            shape.partial or False,
        )

    def build_bundle(self, shape: ActionShape) -> Action | None:
        """`bundle`."""
        assert shape.bundle is not None
        components = tuple(map(self.build_component, shape.bundle))
        place = shape.node.keys["bundle"].span
        if not self.has_one(shape.node, BUNDLE_PRICES, "a bundle", place):
            return None
        return Bundle(
            components,
            shape.percent_off,
            shape.amount_off,
            shape.price,
            shape.repeat,
            shape.pick or Pick.CHEAPEST,
        )

    def build_component(self, shape: ComponentShape) -> Component:
        """One component of a bundle."""
        return Component(shape.quantity, self.read_on(shape.on))

    def build_gift(self, shape: ActionShape) -> Action:
        """`gift`."""
        assert shape.gift is not None
        return Gift(shape.gift.sku, shape.gift.quantity)

    def build_order(self, shape: ActionShape, name: str) -> Action | None:
        """An action of stage order."""
        on = self.read_on(shape.on)
        if name == "volume":
            scale = self.build_tiers(shape)
            return scale and OrderVolume(*scale, on)
        if shape.percent_off is not None:
            return OrderPercent(shape.percent_off, on)
        assert shape.amount_off is not None
        return OrderAmount(shape.amount_off, on)

    def build_shipping(self, shape: ActionShape) -> Action:
        """An action of stage shipping. Free shipping is 100 % off."""
        written = shape.methods if shape.free_shipping is None else shape.free_shipping.methods
        methods = None if written is None else tuple(sorted(set(written)))
        if shape.amount_off is not None:
            return ShippingAmount(shape.amount_off, methods)
        return ShippingPercent(PPM if shape.percent_off is None else shape.percent_off, methods)

    def build_payment(self, shape: ActionShape) -> Action:
        """An action of stage payment."""
        if shape.percent_off is not None:
            return PaymentPercent(shape.percent_off)
        if shape.percent_surcharge is not None:
            return PaymentPercent(shape.percent_surcharge, is_surcharge=True)
        if shape.amount_off is not None:
            return PaymentAmount(shape.amount_off)
        assert shape.amount_surcharge is not None
        return PaymentAmount(shape.amount_surcharge, is_surcharge=True)

    def build_tiers(self, shape: ActionShape) -> tuple[tuple[Tier, ...], Threshold] | None:
        """The tiers of a volume and what they count; None when problems were added instead."""
        assert shape.volume is not None
        place = shape.node.keys["volume"].span
        tiers = [self.build_tier(tier, place) for tier in shape.volume]
        first_measure = measure_of(shape.volume[0])
        before: tuple[int, str] | None = None
        is_right = True
        for tier, built in zip(shape.volume, tiers, strict=True):
            measure = measure_of(tier)
            if built is None or measure is None or first_measure is None:
                is_right = False
                continue
            written = tier.node.values[measure]
            assert isinstance(written, Scalar)
            if measure != first_measure:
                span = tier.node.keys[measure].span
                self.problems.add("R307", span, first="min_quantity", second="min_amount")
                is_right = False
            elif before is not None and built.threshold <= before[0]:
                help = "each tier begins above the one before it"
                words = {"threshold": written.text, "before": before[1]}
                self.problems.add("R306", written.span, help=help, **words)
                is_right = False
            before = (built.threshold, written.text)
        if not is_right:
            return None
        threshold = Threshold.QUANTITY if first_measure == "min_quantity" else Threshold.AMOUNT
        return tuple(tier for tier in tiers if tier is not None), threshold

    def build_tier(self, shape: TierShape, place: Span) -> Tier | None:
        """One tier; None when problems were added instead."""
        place = shape.node.span if shape.node.is_flow else place
        has_threshold = self.has_one(shape.node, ("min_quantity", "min_amount"), "a tier", place)
        has_price = self.has_one(shape.node, ("percent_off", "amount_off"), "a tier", place)
        if not has_threshold or not has_price:
            return None
        threshold = shape.min_amount if shape.min_quantity is None else shape.min_quantity
        assert threshold is not None
        return make_tier(threshold, shape.percent_off, shape.amount_off)

    def has_one(self, node: Mapping, keys: tuple[str, ...], owner: str, place: Span) -> bool:
        """Whether exactly one of some keys is written."""
        written = [key for key in node.keys if key in keys]
        if len(written) == 1:
            return True
        span = node.keys[written[1]].span if written else place
        self.problems.add("R305", span, owner=owner, keys=quote_all(keys))
        return False


def measure_of(tier: TierShape) -> str | None:
    """The key that says where a tier begins."""
    return next((key for key in tier.node.keys if key in ("min_quantity", "min_amount")), None)


BUILDERS: dict[str, Callable[[ActionBuilder, ActionShape], Action | None]] = {
    "percent_off": ActionBuilder.build_percent,
    "amount_off": ActionBuilder.build_amount,
    "fixed_price": ActionBuilder.build_fixed_price,
    "volume": ActionBuilder.build_volume,
    "buy": ActionBuilder.build_buy,
    "bundle": ActionBuilder.build_bundle,
    "gift": ActionBuilder.build_gift,
}
