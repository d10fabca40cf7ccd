"""A false condition and a cart in, what was observed and what was needed out, in the shop's words.

The sentence is about the first part of the condition that is false: `qty(safety) is 3, needs 20`.
Of an `or` all parts are named. How far a number is from what is needed stands apart: `17 units`.
"""

import re
from dataclasses import dataclass, replace
from typing import assert_never

from msgspec import Struct

from ...dsl.formula import (
    FLIPPED,
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
    Truth,
    all_terms,
)
from ...dsl.kinds import Kind
from ...dsl.ruleset import Condition, Ruleset
from ..reference.meaning import Scene
from .wording import Wording, list_names, shorten

MISSING = "missing"
NEGATED = {"<": ">=", "<=": ">", ">=": "<", ">": "<="}
NEEDS = {"<": "less than {}", "<=": "at most {}", "==": "{}", ">=": "{}", ">": "more than {}"}
NEEDS_WHEN = {
    "<": "before {}",
    "<=": "{} or earlier",
    "==": "{}",
    ">=": "{} or later",
    ">": "after {}",
}
WHEN = (Kind.DATE, Kind.TIME, Kind.DATETIME)
WHOLE = (Kind.MONEY, Kind.INTEGER, Kind.DATE)
SUM_WIDTH = 100  # characters of a comparison of several terms


class Finding(Struct, frozen=True):
    """Why a condition is false; `distance` is empty where there is none to measure."""

    text: str
    observed: str
    needed: str
    distance: str


@dataclass(frozen=True, slots=True)
class Clue:
    """One false part: `lead` says what was observed of the subject, `gap` how far off it is."""

    subject: str
    lead: str
    observed: str
    needed: str
    gap: int | None = None
    number: Number | None = None  # what the gap is counted in
    text: str = ""  # the whole sentence, where it is not the lead and what it needs


def finding_of(ruleset: Ruleset, condition: Condition, scene: Scene) -> Finding:
    """Say why a condition is false on a cart. It must be false there."""
    return Finder(Wording(ruleset), condition, scene).find()


def is_beyond(op: str, number: Number) -> bool:
    """Whether a bound must be passed by one whole unit: a cent, an item, a day."""
    return op in ("<", ">") and number.kind in WHOLE


