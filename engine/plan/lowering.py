"""A rule set in, its plan out: every promotion becomes a row of integers."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from ...dsl.formula import Formula
from ...dsl.kinds import Basis, Measure, Mode, Per, Pick, Policy, Rounding, Scope, Stage, Threshold
from ...dsl.ruleset import (
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
from .assembly import Cells, assemble
from .index import build_index
from .keys import targets_of
from .labels import labels_of
from .plan import (
    AGGREGATE,
    COMPONENT,
    CONDITION,
    GROUP,
    NODE,
    NOTHING,
    SELECTOR,
    TERM,
    TIER,
    ActionOp,
    FunctionOp,
    Layout,
    ModeOp,
    Plan,
    PolicyOp,
    Records,
)
from .symbols import SymbolTable
from .tables import Row, Tables, prefix_slots_of

STAGE_NUMBERS = {stage: number for number, stage in enumerate(Stage)}
ROUNDINGS = list(Rounding)
EVER = (-(2**63), 2**63 - 1)  # an open window, as two instants


def lower(ruleset: Ruleset) -> Plan:
    """Make the plan of a rule set. Promotions keep their numbers."""
    return Lowering(ruleset).lower()


@dataclass(slots=True)
class Lowering:
    """One lowering under way: the tables that promotions share, growing."""

    ruleset: Ruleset
    tables: Tables = field(default_factory=Tables)
    conditions: list[Row] = field(default_factory=list)
    tiers: list[Row] = field(default_factory=list)
    components: list[Row] = field(default_factory=list)
    methods: list[int] = field(default_factory=list)
    excluded: list[int] = field(default_factory=list)
    groups: dict[tuple[str, Stage], list[int]] = field(default_factory=dict)
    group_numbers: dict[tuple[str, Stage], int] = field(default_factory=dict)
    ranks: list[int] = field(init=False)
    numbers: dict[str, int] = field(init=False)

    def __post_init__(self) -> None:
        promotions = self.ruleset.promotions
        self.ranks = ranks_of(promotions)
        self.numbers = {promotion.id: number for number, promotion in enumerate(promotions)}

    def lower(self) -> Plan:
        """The whole plan."""
        ruleset, tables = self.ruleset, self.tables
        tables.prefix_slots = prefix_slots_of(formulas_of(ruleset.promotions))
        rows = [self.row_of(number, p) for number, p in enumerate(ruleset.promotions)]
        actions = [self.action_cells(promotion) for promotion in ruleset.promotions]
        index = build_index(ruleset.promotions, tables)
        promotions = assemble(rows, actions, index)
        members: list[int] = []
        groups = [self.group_row(key, members) for key in self.groups]
        return Plan(
            layout=self.layout(),
            symbols=SymbolTable.of(tables.symbols),
            nodes=records(tables.nodes, NODE),
            terms=records(tables.terms, TERM),
            aggregates=records(tables.aggregates, AGGREGATE),
            selectors=records(tables.selectors, SELECTOR),
            conditions=records(self.conditions, CONDITION),
            tiers=records(self.tiers, TIER),
            components=records(self.components, COMPONENT),
            groups=records(groups, GROUP),
            promotions=promotions,
            args=np.array(tables.args, np.int32),
            methods=np.array(self.methods, np.int32),
            excluded=np.array(self.excluded, np.int32),
            members=np.array(members, np.int32),
            residuals=index.gates.residuals,
            always=index.always,
            channels=index.channels,
            post_starts=index.post_starts,
            posts=index.posts,
            badges=index.gates.badges,
            badge_bits=index.gates.badge_bits,
            slices=index.gates.slices,
            levels=index.gates.levels,
            level_slot=index.gates.level_slot,
            rounding=ROUNDINGS.index(ruleset.rounding),
            max_promotions=or_nothing(ruleset.max_promotions),
            line_floor_minor=ruleset.line_floor_minor,
            labels=labels_of(ruleset),
        )

    def layout(self) -> Layout:
        """The columns that were asked for."""
        slots = self.tables.slots
        return Layout(
            cart_numbers=slots["number", False].slots(),
            cart_texts=slots["text", False].slots(),
            cart_sets=slots["set", False].slots(),
            line_numbers=slots["number", True].slots(),
            line_texts=slots["text", True].slots(),
            line_sets=slots["set", True].slots(),
            has_distinct_skus=any(
                function == FunctionOp.DISTINCT_SKUS for _, function, *_ in self.tables.aggregates
            ),
        )

    def group_row(self, key: tuple[str, Stage], members: list[int]) -> Row:
        """The row of a group within a stage; appends its members."""
        first = len(members)
        members.extend(self.groups[key])
        return self.policy_of(key[0]), first, len(members)

    def policy_of(self, name: str | None) -> PolicyOp:
        """Who wins in a group; without one, everybody."""
        if name is None:
            return PolicyOp.ALL
        group = self.ruleset.stack_groups[name]
        return {
            Policy.PRIORITY: PolicyOp.PRIORITY_LINE if group.is_line_scoped else PolicyOp.PRIORITY,
            Policy.BEST: PolicyOp.BEST,
            Policy.ALL: PolicyOp.ALL,
        }[group.policy]

    # Promotions.

    def row_of(self, number: int, promotion: Promotion) -> Row:
        """What every promotion has, in the order of `assembly.COMMON`."""
        window, limits, stacking = promotion.window, promotion.limits, promotion.stacking
        conditions = [
            (self.tables.node(each.formula), each.is_soft) for each in promotion.conditions
        ]
        excluded = self.excluded_by(promotion)
        self.conditions.extend(conditions)
        self.excluded.extend(excluded)
        return (
            EVER[0] if window.starts_at is None else window.starts_at,
            EVER[1] if window.ends_at is None else window.ends_at,
            or_nothing(limits.max_discount_minor),
            or_nothing(stacking.max_in_cart),
            STAGE_NUMBERS[promotion.stage],
            mode_of(promotion),
            self.group_of(number, promotion),
            self.policy_of(stacking.group),
            self.ranks[number],
            promotion.is_enabled,
            0 in limits.counted,
            promotion.basis is Basis.COMPOUND,
            promotion.needs_code,
            any(is_soft for _, is_soft in conditions),
            len(self.conditions) - len(conditions),
            len(self.conditions),
            len(self.excluded) - len(excluded),
            len(self.excluded),
        )

    def group_of(self, number: int, promotion: Promotion) -> int:
        """The number of a promotion's group within its stage, or NOTHING."""
        if promotion.stacking.group is None:
            return NOTHING
        key = promotion.stacking.group, promotion.stage
        members = self.groups.setdefault(key, [])
        members.append(number)
        return self.group_numbers.setdefault(key, len(self.group_numbers))

    def excluded_by(self, promotion: Promotion) -> list[int]:
        """The numbers of the promotions that one excludes."""
        return sorted(self.numbers[name] for name in promotion.stacking.excludes)

    def range_of(self, name: str, table: list[int], numbers: Iterable[int]) -> Cells:
        """Append to a table; the cells that hold the range written."""
        first = len(table)
        table.extend(numbers)
        return {f"first_{name}": first, f"last_{name}": len(table)}

    # Actions.

    def action_cells(self, promotion: Promotion) -> Cells:
        """The cells of a promotion's action."""
        match promotion.action:
            case PercentOff() | AmountOff() | FixedPrice() | Volume() as action:
                cells = self.line_cells(action)
            case BuyGet() as action:
                cells = buy_get_cells(action)
            case Bundle() as action:
                return self.bundle_cells(action)
            case Gift():
                cells = {"action": ActionOp.GIFT}
            case OrderPercent(percent_ppm):
                cells = {"action": ActionOp.ORDER_PERCENT, "percent_ppm": percent_ppm}
            case OrderAmount(amount_minor):
                cells = {"action": ActionOp.ORDER_AMOUNT, "amount_minor": amount_minor}
            case OrderVolume(tiers, threshold):
                cells = {"action": ActionOp.ORDER_VOLUME, **self.tier_cells(tiers, threshold)}
            case ShippingPercent() | ShippingAmount() as action:
                return self.shipping_cells(action)
            case PaymentPercent() | PaymentAmount() as action:
                cells = payment_cells(action)
        selectors = [self.tables.selector(on) for on in targets_of(promotion)]
        return cells | dict(zip(("on", "get_on"), selectors, strict=False))

    def line_cells(self, action: PercentOff | AmountOff | FixedPrice | Volume) -> Cells:
        """The cells of an action on each target line."""
        match action:
            case PercentOff(percent_ppm, _, max_units, pick):
                by_units = max_units is not None
                return {
                    "action": ActionOp.PERCENT_UNITS if by_units else ActionOp.PERCENT_LINE,
                    "percent_ppm": percent_ppm,
                    "max_units": or_nothing(max_units),
                    "is_dearest": pick is Pick.DEAREST,
                }
            case AmountOff(amount_minor, per, _, max_units, pick):
                return {
                    "action": AMOUNT_OPS[per],
                    "amount_minor": amount_minor,
                    "max_units": or_nothing(max_units),
                    "is_dearest": pick is Pick.DEAREST,
                }
            case FixedPrice(price_minor):
                return {"action": ActionOp.FIXED_PRICE, "price_minor": price_minor}
            case Volume(tiers, threshold, measure):
                return {
                    "action": ActionOp.VOLUME,
                    "is_by_line": measure is Measure.LINE,
                    **self.tier_cells(tiers, threshold),
                }

    def shipping_cells(self, action: ShippingPercent | ShippingAmount) -> Cells:
        """The cells of an action on shipments."""
        methods = self.method_cells(action.methods)
        if isinstance(action, ShippingPercent):
            op = ActionOp.SHIPPING_PERCENT
            return {"action": op, "percent_ppm": action.percent_ppm, **methods}
        op = ActionOp.SHIPPING_AMOUNT
        return {"action": op, "amount_minor": action.amount_minor, **methods}

    def tier_cells(self, tiers: Sequence[Tier], threshold: Threshold) -> Cells:
        """Write volume tiers."""
        first = len(self.tiers)
        self.tiers.extend(
            (tier.threshold, or_nothing(tier.percent_ppm), or_nothing(tier.amount_minor))
            for tier in tiers
        )
        return {
            "first_tier": first,
            "last_tier": len(self.tiers),
            "is_by_amount": threshold is Threshold.AMOUNT,
        }

    def bundle_cells(self, action: Bundle) -> Cells:
        """Write the components of a bundle."""
        first = len(self.components)
        self.components.extend(
            (component.quantity, self.tables.selector(component.on), 0)
            for component in action.components
        )
        return {
            "action": ActionOp.BUNDLE,
            "percent_ppm": or_nothing(action.percent_ppm),
            "amount_minor": or_nothing(action.amount_minor),
            "price_minor": or_nothing(action.price_minor),
            "repeat": or_nothing(action.repeat),
            "is_dearest": action.pick is Pick.DEAREST,
            "first_component": first,
            "last_component": len(self.components),
        }

    def method_cells(self, methods: Sequence[str] | None) -> Cells:
        """Write the shipping methods an action is limited to."""
        if methods is None:
            return {}
        symbols = sorted(self.tables.symbol(method) for method in methods)
        return self.range_of("method", self.methods, symbols)


