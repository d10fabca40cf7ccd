"""The nodes of an expression: what an author wrote, with names not yet looked up.

The parser and the short forms make them, the checker and the printer read them. One class a
construct. Every node has the stretch of the text it came from, `start` in and `end` out, which
takes no part in comparing: two spellings of one expression are equal nodes. `and`, `or`, sums and
products hold all their parts in one node, however many stand in a row, so that the depth of a tree
is the depth of its brackets and prefixes, at most `NESTING_MAX`.

    not (sku == "A" or sku == "B")
    -> Negation(AnyOf((Relation(Name("sku"), "==", Text("A")), Relation(...))))
"""

from dataclasses import dataclass, field
from typing import Literal

from ..kinds import Kind

NESTING_MAX = 64

Comparison = Literal["==", "!=", "<", "<=", ">", ">="]
Operator = Literal[
    "==", "!=", "<", "<=", ">", ">=", "in", "not in", "has", "has any", "has all", "starts_with"
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """The place of a node in its text."""

    start: int = field(default=0, compare=False, repr=False)
    end: int = field(default=0, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Number(Piece):
    """An integer, decimal, percentage, date, time of day or duration, in the units of `kinds`."""

    kind: Kind
    value: int


@dataclass(frozen=True, slots=True)
class Money(Piece):
    """An amount as written: its number in millionths of a whole, and its currency."""

    millionths: int
    currency: str


@dataclass(frozen=True, slots=True)
class Moment(Piece):
    """A date with a time: what its clock shows, in microseconds, and that clock's offset."""

    clock_us: int
    offset_minutes: int | None = None  # None: the clock of the rule set's timezone


@dataclass(frozen=True, slots=True)
class Text(Piece):
    """A text in quotes, decoded."""

    value: str


@dataclass(frozen=True, slots=True)
class Boolean(Piece):
    """`true` or `false`."""

    value: bool


@dataclass(frozen=True, slots=True)
class Listing(Piece):
    """Values in square brackets."""

    items: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Name(Piece):
    """A field, or something defined."""

    name: str


@dataclass(frozen=True, slots=True)
class Call(Piece):
    """A function and what it is applied to. `name_end` is where its name ends in the text."""

    function: str
    arguments: tuple["Node", ...]
    name_end: int = field(default=0, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class AnyOf(Piece):
    """`a or b or ...`: at least two, none of them such a row itself."""

    items: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class AllOf(Piece):
    """`a and b and ...`: at least two, none of them such a row itself."""

    items: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Negation(Piece):
    """`not a`."""

    item: "Node"


@dataclass(frozen=True, slots=True)
class Relation(Piece):
    """Two things and a comparison, or a question about one being in or beginning the other."""

    left: "Node"
    operator: Operator
    right: "Node"


@dataclass(frozen=True, slots=True)
class Between(Piece):
    """`item between low and high`, both ends in."""

    item: "Node"
    low: "Node"
    high: "Node"


@dataclass(frozen=True, slots=True)
class Sum(Piece):
    """`first + a - b ...`, worked out from the left; `first` is no sum."""

    first: "Node"
    rest: tuple[tuple[Literal["+", "-"], "Node"], ...]


@dataclass(frozen=True, slots=True)
class Product(Piece):
    """`first * a / b ...`, worked out from the left; `first` is no product."""

    first: "Node"
    rest: tuple[tuple[Literal["*", "/"], "Node"], ...]


@dataclass(frozen=True, slots=True)
class Minus(Piece):
    """`-item`."""

    item: "Node"


Leaf = Number | Money | Moment | Text | Boolean | Name
Node = Leaf | Listing | Call | AnyOf | AllOf | Negation | Relation | Between | Sum | Product | Minus


def parts_of(node: Node) -> tuple[Node, ...]:
    """The nodes directly inside a node."""
    match node:
        case Listing(items=items) | AnyOf(items=items) | AllOf(items=items):
            return items
        case Call(arguments=arguments):
            return arguments
        case Negation(item=item) | Minus(item=item):
            return (item,)
        case Relation(left=left, right=right):
            return (left, right)
        case Between(item=item, low=low, high=high):
            return (item, low, high)
        case Sum(first=first, rest=rest) | Product(first=first, rest=rest):
            return (first, *(item for _, item in rest))
        case _:
            return ()
