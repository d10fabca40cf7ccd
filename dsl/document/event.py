"""The event of a test in, the event as the shop would send it out."""

from typing import Annotated, Any, ClassVar

from pydantic import PlainValidator

from ..expression.portions import EVENT_POINTS, read_points
from ..problems import Problems, did_you_mean
from ..tree.nodes import Mapping, text_at
from .carts import CartShape, CustomerShape, Instant, attributes_of, plain_of
from .diagnosis import read_single
from .earning import EVENTS, EXTERNAL, PURCHASE, REFERRAL, SIDES
from .register import Register
from .requests import CartBuilder, IfShort
from .shape import (
    Amount,
    AnyNode,
    Quantity,
    Refused,
    Shape,
    Word,
    choice_among,
    list_words,
    quote_all,
    scalar_of,
)

REDEEM = "redeem"
SENT = (*(event for event in EVENTS if event != PURCHASE), REDEEM)
SENT_STATES = ("invited", "registered", "qualified")
# What there is to expect of an event; everything else is about a cart.
EVENT_EXPECT = (
    "earned",
    "not_earned",
    "points",
    "cashback",
    "stamps",
    "redemptions",
    "refused_redemptions",
)
# The keys that go with some events only, and those that do not go with some.
HOMES = {
    **dict.fromkeys((*SIDES, "state", "cart"), (REFERRAL,)),
    **dict.fromkeys(("rule", "times", "if_short"), (REDEEM,)),
}
STRANGERS = {"customer": (REFERRAL,), **dict.fromkeys(("amount", "points"), (REFERRAL, REDEEM))}


def read_sent_event(node: object) -> str:
    """What happened."""
    text = scalar_of(node).text
    if text in SENT or EXTERNAL.fullmatch(text):
        return text
    help = did_you_mean(text, SENT) or list_words([*SENT, "external.<name>"])
    if text == PURCHASE:
        help = "a purchase is a `cart`"
    raise Refused("R206", text=text, noun="event", help=help)


class EventShape(Shape):
    """The event of a test."""

    noun: ClassVar[str] = "an event"
    sample: ClassVar[str] = "event: {event: check-in, at: 2026-07-10T12:00}"

    id: Word | None = None
    event: Annotated[str, PlainValidator(read_sent_event)]
    at: Instant
    customer: CustomerShape | None = None
    channel: Word | None = None
    location: Word | None = None
    kind: Word | None = None
    amount: Amount | None = None
    points: AnyNode = None
    attributes: Annotated[dict[str, Any], PlainValidator(attributes_of("event"))] | None = None
    referrer: CustomerShape | None = None
    friend: CustomerShape | None = None
    state: Annotated[str, choice_among("state", SENT_STATES)] | None = None
    cart: CartShape | None = None
    rule: Word | None = None
    times: Quantity | None = None
    if_short: IfShort | None = None


class EventBuilder:
    """Makes the events of tests."""

    def __init__(self, register: Register, carts: CartBuilder, problems: Problems) -> None:
        self.register = register
        self.carts = carts
        self.scales: dict[str, int] = {}  # by event
        self.problems = problems

    def build(self, shape: EventShape, name: str) -> dict[str, Any]:
        """The event as JSON-like data.

        Without an id it has the name of its test, and whom it is about the name of their part.
        """
        node, kind = shape.node, shape.event
        self.check_keys(node, kind)
        event = plain_of(shape, frozenset(("points", "cart")))
        event.setdefault("id", name)
        for part in SIDES if kind == REFERRAL else ("customer",):
            event[part] = {"id": part, **event.get(part, {})}
        if shape.points is not None:
            scale = self.scale_of(kind)
            event["points"] = read_single(
                lambda one: read_points(scalar_of(one).text, scale),
                node.keys["points"],
                shape.points,
                self.problems,
            )
        if shape.cart is not None:
            event["cart"] = self.carts.build(shape.cart, name)
        return event

    def check_keys(self, node: Mapping, event: str) -> None:
        """Report keys that do not go with an event, and a redemption that names no rule."""
        for key, place in node.keys.items():
            homes = HOMES.get(key)
            if homes is not None and event not in homes:
                help = f"it is for {quote_all(f'event: {home}' for home in homes)}"
                words = {"key": key, "action": f"the event `{event}`"}
                self.problems.add("R304", place.span, help=help, **words)
            elif event in STRANGERS.get(key, ()):
                words = {"key": key, "action": f"the event `{event}`"}
                self.problems.add("R304", place.span, help="delete it", **words)
        if event == REDEEM and "rule" in node.keys:
            self.register.is_known("burning rule", scalar_of(node.values["rule"]))
        elif event == REDEEM:
            owner = f"the event `{REDEEM}`"
            self.problems.add("R204", node.keys["event"].span, owner=owner, key="rule")

    def scale_of(self, event: str) -> int:
        """The decimals of points that come with an event: those of who reads them."""
        if not self.scales:
            self.scales = dict.fromkeys(SENT, 0)
            for entry in self.register.entries["earning rule"].values():
                node = entry.node
                award = node.get("award") if isinstance(node, Mapping) else None
                if text_at(award, "points") == EVENT_POINTS:
                    name, scale = text_at(node, "event"), self.register.terms_of(node).scale
                    self.scales[name] = max(self.scales.get(name, 0), scale or 0)
        return self.scales.get(event, 0)
