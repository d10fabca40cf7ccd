"""Actions in, their columns among the records of all promotions out, one kind of action at a time.

A column of a record that an action does not have is 0, or NOTHING where 0 would say something.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from operator import attrgetter
from typing import Any

import numpy as np

from ...dsl.kinds import Measure, Per, Pick, Threshold
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
    ShippingAmount,
    ShippingPercent,
    Volume,
)
from ._tables import Tables
from .plan import NOTHING, ActionOp, Records

Row = tuple[int, ...]

Column = Callable[[Any], int]  # of an action
AMOUNT_OPS = {
    Per.LINE: ActionOp.AMOUNT_LINE,
    Per.UNIT: ActionOp.AMOUNT_UNIT,
    Per.TARGET: ActionOp.AMOUNT_TARGET,
}


def or_nothing(value: int | None) -> int:
    """An optional number as the plan writes it."""
    return NOTHING if value is None else value


def is_dearest(action: Any) -> int:
    """Whether an action takes the dearest units first."""
    return action.pick is Pick.DEAREST


def is_by_amount(action: Any) -> int:
    """Whether tiers are reached by amount."""
    return action.threshold is Threshold.AMOUNT


def max_units(action: Any) -> int:
    """On how many units an action is."""
    return or_nothing(action.max_units)


def repeat(action: Any) -> int:
    """How often an action is repeated."""
    return or_nothing(action.repeat)


def percent_op(action: Any) -> int:
    """A percentage of whole lines, or of some units."""
    return ActionOp.PERCENT_LINE if action.max_units is None else ActionOp.PERCENT_UNITS


def always(op: ActionOp) -> Column:
    """The op code of all actions of a kind."""
    return lambda _: op


PERCENT = {"percent_ppm": attrgetter("percent_ppm")}
AMOUNT = {"amount_minor": attrgetter("amount_minor")}
UNITS: Mapping[str, Column] = {"max_units": max_units, "is_dearest": is_dearest}
SURCHARGE = {"is_surcharge": attrgetter("is_surcharge")}
COLUMNS: Mapping[type, Mapping[str, Column]] = {
    PercentOff: {"action": percent_op, **PERCENT, **UNITS},
    AmountOff: {"action": lambda action: AMOUNT_OPS[action.per], **AMOUNT, **UNITS},
    FixedPrice: {
        "action": always(ActionOp.FIXED_PRICE),
        "price_minor": attrgetter("price_minor"),
    },
    Volume: {
        "action": always(ActionOp.VOLUME),
        "is_by_line": lambda action: action.measure is Measure.LINE,
        "is_by_amount": is_by_amount,
    },
    BuyGet: {
        "action": always(ActionOp.BUY_GET),
        "buy_quantity": attrgetter("buy_quantity"),
        "get_quantity": attrgetter("get_quantity"),
        **PERCENT,
        "repeat": repeat,
        "is_dearest": is_dearest,
        "is_partial": attrgetter("partial"),
    },
    Bundle: {
        "action": always(ActionOp.BUNDLE),
        "percent_ppm": lambda action: or_nothing(action.percent_ppm),
        "amount_minor": lambda action: or_nothing(action.amount_minor),
        "price_minor": lambda action: or_nothing(action.price_minor),
        "repeat": repeat,
        "is_dearest": is_dearest,
    },
    Gift: {"action": always(ActionOp.GIFT)},
    OrderPercent: {"action": always(ActionOp.ORDER_PERCENT), **PERCENT},
    OrderAmount: {"action": always(ActionOp.ORDER_AMOUNT), **AMOUNT},
    OrderVolume: {"action": always(ActionOp.ORDER_VOLUME), "is_by_amount": is_by_amount},
    ShippingPercent: {"action": always(ActionOp.SHIPPING_PERCENT), **PERCENT},
    ShippingAmount: {"action": always(ActionOp.SHIPPING_AMOUNT), **AMOUNT},
    PaymentPercent: {"action": always(ActionOp.PAYMENT_PERCENT), **PERCENT, **SURCHARGE},
    PaymentAmount: {"action": always(ActionOp.PAYMENT_AMOUNT), **AMOUNT, **SURCHARGE},
}
# What is NOTHING unless an action says otherwise.
OPTIONAL = (
    *("percent_ppm", "amount_minor", "price_minor", "max_units", "repeat"),
    *("on", "get_on", "first_method"),
)


@dataclass(slots=True)
class ActionTables:
    """What actions have beside a record, growing, and the cells that say where it stands."""

    tables: Tables
    tiers: list[Row] = field(default_factory=list)
    components: list[Row] = field(default_factory=list)
    methods: list[int] = field(default_factory=list)
    cells: dict[str, dict[int, int]] = field(default_factory=dict)  # by column and promotion

    def add(self, number: int, action: Action, targets: Sequence[Any]) -> None:
        """The action of a promotion, and its `targets_of`."""
        if isinstance(action, ShippingPercent | ShippingAmount):
            if action.methods is not None:
                symbols = sorted(map(self.tables.symbol, action.methods))
                self.add_range("method", number, self.methods, symbols)
            return
        selectors = [self.tables.selector(on) for on in targets]
        if isinstance(action, Bundle):
            quantities = [component.quantity for component in action.components]
            rows = [(*row, 0) for row in zip(quantities, selectors, strict=True)]
            self.add_range("component", number, self.components, rows)
            return
        for name, selector in zip(("on", "get_on"), selectors, strict=False):
            self.cells.setdefault(name, {})[number] = selector
        if isinstance(action, Volume | OrderVolume):
            steps = [
                (tier.threshold, or_nothing(tier.percent_ppm), or_nothing(tier.amount_minor))
                for tier in action.tiers
            ]
            self.add_range("tier", number, self.tiers, steps)

    def add_range(self, name: str, number: int, table: list[Any], items: Sequence[Any]) -> None:
        """Append to a table; the cells hold the range written."""
        self.cells.setdefault(f"first_{name}", {})[number] = len(table)
        table.extend(items)
        self.cells.setdefault(f"last_{name}", {})[number] = len(table)


def fill_actions(made: Records, actions: Sequence[Action], tables: ActionTables) -> None:
    """Write the columns of all actions."""
    for name in OPTIONAL:
        made[name] = NOTHING
    by_type: dict[type, list[int]] = {}
    for number, action in enumerate(actions):
        by_type.setdefault(type(action), []).append(number)
    for kind, numbers in by_type.items():
        some = [actions[number] for number in numbers]
        places = np.array(numbers)
        for name, column in COLUMNS[kind].items():
            made[name][places] = list(map(column, some))
    for name, cells in tables.cells.items():
        made[name][list(cells)] = list(cells.values())
