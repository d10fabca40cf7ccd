"""What multiplies an award on its lines in, amounts out: a tier, and campaigns over the rule."""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from math import prod

from ...dsl.kinds import Multipliers
from .accrual import Exact, Factor


def combine(factors: Sequence[Factor], policy: Multipliers) -> Fraction:
    """What several multipliers come to together; none leave everything as it is.

    1.5 and 2 are 3 when multiplied, 2.5 when what each of them adds is added up, 2 by the largest.
    """
    numbers = [factor.multiplier for factor in factors]
    match policy:
        case Multipliers.MULTIPLY:
            return prod(numbers, start=Fraction(1))
        case Multipliers.ADD:
            return max(Fraction(0), 1 + sum((number - 1 for number in numbers), Fraction(0)))
        case Multipliers.MAX:
            return max(numbers, default=Fraction(1))


def multiply(plain: Exact, factors: Mapping[int, Sequence[Factor]], policy: Multipliers) -> Exact:
    """Exact amounts, each times what is on its line; what is on no line stays as it is."""
    lines = {i: amount * combine(factors.get(i, ()), policy) for i, amount in plain.lines.items()}
    return Exact(lines, plain.loose)
