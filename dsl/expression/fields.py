"""A field in, its meaning out; the optional ones also with a constant standing in for them."""

from dataclasses import replace

from ..formula import Aggregate, Flag, Formula, Term, Truth
from ..kinds import Kind
from .linear import number_of, size_of
from .meaning import Claim, Collection, Linear, Meaning, Word, is_constant, wrong
from .mistake import MeaningError
from .normal import negation_of
from .printer import print_expression
from .syntax import Call, Name, Node
from .vocabulary import Field


def claim_that(formula: Formula) -> Claim:
    """A claim that is true or false on every cart."""
    return Claim(formula, negation_of(formula))


def meaning_of_field(field: Field) -> Meaning:
    """What a field means by itself."""
    meaning = meaning_of_term(field.term)
    if not field.is_optional:
        return meaning
    match meaning:
        case Claim(yes):
            return Claim(yes, Flag(field.term, expected=False), field.term)
        case Linear() | Word():
            return replace(meaning, is_optional=True)
    return meaning


def meaning_of_term(term: Term) -> Meaning:
    """What a field means that is there on every cart."""
    match term.kind:
        case Kind.SET:
            return Collection(term)
        case Kind.STRING:
            return Word(term=term)
        case Kind.BOOL:
            return claim_that(Flag(term))
    return number_of(term)


def optional_term(meaning: Meaning) -> Term | Aggregate | None:
    """The optional field that a meaning is, None when it is none."""
    match meaning:
        case Claim(term=term):
            return term
        case Word(term=term, is_optional=True):
            return term
        case Linear(terms=terms, is_optional=True):
            return next(iter(terms))
    return None


def with_fallback(term: Term | Aggregate, spare: Meaning) -> Meaning | None:
    """An optional field with a constant standing in for it, None when the kinds do not fit."""
    match spare:
        case Claim(yes=Truth(value)) if isinstance(term, Term) and term.kind is Kind.BOOL:
            return meaning_of_term(replace(term, fallback=value))
        case Word(value) if isinstance(term, Term) and term.kind is Kind.STRING:
            return meaning_of_term(replace(term, fallback=value))
        case Linear() if term.kind not in (Kind.BOOL, Kind.STRING):
            size = size_of(spare, term.kind)
            return None if size is None else number_of(replace(term, fallback=size))
    return None


def explain_default(node: Node, meaning: Meaning) -> MeaningError:
    """Why `default` has nothing to stand in for."""
    if not isinstance(node, Name | Call) or is_constant(meaning):
        return wrong("R169", node, "name one, as in `default(customer.orders, 0)`")
    name = print_expression(node)
    return wrong("R155", node, f"write `{name}` alone", name=name)
