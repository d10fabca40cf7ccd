"""The cart of a test in, the cart as checkout would send it out."""

from collections.abc import Callable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

from pydantic import BeforeValidator, PlainValidator, ValidationInfo

from ..expression.literals import LiteralError, read_date, read_datetime, read_money
from ..problems import Problems, did_you_mean
from ..ruleset import Attribute
from ..tree.nodes import Node, Scalar
from .constants import read_sent, write_instant
from .diagnosis import read_shape
from .shape import (
    Amount,
    AnyNode,
    Bool,
    Count,
    Quantity,
    Refused,
    Shape,
    Terms,
    Word,
    Words,
    list_entries,
    list_items,
    read_mapping,
    scalar_of,
    terms_of,
)

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
    stored_value: Bool | None = None
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
    redeem: AnyNode = None
    customer: CustomerShape | None = None
    attributes: Annotated[dict[str, Any], PlainValidator(attributes_of("cart"))] | None = None


def read_plain(
    shape: type[Shape], key: Scalar, node: Node, terms: Terms | None, problems: Problems
) -> dict[str, Any] | None:
    """The value of `key` as JSON-like data; None without terms or when problems were added."""
    read = None if terms is None else read_shape(shape, key, node, terms, problems)
    return None if read is None else plain_of(read)


def plain_of(shape: Shape, besides: AbstractSet[str] = frozenset()) -> dict[str, Any]:
    """The written entries of a shape as JSON-like data."""
    return shape.model_dump(exclude_unset=True, exclude_none=True, exclude=set(besides))
