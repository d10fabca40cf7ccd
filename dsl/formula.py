"""Checked conditions in normal form: what an expression means, names resolved and constants folded.

The checker makes formulas from syntax; both evaluators read them. A formula is true or false on
every valid cart. Numbers are the integers of `kinds`; every comparison is linear, `sum of
coefficient x term  op  bound` with integer coefficients (fractions are multiplied out), so that
nothing is ever rounded. A missing optional value makes its leaf false; `Not` is the exact negation.

    cart.subtotal * 2 >= 25 USD + net(p)
    -> Compare(((2, Term("cart.subtotal")), (-1, Aggregate("net", p))), ">=", 2500)

Names of terms are written in full, also for lines: `cart.subtotal`, `customer.groups`,
`line.sku`, `line.attributes.colour`. `all(p)` is `Not(AnyLine(Not(p)))`; `a != b` is
`Not(a == b)`; a list of numbers is an `Or` of comparisons; `between` is an `And`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from .kinds import Kind

Value = int | str | bool | frozenset[str]
Op = Literal["<", "<=", "==", ">=", ">"]
FLIPPED: Mapping[Op, Op] = {"<": ">", "<=": ">=", "==": "==", ">=": "<=", ">": "<"}
Function = Literal["qty", "amount", "net", "lines", "distinct_skus", "min_price", "max_price"]


@dataclass(frozen=True, slots=True)
class Term:
    """A field of the cart or of a line; `fallback` stands in for a missing value."""

    name: str
    kind: Kind
    fallback: Value | None = None


@dataclass(frozen=True, slots=True)
class Aggregate:
    """A number over the lines for which `where` holds; min_price and max_price may be missing."""

    function: Function
    where: "Formula"
    kind: Kind
    fallback: int | None = None


Number = Term | Aggregate


@dataclass(frozen=True, slots=True)
class Truth:
    """A constant."""

    value: bool


@dataclass(frozen=True, slots=True)
class Not:
    """The exact negation."""

    item: "Formula"


@dataclass(frozen=True, slots=True)
class And:
    """All of the items; at least two."""

    items: tuple["Formula", ...]


@dataclass(frozen=True, slots=True)
class Or:
    """At least one of the items; at least two."""

    items: tuple["Formula", ...]


@dataclass(frozen=True, slots=True)
class Compare:
    """`sum of coefficient x term  op  bound`; false when any term is missing.

    Coefficients are never 0, terms are distinct, at least one; gcd of coefficients and bound is 1.
    """

    terms: tuple[tuple[int, Number], ...]
    op: Op
    bound: int


@dataclass(frozen=True, slots=True)
class Member:
    """The text of `term` is one of `values` (sorted, distinct)."""

    term: Term
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Same:
    """Two texts are both there and equal."""

    left: Term
    right: Term


@dataclass(frozen=True, slots=True)
class Has:
    """The set of `term` holds any (or, with `every`, each) of `values` (sorted, distinct)."""

    term: Term
    values: tuple[str, ...]
    every: bool = False


@dataclass(frozen=True, slots=True)
class StartsWith:
    """The text of `term` begins with `prefix`."""

    term: Term
    prefix: str


@dataclass(frozen=True, slots=True)
class Flag:
    """The bool of `term` is there and is `expected`."""

    term: Term
    expected: bool = True


@dataclass(frozen=True, slots=True)
class AnyLine:
    """At least one line of the cart satisfies `where`."""

    where: "Formula"


Formula = Truth | Not | And | Or | Compare | Member | Same | Has | StartsWith | Flag | AnyLine

ALWAYS = Truth(True)


def children(formula: Formula) -> tuple[Formula, ...]:
    """The formulas directly inside, those of aggregates included."""
    match formula:
        case Not(item):
            return (item,)
        case And(items) | Or(items):
            return items
        case AnyLine(where):
            return (where,)
        case Compare(terms):
            return tuple(term.where for _, term in terms if isinstance(term, Aggregate))
        case _:
            return ()


def terms_of(formula: Formula) -> tuple[Number, ...]:
    """The terms that this one node reads itself, not those of its children."""
    match formula:
        case Compare(terms):
            return tuple(term for _, term in terms)
        case Member(term) | Has(term) | StartsWith(term) | Flag(term):
            return (term,)
        case Same(left, right):
            return (left, right)
        case _:
            return ()


def all_terms(formula: Formula) -> set[Number]:
    """Every term read anywhere in the formula."""
    found: set[Number] = set(terms_of(formula))
    for child in children(formula):
        found |= all_terms(child)
    return found


def reads_nets(formula: Formula) -> bool:
    """Whether a formula depends on what earlier promotions took."""
    return any(
        term.function == "net" if isinstance(term, Aggregate) else term.name == "cart.net_subtotal"
        for term in all_terms(formula)
    )
