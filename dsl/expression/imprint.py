"""The tree of an expression in, the canonical text of all expressions in its mould out."""

from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache

from ._pieces import Odd, fill_in
from .literals import format_scaled, scale_number
from .printer import print_expression, print_number, print_text
from .slots import Leaf, Slots, Values, read_digits
from .syntax import AllOf, AnyOf, Call, Listing, Money, Name, Negation, Node, Relation, Text

Show = Callable[[str], str] | None

MARK = "\0"  # no text of a rule file has one


@lru_cache(maxsize=4096)
def print_amount(number: str, currency: str) -> str:
    """The canonical text of an amount."""
    millionths = scale_number(number, 6)
    if millionths is None:
        raise Odd
    return f"{format_scaled(millionths, 6, 2)} {currency}"


class Imprint:
    """The canonical text of an expression, around its literals."""

    def __init__(self, root: Node, slots: Slots) -> None:
        marked = print_expression(mark(root, slots.places)).split(MARK)
        self.stays = marked[::2]
        self.prints: list[tuple[int, Show]] = []
        leaf_at = {slots.places[id(leaf)]: leaf for leaf in slots.leaves}
        for place in map(int, marked[1::2]):
            self.prints.append((place, printer_of(leaf_at[place], slots.suffixes[place])))

    def write(self, values: Values) -> str:
        """The text with these literals."""
        return fill_in(self.stays, self.prints, values, print_text)


def printer_of(leaf: Leaf, suffix: str) -> Show:
    """What prints a literal in the place of a leaf; None for a text in quotes."""
    if isinstance(leaf, Text):
        return None
    if isinstance(leaf, Money):
        currency = leaf.currency
        return lambda literal: print_amount(literal, currency)
    kind = leaf.kind
    return lambda literal: print_number(kind, read_digits(kind, literal + suffix))


def mark(node: Node, places: dict[int, int]) -> Node:
    """The tree with a mark in the place of each literal."""
    if id(node) in places:
        return Name(f"{MARK}{places[id(node)]}{MARK}")
    match node:
        case AllOf(items) | AnyOf(items) | Listing(items):
            return replace(node, items=tuple(mark(item, places) for item in items))
        case Negation(item):
            return replace(node, item=mark(item, places))
        case Relation(left, _, right):
            return replace(node, left=mark(left, places), right=mark(right, places))
        case Call(arguments=arguments):
            return replace(node, arguments=tuple(mark(part, places) for part in arguments))
    return node
