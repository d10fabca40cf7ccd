"""Every name an expression may say: fields, functions, and what they stand for.

A cart's fields are written in full and may be used anywhere, those of a member and an event only in
loyalty rules. A line's fields are written bare, and only where there is a line: in `on:` and inside
the functions over lines. Attributes are what the rule set declares. In formulas all of them have
their full names (`line.sku`).
"""

from collections.abc import Mapping
from dataclasses import dataclass

from ..formula import Function, Term, Value
from ..kinds import Kind
from ..ruleset import Attribute

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
SCOPES = ("cart", "customer", "shipping", "payment")
LOYALTY_SCOPES = ("event", "member")


@dataclass(frozen=True, slots=True)
class Field:
    """A named value of the cart or of a line; an optional one may be missing."""

    name: str  # in full, as in formulas
    kind: Kind
    about: str
    is_optional: bool = False
    fallback: Value | None = None

    @property
    def term(self) -> Term:
        """The field as formulas read it."""
        return Term(self.name, self.kind, self.fallback)


@dataclass(frozen=True, slots=True)
class LineFunction:
    """A function over lines that gives a number."""

    name: Function
    kind: Kind
    about: str
    is_optional: bool = False


CART_FIELDS: Mapping[str, Field] = {
    field.name: field
    for field in (
        Field("cart.subtotal", Kind.MONEY, "sum of quantity x unit price, before any discount"),
        Field("cart.net_subtotal", Kind.MONEY, "sum of the lines after the discounts so far"),
        Field("cart.quantity", Kind.INTEGER, "units on all lines"),
        Field("cart.line_count", Kind.INTEGER, "number of lines"),
        Field("cart.currency", Kind.STRING, "the cart's currency code"),
        Field("cart.channel", Kind.STRING, "where the cart was filled, as `web`", True),
        Field("cart.location", Kind.STRING, "the shop or site", True),
        Field("cart.placed_at", Kind.DATETIME, "the instant of the order"),
        Field("cart.date", Kind.DATE, "its day in the rule set's timezone"),
        Field("cart.weekday", Kind.STRING, "its day of the week, `mon` to `sun`"),
        Field("cart.hour", Kind.INTEGER, "its hour, 0 to 23"),
        Field("cart.time", Kind.TIME, "its time of day"),
        Field("cart.coupons", Kind.SET, "the codes on the cart, in upper case"),
        Field("customer.id", Kind.STRING, "the customer", True),
        Field("customer.account", Kind.STRING, "the account the customer buys for", True),
        Field("customer.groups", Kind.SET, "the customer's groups"),
        Field("customer.segments", Kind.SET, "the customer's segments"),
        Field("customer.tier", Kind.STRING, "the customer's tier", True),
        Field("customer.orders", Kind.INTEGER, "orders before this one", True),
        Field("customer.birthday", Kind.DATE, "the customer's birthday", True),
        Field("customer.signed_up", Kind.DATE, "the day the customer signed up", True),
        Field("shipping.methods", Kind.SET, "the methods of the shipments"),
        Field("shipping.country", Kind.STRING, "country of the address", True),
        Field("shipping.region", Kind.STRING, "region of the address", True),
        Field("shipping.postal_code", Kind.STRING, "postal code of the address", True),
        Field("shipping.amount", Kind.MONEY, "sum of the shipments, before any discount"),
        Field("payment.method", Kind.STRING, "how the cart is paid, as `card`", True),
    )
}

# Only in loyalty rules. Points are counted in points here, whatever the scale of their program.
LOYALTY_FIELDS: Mapping[str, Field] = {
    field.name: field
    for field in (
        Field("event.type", Kind.STRING, "what happened, as `check-in`; of a cart `purchase`"),
        Field("event.kind", Kind.STRING, "a word that came with the event", True),
        Field("event.amount", Kind.MONEY, "an amount that came with the event", True),
        Field("event.points", Kind.DECIMAL, "points that came with the event", True),
        Field("member.tier", Kind.STRING, "the member's tier in the rule's program", True),
        Field("member.points", Kind.DECIMAL, "points that the member can spend"),
        Field("member.lifetime_points", Kind.DECIMAL, "all points the member ever earned"),
        Field("member.segments", Kind.SET, "the member's segments in the program"),
        Field("member.joined", Kind.DATE, "the day the member joined the program", True),
    )
}

# By the bare name that expressions use.
LINE_FIELDS: Mapping[str, Field] = {
    field.name.removeprefix("line."): field
    for field in (
        Field("line.sku", Kind.STRING, "the product"),
        Field("line.categories", Kind.SET, "its categories"),
        Field("line.brand", Kind.STRING, "its brand", True),
        Field("line.tags", Kind.SET, "its tags"),
        Field("line.quantity", Kind.INTEGER, "units on the line"),
        Field("line.unit_price", Kind.MONEY, "price of a unit"),
        Field("line.subtotal", Kind.MONEY, "quantity x unit price"),
    )
}

LINE_FUNCTIONS: Mapping[str, LineFunction] = {
    function.name: function
    for function in (
        LineFunction("qty", Kind.INTEGER, "units on the lines where p holds"),
        LineFunction("amount", Kind.MONEY, "sum of those lines before any discount"),
        LineFunction("net", Kind.MONEY, "sum of those lines after the discounts so far"),
        LineFunction("lines", Kind.INTEGER, "number of those lines"),
        LineFunction("distinct_skus", Kind.INTEGER, "number of different products on those lines"),
        LineFunction("min_price", Kind.MONEY, "lowest unit price of those lines", True),
        LineFunction("max_price", Kind.MONEY, "highest unit price of those lines", True),
    )
}

QUANTIFIERS: Mapping[str, str] = {
    "any": "whether p holds on at least one line",
    "all": "whether p holds on every line",
}
DEFAULT = "default"
FUNCTIONS = (*LINE_FUNCTIONS, *QUANTIFIERS, DEFAULT)
KEYWORDS = ("and", "or", "not", "in", "has", "between", "starts_with", "true", "false")


class Vocabulary:
    """The fields of one rule set: those of every rule set, and its declared attributes."""

    def __init__(self, attributes: Mapping[str, Attribute]) -> None:
        self.cart_fields = dict(CART_FIELDS)
        self.loyalty_fields = dict(LOYALTY_FIELDS)
        self.line_fields = dict(LINE_FIELDS)
        for name, attribute in attributes.items():
            is_missable = attribute.default is None and attribute.kind is not Kind.SET
            field = Field(
                name, attribute.kind, "declared attribute", is_missable, attribute.default
            )
            if name.startswith("line."):
                self.line_fields[name.removeprefix("line.")] = field
            elif name.startswith("event."):
                self.loyalty_fields[name] = field
            else:
                self.cart_fields[name] = field

    def is_reserved(self, name: str) -> bool:
        """Whether a name means something already, so that nothing else may be defined under it."""
        scopes = (*SCOPES, *LOYALTY_SCOPES, "line", "attributes")
        return name in (*LINE_FIELDS, *FUNCTIONS, *KEYWORDS, *scopes)
