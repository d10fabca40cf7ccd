"""Numbers and the arithmetic on them in, comparisons of integers out.

Every number an expression can speak of is linear: a constant and terms, each with a coefficient.
Inside, all are exact fractions in *natural* units: numbers and percentages as themselves (20 % is
1/5), money in minor units, dates in days, all other times in microseconds. Only a comparison goes
back to the integers of `kinds`: everything is moved to its left side and multiplied out.

    cart.subtotal / 3 >= 10 USD + net(p)
    -> 1/3 subtotal - net >= 1000
    -> Compare(((1, subtotal), (-3, net)), ">=", 3000)
"""

from fractions import Fraction
from math import gcd, lcm
from typing import Literal

from .. import formula
from ..formula import FLIPPED, Compare, Formula, Op, Truth
from ..kinds import DAY_US, PPM, Kind
from .meaning import NOUNS, Linear, wrong
from .normal import negation_of
from .syntax import Comparison, Node

# LIMIT: evaluating a comparison fits into 127 bits, with no term of 10**19 or above.
TERM_BOUND = 10**19
# LIMIT: a constant that stands in for a missing value is one of 64 bits, as every value is.
VALUE_BOUND = 2**63
SUM_BOUND = 2**126
# LIMIT: constants in between may be this much longer, so that folding them costs next to nothing.
FRACTION_BITS_MAX = 512
TOO_LARGE_HELP = "use smaller factors, or fewer decimals"

NUMBERS = frozenset((Kind.INTEGER, Kind.DECIMAL))
SCALARS = NUMBERS | {Kind.PERCENT}
AMOUNTS = frozenset((Kind.MONEY, Kind.DURATION))
POINTS = frozenset((Kind.DATE, Kind.DATETIME, Kind.TIME))
Sign = Literal["+", "-"]
SIGNS = {"+": "plus", "-": "minus"}


def constant_of(kind: Kind, size: int) -> Linear:
    """A constant, from its integer in the units of `kinds`."""
    return Linear(kind, Fraction(size) / unit_of(kind))


def number_of(term: formula.Number, *, is_optional: bool = False) -> Linear:
    """A field or a function over lines."""
    return Linear(term.kind, Fraction(0), {term: Fraction(1, unit_of(term.kind))}, is_optional)


def unit_of(kind: Kind) -> int:
    """How many of the integers of `kinds` make one natural unit."""
    return PPM if kind in (Kind.DECIMAL, Kind.PERCENT) else 1


def size_of(constant: Linear, kind: Kind) -> int | None:
    """A constant as an integer of the kind, None when it is none of them."""
    if constant.kind is not kind and (constant.kind, kind) != (Kind.INTEGER, Kind.DECIMAL):
        return None
    size = constant.constant * unit_of(kind)
    return size.numerator if size.denominator == 1 and abs(size) < VALUE_BOUND else None


def is_out_of_range(constant: Linear) -> bool:
    """Whether a constant is larger than any value of a cart."""
    return abs(constant.constant) * unit_of(constant.kind) >= VALUE_BOUND


def negate(item: Linear, node: Node) -> Linear:
    """The number with its sign changed."""
    if item.kind in POINTS:
        raise wrong("R151", node, what=f"minus {NOUNS[item.kind]}")
    return stretch(item, Fraction(-1), item.kind, node)


def add(left: Linear, sign: Sign, right: Linear, node: Node, help: str = "") -> Linear:
    """A sum or a difference; `help` goes with a refusal of the kinds."""
    kind = kind_of_sum(left.kind, sign, right.kind)
    if kind is None:
        what = f"{NOUNS[left.kind]} {SIGNS[sign]} {NOUNS[right.kind]}"
        raise wrong("R151", node, help, what=what)
    if left.kind in POINTS and right.kind is left.kind:  # the distance of two points
        day = Fraction(DAY_US if kind is Kind.DURATION and left.kind is Kind.DATE else 1)
        left, right = stretch(left, day, kind, node), stretch(right, day, kind, node)
    elif kind is Kind.DATE:
        left, right = (whole_days(item, node) for item in (left, right))
    terms = dict(left.terms)
    factor = 1 if sign == "+" else -1
    for term, coefficient in right.terms.items():
        # Only the terms of the right side are hashed again: a long sum stays linear in its length.
        terms[term] = terms.get(term, Fraction(0)) + factor * coefficient
        if not terms[term]:
            del terms[term]
    return bounded(Linear(kind, left.constant + factor * right.constant, terms), node)


def kind_of_sum(left: Kind, sign: str, right: Kind) -> Kind | None:
    """The kind of a sum or difference, None when it has no meaning."""
    if left in NUMBERS and right in NUMBERS:
        return Kind.INTEGER if left is right is Kind.INTEGER else Kind.DECIMAL
    if left in POINTS and right is left and sign == "-":
        return Kind.DURATION
    if left in POINTS and right is Kind.DURATION:
        return left
    if left is Kind.DURATION and right in POINTS and sign == "+":
        return right
    return left if left is right and left not in POINTS else None


