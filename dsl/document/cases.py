"""One entry of `tests` in, a case out: a cart or an event, facts, and what to expect.

Tests are written as rules are, with `30.00 USD` for amounts, `500 points` for points and times in
the rule set's zone; a case is plain data with minor and smallest units and UTC instants, ready for
any evaluator.
"""

from collections.abc import Iterator
from typing import Any, ClassVar

from ..problems import Problems, did_you_mean
from ..ruleset import Case
from ..tree.nodes import Mapping as MappingNode
from ..tree.nodes import Node, Scalar
from .carts import CartShape, CartTerms
from .diagnosis import read_shape
from .earning import REFERRAL
from .event import EVENT_EXPECT, EventBuilder, EventShape
from .expectation import ExpectationBuilder, ExpectShape
from .facts import AllFactsShape, FactsBuilder
from .register import Register
from .requests import CartBuilder
from .sections import Entry, Sections
from .settings import Settings
from .shape import Shape, Text, quote_all
from .stacking import report_unknown_promotion, texts_of


class CaseShape(Shape):
    """One entry of `tests`."""

    noun: ClassVar[str] = "a test"

    description: Text = ""
    cart: CartShape | None = None
    event: EventShape | None = None
    facts: AllFactsShape | None = None
    expect: ExpectShape


class CaseBuilder:
    """Builds the cases of one rule set."""

    def __init__(
        self, settings: Settings, sections: Sections, register: Register, problems: Problems
    ) -> None:
        terms = settings.terms
        self.terms = CartTerms(terms.currency, terms.exponent, terms.zone, settings.attributes)
        self.promotions = sections.promotions
        # Who can take something off a line.
        self.takers = {**sections.promotions, **sections.burning_rules, **sections.programs}
        self.problems = problems
        self.carts = CartBuilder(terms.currency, register, problems)
        self.events = EventBuilder(register, self.carts, problems)
        self.facts = FactsBuilder(register, self.terms, problems)
        self.expectations = ExpectationBuilder(register, problems)

    def build(self, entry: Entry) -> Case | None:
        """The case of an entry; None when it has not the right shape."""
        key = entry.key
        shape = read_shape(CaseShape, key, entry.node, self.terms, self.problems)
        if shape is None:
            return None
        self.check_names(shape)
        cart, event = self.build_cart(shape, key.text), self.build_event(shape, key.text)
        if (cart is None) == (event is None):
            place = key.span if cart is None else shape.node.keys["event"].span
            keys = quote_all(("cart", "event"))
            self.problems.add("R305", place, owner=CaseShape.noun, keys=keys)
        asked = [] if cart is None else cart.get("redeem", [])
        issued = {request["issued"] for request in asked if "issued" in request}
        expect = self.expectations.build(shape.expect, issued, shape.event is not None)
        if event is None and "state" in expect:
            written, words = shape.expect.node.keys["state"], {"key": "state", "action": "a cart"}
            self.problems.add("R304", written.span, help="a referral has one", **words)
        if not shape.expect.node.keys:
            help = "write what has to come out, such as `applied: []`"
            self.problems.add("R402", shape.node.keys["expect"].span, help=help)
        facts = None if shape.facts is None else self.facts.build(shape.facts)
        return Case(key.text, cart or {}, facts, expect, key.span, event)

    def build_cart(self, shape: CaseShape, name: str) -> dict[str, Any] | None:
        """The cart of a test, if it has one."""
        if shape.cart is None:
            return None
        self.check_targets_of(shape.cart, shape.expect)
        return self.carts.build(shape.cart, name)

    def build_event(self, shape: CaseShape, name: str) -> dict[str, Any] | None:
        """The event of a test, if it has one."""
        if shape.event is None:
            return None
        is_referral = shape.event.event == REFERRAL
        known = (*EVENT_EXPECT, "state") if is_referral else EVENT_EXPECT
        for key, place in shape.expect.node.keys.items():
            if key not in known:
                help = f"what comes of an event is {quote_all(known)}"
                words = {"key": key, "action": f"the event `{shape.event.event}`"}
                self.problems.add("R304", place.span, help=help, **words)
        return self.events.build(shape.event, name)

    def check_targets_of(self, cart: CartShape, expect: ExpectShape) -> None:
        """Report expected lines and shipments that a cart does not have."""
        lines = [line.id or str(number) for number, line in enumerate(cart.lines, 1)]
        self.check_targets(expect.node.get("lines"), "line", lines)
        sent = enumerate(cart.shipments or [], 1)
        shipments = [shipment.id or str(number) for number, shipment in sent]
        self.check_targets(expect.node.get("shipments"), "shipment", shipments)

    def check_targets(self, node: Node | None, noun: str, known: list[str]) -> None:
        """Report names of lines or shipments that the cart does not have."""
        if isinstance(node, MappingNode):
            for key in node.keys.values():
                if key.text not in known:
                    help = did_you_mean(key.text, known) or "without an `id` it is its number"
                    self.problems.add("R404", key.span, noun=noun, name=key.text, help=help)

    def check_names(self, shape: CaseShape) -> None:
        """Report names that no promotion has, and one that is expected both ways."""
        for name in promotions_in(shape):
            if name.text not in self.promotions:
                report_unknown_promotion("R401", name, self.promotions, self.problems)
        for name in takers_in(shape):
            if name.text not in self.takers:
                report_unknown_promotion("R401", name, self.takers, self.problems)
        applied = {name.text for name in texts_of(shape.expect.node.get("applied"))}
        for name in keys_of(shape.expect.node.get("not_applied")):
            if name.text in applied:
                help = "delete one of the two"
                self.problems.add("R406", name.span, name=name.text, help=help)


def promotions_in(shape: CaseShape) -> Iterator[Scalar]:
    """Every name in a test that only a promotion can have."""
    expect = shape.expect.node
    for section in ("applied", "warnings"):
        yield from texts_of(expect.get(section))
    yield from keys_of(expect.get("not_applied"))
    if shape.facts is not None:
        yield from keys_of(shape.facts.node.get("uses"))


def takers_in(shape: CaseShape) -> Iterator[Scalar]:
    """Every name in a test of who takes something off a line or shipment."""
    for section in ("lines", "shipments"):
        targets = shape.expect.node.get(section)
        if isinstance(targets, MappingNode):
            for target in targets.values.values():
                if isinstance(target, MappingNode):
                    yield from keys_of(target.get("allocations"))


def keys_of(node: Node | None) -> list[Scalar]:
    """The keys of a mapping."""
    return list(node.keys.values()) if isinstance(node, MappingNode) else []
