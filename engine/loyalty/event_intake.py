"""An event in any form in; its fields checked, and a cart that stands for it, out.

An event that is no purchase is evaluated as a cart of one line, whose product is the event and
whose price is its amount. So conditions, rates and campaigns mean the same as anywhere.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, TypeVar

import msgspec
from msgspec import UNSET, Struct
from msgspec.structs import asdict

from ...dsl.ruleset import Ruleset
from ..cart.attributes import Attributes
from ..cart.cart import Cart, Customer, Line
from ..cart.checked import CheckedCart, CheckedEvent
from ..cart.errors import CartError, refusal
from ..cart.intake import Intake, spell_date
from ..cart.plain import find_bad_text, id_of
from ..cart.wire import JSON_FORMS, Json, Wire
from .errors import errors_of
from .events import Event, check_fields
from .orders import RETURNS, Return

T = TypeVar("T", bound=Struct)
EventSource = Json | Mapping[str, Any] | Event

DATES_WITHIN = 12  # levels of objects and lists; no date of an event stands deeper
EVENTS = Wire(Event, "", "an event", "id")


class EventIntake:
    """The door for events of one rule set. Immutable, and safe to share between threads."""

    def __init__(self, ruleset: Ruleset, intake: Intake) -> None:
        self._currency = ruleset.currency
        self._intake = intake
        self._attributes = Attributes(ruleset.attributes, "event.attributes.", "attributes")

    def read(self, source: EventSource) -> Event:
        """An event whose fields are right and belong to it. Raises `CartError`."""
        event = read_struct(source, Event, EVENTS)
        try:
            check_fields(event)
        except CartError as error:
            error.cart_id = event.id
            raise
        return event

    def cart_of(self, event: Event, customer: Customer, amount_minor: int | None) -> CheckedCart:
        """The cart that stands for an event of a customer. Raises `CartError`."""
        assert event.at is not None
        cart = Cart(
            id=event.id,
            currency=self._currency,
            placed_at=event.at,
            lines=[Line(sku=event.event, quantity=1, unit_price=0)],
            channel=event.channel,
            location=event.location,
            customer=customer,
        )
        try:
            checked = self._intake.read_cart(cart)
        except CartError as error:
            error.path = "at" if error.path == "placed_at" else error.path
            raise
        # What an order is worth in all may be more than one price of a line may be.
        (line,) = checked.lines
        line.unit_price_minor = line.gross_minor = checked.subtotal_minor = amount_minor or 0
        checked.event = CheckedEvent(
            event.event,
            event.kind,
            amount_minor,
            event.points,
            self._attributes.read(event.attributes),
        )
        return checked


class NamedRefund(Struct):
    """The one field of a refund that names it in an error."""

    id: Any = None


class NamedReturn(Struct):
    """The same where it stands beside its order."""

    refund: NamedRefund | None = None


def read_return(source: Json) -> Return:
    """An order and a refund of it as JSON, their fields right one by one. Raises `EventError`."""
    with errors_of("refund", None):
        try:
            return RETURNS.read_json(source)
        except CartError as error:
            error.cart_id = refund_id_of(source)
            raise


def refund_id_of(source: Json) -> str | None:
    """The id of a refund in JSON, wherever it can be read."""
    try:
        named = msgspec.json.decode(source, type=NamedReturn).refund
    except (ValueError, RecursionError):
        return None
    return None if named is None else id_of(asdict(named), "id")


def read_struct(source: object, kind: type[T], wire: Wire[T]) -> T:
    """Something as JSON, as plain data, or as the struct itself. Raises `CartError`."""
    if isinstance(source, JSON_FORMS):
        return wire.read_json(source)
    if not isinstance(source, Mapping | kind):
        raise wire.refuse_source(source)
    plain = spelled(source)
    assert isinstance(plain, dict)
    if place := find_bad_text(plain, wire.path):
        refused = refusal("bad_text", place)
        refused.cart_id = id_of(plain, wire.id_field)
        raise refused
    return wire.read_plain(plain)


def spelled(sent: object, levels: int = DATES_WITHIN) -> object:
    """Plain data out of Python: structs as objects, dates and instants as text."""
    if levels == 0:
        return sent
    match sent:
        case Struct():
            fields = asdict(sent).items()
            return {name: spelled(it, levels - 1) for name, it in fields if it is not UNSET}
        case Mapping():
            return {name: spelled(it, levels - 1) for name, it in sent.items()}
        case list() | tuple():
            return [spelled(it, levels - 1) for it in sent]
        case date():
            return spell_date(sent)
    return sent
