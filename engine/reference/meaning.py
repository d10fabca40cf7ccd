"""A formula and a cart in, true or false out: what every condition means, leaf by leaf."""

from collections.abc import Callable, Mapping, Sequence
from typing import cast

from ...dsl.formula import (
    Aggregate,
    And,
    AnyLine,
    Compare,
    Flag,
    Formula,
    Has,
    Member,
    Not,
    Number,
    Or,
    Same,
    StartsWith,
    Term,
    Truth,
    Value,
)
from ..cart.checked import CheckedCart, CheckedEvent, CheckedLine
from .members import Membership

CART_FIELDS: Mapping[str, Callable[[CheckedCart], Value | None]] = {
    "cart.subtotal": lambda cart: cart.subtotal_minor,
    "cart.quantity": lambda cart: cart.quantity,
    "cart.line_count": lambda cart: len(cart.lines),
    "cart.currency": lambda cart: cart.currency,
    "cart.channel": lambda cart: cart.channel,
    "cart.location": lambda cart: cart.location,
    "cart.placed_at": lambda cart: cart.placed_at_us,
    "cart.date": lambda cart: cart.date_days,
    "cart.time": lambda cart: cart.time_us,
    "cart.hour": lambda cart: cart.hour,
    "cart.weekday": lambda cart: cart.weekday,
    "cart.coupons": lambda cart: frozenset(cart.codes),
    "customer.id": lambda cart: cart.customer_id,
    "customer.account": lambda cart: cart.account,
    "customer.groups": lambda cart: cart.groups,
    "customer.segments": lambda cart: cart.segments,
    "customer.tier": lambda cart: cart.tier,
    "customer.orders": lambda cart: cart.orders,
    "customer.birthday": lambda cart: cart.birthday_days,
    "customer.signed_up": lambda cart: cart.signed_up_days,
    "shipping.methods": lambda cart: frozenset(s.method for s in cart.shipments if s.method),
    "shipping.country": lambda cart: cart.country,
    "shipping.region": lambda cart: cart.region,
    "shipping.postal_code": lambda cart: cart.postal_code,
    "shipping.amount": lambda cart: cart.shipping_amount_minor,
    "payment.method": lambda cart: cart.payment_method,
}

LINE_FIELDS: Mapping[str, Callable[[CheckedLine], Value | None]] = {
    "line.sku": lambda line: line.sku,
    "line.categories": lambda line: line.categories,
    "line.brand": lambda line: line.brand,
    "line.tags": lambda line: line.tags,
    "line.quantity": lambda line: line.quantity,
    "line.unit_price": lambda line: line.unit_price_minor,
    "line.subtotal": lambda line: line.gross_minor,
}

COMPARED: Mapping[str, Callable[[int, int], bool]] = {
    "<": int.__lt__,
    "<=": int.__le__,
    "==": int.__eq__,
    ">=": int.__ge__,
    ">": int.__gt__,
}


EVENT_FIELDS: Mapping[str, Callable[[CheckedEvent], Value | None]] = {
    "event.type": lambda event: event.type,
    "event.kind": lambda event: event.kind,
    "event.amount": lambda event: event.amount_minor,
}
PURCHASE = CheckedEvent("purchase")  # what a cart is that stands for no other event


