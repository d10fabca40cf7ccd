"""Formulas in, one formula in normal form out: rows flattened, constants folded, no double `not`.

Formulas share their parts: a definition used a thousand times is one object. What is bounded is
their size as trees, since that is what evaluating costs; `is_too_large` looks at no more of them
than the bound allows, so that no nest of definitions can make it slow.
"""

from collections.abc import Iterable, Sequence

from ..formula import And, AnyLine, Formula, Not, Or, Truth, children

# LIMIT: nodes of one formula, counted as a tree, and levels of it.
NODES_MAX = 10_000
DEPTH_MAX = 64

TRUE = Truth(True)
FALSE = Truth(False)


def negation_of(formula: Formula) -> Formula:
    """True where the formula is false."""
    match formula:
        case Truth(value):
            return FALSE if value else TRUE
        case Not(item):
            return item
    return Not(formula)


def conjunction_of(formulas: Iterable[Formula]) -> Formula:
    """True where all of the formulas are."""
    items: list[Formula] = []
    for formula in formulas:
        match formula:
            case Truth(False):
                return FALSE
            case Truth(True):
                pass
            case And(inner):
                items.extend(inner)
            case _:
                items.append(formula)
    if not items:
        return TRUE
    return items[0] if len(items) == 1 else And(tuple(items))


def disjunction_of(formulas: Iterable[Formula]) -> Formula:
    """True where at least one of the formulas is."""
    items: list[Formula] = []
    for formula in formulas:
        match formula:
            case Truth(True):
                return TRUE
            case Truth(False):
                pass
            case Or(inner):
                items.extend(inner)
            case _:
                items.append(formula)
    if not items:
        return FALSE
    return items[0] if len(items) == 1 else Or(tuple(items))


def any_line(where: Formula) -> Formula:
    """True where some line satisfies `where`."""
    return FALSE if where == FALSE else AnyLine(where)


def is_too_large(formulas: Sequence[Formula]) -> bool:
    """Whether a formula made of these would be larger or deeper than a rule may be."""
    level = formulas
    count = len(level)
    for _ in range(DEPTH_MAX):
        inner: list[Formula] = []
        for formula in level:
            inner.extend(children(formula))
            if count + len(inner) > NODES_MAX:
                return True
        if not inner:
            return count > NODES_MAX
        count += len(inner)
        level = inner
    return True
