"""One entry of `tests` in, a case out: a cart as checkout would send it, facts, and what to expect.

Tests are written as rules are, with `30.00 USD` for amounts and times in the rule set's zone; a
case is plain data with minor units and UTC instants, ready for any evaluator.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

from pydantic import BeforeValidator, PlainValidator, ValidationInfo

from ..expression.literals import LiteralError, read_date, read_datetime, read_money
from ..problems import Problems, did_you_mean
from ..ruleset import Attribute, Case
from ..tree.nodes import Mapping as MappingNode
from ..tree.nodes import Node, Scalar
from .constants import read_sent, write_instant
from .diagnosis import read_shape
from .sections import Entry
from .settings import Settings
from .shape import (
    Amount,
    Count,
    Quantity,
    Refused,
    Shape,
    Terms,
    Text,
    Word,
    Words,
    choice_of,
    list_entries,
    list_items,
    read_mapping,
    scalar_of,
    terms_of,
)
from .stacking import report_unknown_promotion, texts_of

TOTAL_MAX = 10**13  # the largest sum over a cart, in minor units


@dataclass(frozen=True, slots=True)
class CartTerms(Terms):
    """What carts in tests are read by: the terms of the rule set, and its attributes."""

    attributes: Mapping[str, Attribute]


def read_total(node: object, info: ValidationInfo) -> int:
    """A sum over a cart, in minor units."""
    terms = terms_of(info)
    return read_money(scalar_of(node).text, terms.currency, terms.exponent, TOTAL_MAX)


def read_balance(node: object, info: ValidationInfo) -> int:
    """An amount that may be below zero, such as a rebate on the payment."""
    text = scalar_of(node).text
    terms = terms_of(info)
    if not text.startswith("-"):
        return read_money(text, terms.currency, terms.exponent, TOTAL_MAX)
    try:
        return -read_money(text[1:], terms.currency, terms.exponent, TOTAL_MAX)
    except LiteralError as error:
        raise error.moved(1) from None


def read_instant(node: object, info: ValidationInfo) -> str:
    """An instant as UTC text; without an offset it is a local time of the rule set's zone."""
    return write_instant(read_datetime(scalar_of(node).text, terms_of(info).zone))


def read_day(node: object) -> str:
    """A day, as text."""
    text = scalar_of(node).text
    read_date(text)
    return text


def read_day_or_instant(node: object, info: ValidationInfo) -> str:
    """A day or an instant, as text."""
    return read_instant(node, info) if "T" in scalar_of(node).text else read_day(node)


def read_code(node: object) -> str:
    """A coupon code as results spell it."""
    return scalar_of(node).text.strip().upper()


def attributes_of(owner: str) -> Callable[[object, ValidationInfo], dict[str, object]]:
    """A reader of the attributes of a cart, a customer or a line."""

    def read_attributes(node: object, info: ValidationInfo) -> dict[str, object]:
        terms = terms_of(info)
        assert isinstance(terms, CartTerms)
        prefix = f"{owner}.attributes."
        sent: dict[str, object] = {}
        for key, value in read_mapping(node).entries:
            attribute = terms.attributes.get(prefix + key.text)
            if attribute is None:
                declared = [name for name in terms.attributes if name.startswith(prefix)]
                help = did_you_mean(key.text, [name.removeprefix(prefix) for name in declared])
                help = help or "declare it under `attributes` of the rule set"
                raise Refused("R403", key.span, name=prefix + key.text, help=help)
            try:
                sent[key.text] = read_sent(attribute.kind, value, terms)
            except LiteralError as error:
                assert isinstance(value, Scalar)
                span = value.span_of(error.start, error.end)
                raise Refused(error.code, span, help=error.help, **error.words) from None
            except Refused as error:
                span = error.span or key.span
                raise Refused(error.code, span, help=error.help, **error.words) from None
        return sent

    return read_attributes


Total = Annotated[int, PlainValidator(read_total)]
Balance = Annotated[int, PlainValidator(read_balance)]
Instant = Annotated[str, PlainValidator(read_instant)]
Day = Annotated[str, PlainValidator(read_day)]
DayOrInstant = Annotated[str, PlainValidator(read_day_or_instant)]
Code = Annotated[str, PlainValidator(read_code)]
Balances = Annotated[dict[str, Balance], BeforeValidator(list_entries)]


