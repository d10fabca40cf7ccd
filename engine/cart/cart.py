"""What checkout sends: the cart as JSON spells it, field by field, with its limits.

Amounts are whole numbers of the currency's minor units (12.34 USD is 1234). A field that may be
absent may also be null. These objects are only as good as who made them: `Intake` checks every
cart, however it comes, and what it returns is in `checked`.

LIMIT: one amount is at most 10**12 and a sum over the cart at most 10**13 minor units, so that
sums fit 64 bits and products 128.
"""

from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Any, Literal

from msgspec import Meta, Struct

from ...dsl.kinds import AMOUNT_MAX, QUANTITY_MAX

TOTAL_MAX = 10 * AMOUNT_MAX  # tax, store credit and the gross of a cart, in minor units
COUNT_MAX = 10**12
LINES_MAX = 10_000
SHIPMENTS_MAX = 1_000
CODES_MAX = 100
REQUESTS_MAX = 100

# JSON has neither instants nor dates, so on the wire they are text; Python callers may give either.
if TYPE_CHECKING:
    Instant = str | datetime
    Day = str | date
else:
    Instant = str
    Day = str

MINOR = {"noun": "a whole number of minor units"}
Text = Annotated[str, Meta(min_length=1)]
Amount = Annotated[int, Meta(ge=0, le=AMOUNT_MAX, extra=MINOR)]
Total = Annotated[int, Meta(ge=0, le=TOTAL_MAX, extra=MINOR)]
Count = Annotated[int, Meta(ge=0, le=COUNT_MAX)]
Quantity = Annotated[int, Meta(ge=1, le=QUANTITY_MAX)]
Times = Annotated[int, Meta(ge=1, le=QUANTITY_MAX)]
Points = Annotated[
    int, Meta(ge=1, le=COUNT_MAX, extra={"noun": "a whole number of points, or `max`"})
]
Words = frozenset[str]
Attributes = dict[str, Any]

ATTRIBUTES_HELP = (
    "Values of the attributes that the rule set declares; others are ignored. Decimals, "
    "percentages, dates, times and durations are text; money is in minor units."
)


