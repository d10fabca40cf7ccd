"""Actions in, the line formulas that must each match some line out."""

from ...dsl.formula import Formula, Has, Term
from ...dsl.kinds import Kind
from ...dsl.ruleset import (
    Action,
    AmountOff,
    Bundle,
    BuyGet,
    FixedPrice,
    OrderAmount,
    OrderPercent,
    OrderVolume,
    PercentOff,
    ShippingAmount,
    ShippingPercent,
    Volume,
)

METHODS = Term("shipping.methods", Kind.SET)
ON_LINES = (PercentOff, AmountOff, FixedPrice, Volume, OrderPercent, OrderAmount, OrderVolume)


def targets_of(action: Action) -> tuple[Formula, ...]:
    """Line formulas that must each match some line for the action to give anything."""
    if isinstance(action, ON_LINES):
        return (action.on,)
    if isinstance(action, BuyGet):
        return action.buy_on, action.get_on
    if isinstance(action, Bundle):
        return tuple(component.on for component in action.components)
    if isinstance(action, ShippingPercent | ShippingAmount) and action.methods is not None:
        return (Has(METHODS, action.methods),)
    return ()