class CartLineShape(Shape):
    """A line of the cart of a test."""

    noun: ClassVar[str] = "a line"

    id: Word | None = None
    sku: Word
    quantity: Quantity
    unit_price: Amount
    categories: Words | None = None
    brand: Word | None = None
    tags: Words | None = None
    min_price: Amount | None = None
    attributes: Annotated[dict[str, Any], PlainValidator(attributes_of("line"))] | None = None


class CartShipmentShape(Shape):
    """A shipment of the cart of a test."""

    noun: ClassVar[str] = "a shipment"

    id: Word | None = None
    method: Word | None = None
    amount: Amount


class AddressShape(Shape):
    """Where the cart of a test is sent to."""

    noun: ClassVar[str] = "a shipping address"

    country: Word | None = None
    region: Word | None = None
    postal_code: Word | None = None


class PaymentShape(Shape):
    """How the cart of a test is paid."""

    noun: ClassVar[str] = "a payment"

    method: Word | None = None


class CustomerShape(Shape):
    """Who buys in a test."""

    noun: ClassVar[str] = "a customer"

    id: Word | None = None
    account: Word | None = None
    groups: Words | None = None
    segments: Words | None = None
    tier: Word | None = None
    orders: Count | None = None
    birthday: Day | None = None
    signed_up: DayOrInstant | None = None
    attributes: Annotated[dict[str, Any], PlainValidator(attributes_of("customer"))] | None = None


class CartShape(Shape):
    """The cart of a test."""

    noun: ClassVar[str] = "a cart"

    id: Word | None = None
    currency: Word | None = None
    placed_at: Instant
    lines: Annotated[list[CartLineShape], BeforeValidator(list_items)]
    channel: Word | None = None
    location: Word | None = None
    shipments: Annotated[list[CartShipmentShape], BeforeValidator(list_items)] | None = None
    shipping_address: AddressShape | None = None
    payment: PaymentShape | None = None
    tax_total: Total | None = None
    store_credit: Total | None = None
    coupons: Words | None = None
    customer: CustomerShape | None = None
    attributes: Annotated[dict[str, Any], PlainValidator(attributes_of("cart"))] | None = None


class UsesShape(Shape):
    """How often a promotion was used before."""

    noun: ClassVar[str] = "a usage counter"

    total: Count | None = None
    customer: Count | None = None
    account: Count | None = None
    location: Count | None = None
    day: Count | None = None
    group: Annotated[dict[str, Count], BeforeValidator(list_entries)] | None = None


class FactsShape(Shape):
    """What the store knows in a test."""

    noun: ClassVar[str] = "`facts`"

    uses: Annotated[dict[str, UsesShape], BeforeValidator(list_entries)] | None = None
    codes: Annotated[dict[str, Word], BeforeValidator(list_entries)] | None = None


class TargetShape(Shape):
    """What a line or shipment is expected to come to."""

    noun: ClassVar[str] = "an expected line or shipment"

    gross: Balance | None = None
    discount: Balance | None = None
    net: Balance | None = None
    allocations: Balances | None = None


Targets = Annotated[dict[str, TargetShape], BeforeValidator(list_entries)]
# Why a promotion or a code gives nothing, as results spell it.
REASONS = (
    "unknown",
    "inactive",
    "no_code",
    "limit_reached",
    "excluded_by_exclusive",
    "excluded_by_last",
    "outranked",
    "excluded_by_sibling",
    "max_promotions",
    "condition",
    "no_effect",
)
Reason = Annotated[str, PlainValidator(choice_of("reason", {reason: reason for reason in REASONS}))]
Reasons = Annotated[dict[str, Reason], BeforeValidator(list_entries)]


class ExpectShape(Shape):
    """What a test expects."""

    noun: ClassVar[str] = "`expect`"

    applied: Words | None = None
    not_applied: Reasons | None = None
    warnings: Words | None = None
    applied_coupons: Annotated[list[Code], BeforeValidator(list_items)] | None = None
    rejected_coupons: Reasons | None = None
    gifts: Annotated[dict[str, Quantity], BeforeValidator(list_entries)] | None = None
    lines: Targets | None = None
    shipments: Targets | None = None
    payment_adjustment: Balance | None = None
    discount_total: Balance | None = None
    subtotal: Balance | None = None
    shipping_total: Balance | None = None
    tax_total: Balance | None = None
    grand_total: Balance | None = None