class Line(Struct, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    """One line of a cart."""

    sku: Annotated[Text, Meta(description="What is bought.")]
    quantity: Annotated[Quantity, Meta(description="Units, at least 1.")]
    unit_price: Annotated[Amount, Meta(description="List price of one unit, in minor units.")]
    id: Annotated[
        Text | None,
        Meta(description="Unique among the lines; absent: the line's position, counted from 1."),
    ] = None
    categories: Annotated[Words | None, Meta(description="Categories the product is in.")] = None
    brand: Annotated[str | None, Meta(description="Brand of the product.")] = None
    tags: Annotated[Words | None, Meta(description="Free labels of the product.")] = None
    min_price: Annotated[
        Amount | None,
        Meta(description="No discount takes a unit below this, in minor units; absent: 0."),
    ] = None
    stored_value: Annotated[
        bool | None,
        Meta(
            description="Whether this is a gift card or a top-up: points are neither spent on it "
            "nor, but by rules for it, earned. Absent: false."
        ),
    ] = None
    attributes: Annotated[Attributes | None, Meta(description=ATTRIBUTES_HELP)] = None


class Shipment(Struct, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    """One delivery that is paid for."""

    amount: Annotated[Amount, Meta(description="What it costs, in minor units.")]
    id: Annotated[
        Text | None,
        Meta(description="Unique among the shipments; absent: its position, counted from 1."),
    ] = None
    method: Annotated[str | None, Meta(description="How it is sent, such as `standard`.")] = None


class Address(Struct, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    """Where the cart is sent to."""

    country: Annotated[str | None, Meta(description="Country code, such as `ES`.")] = None
    region: Annotated[str | None, Meta(description="State, province or region.")] = None
    postal_code: Annotated[str | None, Meta(description="Postal code, as text.")] = None


class Payment(Struct, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    """How the cart is paid."""

    method: Annotated[str | None, Meta(description="Means of payment, such as `card`.")] = None


class Customer(Struct, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    """Who buys, as far as the shop knows."""

    id: Annotated[Text | None, Meta(description="The customer's id in the shop.")] = None
    account: Annotated[str | None, Meta(description="The account they buy for.")] = None
    groups: Annotated[Words | None, Meta(description="Customer groups they are in.")] = None
    segments: Annotated[Words | None, Meta(description="Segments they are in.")] = None
    tier: Annotated[str | None, Meta(description="Their loyalty tier.")] = None
    orders: Annotated[Count | None, Meta(description="Orders they placed before this one.")] = None
    birthday: Annotated[Day | None, Meta(description="Date of birth, as `YYYY-MM-DD`.")] = None
    signed_up: Annotated[
        Day | None,
        Meta(description="When they signed up: `YYYY-MM-DD`, or an RFC 3339 instant."),
    ] = None
    attributes: Annotated[Attributes | None, Meta(description=ATTRIBUTES_HELP)] = None


class Redemption(Struct, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    """Something to be taken off for points: exactly one of `rule`, `program` and `issued`."""

    rule: Annotated[Text | None, Meta(description="The burning rule to redeem by.")] = None
    times: Annotated[
        Times | None, Meta(description="How often, only with `rule`; absent: once.")
    ] = None
    program: Annotated[
        Text | None, Meta(description="The program whose points to spend by its own rate.")
    ] = None
    points: Annotated[
        Points | Literal["max"] | None,
        Meta(
            description="How many, in the smallest unit of the program, or `max` for as many as "
            "can be; only with `program`, and required there."
        ),
    ] = None
    if_short: Annotated[
        Literal["clip", "reject"] | None,
        Meta(
            description="Whether less is done where not all can be; absent: `reject` with `rule`, "
            "`clip` with `program`."
        ),
    ] = None
    issued: Annotated[
        Text | None, Meta(description="The id of a reward that was issued, to be used now.")
    ] = None


class Cart(Struct, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    """A cart to be priced."""

    id: Annotated[Text, Meta(description="Names the cart in the answer.")]
    currency: Annotated[str, Meta(description="ISO 4217 code; must be the rule set's.")]
    placed_at: Annotated[
        Instant,
        Meta(
            description="The only `now` there is: an RFC 3339 instant with its offset.",
            extra_json_schema={"format": "date-time"},
        ),
    ]
    lines: Annotated[
        list[Line],
        Meta(
            max_length=LINES_MAX,
            description="What is bought; may be empty.",
            extra={"noun": "lines"},
        ),
    ]
    channel: Annotated[str | None, Meta(description="Where it is bought, such as `web`.")] = None
    location: Annotated[str | None, Meta(description="The shop or warehouse.")] = None
    shipments: Annotated[
        Annotated[list[Shipment], Meta(max_length=SHIPMENTS_MAX, extra={"noun": "shipments"})]
        | None,
        Meta(description="Deliveries, each with its price."),
    ] = None
    shipping_address: Annotated[Address | None, Meta(description="Where it goes.")] = None
    payment: Annotated[Payment | None, Meta(description="How it is paid.")] = None
    tax_total: Annotated[Total | None, Meta(description="Tax, in minor units; absent: 0.")] = None
    store_credit: Annotated[
        Total | None,
        Meta(description="Credit the shop gave that pays for this cart, in minor units."),
    ] = None
    coupons: Annotated[
        Annotated[list[Text], Meta(max_length=CODES_MAX, extra={"noun": "codes"})] | None,
        Meta(description="Codes as entered; trimmed, upper-cased and deduplicated."),
    ] = None
    customer: Annotated[Customer | None, Meta(description="Who buys.")] = None
    redeem: Annotated[
        Annotated[list[Redemption], Meta(max_length=REQUESTS_MAX, extra={"noun": "requests"})]
        | None,
        Meta(
            description="What to redeem for loyalty points, in order; must be empty where the "
            "rules have no loyalty program."
        ),
    ] = None
    attributes: Annotated[Attributes | None, Meta(description=ATTRIBUTES_HELP)] = None
