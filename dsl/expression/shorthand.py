"""A short form and its value in, the syntax node of the expression it stands for out.

    {min_quantity: {quantity: 20, on: safety}}   ->   qty(safety) >= 20

The checker then treats that node like any other, and prints it as the condition's text.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

from ..kinds import Kind
from ..problems import Problems, did_you_mean
from ..source import Span
from ..tree.nodes import Mapping, Scalar, Sequence
from ..tree.nodes import Node as Written
from .hints import help_for_weekday
from .literals import read_date, read_integer, read_money, read_time, split_window
from .mistake import LiteralError, Located, Mistake, Reported
from .parser import parse
from .syntax import (
    AllOf,
    AnyOf,
    Between,
    Boolean,
    Call,
    Listing,
    Name,
    Node,
    Number,
    Relation,
    Text,
)
from .vocabulary import WEEKDAYS

read_count = partial(read_integer, low=1, high=10**10)  # 10,000 lines of a million units
MIDNIGHT = "24:00"  # the end of a day, where a stretch of hours may end

NEEDED = {
    "cart_minimum": "an amount like `500 USD`",
    "first_order": "`true` or `false`",
    "min_quantity": "a mapping like `{quantity: 20, on: safety}`",
    "hours": "two times of day like `17:00..19:00`",
    "dates": "two dates like `2026-01-01..2026-01-31`",
    "quantity": "a whole number",
    "on": "a condition on a line",
}
SHORT_FORMS = (
    "cart_minimum",
    "customer_group",
    "category",
    "sku",
    "brand",
    "channel",
    "payment_method",
    "first_order",
    "min_quantity",
    "weekdays",
    "hours",
    "dates",
)

Placed = tuple[Node, Located]
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Whole:
    """The place of a value that is made of several texts."""

    span: Span
    text: str = ""

    def span_of(self, start: int, end: int) -> Span:
        """The whole value, whatever part is asked for."""
        return self.span


class Shorthand:
    """Expands the short forms; each has a method of its name."""

    def __init__(self, problems: Problems, currency: str, exponent: int) -> None:
        self.problems = problems
        self.currency = currency
        self.exponent = exponent

    def expand(self, key: str, value: Written) -> Placed:
        """The node of a short form, and the text its places are in.

        Raises Reported when the value is wrong, with the problem collected.
        """
        assert key in SHORT_FORMS, key
        try:
            placed: Placed = getattr(self, key)(value)
        except Mistake as mistake:
            mistake.report(self.problems, located(value))
            raise Reported from None
        return placed

    def cart_minimum(self, value: Written) -> Placed:
        text = self.text_of("cart_minimum", value)
        read_money(text.text, self.currency, self.exponent)
        if not self.currency:
            raise Reported  # where the rule set names it
        return Relation(Name("cart.subtotal"), ">=", parse(text.text)), text

    def customer_group(self, value: Written) -> Placed:
        return self.holds("customer_group", "customer.groups", value)

    def category(self, value: Written) -> Placed:
        node, text = self.holds("category", "categories", value)
        return Call("any", (node,)), text

    def sku(self, value: Written) -> Placed:
        node, text = self.equals("sku", "sku", value)
        return Call("any", (node,)), text

    def brand(self, value: Written) -> Placed:
        node, text = self.equals("brand", "brand", value)
        return Call("any", (node,)), text

    def channel(self, value: Written) -> Placed:
        return self.equals("channel", "cart.channel", value)

    def payment_method(self, value: Written) -> Placed:
        return self.equals("payment_method", "payment.method", value)

    def first_order(self, value: Written) -> Placed:
        text = self.text_of("first_order", value)
        if text.text not in ("true", "false"):
            raise Mistake("R180", 0, len(text.text), key="first_order")
        orders = Call("default", (Name("customer.orders"), integer(0)))
        return Relation(orders, "==" if text.text == "true" else "!=", integer(0)), text

    def min_quantity(self, value: Written) -> Placed:
        if not isinstance(value, Mapping):
            raise self.misshapen("min_quantity", value, NEEDED["min_quantity"])
        for name, key in value.keys.items():
            if name not in ("quantity", "on"):
                help = did_you_mean(name, ("quantity", "on"))
                words = {"key": "min_quantity", "name": name[:60]}
                self.problems.add("R182", key.span, help=help, **words)
                raise Reported
        quantity, on = value.get("quantity"), value.get("on")
        if quantity is None:
            raise self.misshapen("min_quantity", value, NEEDED["min_quantity"])
        count = integer(self.read_part("quantity", quantity, read_count))
        if on is None:
            return Relation(Call("qty", (Boolean(True),)), ">=", count), located(value)
        where = self.read_part("on", on, parse)
        return Relation(Call("qty", (where,)), ">=", count), located(on)

    def read_part(self, key: str, value: Written, read: Callable[[str], Result]) -> Result:
        """One entry of a short form that is a mapping."""
        try:
            return read(self.text_of(key, value).text)
        except Mistake as mistake:
            mistake.report(self.problems, located(value))
            raise Reported from None

    def weekdays(self, value: Written) -> Placed:
        for item in self.texts_of("weekdays", value):
            if item.text not in WEEKDAYS:
                help = help_for_weekday(item.text)
                self.problems.add("R159", item.span, help=help, value=item.text[:40])
                raise Reported
        days = [item.text for item in self.texts_of("weekdays", value)]
        node = Relation(Name("cart.weekday"), "in", listing(days))
        return node, located(value)

    def hours(self, value: Written) -> Placed:
        """Hours of a day; when the second end comes before the first, they go over midnight."""
        text = self.text_of("hours", value)
        first_us, last_us = read_ends(text.text, read_time, "17:00..19:00", MIDNIGHT)
        starts = Relation(Name("cart.time"), ">=", Number(Kind.TIME, first_us or 0))
        if last_us is None or (last_us == 0 and first_us):
            return starts, text
        ends = Relation(Name("cart.time"), "<", Number(Kind.TIME, last_us))
        if first_us is None:
            return ends, text
        if first_us == last_us:
            help = "all day is `00:00..24:00`"
            raise LiteralError("R139", 0, len(text.text), help=help, text=text.text[:60])
        return (AllOf if first_us < last_us else AnyOf)((starts, ends)), text

    def dates(self, value: Written) -> Placed:
        """Days, both ends in."""
        text = self.text_of("dates", value)
        first, last = read_ends(text.text, read_date, "2026-01-01..2026-01-31")
        starts, ends = Number(Kind.DATE, first or 0), Number(Kind.DATE, last or 0)
        if last is None:
            return Relation(Name("cart.date"), ">=", starts), text
        if first is None:
            return Relation(Name("cart.date"), "<=", ends), text
        if first > last:
            help = "the first day must not come after the second"
            raise LiteralError("R139", 0, len(text.text), help=help, text=text.text[:60])
        return Between(Name("cart.date"), starts, ends), text

    def equals(self, key: str, field: str, value: Written) -> Placed:
        """A field with one of the texts of the value."""
        texts = [item.text for item in self.texts_of(key, value)]
        if len(texts) == 1:
            return Relation(Name(field), "==", Text(texts[0])), located(value)
        return Relation(Name(field), "in", listing(texts)), located(value)

    def holds(self, key: str, field: str, value: Written) -> Placed:
        """A set that holds one of the texts of the value."""
        texts = [item.text for item in self.texts_of(key, value)]
        if len(texts) == 1:
            return Relation(Name(field), "has", Text(texts[0])), located(value)
        return Relation(Name(field), "has any", listing(texts)), located(value)

    def texts_of(self, key: str, value: Written) -> list[Scalar]:
        """The value as texts: one, or a list of at least one, none of them empty."""
        items = value.items if isinstance(value, Sequence) else [value]
        texts = [item for item in items if isinstance(item, Scalar) and item.text]
        if not items or len(texts) < len(items):
            raise self.misshapen(key, value, "a text or a list of texts")
        return texts

    def text_of(self, key: str, value: Written) -> Scalar:
        """The value as one text."""
        if isinstance(value, Scalar) and value.text:
            return value
        raise self.misshapen(key, value, NEEDED[key])

    def misshapen(self, key: str, value: Written, needed: str) -> Mistake:
        """The refusal of a value of the wrong shape."""
        return Mistake("R181", 0, len(located(value).text), key=key, needed=needed)


def read_ends(
    text: str, read: Callable[[str], int], sample: str, open_end: str = ""
) -> tuple[int | None, int | None]:
    """Both ends of `a..b`; None where one is absent, or where the last is `open_end`."""
    (first, first_at), (last, last_at) = split_window(text, sample)
    found: list[int | None] = []
    for end, offset, absent in ((first, first_at, ("",)), (last, last_at, ("", open_end))):
        try:
            found.append(None if end in absent else read(end))
        except Mistake as mistake:
            raise mistake.moved(offset) from None
    return found[0], found[1]


def located(value: Written) -> Located:
    """A value as a text that knows its place."""
    return value if isinstance(value, Scalar) else Whole(value.span)


def integer(value: int) -> Number:
    """A whole number."""
    return Number(Kind.INTEGER, value)


def listing(texts: Iterable[str]) -> Listing:
    """A list of texts."""
    return Listing(tuple(Text(text) for text in texts))
