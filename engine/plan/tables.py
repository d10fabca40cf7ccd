"""Formulas in, shared rows of a plan's tables out: nodes, terms, selectors, symbols, slots."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

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
Shape = tuple[object, ...]  # what makes two nodes one
ANY_PREFIX = frozenset(("",))  # stands in until all prefixes are known


def is_line_field(name: str) -> bool:
    """Whether a field is one of lines."""
    return name.startswith("line.")


@dataclass(slots=True)
class SlotTable:
    """Slots of one kind, numbered as they are first asked for."""

    rows: dict[Slot, int] = field(default_factory=dict)
    prefixes: dict[int, set[str]] = field(default_factory=dict)  # by slot, those it looks for

    def number(self, slot: Slot) -> int:
        """The number of a slot, a new one if it is new."""
        return self.rows.setdefault(slot, len(self.rows))

    def prefix_number(self, term: Term, prefix: str) -> int:
        """The slot with the prefixes of a text, of which this is one."""
        number = self.number(Slot(term.name, term.fallback, ANY_PREFIX))
        self.prefixes.setdefault(number, set()).add(prefix)
        return number

    def slots(self) -> tuple[Slot, ...]:
        """All slots, by number."""
        slots = list(self.rows)
        for number, texts in self.prefixes.items():
            lengths = tuple(sorted(set(map(len, texts))))
            slot = slots[number]
            slots[number] = Slot(slot.name, slot.fallback, frozenset(texts), lengths)
        return tuple(slots)


@dataclass(slots=True)
class Tables:
    """The growing tables of a plan. Equal formulas get one node, equal selectors one list.

    Formulas are told apart by what they say themselves and the numbers of what is inside them, so
    that none is walked twice.
    """

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
    _slot_of: dict[tuple[str, str, object], int] = field(default_factory=dict)
    _node_of: dict[Shape, int] = field(default_factory=dict)
    # By identity: rules share the formulas of definitions, and of equal texts. Whoever lowers a
    # rule set keeps all of them alive.
    _node_by_id: dict[int, int] = field(default_factory=dict)
    _aggregate_of: dict[Row, int] = field(default_factory=dict)
    _selector_of: dict[int, int] = field(default_factory=dict)  # by node

    def symbol(self, text: str) -> int:
        """The number of a text."""
        return self.symbols.setdefault(text, len(self.symbols))

    def symbols_of(self, texts: Iterable[str]) -> list[int]:
        """The numbers of some texts."""
        symbols = self.symbols
        return [symbols.setdefault(text, len(symbols)) for text in texts]

    def symbol_range(self, texts: Iterable[str]) -> tuple[int, int]:
        """Where the sorted symbols of some texts stand in `args`."""
        return self.extend(sorted(self.symbols_of(texts)))

    def extend(self, numbers: Iterable[int]) -> tuple[int, int]:
        """Append to `args`; the range written."""
        first = len(self.args)
        self.args += numbers
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
        if kind != "prefix" and (kind, name, None) not in self._slot_of:
            self.slot(kind, Term(name, Kind.SET if kind == "set" else Kind.STRING))

    def selector(self, where: Formula) -> int:
        """The number of a line formula's list of lines."""
        node = self.node(where)
        known = self._selector_of.get(node)
        if known is None:
            known = self._selector_of[node] = len(self.selectors)
            self.selectors.append((node, self.nodes[node][4]))
        return known

    def node(self, formula: Formula) -> int:
        """The number of a formula's node, its parts lowered first."""
        known = self._node_by_id.get(id(formula))
        if known is None:
            known = self._node_by_id[id(formula)] = NODE_MAKERS[type(formula)](self, formula)
        return known

    def add_node(self, shape: Shape, row: Row) -> int:
        """A new node: op, slot, first, last, is_static, is_line, bound."""
        number = self._node_of[shape] = len(self.nodes)
        self.nodes.append(row)
        return number

    def is_static(self, node: int) -> bool:
        """Whether nothing that promotions take can change a node."""
        return bool(self.nodes[node][4])

    def node_of_truth(self, formula: Truth) -> int:
        """A constant."""
        op = NodeOp.TRUE if formula.value else NodeOp.FALSE
        known = self._node_of.get((op,))
        return self.add_node((op,), (op, 0, 0, 0, 1, 0, 0, 0)) if known is None else known

    def node_of_items(self, op: NodeOp, items: Iterable[Formula]) -> int:
        """A node that joins others."""
        nodes = tuple([self.node(item) for item in items])
        known = self._node_of.get((op, nodes))
        if known is not None:
            return known
        is_static = all(map(self.is_static, nodes))
        return self.add_node((op, nodes), (op, 0, *self.extend(nodes), int(is_static), 0, 0, 0))

    def node_of_any_line(self, formula: AnyLine) -> int:
        """Whether a list of lines has any."""
        op, selector = NodeOp.ANY_LINE, self.selector(formula.where)
        known = self._node_of.get((op, selector))
        if known is not None:
            return known
        is_static = self.selectors[selector][1]
        return self.add_node((op, selector), (op, selector, 0, 0, is_static, 0, 0, 0))

    def node_of_compare(self, formula: Compare) -> int:
        """A comparison, with its terms."""
        terms = tuple([(factor, *self.term_place(term)) for factor, term in formula.terms])
        bound = formula.bound
        shape = formula.op, terms, bound
        known = self._node_of.get(shape)
        if known is not None:
            return known
        first = len(self.terms)
        self.terms += terms
        is_static = int(all(self.is_static_term(term) for _, term in formula.terms))
        op = COMPARE_OPS[formula.op]
        halves = bound >> 64, bound & (2**64 - 1)
        row = (NodeOp.COMPARE, op, first, len(self.terms), is_static, 0, *halves)
        return self.add_node(shape, row)

    def node_of_texts(
        self, op: NodeOp, slot: int, leaf: Member | Has | StartsWith, texts: tuple[str, ...]
    ) -> int:
        """A leaf that holds texts against a slot."""
        is_line = is_line_field(leaf.term.name)
        shape = op, slot, is_line, texts
        known = self._node_of.get(shape)
        if known is not None:
            return known
        first, last = self.symbol_range(texts)
        return self.add_node(shape, (op, slot, first, last, 1, int(is_line), 0, 0))

    def node_of_member(self, leaf: Member) -> int:
        """A text that is one of some."""
        return self.node_of_texts(NodeOp.MEMBER, self.slot("text", leaf.term), leaf, leaf.values)

    def node_of_has(self, leaf: Has) -> int:
        """A set that holds one of some texts, or all."""
        op = NodeOp.HAS_ALL if leaf.every else NodeOp.HAS_ANY
        return self.node_of_texts(op, self.slot("set", leaf.term), leaf, leaf.values)

    def node_of_prefix(self, leaf: StartsWith) -> int:
        """A text that begins with another; all prefixes of a text share a column."""
        term = leaf.term
        slot = self.slots["set", is_line_field(term.name)].prefix_number(term, leaf.prefix)
        return self.node_of_texts(NodeOp.HAS_ANY, slot, leaf, (leaf.prefix,))

    def node_of_same(self, leaf: Same) -> int:
        """Two texts that are equal."""
        sides = tuple(
            slot
            for term in (leaf.left, leaf.right)
            for slot in (self.slot("text", term), int(is_line_field(term.name)))
        )
        shape = NodeOp.SAME, sides
        known = self._node_of.get(shape)
        if known is not None:
            return known
        return self.add_node(shape, (NodeOp.SAME, 0, *self.extend(sides), 1, 0, 0, 0))

    def node_of_flag(self, leaf: Flag) -> int:
        """A bool that is as expected."""
        op, slot, expected = NodeOp.FLAG, self.slot("number", leaf.term), int(leaf.expected)
        is_line = int(is_line_field(leaf.term.name))
        shape = op, slot, is_line, expected
        known = self._node_of.get(shape)
        if known is not None:
            return known
        return self.add_node(shape, (op, slot, expected, expected, 1, is_line, 0, 0))

    def is_static_term(self, term: Number) -> bool:
        """Whether nothing that promotions take can change a number."""
        if isinstance(term, Term):
            return term.name != NET_SUBTOTAL
        return term.function != "net" and bool(self.selectors[self.selector(term.where)][1])

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


NODE_MAKERS: Mapping[type, Callable[[Tables, Any], int]] = {
    Truth: Tables.node_of_truth,
    Not: lambda tables, formula: tables.node_of_items(NodeOp.NOT, (formula.item,)),
    And: lambda tables, formula: tables.node_of_items(NodeOp.AND, formula.items),
    Or: lambda tables, formula: tables.node_of_items(NodeOp.OR, formula.items),
    AnyLine: Tables.node_of_any_line,
    Compare: Tables.node_of_compare,
    Member: Tables.node_of_member,
    Has: Tables.node_of_has,
    StartsWith: Tables.node_of_prefix,
    Same: Tables.node_of_same,
    Flag: Tables.node_of_flag,
}