class CaseShape(Shape):
    """One entry of `tests`."""

    noun: ClassVar[str] = "a test"

    description: Text = ""
    cart: CartShape
    facts: FactsShape | None = None
    expect: ExpectShape


class CaseBuilder:
    """Builds the cases of one rule set, whose promotions have the names in `promotions`."""

    def __init__(
        self, settings: Settings, promotions: Mapping[str, Entry], problems: Problems
    ) -> None:
        terms = settings.terms
        self.terms = CartTerms(terms.currency, terms.exponent, terms.zone, settings.attributes)
        self.promotions = promotions
        self.problems = problems

    def build(self, entry: Entry) -> Case | None:
        """The case of an entry; None when it has not the right shape."""
        key = entry.key
        shape = read_shape(CaseShape, key, entry.node, self.terms, self.problems)
        if shape is None:
            return None
        self.check_cart(shape)
        self.check_names(shape)
        cart = plain_of(shape.cart)
        cart.setdefault("id", key.text)
        cart.setdefault("currency", self.terms.currency)
        expect = plain_of(shape.expect)
        if not expect:
            help = "write what has to come out, such as `applied: []`"
            self.problems.add("R402", shape.node.keys["expect"].span, help=help)
        if "rejected_coupons" in expect:
            reasons = expect["rejected_coupons"].items()
            expect["rejected_coupons"] = {code.strip().upper(): why for code, why in reasons}
        facts = None if shape.facts is None else plain_of(shape.facts)
        return Case(key.text, cart, facts, expect, key.span)

    def check_cart(self, shape: CaseShape) -> None:
        """Report a cart in another currency, and expected lines and shipments it does not have."""
        cart, expect = shape.cart, shape.expect
        if cart.currency is not None and self.terms.currency not in ("", cart.currency):
            span = cart.node.values["currency"].span
            words = {"found": cart.currency, "currency": self.terms.currency}
            self.problems.add("R405", span, help="delete it: it is that of the rule set", **words)
        lines = [line.id or str(number) for number, line in enumerate(cart.lines, 1)]
        self.check_targets(expect.node.get("lines"), "line", lines)
        sent = enumerate(cart.shipments or [], 1)
        shipments = [shipment.id or str(number) for number, shipment in sent]
        self.check_targets(expect.node.get("shipments"), "shipment", shipments)

    def check_targets(self, node: Node | None, noun: str, known: list[str]) -> None:
        """Report names of lines or shipments that the cart does not have."""
        if isinstance(node, MappingNode):
            for key in node.keys.values():
                if key.text not in known:
                    help = did_you_mean(key.text, known) or "without an `id` it is its number"
                    self.problems.add("R404", key.span, noun=noun, name=key.text, help=help)

    def check_names(self, shape: CaseShape) -> None:
        """Report names that no promotion has, and one that is expected both ways."""
        for name in names_in(shape):
            if name.text not in self.promotions:
                report_unknown_promotion("R401", name, self.promotions, self.problems)
        applied = {name.text for name in texts_of(shape.expect.node.get("applied"))}
        for name in keys_of(shape.expect.node.get("not_applied")):
            if name.text in applied:
                help = "delete one of the two"
                self.problems.add("R406", name.span, name=name.text, help=help)


def plain_of(shape: Shape) -> dict[str, Any]:
    """The written entries of a shape as JSON-like data."""
    return shape.model_dump(exclude_unset=True, exclude_none=True)


def names_in(shape: CaseShape) -> Iterator[Scalar]:
    """Every name of a promotion in a test."""
    expect = shape.expect.node
    for section in ("applied", "warnings"):
        yield from texts_of(expect.get(section))
    yield from keys_of(expect.get("not_applied"))
    for section in ("lines", "shipments"):
        targets = expect.get(section)
        if isinstance(targets, MappingNode):
            for target in targets.values.values():
                if isinstance(target, MappingNode):
                    yield from keys_of(target.get("allocations"))
    if shape.facts is not None:
        yield from keys_of(shape.facts.node.get("uses"))


def keys_of(node: Node | None) -> list[Scalar]:
    """The keys of a mapping."""
    return list(node.keys.values()) if isinstance(node, MappingNode) else []
