"""Formulas in, shared rows of a plan's tables out: nodes, terms, selectors, symbols, slots."""

from collections.abc import Iterable, Sequence
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
)
from ...dsl.kinds import Kind
from .plan import CompareOp, FunctionOp, NodeOp, Slot, TermKind

COMPARE_OPS = {
    "<": CompareOp.LT,
    "<=": CompareOp.LE,
    "==": CompareOp.EQ,
    ">=": CompareOp.GE,
    ">": CompareOp.GT,
}
FUNCTION_OPS = {op.name.lower(): op for op in FunctionOp}
NET_SUBTOTAL = "cart.net_subtotal"
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
    _slot_of: dict[tuple[str, str, object], int] = field(default_factory=dict)
    _node_of: dict[Formula, int] = field(default_factory=dict)
    # By identity: rules share the formulas of definitions, and hashing one walks all of it.
    _node_by_id: dict[int, int] = field(default_factory=dict)
    _aggregate_of: dict[Row, int] = field(default_factory=dict)
    _selector_of: dict[int, int] = field(default_factory=dict)  # by node

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
        known = self._slot_of.get((kind, term.name, term.fallback))
        if known is None:
            slot = Slot(term.name, term.fallback)
            known = self.slots[kind, is_line_field(term.name)].number(slot)
            self._slot_of[kind, term.name, term.fallback] = known
        return known

    def slot_of(self, kind: str, name: str) -> None:
        """Make sure that a text or set has a column; what finds prefixes has one already."""
        if kind != "prefix":
            self.slot(kind, Term(name, Kind.SET if kind == "set" else Kind.STRING))

    def selector(self, where: Formula) -> int:
        """The number of a line formula's list of lines."""
        node = self.node(where)
        known = self._selector_of.get(node)
        if known is None:
            known = self._selector_of[node] = len(self.selectors)
            self.selectors.append((node, self.is_static(node)))
        return known

    def node(self, formula: Formula) -> int:
        """The number of a formula's node, its parts lowered first."""
        known = self._node_by_id.get(id(formula))
        if known is None:
            known = self._node_of.get(formula)
            if known is None:
                row = self.row_of(formula)
                known = self._node_of[formula] = len(self.nodes)
                self.nodes.append(row)
            self._node_by_id[id(formula)] = known
        return known

    def is_static(self, node: int) -> bool:
        """Whether nothing that promotions take can change a node."""
        return bool(self.nodes[node][4])

    def row_of(self, formula: Formula) -> Row:
        """The row of a node: op, slot, first, last, is_static, is_line, bound."""
        match formula:
            case Truth(value):
                return (NodeOp.TRUE if value else NodeOp.FALSE, 0, 0, 0, 1, 0, 0, 0)
            case Not(item):
                return self.row_of_items(NodeOp.NOT, (item,))
            case And(items):
                return self.row_of_items(NodeOp.AND, items)
            case Or(items):
                return self.row_of_items(NodeOp.OR, items)
            case AnyLine(where):
                selector = self.selector(where)
                is_static = int(self.selectors[selector][1])
                return (NodeOp.ANY_LINE, selector, 0, 0, is_static, 0, 0, 0)
            case Compare(terms, op_text, bound):
                op, (first, last) = COMPARE_OPS[op_text], self.term_rows(terms)
                is_static = int(all(self.is_static_term(term) for _, term in terms))
                high, low = bound >> 64, bound & (2**64 - 1)
                return (NodeOp.COMPARE, op, first, last, is_static, 0, high, low)
            case _:
                return self.text_row(formula)

    def row_of_items(self, op: NodeOp, items: Sequence[Formula]) -> Row:
        """The row of a node that joins others."""
        nodes = [self.node(item) for item in items]
        first, last = self.extend(nodes)
        return (op, 0, first, last, int(all(map(self.is_static, nodes))), 0, 0, 0)

    def is_static_term(self, term: Number) -> bool:
        """Whether nothing that promotions take can change a number."""
        if isinstance(term, Term):
            return term.name != NET_SUBTOTAL
        return term.function != "net" and bool(self.selectors[self.selector(term.where)][1])

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
        if term.name == NET_SUBTOTAL:
            return TermKind.NET_SUBTOTAL, 0
        kind = TermKind.LINE_NUMBER if is_line_field(term.name) else TermKind.CART_NUMBER
        return kind, self.slot("number", term)

    def aggregate(self, term: Aggregate) -> int:
        """The number of an aggregate."""
        function = FUNCTION_OPS[term.function]
        has_fallback = int(term.fallback is not None)
        row = (term.fallback or 0, function, self.selector(term.where), has_fallback, 0)
        known = self._aggregate_of.get(row)
        if known is None:
            known = self._aggregate_of[row] = len(self.aggregates)
            self.aggregates.append(row)
        return known


def prefix_slots_of(formulas: Iterable[Formula]) -> dict[Term, Slot]:
    """By term, the slot with every prefix that any formula asks for."""
    found: dict[Term, set[str]] = {}
    seen: set[int] = set()  # by identity, as above
    waiting = list(formulas)
    while waiting:
        formula = waiting.pop()
        if isinstance(formula, Member | Has) or id(formula) in seen:
            continue
        seen.add(id(formula))
        if isinstance(formula, StartsWith):
            found.setdefault(formula.term, set()).add(formula.prefix)
        waiting.extend(children(formula))
    return {
        term: Slot(term.name, term.fallback, frozenset(texts), tuple(sorted(set(map(len, texts)))))
        for term, texts in found.items()
    }
