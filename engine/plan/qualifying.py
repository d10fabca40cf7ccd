"""A formula and a program in, the formula about the member of that program out.

Rules say `member.tier`; a cart has a member in each of its programs. A plan has a slot for each
program that is asked for: `member.tier@club`. The points of an event count in the program of the
rule that reads them, by its scale, and so they are qualified as well.
"""

from dataclasses import replace

from ...dsl.formula import (
    Aggregate,
    And,
    AnyLine,
    Compare,
    Flag,
    Formula,
    Has,
    Member,
    Not,
    Number,
    Or,
    Same,
    StartsWith,
    Term,
)

MEMBER, EVENT_POINTS, AT = "member.", "event.points", "@"


def split_name(name: str) -> tuple[str, str]:
    """The field of a qualified name, and the program; empty for what is about no member."""
    is_qualified = name.startswith((MEMBER, EVENT_POINTS + AT))
    field, _, program = name.partition(AT) if is_qualified else (name, "", "")
    return field, program


class Qualifier:
    """Qualifies formulas. One that reads no member stays the object it is.

    By identity, as tables do: it keeps alive what it was given and what it made.
    """

    def __init__(self) -> None:
        self._known: dict[tuple[int, str], tuple[Formula, Formula]] = {}

    def qualify(self, formula: Formula, program: str) -> Formula:
        """The formula with the member's fields qualified."""
        known = self._known.get((id(formula), program))
        if known is None:
            made = self._make(formula, program)
            known = formula, formula if made == formula else made
            self._known[id(formula), program] = known
        return known[1]

    def _make(self, formula: Formula, program: str) -> Formula:
        match formula:
            case Not(item):
                return Not(self.qualify(item, program))
            case And(items) | Or(items):
                return type(formula)(tuple(self.qualify(item, program) for item in items))
            case AnyLine(where):
                return AnyLine(self.qualify(where, program))
            case Compare(terms):
                made = tuple((factor, self._number(term, program)) for factor, term in terms)
                return replace(formula, terms=made)
            case Same(left, right):
                return Same(qualified(left, program), qualified(right, program))
            case Member(term) | Has(term) | StartsWith(term) | Flag(term):
                return replace(formula, term=qualified(term, program))
            case _:
                return formula

    def _number(self, number: Number, program: str) -> Number:
        if isinstance(number, Aggregate):
            return replace(number, where=self.qualify(number.where, program))
        return qualified(number, program)


def qualified(term: Term, program: str) -> Term:
    """A term with its program behind its name, if that matters."""
    is_qualified = term.name.startswith(MEMBER) or term.name == EVENT_POINTS
    return replace(term, name=term.name + AT + program) if is_qualified else term
