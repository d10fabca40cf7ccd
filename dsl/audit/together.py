"""Formulas in, whether they can hold together out, as far as a look at their leaves shows.

A *box* is what some formulas that hold leave open: which texts a field may have, from where to
where a number may go. Each further formula narrows it. None is certain: no cart is in the box. A
box that is left may still be empty, for comparisons of several fields are not looked into.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from ..formula import FLIPPED, And, Compare, Flag, Formula, Member, Not, Number, Or, Term, Truth

Range = tuple[int | None, int | None]  # both ends in, None is open
ANY: Range = (None, None)


@dataclass(frozen=True, slots=True)
class Box:
    """What is left open. A field that is not named may be anything, also missing."""

    texts: Mapping[Term, frozenset[str]] = field(default_factory=dict)
    barred: Mapping[Term, frozenset[str]] = field(default_factory=dict)
    ranges: Mapping[Number, Range] = field(default_factory=dict)
    held: frozenset[Formula] = frozenset()


EVERYTHING = Box()
NOTHING: frozenset[str] = frozenset()


def narrow_all(box: Box, formulas: Iterable[Formula]) -> Box | None:
    """The part of a box where all of some formulas hold, None when there is none."""
    left: Box | None = box
    # What holds alone first: then an `or` finds fewer of its parts left.
    for formula in sorted(formulas, key=lambda one: isinstance(one, Or)):
        if left is not None:
            left = narrow(left, formula)
    return left


def narrow(box: Box, formula: Formula) -> Box | None:
    """The part of a box where a formula holds, None when there is none."""
    match formula:
        case Truth(value):
            return box if value else None
        case And(items):
            return narrow_all(box, items)
        case Or(items):
            left = [part for item in items if (part := narrow(box, item)) is not None]
            # The hull of several parts is not worked out: the box as it was holds all of them.
            return None if not left else left[0] if len(left) == 1 else box
        case Not(And(items)):
            return narrow(box, Or(tuple(Not(item) for item in items)))
        case Not(Or(items)):
            return narrow_all(box, [Not(item) for item in items])
        case Not(Not(item)):
            return narrow(box, item)
        case Not(Truth(value)):
            return None if value else box
        case _:
            return narrow_leaf(box, formula)


def narrow_leaf(box: Box, formula: Formula) -> Box | None:
    """`narrow` for a question about fields, or for its negation."""
    opposite = formula.item if isinstance(formula, Not) else Not(formula)
    if opposite in box.held:
        return None
    box = replace(box, held=box.held | {formula})
    match formula:
        case Member(term, values):
            allowed = box.texts.get(term, frozenset(values)) & frozenset(values)
            return keep_texts(replace(box, texts={**box.texts, term: allowed}), term)
        case Not(Member(term, values)):
            barred = box.barred.get(term, NOTHING) | frozenset(values)
            return keep_texts(replace(box, barred={**box.barred, term: barred}), term)
        case Compare(((factor, number),)):
            span = meet_ranges(box.ranges.get(number, ANY), range_of(formula, factor))
            return None if span is None else replace(box, ranges={**box.ranges, number: span})
        case Flag(term, expected):
            return None if Flag(term, not expected) in box.held else box
        case _:
            return box


def keep_texts(box: Box, term: Term) -> Box | None:
    """The box, None when no text is left for a field that must have one."""
    allowed = box.texts.get(term)
    return None if allowed is not None and not allowed - box.barred.get(term, NOTHING) else box


def range_of(compare: Compare, factor: int) -> Range:
    """Where the one number of a comparison may be; an empty range has its ends crossed.

    `factor x number op bound`, all of them whole: `2 x number > 5` is from 3 on.
    """
    op = compare.op if factor > 0 else FLIPPED[compare.op]
    bound = compare.bound if factor > 0 else -compare.bound
    size = abs(factor)
    floor, ceiling = bound // size, -(-bound // size)
    match op:
        case ">=":
            return ceiling, None
        case ">":
            return floor + 1, None
        case "<=":
            return None, floor
        case "<":
            return None, ceiling - 1
        case "==":
            return ceiling, floor


def meet_ranges(one: Range, other: Range) -> Range | None:
    """What two ranges have in common, None when that is nothing."""
    lows = [low for low, _ in (one, other) if low is not None]
    highs = [high for _, high in (one, other) if high is not None]
    low, high = max(lows, default=None), min(highs, default=None)
    return None if low is not None and high is not None and low > high else (low, high)
