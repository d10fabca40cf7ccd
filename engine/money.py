"""Amounts in, exact parts out: the one rounding, largest-remainder shares, spreading under caps.

Everything here is a non-negative integer count of minor units. A rate is a count of parts per
million, so that one multiplication and one division give any percentage exactly.

Worked example: 1.00 shared over three equal lines is 0.34, 0.33, 0.33; the odd cent goes to the
smallest line id, whatever the order of the lines.
"""

from collections.abc import Sequence
from fractions import Fraction

from ..dsl.kinds import PPM, Rounding


def divide(numerator: int, denominator: int, rounding: Rounding) -> int:
    """Divide two non-negative integers, rounded once.

    >>> [divide(5, 2, mode) for mode in Rounding]  # half_up, half_even, down, up
    [3, 2, 2, 3]
    """
    quotient, remainder = divmod(numerator, denominator)
    if rounding is Rounding.DOWN:
        return quotient
    if rounding is Rounding.UP:
        return quotient + (remainder > 0)
    twice = 2 * remainder
    if twice == denominator:
        return quotient + (rounding is Rounding.HALF_UP or quotient % 2)
    return quotient + (twice > denominator)


def percent_of(amount_minor: int, percent_ppm: int, rounding: Rounding) -> int:
    """A percentage of an amount, rounded once.

    >>> percent_of(1234, 125_000, Rounding.HALF_UP)  # 12.5 % of 12.34 is 1.5425
    154
    """
    return divide(amount_minor * percent_ppm, PPM, rounding)


def share(total: int, weights: Sequence[int], ids: Sequence[str]) -> list[int]:
    """Split `total` in proportion to `weights`, by largest remainder.

    Every part is floor(total x w / W); the units left over go one each to the largest fractional
    remainders, ties to the smaller id by code point. W = 0 or total = 0 gives zeros.

    >>> share(100, [1, 1, 1], ["a", "b", "c"])
    [34, 33, 33]
    """
    whole = sum(weights)
    if whole == 0 or total == 0:
        return [0] * len(weights)
    parts = [total * weight // whole for weight in weights]
    by_remainder = sorted(
        range(len(weights)), key=lambda i: (-(total * weights[i] % whole), ids[i])
    )
    for i in by_remainder[: total - sum(parts)]:
        parts[i] += 1
    return parts


def spread(
    total: int, weights: Sequence[int], caps: Sequence[int], ids: Sequence[str]
) -> list[int]:
    """Split `total` in proportion to `weights`, no part above its cap.

    A part whose exact share exceeds its cap is fixed at the cap and leaves; this repeats until
    none exceeds, and the rest is shared. What no cap has room for is not placed.

    >>> spread(90, [100, 100, 100], [10, 100, 100], ["a", "b", "c"])
    [10, 40, 40]
    """
    parts = [0] * len(weights)
    free = [i for i, weight in enumerate(weights) if weight > 0]
    left = min(total, sum(caps[i] for i in free))
    while True:
        whole = sum(weights[i] for i in free)
        full = {i for i in free if left * weights[i] > caps[i] * whole}
        if not full:
            break
        for i in full:
            parts[i] = caps[i]
        left -= sum(caps[i] for i in full)
        free = [i for i in free if i not in full]
    shared = share(left, [weights[i] for i in free], [ids[i] for i in free])
    for i, part in zip(free, shared, strict=True):
        parts[i] = part
    return parts


def apportion(total: int, amounts: Sequence[Fraction], ids: Sequence[str]) -> list[int]:
    """Make exact amounts whole, so that they sum to `total`.

    Every amount is floored; the units left over go one each to the largest remainders, ties to the
    smaller id. `total` is the sum of the amounts, rounded somehow: no more units are left over than
    amounts have a remainder.

    >>> apportion(4, [Fraction(5, 3), Fraction(4, 3), Fraction(4, 3)], ["a", "c", "b"])
    [2, 1, 1]
    """
    parts = [amount.numerator // amount.denominator for amount in amounts]
    by_remainder = sorted(range(len(amounts)), key=lambda i: (parts[i] - amounts[i], ids[i]))
    for i in by_remainder[: total - sum(parts)]:
        parts[i] += 1
    return parts
