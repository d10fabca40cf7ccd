"""The literals of a text and its tree in, which leaf is which literal out."""

from functools import lru_cache

from ..kinds import Kind
from ._pieces import Odd
from .literals import read_money
from .mistake import Mistake
from .mould import Mould, starts_of
from .parser import NUMBERS
from .syntax import Money, Node, Number, Text, parts_of

Values = list[str]  # the literals of one text, as written
Leaf = Number | Money | Text

READERS = dict(NUMBERS.values())


@lru_cache(maxsize=4096)
def read_digits(kind: Kind, token: str) -> int:
    """A number of the kind that the grammar reads from such a token; raises Odd for another."""
    if (kind is Kind.DECIMAL) != ("." in token) and kind is not Kind.PERCENT:
        raise Odd
    try:
        return READERS[kind](token)
    except Mistake:
        raise Odd from None


@lru_cache(maxsize=4096)
def read_minor(token: str, currency: str, exponent: int) -> int:
    """An amount in minor units; raises Odd for what is none."""
    try:
        return read_money(token, currency, exponent)
    except Mistake:
        raise Odd from None


class Slots:
    """Which leaf of a tree stands for which literal; `suffixes` are what belongs to each of them.

    Of an amount the digits are the literal, and ` USD` is its suffix.
    """

    def __init__(self, root: Node, text: str, mould: Mould, literals: Values) -> None:
        place_of = {start: place for place, start in enumerate(starts_of(mould, literals))}
        self.places: dict[int, int] = {}  # by the identity of the leaf
        self.suffixes = [""] * len(literals)
        self.leaves: list[Number | Money | Text] = []
        pending: list[Node] = [root]
        while pending:
            node = pending.pop()
            if isinstance(node, Number | Money | Text) and node.start in place_of:
                place = place_of.pop(node.start)
                self.places[id(node)] = place
                self.suffixes[place] = text[node.start + len(literals[place]) : node.end]
                self.leaves.append(node)
            pending.extend(parts_of(node))
        if place_of:
            raise Odd

    def is_varied(self, node: Node) -> bool:
        """Whether a literal of the text stands in the node."""
        return id(node) in self.places or any(map(self.is_varied, parts_of(node)))
