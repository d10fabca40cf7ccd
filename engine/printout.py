"""What a block of carts came to: its result lines, its sums, and who was refused."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property

from .cart.errors import CartError

# A line of a block: its number, where it begins and ends, and its place in the result.
Span = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class Refused:
    """A cart that was refused, and the line of the block it stood on, from 1."""

    line: int
    error: CartError


@dataclass(frozen=True)
class Printout:
    """The results of a block of JSON lines, in their order.

    `pieces`, one behind the other, have a line for each cart, ended by a line feed: a result, or
    the record of its error. Blank lines of the block have none, but count as lines.
    """

    pieces: list[bytes] = field(repr=False)
    cart_count: int
    line_count: int
    discount_minor: int
    refused: list[Refused]

    @cached_property
    def json(self) -> bytes:
        """All pieces in one."""
        return self.pieces[0] if len(self.pieces) == 1 else b"".join(self.pieces)


def join_printouts(parts: Iterable[Printout]) -> Printout:
    """The printout of a block out of those of its parts, in their order."""
    pieces: list[bytes] = []
    carts = lines = discount_minor = 0
    refused: list[Refused] = []
    for part in parts:
        pieces += part.pieces
        refused += (Refused(lines + one.line, one.error) for one in part.refused)
        carts += part.cart_count
        lines += part.line_count
        discount_minor += part.discount_minor
    return Printout(pieces, carts, lines, discount_minor, refused)
