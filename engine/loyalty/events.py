"""What stores send when something happens: the struct, and which fields which event may have."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

from msgspec import Meta, Struct

from ..cart.cart import (
    ATTRIBUTES_HELP,
    Amount,
    Attributes,
    Cart,
    Count,
    Customer,
    Instant,
    Text,
    Times,
)
from ..cart.errors import CartError, refusal, shorten
from .orders import Order, Refund

EXTERNAL = "external."
NAMED = [
    "purchase",
    "signup",
    "birthday",
    "check-in",
    "evidence.approved",
    "referral",
    "redeem",
    "refund",
]


class Event(Struct, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    """Something that happened. Which fields it may have depends on what it is."""

    id: Annotated[Text, Meta(description="Names the event in the answer.")]
    event: Annotated[
        Text,
        Meta(
            description="What happened: `purchase`, `signup`, `birthday`, `check-in`, "
            "`evidence.approved`, `referral`, `redeem`, `refund`, or one of the shop's own that "
            "begins with `external.`.",
            extra_json_schema={"anyOf": [{"enum": NAMED}, {"pattern": r"^external\..+"}]},
        ),
    ]
    at: Annotated[
        Instant | None,
        Meta(
            description="When: an RFC 3339 instant with its offset. Purchases have that of the "
            "cart, refunds that of the order.",
            extra_json_schema={"format": "date-time"},
        ),
    ] = None
    customer: Annotated[Customer | None, Meta(description="Whose event it is.")] = None
    member: Annotated[
        Text | None, Meta(description="Their id, where nothing else of the customer is known.")
    ] = None
    channel: Annotated[str | None, Meta(description="Where it happened, such as `app`.")] = None
    location: Annotated[str | None, Meta(description="The shop.")] = None
    kind: Annotated[str | None, Meta(description="Which kind of such an event.")] = None
    amount: Annotated[Amount | None, Meta(description="What it is about, in minor units.")] = None
    points: Annotated[
        Count | None,
        Meta(description="Points for rules that take them from here, in the smallest unit."),
    ] = None
    attributes: Annotated[Attributes | None, Meta(description=ATTRIBUTES_HELP)] = None
    cart: Annotated[
        Cart | None, Meta(description="Of a purchase; of a referral: the friend's order.")
    ] = None
    referrer: Annotated[Customer | None, Meta(description="Of a referral: who invited.")] = None
    friend: Annotated[Customer | None, Meta(description="Of a referral: who was invited.")] = None
    state: Annotated[
        Literal["invited", "registered", "qualified"] | None,
        Meta(
            description="Of a referral: what it is to become. Absent: `qualified` with a cart, "
            "else `registered`."
        ),
    ] = None
    rule: Annotated[Text | None, Meta(description="To redeem: the burning rule.")] = None
    times: Annotated[Times | None, Meta(description="To redeem: how often; absent: once.")] = None
    if_short: Annotated[
        Literal["clip", "reject"] | None,
        Meta(description="To redeem: whether fewer times will do; absent: `reject`."),
    ] = None
    order: Annotated[Order | None, Meta(description="Of a refund: what was bought.")] = None
    refund: Annotated[Refund | None, Meta(description="Of a refund: what is given back.")] = None


WHO = ("customer", "member")
WHERE = ("channel", "location")
SAYS = ("kind", "amount", "points", "attributes")
PLAIN = ("at", *WHO, *WHERE, *SAYS)
ALWAYS = ("id", "event")

# Which fields an event may have, and which it must.
MAY: Mapping[str, tuple[str, ...]] = {
    "purchase": ("cart",),
    "signup": PLAIN,
    "birthday": PLAIN,
    "check-in": PLAIN,
    "evidence.approved": PLAIN,
    EXTERNAL: PLAIN,
    "referral": ("at", "referrer", "friend", "state", "cart", *WHERE, "kind", "attributes"),
    "redeem": ("at", *WHO, *WHERE, "kind", "attributes", "rule", "times", "if_short"),
    "refund": ("order", "refund"),
}
MUST: Mapping[str, tuple[str, ...]] = {
    "purchase": ("cart",),
    "referral": ("at", "referrer", "friend"),
    "redeem": ("at", "rule"),
    "refund": ("order", "refund"),
}


def form_of(kind: str) -> str:
    """Which row of the tables an event has. Raises `CartError` for none."""
    form = EXTERNAL if kind.startswith(EXTERNAL) and kind != EXTERNAL else kind
    if form not in MAY or kind == EXTERNAL:
        expected = "an event such as `signup` or `external.erp`"
        raise refusal("bad_format", "event", expected=expected, got=f"`{shorten(kind)}`")
    return form


def check_fields(event: Event) -> None:
    """Raise `CartError` where an event has a field that is not of its kind, or lacks one."""
    form = form_of(event.event)
    for name in event.__struct_fields__:
        sent = getattr(event, name)
        if sent is not None and name not in MAY[form] and name not in ALWAYS:
            raise misplaced(name)
    for name in MUST.get(form, ("at",)):
        if getattr(event, name) is None:
            raise refusal("missing_field", name, name=name)
    if "member" in MAY[form]:
        check_who(event)
    if form == "referral":
        check_referral(event)


def check_who(event: Event) -> None:
    """Raise `CartError` where nobody is named, or two ways name somebody."""
    customer = event.customer
    if (customer is None) == (event.member is None):
        got = "none" if customer is None else "both"
        raise refusal("one_of", "", names="`customer` and `member`", got=got)
    if customer is not None and customer.id is None:
        raise refusal("missing_field", "customer.id", name="id")


def check_referral(event: Event) -> None:
    """Raise `CartError` where a referral lacks what its state needs."""
    for name in ("referrer", "friend"):
        if getattr(event, name).id is None:
            raise refusal("missing_field", f"{name}.id", name="id")
    if event.state == "qualified" and event.cart is None:
        raise refusal("missing_field", "cart", name="cart")
    if event.state in ("invited", "registered") and event.cart is not None:
        raise refusal("out_of_place", "cart", name="cart", beside="the state `qualified`")


def misplaced(name: str) -> CartError:
    """The error for a field that belongs to other events."""
    kinds = [f"`{kind}*`" if kind == EXTERNAL else f"`{kind}`" for kind in MAY if name in MAY[kind]]
    return refusal("out_of_place", name, name=name, beside=f"the event {' or '.join(kinds)}")


def customer_of(event: Event) -> Customer:
    """Whose event it is."""
    return Customer(id=event.member) if event.customer is None else event.customer