def whole_days(item: Linear, node: Node) -> Linear:
    """A duration as the number of days by which a date moves; a date as it is."""
    if item.kind is Kind.DATE:
        return item
    days = stretch(item, Fraction(1, DAY_US), Kind.DATE, node)
    if any(part.denominator != 1 for part in (days.constant, *days.terms.values())):
        raise wrong("R166", node, "move a date with a time, such as `cart.placed_at`, instead")
    return days


def multiply(left: Linear, right: Linear, node: Node) -> Linear:
    """A product; one of the two is constant."""
    if left.kind in SCALARS and right.kind in SCALARS:
        kind = Kind.INTEGER if left.kind is right.kind is Kind.INTEGER else Kind.DECIMAL
    elif left.kind in AMOUNTS and right.kind in SCALARS:
        kind = left.kind
    elif left.kind in SCALARS and right.kind in AMOUNTS:
        kind = right.kind
    else:
        raise wrong("R151", node, what=f"{NOUNS[left.kind]} times {NOUNS[right.kind]}")
    if left.terms and right.terms:
        raise wrong("R152", node, "multiply by a number like `2` or `1.5`")
    varying, factor = (left, right.constant) if left.terms else (right, left.constant)
    if varying.terms and not factor:
        raise wrong("R153", node, what="multiplication")
    return stretch(varying, factor, kind, node)


def divide(left: Linear, right: Linear, node: Node, help: str = "") -> Linear:
    """A quotient by a constant that is not zero; `help` goes with a refusal of the kinds."""
    if {left.kind, right.kind} <= SCALARS or (left.kind in AMOUNTS and right.kind is left.kind):
        kind = Kind.DECIMAL
    elif left.kind in AMOUNTS and right.kind in SCALARS:
        kind = left.kind
    else:
        what = f"{NOUNS[left.kind]} divided by {NOUNS[right.kind]}"
        raise wrong("R151", node, help, what=what)
    if right.terms:
        raise wrong("R168", node, "multiply the other side of the comparison instead")
    if not right.constant:
        raise wrong("R153", node, what="division")
    return stretch(left, 1 / right.constant, kind, node)


def stretch(item: Linear, factor: Fraction, kind: Kind, node: Node) -> Linear:
    """A number times a constant, as another kind."""
    terms = {term: coefficient * factor for term, coefficient in item.terms.items() if factor}
    return bounded(Linear(kind, item.constant * factor, terms), node)


def bounded(item: Linear, node: Node) -> Linear:
    """The number, refused when its fractions have grown too long to be worked with."""
    for part in (item.constant, *item.terms.values()):
        if part.numerator.bit_length() + part.denominator.bit_length() > FRACTION_BITS_MAX:
            raise wrong("R157", node, TOO_LARGE_HELP)
    return item


def compare(left: Linear, operator: Comparison, right: Linear, node: Node) -> Formula:
    """The comparison of two numbers of one kind, in normal form."""
    if operator == "!=":
        return negation_of(compare(left, "==", right, node))
    merged = dict(left.terms)
    for term, coefficient in right.terms.items():
        merged[term] = merged.get(term, Fraction(0)) - coefficient
    terms = {term: coefficient for term, coefficient in merged.items() if coefficient}
    if len(terms) < len(merged) and (left.is_optional or right.is_optional):
        # Dropping the field would forget that the comparison is false where it is missing.
        raise wrong("R158", node, "compare it with another value")
    bound = right.constant - left.constant
    if not terms:
        return Truth(is_true(Fraction(0), operator, bound))
    return integral(terms, operator, bound, node)


def integral(
    terms: dict[formula.Number, Fraction], operator: Op, bound: Fraction, node: Node
) -> Compare:
    """A comparison multiplied out, its first coefficient positive, without a common divisor."""
    scale = lcm(bound.denominator, *(part.denominator for part in terms.values()))
    whole = {term: int(part * scale) for term, part in terms.items()}
    bound_size = int(bound * scale)
    divisor = gcd(bound_size, *whole.values())
    if next(iter(whole.values())) < 0:
        divisor = -divisor
        operator = FLIPPED[operator]
    pairs = tuple((part // divisor, term) for term, part in whole.items())
    bound_size //= divisor
    if sum(abs(part) for part, _ in pairs) * TERM_BOUND + abs(bound_size) >= SUM_BOUND:
        raise wrong("R157", node, TOO_LARGE_HELP)
    return Compare(pairs, operator, bound_size)


def wheres_of(number: Linear) -> list[Formula]:
    """The formulas inside the functions over lines of a number."""
    return [term.where for term in number.terms if isinstance(term, formula.Aggregate)]


def is_true(left: Fraction, operator: Op, right: Fraction) -> bool:
    """Whether two constants compare so."""
    match operator:
        case "<":
            return left < right
        case "<=":
            return left <= right
        case "==":
            return left == right
        case ">=":
            return left >= right
        case ">":
            return left > right


def are_comparable(left: Kind, right: Kind) -> bool:
    """Whether numbers of these kinds can be compared: one kind, or two kinds of plain number."""
    return left is right or (left in NUMBERS and right in NUMBERS)
