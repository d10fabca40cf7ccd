"""A plan in, where the value of each of its slots comes from out: a field, an attribute, a zone."""

from collections.abc import Iterable, Mapping, Sequence
from enum import IntEnum
from typing import NamedTuple

from ...dsl.kinds import Kind
from .plan import NOTHING, Layout, NodeOp, Plan, Slot
from .qualifying import split_name

OWNERS = ("cart.attributes.", "customer.attributes.", "line.attributes.")
KINDS = tuple(Kind)


class FieldOp(IntEnum):
    """The fields of carts and lines; numbers of carts come before their texts and sets."""

    ATTRIBUTE = 0
    SUBTOTAL = 1
    QUANTITY = 2
    LINE_COUNT = 3
    PLACED_AT = 4
    DATE = 5
    TIME = 6
    HOUR = 7
    ORDERS = 8
    BIRTHDAY = 9
    SIGNED_UP = 10
    SHIPPING_AMOUNT = 11
    CURRENCY = 12
    CHANNEL = 13
    LOCATION = 14
    WEEKDAY = 15
    CUSTOMER_ID = 16
    ACCOUNT = 17
    TIER = 18
    COUNTRY = 19
    REGION = 20
    POSTAL_CODE = 21
    PAYMENT_METHOD = 22
    COUPONS = 23
    GROUPS = 24
    SEGMENTS = 25
    METHODS = 26
    LINE_QUANTITY = 27
    LINE_PRICE = 28
    LINE_SUBTOTAL = 29
    LINE_SKU = 30
    LINE_BRAND = 31
    LINE_CATEGORIES = 32
    LINE_TAGS = 33


FIELDS: Mapping[str, FieldOp] = {
    "cart.subtotal": FieldOp.SUBTOTAL,
    "cart.quantity": FieldOp.QUANTITY,
    "cart.line_count": FieldOp.LINE_COUNT,
    "cart.currency": FieldOp.CURRENCY,
    "cart.channel": FieldOp.CHANNEL,
    "cart.location": FieldOp.LOCATION,
    "cart.placed_at": FieldOp.PLACED_AT,
    "cart.date": FieldOp.DATE,
    "cart.time": FieldOp.TIME,
    "cart.hour": FieldOp.HOUR,
    "cart.weekday": FieldOp.WEEKDAY,
    "cart.coupons": FieldOp.COUPONS,
    "customer.id": FieldOp.CUSTOMER_ID,
    "customer.account": FieldOp.ACCOUNT,
    "customer.groups": FieldOp.GROUPS,
    "customer.segments": FieldOp.SEGMENTS,
    "customer.tier": FieldOp.TIER,
    "customer.orders": FieldOp.ORDERS,
    "customer.birthday": FieldOp.BIRTHDAY,
    "customer.signed_up": FieldOp.SIGNED_UP,
    "shipping.methods": FieldOp.METHODS,
    "shipping.country": FieldOp.COUNTRY,
    "shipping.region": FieldOp.REGION,
    "shipping.postal_code": FieldOp.POSTAL_CODE,
    "shipping.amount": FieldOp.SHIPPING_AMOUNT,
    "payment.method": FieldOp.PAYMENT_METHOD,
    "line.sku": FieldOp.LINE_SKU,
    "line.categories": FieldOp.LINE_CATEGORIES,
    "line.brand": FieldOp.LINE_BRAND,
    "line.tags": FieldOp.LINE_TAGS,
    "line.quantity": FieldOp.LINE_QUANTITY,
    "line.unit_price": FieldOp.LINE_PRICE,
    "line.subtotal": FieldOp.LINE_SUBTOTAL,
}
# What the calendar of the rule set's zone decides.
LOCAL = {"cart.date", "cart.time", "cart.hour", "cart.weekday", "customer.signed_up"}


class Source(NamedTuple):
    """Where one slot gets its value."""

    field: int
    attribute: int  # among the declared ones, in the order of `declared`; or NOTHING
    fallback: object
    prefix_sizes: tuple[int, ...]  # bytes, distinct; empty but for a slot of prefixes
    listed: tuple[int, ...]  # sorted symbols: of the prefixes, or of a set's fallback


def declared(plan: Plan) -> list[tuple[str, str, Kind]]:
    """The declared attributes as owner, bare name and kind: the cart's, the customer's, lines'."""
    return [
        (owner, name.removeprefix(owner), kind)
        for owner in OWNERS
        for name, kind in plan.labels.attributes
        if name.startswith(owner)
    ]


def sources_of(plan: Plan, slots: Sequence[Slot]) -> list[Source]:
    """Where some slots get their values."""
    numbers = {owner + name: number for number, (owner, name, _) in enumerate(declared(plan))}
    return [
        Source(
            FIELDS.get(slot.name, FieldOp.ATTRIBUTE),
            numbers.get(slot.name, NOTHING),
            value,
            tuple(sorted({len(prefix.encode()) for prefix in slot.prefixes})),
            symbols_of(plan, slot.prefixes or words_of(value)),
        )
        for slot in slots
        for value in (constant_of(plan, slot),)
    ]


def constant_of(plan: Plan, slot: Slot) -> object:
    """What a slot holds of which a cart says nothing.

    A cart is a purchase; of who buys, nothing is known but that they are new to every program.
    """
    if slot.name == "event.type":
        return "purchase"
    field, program = split_name(slot.name)
    labels = plan.labels.loyalty
    value: object = None
    match field:
        case "member.tier":
            value = labels.newcomer_tiers[labels.programs.index(program)]
        case "member.points" | "member.lifetime_points":
            value = 0
        case "member.segments":
            value = frozenset()
    return slot.fallback if value is None else value


def words_of(fallback: object) -> frozenset[str]:
    """The fallback of a set slot; of other slots nothing."""
    return fallback if isinstance(fallback, frozenset) else frozenset()


def symbols_of(plan: Plan, texts: Iterable[str]) -> tuple[int, ...]:
    """The sorted symbols of those texts that have one."""
    return tuple(sorted(plan.symbols[text] for text in texts if text in plan.symbols))


def slots_of(layout: Layout) -> list[Slot]:
    """All slots of a layout."""
    return [
        *layout.cart_numbers,
        *layout.cart_texts,
        *layout.cart_sets,
        *layout.line_numbers,
        *layout.line_texts,
        *layout.line_sets,
    ]


def reads_calendar(plan: Plan) -> bool:
    """Whether a slot reads what a clock or a calendar shows in the rule set's zone."""
    return any(slot.name in LOCAL for slot in slots_of(plan.layout))


def compares_texts(plan: Plan) -> bool:
    """Whether a rule compares two texts of a cart, so that all texts must be told apart."""
    return bool((plan.nodes["op"] == NodeOp.SAME).any())
