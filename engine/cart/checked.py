"""The cart that the evaluators read: checked, typed, and with nothing left to parse.

Intake makes these and nobody writes to them afterwards (they are not frozen only because that
costs seven times as much to build). Amounts are in minor units; instants in microseconds since
1970 UTC, dates in days since 1970-01-01, both read in the rule set's zone. `attributes` hold the
declared ones that were sent, by bare name, in the units of `kinds`; defaults are not filled in.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from ...dsl.formula import Value


@dataclass(slots=True)
class CheckedLine:
    """One line; `id` is the sent one, or its position from 1. `index` counts from 0."""

    index: int
    id: str
    sku: str
    quantity: int
    unit_price_minor: int
    gross_minor: int  # quantity times unit price
    min_price_minor: int  # of one unit
    categories: frozenset[str]
    brand: str | None
    tags: frozenset[str]
    attributes: Mapping[str, Value]
    is_stored_value: bool = False  # a gift card or top-up: points are not earned on it, nor spent


@dataclass(slots=True)
class CheckedShipment:
    """One shipment; `id` is the sent one, or its position from 1. `index` counts from 0."""

    index: int
    id: str
    method: str | None
    amount_minor: int


@dataclass(slots=True)
class Request:
    """One redemption asked for: by a burning rule, by a program's points, or an issued reward."""

    rule: str | None = None
    program: str | None = None  # one of the three
    issued: str | None = None
    times: int = 1  # of a rule
    points: int | None = None  # smallest units of a program; None: as many as can be
    is_reject: bool = False  # refused rather than clipped when there is not enough


@dataclass(slots=True)
class CheckedEvent:
    """What an event says beside who and when; a purchase is a cart, and has none."""

    type: str  # signup, birthday, referral, check-in, evidence.approved, external.*
    kind: str | None = None
    amount_minor: int | None = None
    points: int | None = None  # smallest units of the program that reads them
    attributes: Mapping[str, Value] = field(default_factory=dict)


@dataclass(slots=True)
class CheckedCart:
    """A cart within every limit. Ids of lines, and of shipments, are distinct."""

    id: str
    currency: str
    placed_at_us: int  # since 1970 UTC
    date_days: int  # since 1970-01-01, on the calendar of the rule set's zone
    time_us: int  # since local midnight, as a clock shows it
    hour: int
    weekday: str  # mon tue wed thu fri sat sun
    channel: str | None
    location: str | None
    lines: tuple[CheckedLine, ...]
    shipments: tuple[CheckedShipment, ...]
    country: str | None
    region: str | None
    postal_code: str | None
    payment_method: str | None
    tax_total_minor: int
    store_credit_minor: int
    codes: tuple[str, ...]  # upper-cased, distinct, in first-seen order
    customer_id: str | None
    account: str | None
    groups: frozenset[str]
    segments: frozenset[str]
    tier: str | None
    orders: int | None
    birthday_days: int | None  # since 1970-01-01
    signed_up_days: int | None  # since 1970-01-01
    attributes: Mapping[str, Value]
    customer_attributes: Mapping[str, Value]
    subtotal_minor: int  # sum of the lines' gross, at most 10**13
    quantity: int  # sum of the lines' quantities
    shipping_amount_minor: int  # sum of the shipments' amounts
    redeem: tuple[Request, ...] = ()
    event: CheckedEvent | None = None  # for a cart that stands for an event: one line of its amount