@dataclass(frozen=True, slots=True)
class Finder:
    """Looks for the parts of one condition that make it false on one cart."""

    wording: Wording
    condition: Condition
    scene: Scene

    def find(self) -> Finding:
        """The finding of the whole condition."""
        clues = self.clues(self.condition.formula)
        by_lead: dict[str, list[Clue]] = {}
        for clue in clues:
            by_lead.setdefault(clue.lead, []).append(clue)
        together = [self.join(alike) for alike in by_lead.values()]
        if len(together) == 1:
            (clue,) = together
            return Finding(self.text(clue), clue.observed, clue.needed, self.distance(clue))
        distances = [self.distance(clue) for clue in together]
        return Finding(
            "; or ".join(self.text(clue) for clue in together),
            ", ".join(clue.lead for clue in together),
            " or ".join(f"{clue.subject} {clue.needed}".strip() for clue in together),
            " or ".join(distance for distance in distances if distance),
        )

    def join(self, alike: list[Clue]) -> Clue:
        """Clues about the same observation as one: it needs this or that."""
        first = alike[0]
        if len(alike) == 1:
            return first
        gaps = [clue.gap for clue in alike if clue.gap is not None]
        needs = dict.fromkeys(clue.needed for clue in alike)
        return replace(first, needed=list_names(needs, "or"), gap=min(gaps, default=None), text="")

    def text(self, clue: Clue) -> str:
        """A clue as a sentence."""
        return clue.text or f"{clue.lead}, needs {clue.needed}"

    def distance(self, clue: Clue) -> str:
        """How far a clue's number is from what it needs."""
        if not clue.gap or clue.number is None:
            return ""
        return self.wording.distance(clue.number, clue.gap)

    # What makes a formula false.

    def clues(self, formula: Formula) -> list[Clue]:
        """Why a false formula is false: one clue, or one for each part of an `or`."""
        match formula:
            case And(items):
                false = next(item for item in items if not self.scene.holds(item))
                return self.clues(false)
            case Or(items):
                return [clue for item in items for clue in self.clues(item)]
            case Not(item):
                return self.clues_of_true(item)
            case Truth():
                return [self.whole()]
            case AnyLine(where):
                return [self.line_clue(where, "one")]
            case _:
                return [self.leaf_clue(formula)]

    def clues_of_true(self, formula: Formula) -> list[Clue]:
        """Why a formula that should be false is true."""
        match formula:
            case And(items):
                return [clue for item in items for clue in self.clues_of_true(item)]
            case Or(items):
                return self.clues_of_true(next(i for i in items if self.scene.holds(i)))
            case Not(item):
                return self.clues(item)
            case Truth():
                return [self.whole()]
            case AnyLine(Not(where)):
                return [self.line_clue(where, "all")]
            case AnyLine(where):
                return [self.line_clue(where, "none")]
            case _:
                return [self.true_leaf_clue(formula)]

    def whole(self) -> Clue:
        """A condition of which no part can be pointed at."""
        text = f"`{shorten(self.condition.text)}` is false"
        return Clue("", text, "false", "true", text=text)

    def line_clue(self, where: Formula, needed: str) -> Clue:
        """How many lines fit."""
        found, count = len(self.scene.lines(where)), len(self.scene.cart.lines)
        shown = f"fit `{shorten(self.wording.formula(where))}`"
        observed = f"{found} of {count}"
        return Clue(f"lines that {shown}:", f"{observed} lines {shown}", observed, needed)

    def leaf_clue(self, leaf: Compare | Member | Same | Has | StartsWith | Flag) -> Clue:
        """Why a comparison or a test of text is false."""
        match leaf:
            case Compare(((_, number),)):
                return self.number_clue(number, leaf)
            case Compare():
                return self.sum_clue(leaf)
            case Member(term, values):
                return self.term_clue(term, list_names(values, "or"))
            case Has(term, values, every):
                return self.term_clue(term, list_names(values, "and" if every else "or"))
            case StartsWith(term, prefix):
                return self.term_clue(term, f"to start with {prefix}")
            case Flag(term, expected):
                return self.term_clue(term, "true" if expected else "false")
            case Same(left, right):
                other = self.observed(right)
                return self.term_clue(left, f"{self.subject(right)}, which is {other}")
        assert_never(leaf)

    def true_leaf_clue(self, leaf: Compare | Member | Same | Has | StartsWith | Flag) -> Clue:
        """Why a comparison or a test of text that should be false is true."""
        match leaf:
            case Compare(terms, op, bound) if op != "==":
                return self.leaf_clue(Compare(terms, NEGATED[op], bound))  # type: ignore[arg-type]
            case Compare(((_, number),)):
                return self.term_clue(number, f"anything but {self.observed(number)}")
            case Compare():
                shown = self.wording.comparison(leaf)
                return Clue(f"`{shown}`", f"`{shown}` is true", self.values(leaf), "it to be false")
            case Member(term, values):
                return self.term_clue(term, f"anything but {list_names(values, 'or')}")
            case Has(term, values, every):
                link = "and" if every else "or"
                return self.term_clue(term, f"anything but {list_names(values, link)}")
            case StartsWith(term, prefix):
                return self.term_clue(term, f"anything but a start with {prefix}")
            case Flag(term, expected):
                return self.term_clue(term, f"anything but {'true' if expected else 'false'}")
            case Same(left, right):
                return self.term_clue(left, f"anything but {self.subject(right)}")
        assert_never(leaf)

    # Terms.

    def subject(self, number: Number) -> str:
        """The name of a term; an aggregate as the condition writes it, defines kept, if it can."""
        if isinstance(number, Aggregate):
            return self.cut_out(number) or self.wording.number(number)
        return self.wording.number(number)

    def cut_out(self, aggregate: Aggregate) -> str | None:
        """The condition's own text of an aggregate, when there is but one of its function."""
        terms = all_terms(self.condition.formula)
        alike = [t for t in terms if isinstance(t, Aggregate) and t.function == aggregate.function]
        text = self.condition.text
        starts = [m.start() for m in re.finditer(rf"\b{aggregate.function}\(", text)]
        if len(alike) != 1 or len(starts) != 1:
            return None
        depth, is_quoted = 0, False
        for i in range(starts[0] + len(aggregate.function), len(text)):
            if text[i] == '"' and text[i - 1] != "\\":
                is_quoted = not is_quoted
            if not is_quoted:
                depth += (text[i] == "(") - (text[i] == ")")
                if depth == 0:
                    inside = text[starts[0] + len(aggregate.function) + 1 : i]
                    return f"{aggregate.function}({shorten(inside)})"
        return None

    def observed(self, number: Number) -> str:
        """The value of a term here."""
        if isinstance(number, Aggregate):
            value = self.scene.number(number)
            return MISSING if value is None else self.wording.value(number.kind, value)
        known = self.scene.value(number)
        return MISSING if known is None else self.wording.value(number.kind, known)

    def term_clue(self, number: Number, needed: str, gap: int | None = None) -> Clue:
        """A term that is one thing and needs another."""
        subject, observed = self.subject(number), self.observed(number)
        return Clue(subject, f"{subject} is {observed}", observed, needed, gap, number)

    def number_clue(self, number: Number, compare: Compare) -> Clue:
        """A comparison of one number, its factor divided out.

        Units are whole: 2 x cart.quantity >= 5 needs 3.
        """
        ((factor, _),), op, bound = compare.terms, compare.op, compare.bound
        if factor < 0:
            factor, op, bound = -factor, FLIPPED[op], -bound
        if bound % factor and op == "==":
            return self.sum_clue(compare)
        if bound % factor and op in ("<", "<="):
            op = "<="
        elif bound % factor:
            op, bound = ">=", bound + factor  # the next whole unit, once divided
        bound //= factor
        needs = NEEDS_WHEN if number.kind in WHEN else NEEDS
        needed = needs[op].format(self.wording.value(number.kind, bound))
        value = self.scene.number(number)
        gap = None if value is None else abs(bound - value) + is_beyond(op, number)
        return self.term_clue(number, needed, gap)

    def sum_clue(self, compare: Compare) -> Clue:
        """A comparison of several terms: by how much it is missed, at the finest of its factors.

        2 x cart.subtotal >= 25 USD + net(p) falls short in units of net(p), as its author wrote it.
        """
        missing = next((n for _, n in compare.terms if self.scene.number(n) is None), None)
        if missing is not None:
            return self.term_clue(missing, "a value")
        total = self.scene.total(compare)
        assert total is not None
        shown = shorten(
            self.condition.text
            if self.condition.formula == compare
            else self.wording.comparison(compare),
            SUM_WIDTH,
        )
        factor, number = min(compare.terms, key=lambda pair: abs(pair[0]))
        gap = abs(total - compare.bound) + is_beyond(compare.op, number)
        gap = -(-gap // abs(factor))
        word = {"<": "over", ">": "short"}.get(compare.op[0], "off")
        text = f"`{shown}` is {word} by {self.wording.distance(number, gap)}"
        return Clue(f"`{shown}`", text, self.values(compare), shown, gap, number, text)

    def values(self, compare: Compare) -> str:
        """The values of the terms of a comparison."""
        return ", ".join(f"{self.subject(n)} is {self.observed(n)}" for _, n in compare.terms)