AMOUNT_OPS = {
    Per.LINE: ActionOp.AMOUNT_LINE,
    Per.UNIT: ActionOp.AMOUNT_UNIT,
    Per.TARGET: ActionOp.AMOUNT_TARGET,
}
MODE_OPS = {
    Mode.STACKABLE: ModeOp.STACKABLE,
    Mode.LAST: ModeOp.LAST,
    Mode.ALWAYS: ModeOp.ALWAYS,
}


def buy_get_cells(action: BuyGet) -> Cells:
    """The cells of a buy/get action."""
    return {
        "action": ActionOp.BUY_GET,
        "buy_quantity": action.buy_quantity,
        "get_quantity": action.get_quantity,
        "percent_ppm": action.percent_ppm,
        "repeat": or_nothing(action.repeat),
        "is_dearest": action.pick is Pick.DEAREST,
        "is_partial": action.partial,
    }


def payment_cells(action: PaymentPercent | PaymentAmount) -> Cells:
    """The cells of a rebate or a surcharge."""
    if isinstance(action, PaymentPercent):
        cells: Cells = {"action": ActionOp.PAYMENT_PERCENT, "percent_ppm": action.percent_ppm}
    else:
        cells = {"action": ActionOp.PAYMENT_AMOUNT, "amount_minor": action.amount_minor}
    return {**cells, "is_surcharge": action.is_surcharge}