class Scene:
    """A cart with the line nets that conditions read, and the line looked at, if any.

    Loyalty rules also read the customer's membership in their program.
    """

    def __init__(
        self,
        cart: CheckedCart,
        nets: Sequence[int],
        line: CheckedLine | None = None,
        membership: Membership | None = None,
    ) -> None:
        self.cart = cart
        self.nets = nets
        self.line = line
        self.membership = membership

    def at(self, line: CheckedLine) -> "Scene":
        """The same with a line to look at."""
        return Scene(self.cart, self.nets, line, self.membership)

    def holds(self, formula: Formula) -> bool:
        """Whether the formula is true here."""
        match formula:
            case Truth(value):
                return value
            case Not(item):
                return not self.holds(item)
            case And(items):
                return all(self.holds(item) for item in items)
            case Or(items):
                return any(self.holds(item) for item in items)
            case AnyLine(where):
                return bool(self.lines(where))
            case _:
                return self.leaf_holds(formula)

    def leaf_holds(self, leaf: Compare | Member | Same | Has | StartsWith | Flag) -> bool:
        """Whether a comparison or a test of text is true; a missing value makes it false."""
        match leaf:
            case Compare(_, op, bound):
                total = self.total(leaf)
                return total is not None and COMPARED[op](total, bound)
            case Member(term, values):
                return self.text(term) in values
            case Same(left, right):
                return self.text(left) is not None and self.text(left) == self.text(right)
            case Has(term, values, every):
                held = [value in self.texts(term) for value in values]
                return all(held) if every else any(held)
            case StartsWith(term, prefix):
                text = self.text(term)
                return text is not None and text.startswith(prefix)
            case Flag(term, expected):
                return self.value(term) is expected

    def total(self, comparison: Compare) -> int | None:
        """The left side of a comparison, or None when a term is missing."""
        total = 0
        for coefficient, term in comparison.terms:
            value = self.number(term)
            if value is None:
                return None
            total += coefficient * value
        return total

    def number(self, term: Number) -> int | None:
        """The value of a numeric term, its fallback when missing."""
        if isinstance(term, Term):
            return cast(int | None, self.value(term))
        value = self.aggregate(term)
        return term.fallback if value is None else value

    def text(self, term: Term) -> str | None:
        """The value of a term that is text."""
        return cast(str | None, self.value(term))

    def texts(self, term: Term) -> frozenset[str]:
        """The value of a term that is a set; a missing one is empty."""
        return cast(frozenset[str] | None, self.value(term)) or frozenset()

    def value(self, term: Term) -> Value | None:
        """The value of a field here, its fallback when missing."""
        value = self.field(term.name)
        return term.fallback if value is None else value

    def texts_of(self, kind: str, name: str) -> frozenset[str]:
        """What a field of kind `text` or `set` holds here, as a set."""
        value = self.field(name)
        if value is None:
            return frozenset()
        return cast(frozenset[str], value) if kind == "set" else frozenset((cast(str, value),))

    def field(self, name: str) -> Value | None:
        """The value of a field here, None when missing."""
        if name == "cart.net_subtotal":
            return sum(self.nets)
        if name in CART_FIELDS:
            return CART_FIELDS[name](self.cart)
        owner, _, attribute = name.partition(".attributes.")
        if owner == "cart":
            return self.cart.attributes.get(attribute)
        if owner == "customer":
            return self.cart.customer_attributes.get(attribute)
        if name.startswith("member."):
            return None if self.membership is None else self.membership.field(name)
        if name.startswith("event."):
            return self.event_field(name, attribute)
        assert self.line is not None, f"{name} outside a line"
        if name in LINE_FIELDS:
            return LINE_FIELDS[name](self.line)
        return self.line.attributes.get(attribute)

    def event_field(self, name: str, attribute: str) -> Value | None:
        """The value of a field of the event that the cart stands for."""
        event = self.cart.event or PURCHASE
        if attribute:
            return event.attributes.get(attribute)
        if name == "event.points":
            held, points = self.membership, event.points
            return None if held is None or points is None else held.millionths(points)
        return EVENT_FIELDS[name](event)

    def lines(self, where: Formula) -> list[CheckedLine]:
        """The lines for which a line formula holds, in the cart's order."""
        return [line for line in self.cart.lines if self.at(line).holds(where)]

    def aggregate(self, term: Aggregate) -> int | None:
        """A number over the lines that match; min_price and max_price of none are missing."""
        lines = self.lines(term.where)
        match term.function:
            case "qty":
                return sum(line.quantity for line in lines)
            case "amount":
                return sum(line.gross_minor for line in lines)
            case "net":
                return sum(self.nets[line.index] for line in lines)
            case "lines":
                return len(lines)
            case "distinct_skus":
                return len({line.sku for line in lines})
            case "min_price":
                return min((line.unit_price_minor for line in lines), default=None)
            case "max_price":
                return max((line.unit_price_minor for line in lines), default=None)
