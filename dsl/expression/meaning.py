"""What a part of an expression can mean: a claim, a number, a text, a set, or a list of constants.

The resolver makes meanings from syntax; arithmetic and relations turn them into each other, until a
claim is left and its formula is the condition. `is_optional` marks a field as it stands, which a
cart may lack: it can be compared for equality, but it has no order and nothing can be added to it.
"""

from dataclasses import dataclass, field
from fractions import Fraction

from .. import formula
from ..formula import Formula, Term
from ..kinds import Kind
from .mistake import MeaningError
from .syntax import Node


@dataclass(frozen=True, slots=True)
class Claim:
    """Something true (`yes`), false (`no`), or, for a field that is missing, neither."""

    yes: Formula
    no: Formula
    term: Term | None = None  # the optional field that this is, and nothing else


@dataclass(frozen=True, slots=True)
class Linear:
    """A number: `constant` and coefficients by term, in natural units (see `linear`)."""

    kind: Kind
    constant: Fraction
    terms: dict[formula.Number, Fraction] = field(default_factory=dict)
    is_optional: bool = False


@dataclass(frozen=True, slots=True)
class Word:
    """A text: a constant, or a field."""

    value: str = ""
    term: Term | None = None
    is_optional: bool = False


@dataclass(frozen=True, slots=True)
class Collection:
    """A field that is a set of texts."""

    term: Term


@dataclass(frozen=True, slots=True)
class Words:
    """A list of constant texts, sorted and distinct."""

    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Linears:
    """A list of constant numbers, at least one, all of one kind."""

    items: tuple[Linear, ...]


Meaning = Claim | Linear | Word | Collection | Words | Linears

NOUNS = {
    Kind.BOOL: "a condition",
    Kind.INTEGER: "a whole number",
    Kind.DECIMAL: "a decimal",
    Kind.PERCENT: "a percentage",
    Kind.MONEY: "an amount of money",
    Kind.STRING: "a text",
    Kind.DATE: "a date",
    Kind.TIME: "a time of day",
    Kind.DATETIME: "a date with a time",
    Kind.DURATION: "a duration",
    Kind.SET: "a set",
}


def noun_of(meaning: Meaning) -> str:
    """What a meaning is, in the words of the language."""
    match meaning:
        case Claim():
            return NOUNS[Kind.BOOL]
        case Linear(kind):
            return NOUNS[kind]
        case Word():
            return NOUNS[Kind.STRING]
        case Collection():
            return NOUNS[Kind.SET]
    return "a list"


def is_constant(meaning: Meaning) -> bool:
    """Whether a meaning is the same for every cart."""
    match meaning:
        case Claim(yes):
            return isinstance(yes, formula.Truth)
        case Linear(terms=terms):
            return not terms
        case Word(term=term):
            return term is None
    return not isinstance(meaning, Collection)


def wrong(code: str, node: Node, help: str = "", **words: object) -> MeaningError:
    """A mistake about the whole of a node."""
    return MeaningError(code, node.start, node.end, help=help, fix=None, **words)
