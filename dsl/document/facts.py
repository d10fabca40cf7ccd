"""The facts of a test in, the facts as a store would hand them in out."""

from typing import Annotated, Any, ClassVar

from pydantic import BeforeValidator

from ..problems import Problems
from ..tree.nodes import Mapping, Node, Scalar
from .carts import Day, Instant, plain_of, read_plain
from .diagnosis import read_shape, read_single
from .earning import SIDES
from .quantities import Points, Qualifying
from .register import Register
from .shape import (
    AnyMapping,
    Count,
    Shape,
    Terms,
    Word,
    Words,
    choice_among,
    list_entries,
    read_count,
    scalar_of,
)

STATUSES = ("open", "used", "revoked", "expired")
STATES = ("invited", "registered", "qualified", "rewarded", "rejected", "reversed")


class UsesShape(Shape):
    """How often a promotion was used before."""

    noun: ClassVar[str] = "a usage counter"

    total: Count | None = None
    customer: Count | None = None
    account: Count | None = None
    location: Count | None = None
    day: Count | None = None
    group: Annotated[dict[str, Count], BeforeValidator(list_entries)] | None = None


class FactsShape(Shape):
    """What the store knows in a test."""

    noun: ClassVar[str] = "`facts`"

    uses: Annotated[dict[str, UsesShape], BeforeValidator(list_entries)] | None = None
    codes: Annotated[dict[str, Word], BeforeValidator(list_entries)] | None = None
    members: AnyMapping | None = None
    rooms: AnyMapping | None = None
    stock: AnyMapping | None = None
    pools: Annotated[dict[str, Count], BeforeValidator(list_entries)] | None = None
    cards: AnyMapping | None = None
    issued: AnyMapping | None = None


class AllFactsShape(FactsShape):
    """The same, and of a referral what is known of both sides."""

    referrer: FactsShape | None = None
    friend: FactsShape | None = None
    state: Annotated[str, choice_among("state of a referral", STATES)] | None = None


class MemberShape(Shape):
    """The customer in one program."""

    noun: ClassVar[str] = "a member"
    sample: ClassVar[str] = "members: {club: {balance: 500 points}}"

    balance: Points | None = None
    tier: Word | None = None
    qualifying: Qualifying | None = None
    lifetime_points: Points | None = None
    segments: Words | None = None
    joined: Day | None = None


class RoomShape(Shape):
    """What is left of the limits of a rule."""

    noun: ClassVar[str] = "what is left of limits"
    sample: ClassVar[str] = "rooms: {visit: {times: 1}}"

    times: Count | None = None
    points: Points | None = None


class CardShape(Shape):
    """How far a stamp card is."""

    noun: ClassVar[str] = "a stamp card"
    sample: ClassVar[str] = "cards: {coffee-card: {stamps: 4}}"

    stamps: Count | None = None
    used: Count | None = None


class IssuedShape(Shape):
    """A reward that was issued."""

    noun: ClassVar[str] = "an issued reward"
    sample: ClassVar[str] = "issued: {r1: {rule: free-coffee}}"

    rule: Word
    status: Annotated[str, choice_among("status", STATUSES)] | None = None
    expires_at: Instant | None = None


BUILT = frozenset(("members", "rooms", "stock", "cards", "issued", *SIDES))


class FactsBuilder:
    """Makes the facts of tests, with points in the smallest units of their programs."""

    def __init__(self, register: Register, terms: Terms, problems: Problems) -> None:
        self.register = register
        self.terms = terms
        self.problems = problems

    def build(self, shape: FactsShape) -> dict[str, Any]:
        """The facts as JSON-like data."""
        facts = plain_of(shape, BUILT)
        builders = {
            "members": self.build_member,
            "rooms": self.build_room,
            "stock": self.build_stock,
            "cards": self.build_card,
            "issued": self.build_issued,
        }
        for section, build in builders.items():
            node: Mapping | None = getattr(shape, section)
            if node is not None:
                built = {key.text: build(key, value) for key, value in node.entries}
                facts[section] = {name: one for name, one in built.items() if one is not None}
        if isinstance(shape, AllFactsShape):
            sides = {"referrer": shape.referrer, "friend": shape.friend}
            facts |= {name: self.build(side) for name, side in sides.items() if side is not None}
        return facts

    def build_member(self, key: Scalar, node: Node) -> dict[str, Any] | None:
        """What a program knows of the customer."""
        terms = self.register.terms_at("program", key)
        member = read_plain(MemberShape, key, node, terms, self.problems)
        if member is not None and "tier" in member:
            assert isinstance(node, Mapping)
            tier = scalar_of(node.values["tier"])
            if self.register.is_no_tier(tier, key.text):
                member["tier"] = None
            else:
                self.register.is_tier(tier, key.text)
        return member

    def build_room(self, key: Scalar, node: Node) -> dict[str, Any] | None:
        """What is left of the limits of an earning or burning rule."""
        terms = self.register.terms_at("earning or burning rule", key)
        return read_plain(RoomShape, key, node, terms, self.problems)

    def build_stock(self, key: Scalar, node: Node) -> int | None:
        """What is left of a reward."""
        is_known = self.register.is_known("burning rule", key)
        return read_single(read_count, key, node, self.problems) if is_known else None

    def build_card(self, key: Scalar, node: Node) -> dict[str, Any] | None:
        """How far a stamp card is."""
        terms = self.register.terms_at("stamp card", key)
        return read_plain(CardShape, key, node, terms, self.problems)

    def build_issued(self, key: Scalar, node: Node) -> dict[str, Any] | None:
        """A reward that was issued to the customer."""
        shape = read_shape(IssuedShape, key, node, self.terms, self.problems)
        if shape is None:
            return None
        is_known = self.register.is_known("burning rule", scalar_of(shape.node.values["rule"]))
        return plain_of(shape) if is_known else None
