"""The nets of an order's lines and its refunds in, what is given back and what is kept of each out.

Worked example: of 3 units with a net of 10.00, one is given back. A third of 10.00 is 3.33 and a
bit, so 3.33 are given back and 6.67 kept; with the second unit 6.66 are given back in all, with the
third 10.00.
"""

from collections.abc import Sequence
from fractions import Fraction

from ..cart.checked import CheckedLine
from ..cart.errors import CartError, refusal, shorten
from ..quote.wording import count_of
from .orders import Refund

NOTHING = Fraction(0)
WHOLE = Fraction(1)


def kept(amount: int, part: Fraction) -> int:
    """What is kept of an amount, in whole units, when a part of it is given back.

    >>> [kept(1000, Fraction(units, 3)) for units in range(4)]
    [1000, 667, 334, 0]
    """
    return amount - amount * part.numerator // part.denominator


class Returns:
    """Adds up what is given back of the lines of one order."""

    def __init__(self, lines: Sequence[CheckedLine], nets: Sequence[int]) -> None:
        self._lines = {line.id: line for line in lines}
        self._nets = nets
        self._units = [0] * len(lines)
        self._amounts = [0] * len(lines)

    def add(self, refund: Refund, path: str) -> None:
        """Add a refund. Raises `CartError` for more than there was, naming the line."""
        seen: dict[str, int] = {}
        for index, sent in enumerate(refund.lines):
            place = f"{path}.lines[{index}]"
            line = self._lines.get(sent.id)
            if line is None:
                got = f"`{shorten(sent.id)}`"
                expected = "a line of the order"
                raise refusal("bad_format", f"{place}.id", expected=expected, got=got)
            if sent.id in seen:
                first = f"{path}.lines[{seen[sent.id]}]"
                raise refusal("duplicate_id", f"{place}.id", id=shorten(sent.id), first=first)
            seen[sent.id] = index
            if (sent.units is None) == (sent.amount is None):
                got = "none of them" if sent.units is None else "both"
                raise refusal("one_of", place, names="`units` and `amount`", got=got)
            self._units[line.index] += sent.units or 0
            self._amounts[line.index] += sent.amount or 0
            if self._units[line.index] > line.quantity:
                left = line.quantity - self._units[line.index] + (sent.units or 0)
                raise too_much(f"{place}.units", "unit", left, sent.units)
            net = self._nets[line.index]
            if self._amounts[line.index] > net > 0:  # of a line that cost nothing it is nothing
                left = net - self._amounts[line.index] + (sent.amount or 0)
                raise too_much(f"{place}.amount", "minor unit", left, sent.amount)

    def parts(self) -> list[Fraction]:
        """The part of each line that is given back so far, from 0 to 1."""
        return [
            part_of(units, line.quantity, amount, net)
            for line, units, amount, net in zip(
                self._lines.values(), self._units, self._amounts, self._nets, strict=True
            )
        ]


def part_of(units: int, quantity: int, amount: int, net: int) -> Fraction:
    """Which part of a line some units and some of its net are, at most all of it."""
    part = Fraction(units, quantity)
    return min(WHOLE, part + Fraction(amount, net) if net else part)


def too_much(path: str, noun: str, left: int, got: int | None) -> CartError:
    """The error for more than is left of a line."""
    are = "is" if left == 1 else "are"
    expected = f"at most {count_of(left, noun)}, which {are} left of the line"
    return refusal("out_of_range", path, expected=expected, got=got)


def given_back(points: int, shares: Sequence[tuple[int, int]], parts: Sequence[Fraction]) -> int:
    """How many of the points that paid are given back, by what each paid on the lines.

    `shares` are positions of lines and amounts.
    """
    whole = sum(amount for _, amount in shares)
    if whole == 0:
        return 0
    back = sum((amount * parts[index] for index, amount in shares), NOTHING)
    return points * back // whole
