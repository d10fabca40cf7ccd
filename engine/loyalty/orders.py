"""What stores send of an order and of what is given back: the structs, and what they may hold."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from msgspec import Meta, Struct

from ..cart.cart import LINES_MAX, Cart, Quantity, Text, Total
from ..cart.facts import Card
from ..cart.wire import Json, Wire

REFUNDS_MAX = 1_000

FACTS_HELP = "The facts it was priced with; absent: none."


class RefundLine(Struct, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    """What is given back of one line: units, or a part of what was paid."""

    id: Annotated[Text, Meta(description="The line of the order's cart.")]
    units: Annotated[Quantity | None, Meta(description="Units given back.")] = None
    amount: Annotated[
        Total | None, Meta(description="Or an amount of the line's net, in minor units.")
    ] = None


class Refund(Struct, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    """What is given back of an order at once."""

    id: Annotated[Text, Meta(description="Names the refund; another one of the order has another.")]
    lines: Annotated[
        list[RefundLine],
        Meta(max_length=LINES_MAX, description="Each line once.", extra={"noun": "lines"}),
    ]
    cards: Annotated[
        dict[str, Card] | None,
        Meta(description="Stamp cards as they are before this refund. Absent: as the order left."),
    ] = None


class Referral(Struct, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    """The referral that an order qualified, as it was sent then."""

    event: Annotated[dict[str, Any], Meta(description="The event; its cart may be left out.")]
    facts: Annotated[
        dict[str, Any] | None, Meta(description="The facts of the event; absent: none.")
    ] = None


class Order(Struct, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    """An order as it was priced, and what was given back of it so far."""

    cart: Annotated[Cart, Meta(description="The cart it was.")]
    id: Annotated[Text | None, Meta(description="Names the order. Absent: as the cart.")] = None
    ruleset: Annotated[
        Text | None,
        Meta(description="Hash of the rule set that priced it; any other is refused."),
    ] = None
    facts: Annotated[dict[str, Any] | None, Meta(description=FACTS_HELP)] = None
    refunds: Annotated[
        Annotated[list[Refund], Meta(max_length=REFUNDS_MAX, extra={"noun": "refunds"})] | None,
        Meta(description="Earlier refunds, in any order."),
    ] = None
    referral: Annotated[
        Referral | None, Meta(description="The referral that this order qualified, if it did.")
    ] = None


class Return(Struct, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    """An order and a refund of it: one line of `tally refund`."""

    order: Annotated[Order, Meta(description="What was bought.")]
    refund: Annotated[Refund, Meta(description="What is given back now.")]


ORDERS = Wire(Order, "order", "an order", "id")
REFUNDS = Wire(Refund, "refund", "a refund", "id")
RETURNS = Wire(Return, "", "an order and its refund", "id")

OrderSource = Json | Mapping[str, Any] | Order
RefundSource = Json | Mapping[str, Any] | Refund
