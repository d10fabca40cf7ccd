"""Formulas in, shared rows of a plan's tables out: nodes, terms, selectors, symbols, slots."""

from collections.abc import Iterable
from dataclasses import dataclass, field

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
    Truth,
    children,
    reads_nets,
)
from .plan import CompareOp, FunctionOp, NodeOp, Slot, TermKind

COMPARE_OPS = {
    "<": CompareOp.LT,
    "<=": CompareOp.LE,
    "==": CompareOp.EQ,
    ">=": CompareOp.GE,
    ">": CompareOp.GT,
}
Row = tuple[int, ...]


def is_line_field(name: str) -> bool:
    """Whether a field is one of lines."""
    return name.startswith("line.")


@dataclass(slots=True)
class SlotTable:
    """Slots of one kind, numbered as they are first asked for."""

    rows: dict[Slot, int] = field(default_factory=dict)

    def number(self, slot: Slot) -> int:
        """The number of a slot, a new one if it is new."""
        return self.rows.setdefault(slot, len(self.rows))

    def slots(self) -> tuple[Slot, ...]:
        """All slots, by number."""
        return tuple(self.rows)


@dataclass(slots=True)
class Tables:
    """The growing tables of a plan. Equal formulas get one node, equal selectors one list."""

    symbols: dict[str, int] = field(default_factory=dict)
    nodes: list[Row] = field(default_factory=list)
    terms: list[Row] = field(default_factory=list)
    aggregates: list[Row] = field(default_factory=list)
    selectors: list[Row] = field(default_factory=list)
    args: list[int] = field(default_factory=list)
    slots: dict[tuple[str, bool], SlotTable] = field(
        default_factory=lambda: {
            (kind, is_line): SlotTable()
            for kind in ("number", "text", "set")
            for is_line in (False, True)
        }
    )
    prefix_slots: dict[Term, Slot] = field(default_factory=dict)
    _node_of: dict[Formula, int] = field(default_factory=dict)
    _aggregate_of: dict[Aggregate, int] = field(default_factory=dict)
    _selector_of: dict[Formula, int] = field(default_factory=dict)

    def symbol(self, text: str) -> int:
        """The number of a text."""
        return self.symbols.setdefault(text, len(self.symbols))

    def symbol_range(self, texts: Iterable[str]) -> tuple[int, int]:
        """Where the sorted symbols of some texts stand in `args`."""
        return self.extend(sorted(self.symbol(text) for text in texts))

    def extend(self, numbers: Iterable[int]) -> tuple[int, int]:
        """Append to `args`; the range written."""
        first = len(self.args)
        self.args.extend(numbers)
        return first, len(self.args)

    def slot(self, kind: str, term: Term) -> int:
        """The number of the column that holds a term."""
        slot = Slot(term.name, term.fallback)
        return self.slots[kind, is_line_field(term.name)].number(slot)

    def selector(self, where: Formula) -> int:
        """The number of a line formula's list of lines."""
        if where not in self._selector_of:
            node = self.node(where)
            self._selector_of[where] = len(self.selectors)
            self.selectors.append((node, not reads_nets(where)))
        return self._selector_of[where]

    def node(self, formula: Formula) -> int:
        """The number of a formula's node, its parts lowered first."""
        if formula not in self._node_of:
            row = self.row_of(formula)
            self._node_of[formula] = len(self.nodes)
            self.nodes.append(row)
        return self._node_of[formula]

    def row_of(self, formula: Formula) -> Row:
        """The row of a node: op, slot, first, last, is_static, is_line, bound."""
        is_static = int(not reads_nets(formula))
        match formula:
            case Truth(value):
                return (NodeOp.TRUE if value else NodeOp.FALSE, 0, 0, 0, is_static, 0, 0, 0)
            case Not(item):
                first, last = self.extend([self.node(item)])
                return (NodeOp.NOT, 0, first, last, is_static, 0, 0, 0)
            case And(items) | Or(items):
                op = NodeOp.AND if isinstance(formula, And) else NodeOp.OR
                first, last = self.extend([self.node(item) for item in items])
                return (op, 0, first, last, is_static, 0, 0, 0)
            case AnyLine(where):
                return (NodeOp.ANY_LINE, self.selector(where), 0, 0, is_static, 0, 0, 0)
            case Compare(terms, op_text, bound):
                first, last = self.term_rows(terms)
                high, low = bound >> 64, bound & (2**64 - 1)
                return (
                    NodeOp.COMPARE, COMPARE_OPS[op_text], first, last, is_static, 0, high, low,
                )  # fmt: skip
            case _:
                return self.text_row(formula)

    def text_row(self, leaf: Member | Same | Has | StartsWith | Flag) -> Row:
        """The row of a leaf that reads text, sets or a bool."""
        match leaf:
            case Member(term, values):
                op, slot = NodeOp.MEMBER, self.slot("text", term)
                first, last = self.symbol_range(values)
            case Has(term, values, every):
                op, slot = NodeOp.HAS_ALL if every else NodeOp.HAS_ANY, self.slot("set", term)
                first, last = self.symbol_range(values)
            case StartsWith(term, prefix):
                op, slot = NodeOp.HAS_ANY, self.prefix_slot(term)
                first, last = self.symbol_range([prefix])
            case Same(left, right):
                sides = [
                    slot
                    for term in (left, right)
                    for slot in (self.slot("text", term), int(is_line_field(term.name)))
                ]
                first, last = self.extend(sides)
                return (NodeOp.SAME, 0, first, last, 1, 0, 0, 0)
            case Flag(term, expected):
                op, slot = NodeOp.FLAG, self.slot("number", term)
                first = last = int(expected)
        return (op, slot, first, last, 1, int(is_line_field(term.name)), 0, 0)

    def prefix_slot(self, term: Term) -> int:
        """The column with the prefixes of a text; all prefixes of a rule set share it."""
        return self.slots["set", is_line_field(term.name)].number(self.prefix_slots[term])

    def term_rows(self, terms: Iterable[tuple[int, Number]]) -> tuple[int, int]:
        """Write the terms of a comparison; the range written."""
        rows = [(coefficient, *self.term_place(term)) for coefficient, term in terms]
        first = len(self.terms)
        self.terms.extend(rows)
        return first, len(self.terms)

    def term_place(self, term: Number) -> tuple[int, int]:
        """Where a number comes from: kind and slot."""
        if isinstance(term, Aggregate):
            return TermKind.AGGREGATE, self.aggregate(term)
        if term.name == "cart.net_subtotal":
            return TermKind.NET_SUBTOTAL, 0
        kind = TermKind.LINE_NUMBER if is_line_field(term.name) else TermKind.CART_NUMBER
        return kind, self.slot("number", term)

    def aggregate(self, term: Aggregate) -> int:
        """The number of an aggregate."""
        if term not in self._aggregate_of:
            selector = self.selector(term.where)
            self._aggregate_of[term] = len(self.aggregates)
            function = FunctionOp[term.function.upper()]
            has_fallback = int(term.fallback is not None)
            self.aggregates.append((term.fallback or 0, function, selector, has_fallback, 0))
        return self._aggregate_of[term]


def prefix_slots_of(formulas: Iterable[Formula]) -> dict[Term, Slot]:
    """By term, the slot with every prefix that any formula asks for."""
    found: dict[Term, set[str]] = {}
    seen: set[Formula] = set()
    waiting = list(formulas)
    while waiting:
        formula = waiting.pop()
        if formula in seen:
            continue
        seen.add(formula)
        if isinstance(formula, StartsWith):
            found.setdefault(formula.term, set()).add(formula.prefix)
        waiting.extend(children(formula))
    return {
        term: Slot(term.name, term.fallback, frozenset(texts), tuple(sorted(set(map(len, texts)))))
        for term, texts in found.items()
    }
