"""A cart as promotions change it: what is left of each line, shipment and unit."""

from dataclasses import dataclass, field

from ..cart.checked import CheckedCart, CheckedLine


@dataclass(slots=True)
class Effect:
    """What one promotion would do to a state: amounts by position, and the units it uses up."""

    lines: dict[int, int] = field(default_factory=dict)
    shipments: dict[int, int] = field(default_factory=dict)
    payment_minor: int = 0  # signed: a rebate is negative
    is_gift: bool = False
    undistributed_minor: int = 0
    used: dict[int, int] = field(default_factory=dict)  # units spent, by line

    @property
    def discount_minor(self) -> int:
        """What it gives: rebates positive, surcharges negative."""
        return sum(self.lines.values()) + sum(self.shipments.values()) - self.payment_minor

    @property
    def is_empty(self) -> bool:
        """Whether it changes nothing."""
        amounts = (*self.lines.values(), *self.shipments.values(), self.payment_minor)
        return not self.is_gift and not any(amounts)


class State:
    """Nets at the stage's entry and now, and the units no buy/get or bundle has used yet."""

    def __init__(self, cart: CheckedCart, line_floor_minor: int) -> None:
        self.cart = cart
        self.nets = [line.gross_minor for line in cart.lines]
        self.shipments = [shipment.amount_minor for shipment in cart.shipments]
        self.adjustment_minor = 0
        self.unspent = [line.quantity for line in cart.lines]
        self._line_floor_minor = line_floor_minor
        self.begin_stage()

    def begin_stage(self) -> None:
        """Make the state of this moment the entry state."""
        self.entry_nets = list(self.nets)
        self.entry_shipments = list(self.shipments)

    def room(self, line: CheckedLine) -> int:
        """How much may still come off a line: down to the line floor or its minimum price."""
        floor = max(self._line_floor_minor, line.min_price_minor * line.quantity)
        return max(0, self.nets[line.index] - floor)

    def payable_minor(self) -> int:
        """What stage payment computes from: entry nets of lines and shipments, and the tax."""
        return sum(self.entry_nets) + sum(self.entry_shipments) + self.cart.tax_total_minor

    def apply(self, effect: Effect) -> None:
        """Write an effect down."""
        for index, amount in effect.lines.items():
            self.nets[index] -= amount
        for index, amount in effect.shipments.items():
            self.shipments[index] -= amount
        for index, units in effect.used.items():
            self.unspent[index] -= units
        self.adjustment_minor += effect.payment_minor
