"""The event of a test in, the event as the shop would send it out."""

from typing import Annotated, Any, ClassVar

from pydantic import PlainValidator

from ..expression.portions import EVENT_POINTS, read_points
from ..problems import Problems, did_you_mean
from ..tree.nodes import Mapping, text_at
from .carts import CustomerShape, Instant, attributes_of, plain_of
from .diagnosis import read_single
from .earning import EVENTS, EXTERNAL, PURCHASE
from .register import Register
from .shape import (
    Amount,
    AnyNode,
    Quantity,
    Refused,
    Shape,
    Word,
    list_words,
    scalar_of,
)

REDEEM = "redeem"
SENT = (*(event for event in EVENTS if event != PURCHASE), REDEEM)
# What there is to expect of an event; everything else is about a cart.
EVENT_EXPECT = ("earned", "points", "cashback", "stamps", "redemptions", "refused_redemptions")


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
    amount: Amount | None = None
    points: AnyNode = None
    kind: Word | None = None
    attributes: Annotated[dict[str, Any], PlainValidator(attributes_of("event"))] | None = None
    rule: Word | None = None
    times: Quantity | None = None


class EventBuilder:
    """Makes the events of tests."""

    def __init__(self, register: Register, problems: Problems) -> None:
        self.register = register
        self.scales: dict[str, int] = {}  # by event
        self.problems = problems

    def build(self, shape: EventShape, name: str) -> dict[str, Any]:
        """The event as JSON-like data; without an id it has the name of its test."""
        node = shape.node
        event = plain_of(shape, frozenset(("points",)))
        event.setdefault("id", name)
        if shape.points is not None:
            scale = self.scale_of(shape.event)
            points = read_single(
                lambda one: read_points(scalar_of(one).text, scale),
                node.keys["points"],
                shape.points,
                self.problems,
            )
            event["points"] = points
        if shape.event == REDEEM:
            self.check_redemption(node)
        else:
            self.refuse(node, ("rule", "times"), shape.event, f"it is for `event: {REDEEM}`")
        return event

    def check_redemption(self, node: Mapping) -> None:
        """Report a redemption that names no burning rule, and what does not go with it."""
        help = "a redemption takes what its rule says"
        self.refuse(node, ("amount", "points", "kind"), REDEEM, help)
        if "rule" in node.keys:
            self.register.is_known("burning rule", scalar_of(node.values["rule"]))
        else:
            owner = f"the event `{REDEEM}`"
            self.problems.add("R204", node.keys["event"].span, owner=owner, key="rule")

    def refuse(self, node: Mapping, keys: tuple[str, ...], event: str, help: str) -> None:
        """Add the problems of those keys, if written, that do not go with an event."""
        for key in keys:
            if key in node.keys:
                words = {"key": key, "action": f"the event `{event}`"}
                self.problems.add("R304", node.keys[key].span, help=help, **words)

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
