"""The face of keys and who finds them."""

from collections.abc import Iterable

from ...dsl.formula import Formula

# Kind of slot, field and texts.
Place = tuple[str, str, tuple[str, ...]]

class Key:
    """The places of its texts, each field once, in order; no place, no text at all.

    A place is a kind of slot, a field and its texts. Keys sort by how many carts they let through,
    fewest first.
    """

    @property
    def rank(self) -> int:
        """How rarely texts of the least selective field tell carts apart."""

    @property
    def size(self) -> int:
        """How many texts it has."""

    @property
    def places(self) -> tuple[Place, ...]:
        """The places of its texts."""

    @property
    def is_of_lines(self) -> bool:
        """Whether all texts are on lines, so that a cart finds lines under them."""

    @property
    def is_of_one(self) -> bool:
        """Whether all texts are of the cart itself, or all of lines."""

    def __lt__(self, other: Key) -> bool: ...
    def __hash__(self) -> int: ...
    def __eq__(self, other: object) -> bool: ...

class KeyFinder:
    """Finds the keys of formulas; those that rules share only once.

    With `has_prefixes` the beginning of a text is a key as well: plans have slots for these.
    """

    def __init__(self, has_prefixes: bool = False) -> None: ...
    def find(self, formula: Formula) -> Key | None:
        """Texts of which at least one is on every cart where it holds; None: no such set."""

def least_of(coefficient: int, op: str, bound: int) -> int | None:
    """The least number for which a comparison holds, if it holds for all above it too."""

def best_key(keys: Iterable[Key | None]) -> Key | None:
    """The most selective of some keys that are all necessary; None stands for no key."""
