"""A cart or an event in any form in, the one form in which the store keeps it out.

What is kept is what is priced: whoever reads the same bytes later gets the same result.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

import msgspec

from ...engine.cart.cart import Cart
from ...engine.cart.errors import CartError
from ...engine.cart.instants import read_instant_us
from ...engine.cart.intake import CartSource
from ...engine.cart.wire import Wire
from ...engine.loyalty.errors import errors_of
from ...engine.loyalty.event_intake import EVENTS, EventSource, read_struct
from ...engine.loyalty.events import Event, check_fields
from ..asking import check_id

CARTS = Wire(Cart, "", "a cart", "id")
encoder = msgspec.json.Encoder(order="deterministic")


@dataclass(frozen=True, slots=True)
class Paper:
    """A cart as it was sent, checked field by field, and its text."""

    cart: Cart
    json: bytes
    placed_at_us: int

    @property
    def customer_id(self) -> str | None:
        """Who buys, as the shop calls them."""
        return None if self.cart.customer is None else self.cart.customer.id


def read_paper(source: CartSource) -> Paper:
    """A cart as the store keeps it. Raises `CartError`, naming the field, and `StoreError`."""
    cart = read_struct(source, Cart, CARTS)
    check_id("id", cart.id)
    try:
        placed_at_us = read_instant_us(str(cart.placed_at), "placed_at")
    except CartError as error:
        error.cart_id = cart.id
        raise
    return Paper(cart, encoder.encode(cart), placed_at_us)


@dataclass(frozen=True, slots=True)
class Notice:
    """An event as it was sent, checked field by field, and its text."""

    event: Event
    json: bytes
    at_us: int
    digest: str


def read_notice(source: EventSource, check: Callable[[Event], None] | None = None) -> Notice:
    """An event as the store takes it. Raises `EventError`, naming the field, and `StoreError`.

    `check` may raise an error that says more than what its fields are blamed for.
    """
    with errors_of("event", None):
        event = read_struct(source, Event, EVENTS)
    if check is not None:
        check(event)
    with errors_of("event", event.id):
        check_fields(event)
        check_id("id", event.id)
        check_id("event", event.event)
        at_us = 0 if event.at is None else read_instant_us(str(event.at), "at")
    json = encoder.encode(event)
    return Notice(event, json, at_us, digest_of_text(json))


@dataclass(frozen=True, slots=True)
class Frozen:
    """What an order was priced from. The customer is as the cart calls them, None for nobody."""

    cart: msgspec.Raw
    facts: dict[str, Any]
    customer_id: str | None


class NamedCustomer(msgspec.Struct):
    """The one field of a customer that names them."""

    id: str | None = None


class NamedCart(msgspec.Struct):
    """The one field of a cart that says whose it is."""

    customer: NamedCustomer | None = None


def thaw(row: Mapping[str, Any]) -> Frozen:
    """The papers of an order."""
    customer = msgspec.json.decode(row["cart"], type=NamedCart).customer
    facts = msgspec.json.decode(row["facts"])
    return Frozen(msgspec.Raw(row["cart"]), facts, None if customer is None else customer.id)


def digest_of_text(text: bytes) -> str:
    """The digest of what is kept, 64 hexadecimal digits."""
    return sha256(text).hexdigest()


def encode_facts(facts: Mapping[str, object]) -> bytes:
    """Facts as they are kept."""
    return encoder.encode(facts)


def part_of(order: str, name: str) -> str:
    """What a part of an order is called, such as a refund: no part of another order is."""
    return f"{order}/{name.replace('%', '%25').replace('/', '%2F')}"