def mode_of(promotion: Promotion) -> ModeOp:
    """The mode, an exclusive one with its scope."""
    stacking = promotion.stacking
    if stacking.mode is not Mode.EXCLUSIVE:
        return MODE_OPS[stacking.mode]
    is_cart = stacking.scope is Scope.CART
    return ModeOp.EXCLUSIVE_CART if is_cart else ModeOp.EXCLUSIVE_STAGE


def or_nothing(value: int | None) -> int:
    """An optional number as the plan writes it."""
    return NOTHING if value is None else value


def ranks_of(promotions: Sequence[Promotion]) -> list[int]:
    """By number, the place of each promotion by priority, then id, over all stages."""
    order = sorted(range(len(promotions)), key=lambda n: (promotions[n].priority, promotions[n].id))
    ranks = [0] * len(order)
    for rank, number in enumerate(order):
        ranks[number] = rank
    return ranks


def formulas_of(promotions: Iterable[Promotion]) -> Iterator[Formula]:
    """Every formula of some promotions."""
    for promotion in promotions:
        yield from (condition.formula for condition in promotion.conditions)
        yield from targets_of(promotion)


def records(rows: Sequence[Row], dtype: np.dtype[np.void]) -> Records:
    """Rows as a packed array of records."""
    return np.array([tuple(row) for row in rows], dtype)
