"""Formulas in, shared rows of a plan's tables out: nodes, terms, selectors, symbols, slots.

Equal formulas get one node, equal selectors one list. Formulas are told apart by what they say
themselves and the numbers of what is inside them, so that none is walked twice. The rows grow as
the structs that the kernel reads.
"""

from cpython.mem cimport PyMem_Free, PyMem_Realloc
from libc.stdint cimport int32_t
from libc.string cimport memcpy, memset

from ..kernel._layout cimport (
    CMP_EQ,
    CMP_GE,
    CMP_GT,
    CMP_LE,
    CMP_LT,
    OP_AND,
    OP_ANY_LINE,
    OP_COMPARE,
    OP_FALSE,
    OP_FLAG,
    OP_HAS_ALL,
    OP_HAS_ANY,
    OP_MEMBER,
    OP_NOT,
    OP_OR,
    OP_SAME,
    OP_TRUE,
    TERM_AGGREGATE,
    TERM_CART_NUMBER,
    TERM_LINE_NUMBER,
    TERM_NET_SUBTOTAL,
    AggregateC,
    ConditionC,
    NodeC,
    SelectorC,
    TermC,
)

import numpy as np

from ...dsl.formula import (
    Aggregate,
    And,
    AnyLine,
    Compare,
    Flag,
    Has,
    Member,
    Not,
    Or,
    Same,
    StartsWith,
    Term,
    Truth,
)
from ...dsl.kinds import Kind
from .plan import AGGREGATE, CONDITION, NODE, SELECTOR, TERM, FunctionOp, Slot
from .slots import ANY_PREFIX, NET_SUBTOTAL, SlotTable, is_line_field

cdef dict COMPARE_OPS = {"<": CMP_LT, "<=": CMP_LE, "==": CMP_EQ, ">=": CMP_GE, ">": CMP_GT}
cdef dict FUNCTION_OPS = {op.name.lower(): int(op) for op in FunctionOp}
cdef object LOW_HALF = 2**64 - 1
cdef object net_subtotal = NET_SUBTOTAL
cdef object member_type = Member
cdef object has_type = Has
cdef object compare_type = Compare
cdef object and_type = And
cdef object or_type = Or
cdef object not_type = Not
cdef object any_line_type = AnyLine
cdef object aggregate_type = Aggregate
cdef object truth_type = Truth
cdef object prefix_type = StartsWith
cdef object same_type = Same
cdef object flag_type = Flag


cdef class Rows:
    """Structs of one type, growing."""

    cdef char* rows
    cdef readonly Py_ssize_t count
    cdef Py_ssize_t room
    cdef Py_ssize_t size  # bytes of one

    def __cinit__(self, Py_ssize_t size):
        self.size = size

    def __dealloc__(self):
        PyMem_Free(self.rows)

    cdef void* at(self, Py_ssize_t number) noexcept:
        return self.rows + number * self.size

    cdef void* add(self) except NULL:
        # A row more, all zero.
        cdef char* rows
        cdef Py_ssize_t room
        if self.count == self.room:
            room = 2 * self.room + 64
            rows = <char*>PyMem_Realloc(self.rows, room * self.size)
            if rows == NULL:
                raise MemoryError
            self.rows, self.room = rows, room
        self.count += 1
        memset(self.at(self.count - 1), 0, self.size)
        return self.at(self.count - 1)

    cdef int add_number(self, int32_t number) except -1:
        (<int32_t*>self.add())[0] = number
        return 0

    cdef object packed(self, object dtype):
        # The rows as an array of their own.
        made = np.empty(self.count, dtype)
        assert made.itemsize == self.size
        cdef unsigned char[::1] view
        if self.count:
            view = made.view(np.uint8)
            memcpy(&view[0], self.rows, self.count * self.size)
        return made


cdef class Tables:
    """The growing tables of a plan."""

    cdef readonly dict symbols  # numbers by text
    cdef readonly dict slots  # tables by kind and whether they are of lines
    cdef Rows nodes
    cdef Rows terms
    cdef Rows aggregates
    cdef Rows selectors
    cdef Rows conditions
    cdef Rows args
    cdef dict slot_known
    cdef dict node_known  # by what makes two nodes one
    cdef dict node_by_id  # by identity: rules share the formulas of definitions, and of equal texts
    cdef list kept  # those formulas, which must stay alive for that
    cdef dict aggregate_known
    cdef dict selector_known  # by node

    def __cinit__(self):
        self.symbols = {}
        self.slots = {
            (kind, is_line): SlotTable()
            for kind in ("number", "text", "set")
            for is_line in (False, True)
        }
        self.nodes = Rows(sizeof(NodeC))
        self.terms = Rows(sizeof(TermC))
        self.aggregates = Rows(sizeof(AggregateC))
        self.selectors = Rows(sizeof(SelectorC))
        self.conditions = Rows(sizeof(ConditionC))
        self.args = Rows(sizeof(int32_t))
        self.slot_known = {}
        self.node_known = {}
        self.node_by_id = {}
        self.kept = []
        self.aggregate_known = {}
        self.selector_known = {}

    def packed(self):
        """The tables as arrays, by their names in the plan."""
        return {
            "nodes": self.nodes.packed(NODE),
            "terms": self.terms.packed(TERM),
            "aggregates": self.aggregates.packed(AGGREGATE),
            "selectors": self.selectors.packed(SELECTOR),
            "conditions": self.conditions.packed(CONDITION),
            "args": self.args.packed(np.int32),
        }

    # Symbols and slots.

    cpdef int symbol(self, text) except -1:
        """The number of a text."""
        known = self.symbols.get(text)
        if known is None:
            known = self.symbols[text] = len(self.symbols)
        return known

    def symbols_of(self, texts):
        """The numbers of some texts."""
        return [self.symbol(text) for text in texts]

    cdef int slot_number(self, str kind, object term) except -1:
        # The number of the column that holds a term.
        key = kind, term.name, term.fallback
        known = self.slot_known.get(key)
        if known is None:
            slot = Slot(term.name, term.fallback)
            known = self.slots[kind, is_line_field(term.name)].number(slot)
            self.slot_known[key] = known
        return known

    def slot(self, str kind, term):
        """The number of the column that holds a term."""
        return self.slot_number(kind, term)

    def slot_of(self, str kind, name):
        """Make sure that a text or set has a column; what finds prefixes has one already."""
        if kind != "prefix" and (kind, name, None) not in self.slot_known:
            self.slot_number(kind, Term(name, Kind.SET if kind == "set" else Kind.STRING))

    # Conditions, selectors and nodes.

    def add_conditions(self, rules):
        """Lower all conditions: where those of each rule end, and which have soft ones."""
        cdef ConditionC* row
        cdef int number = 0, node
        cdef list ends = [], softened = []
        for rule in rules:
            for condition in rule.conditions:
                node = self.node(condition.formula)
                row = <ConditionC*>self.conditions.add()
                row.node, row.is_soft = node, bool(condition.is_soft)
                if row.is_soft:
                    softened.append(number)
            ends.append(self.conditions.count)
            number += 1
        return ends, softened

    cpdef int selector(self, where) except -1:
        """The number of a line formula's list of lines."""
        cdef int node = self.node(where)
        cdef SelectorC* row
        known = self.selector_known.get(node)
        if known is not None:
            return known
        row = <SelectorC*>self.selectors.add()
        row.node, row.is_static = node, self.node_at(node).is_static
        self.selector_known[node] = self.selectors.count - 1
        return self.selectors.count - 1

    cpdef int node(self, formula) except -1:
        """The number of a formula's node, its parts lowered first."""
        key = <size_t><void*>formula
        known = self.node_by_id.get(key)
        if known is not None:
            return known
        cdef int number = self.make_node(formula)
        self.node_by_id[key] = number
        self.kept.append(formula)
        return number

    def is_static(self, int node):
        """Whether nothing that promotions take can change a node."""
        return bool(self.node_at(node).is_static)

    def op_of(self, int node):
        """What a node does."""
        return self.node_at(node).op

    def counts_skus(self):
        """Whether a rule asks how many distinct products there are."""
        op = FUNCTION_OPS["distinct_skus"]
        return any(
            (<AggregateC*>self.aggregates.at(place)).function == op
            for place in range(self.aggregates.count)
        )

    cdef inline NodeC* node_at(self, int node) noexcept:
        return <NodeC*>self.nodes.at(node)

    cdef int make_node(self, object formula) except -1:
        kind = type(formula)
        if kind is member_type:
            return self.node_of_member(formula)
        if kind is compare_type:
            return self.node_of_compare(formula)
        if kind is has_type:
            op = OP_HAS_ALL if formula.every else OP_HAS_ANY
            return self.node_of_texts(
                op, self.slot_number("set", formula.term), formula.term.name, formula.values
            )
        if kind is and_type:
            return self.node_of_items(OP_AND, formula.items)
        if kind is or_type:
            return self.node_of_items(OP_OR, formula.items)
        if kind is not_type:
            return self.node_of_items(OP_NOT, (formula.item,))
        if kind is any_line_type:
            return self.node_of_any_line(formula)
        if kind is truth_type:
            return self.node_of_leaf(OP_TRUE if formula.value else OP_FALSE, 0, 0, False)
        if kind is prefix_type:
            return self.node_of_prefix(formula)
        if kind is same_type:
            return self.node_of_same(formula)
        if kind is flag_type:
            return self.node_of_flag(formula)
        raise KeyError(kind)

    cdef int add_node(
        self, object shape, int op, int slot, Py_ssize_t first, bint is_static, bint is_line
    ) except -1:
        # A new node; its range ends where `args` do.
        cdef NodeC* row = <NodeC*>self.nodes.add()
        cdef int number = self.nodes.count - 1
        row.op, row.slot = op, slot
        row.first, row.last = first, self.args.count
        row.is_static, row.is_line = is_static, is_line
        self.node_known[shape] = number
        return number

    cdef int node_of_leaf(self, int op, int slot, int expected, bint is_line) except -1:
        # A node without a range: a constant, or a bool that is as expected.
        shape = op, slot, is_line, expected
        known = self.node_known.get(shape)
        if known is not None:
            return known
        cdef int number = self.add_node(shape, op, slot, 0, True, is_line)
        self.node_at(number).first = self.node_at(number).last = expected
        return number

    cdef int node_of_flag(self, leaf) except -1:
        # A bool that is as expected.
        cdef int slot = self.slot_number("number", leaf.term)
        return self.node_of_leaf(OP_FLAG, slot, leaf.expected, is_line_field(leaf.term.name))

    cdef int node_of_items(self, int op, items) except -1:
        # A node that joins others.
        cdef bint is_static = True
        cdef int node
        cdef Py_ssize_t first
        nodes = tuple([self.node(item) for item in items])
        shape = op, nodes
        known = self.node_known.get(shape)
        if known is not None:
            return known
        first = self.args.count
        for node in nodes:
            is_static = is_static and self.node_at(node).is_static
            self.args.add_number(node)
        return self.add_node(shape, op, 0, first, is_static, False)

    cdef int node_of_any_line(self, formula) except -1:
        # Whether a list of lines has any.
        cdef int selector = self.selector(formula.where)
        shape = OP_ANY_LINE, selector
        known = self.node_known.get(shape)
        if known is not None:
            return known
        cdef bint is_static = self.is_static_selector(selector)
        cdef int number = self.add_node(shape, OP_ANY_LINE, selector, 0, is_static, False)
        self.node_at(number).last = 0
        return number

    cdef int node_of_member(self, leaf) except -1:
        # A text that is one of some.
        term = leaf.term
        return self.node_of_texts(
            OP_MEMBER, self.slot_number("text", term), term.name, leaf.values
        )

    cdef int node_of_prefix(self, leaf) except -1:
        # A text that begins with another; all prefixes of a text share a column.
        term = leaf.term
        slot = self.slots["set", is_line_field(term.name)].prefix_number(term, leaf.prefix)
        return self.node_of_texts(OP_HAS_ANY, slot, term.name, (leaf.prefix,))

    cdef int node_of_texts(self, int op, int slot, str name, tuple texts) except -1:
        # A leaf that holds texts against a slot; their symbols stand sorted in `args`.
        cdef bint is_line = name.startswith("line.")
        cdef Py_ssize_t first
        cdef list symbols
        shape = op, slot, is_line, texts
        known = self.node_known.get(shape)
        if known is not None:
            return known
        first = self.args.count
        if len(texts) == 1:
            self.args.add_number(self.symbol(texts[0]))
        else:
            symbols = [self.symbol(text) for text in texts]
            symbols.sort()
            for symbol in symbols:
                self.args.add_number(symbol)
        return self.add_node(shape, op, slot, first, True, is_line)

    cdef int node_of_same(self, leaf) except -1:
        # Two texts that are equal: each with its slot, and whether it is one of lines.
        cdef Py_ssize_t first
        cdef list sides = []
        for term in (leaf.left, leaf.right):
            sides += (self.slot_number("text", term), int(is_line_field(term.name)))
        shape = OP_SAME, tuple(sides)
        known = self.node_known.get(shape)
        if known is not None:
            return known
        first = self.args.count
        for side in sides:
            self.args.add_number(side)
        return self.add_node(shape, OP_SAME, 0, first, True, False)

    cdef int node_of_compare(self, formula) except -1:
        # A comparison, with its terms.
        cdef Py_ssize_t first
        cdef bint is_static = True
        cdef TermC* row
        cdef NodeC* node
        cdef int number
        bound = formula.bound
        terms = tuple([(factor, *self.term_place(term)) for factor, term in formula.terms])
        shape = formula.op, terms, bound
        known = self.node_known.get(shape)
        if known is not None:
            return known
        first = self.terms.count
        for factor, kind, slot in terms:
            row = <TermC*>self.terms.add()
            row.coefficient, row.kind, row.slot = factor, kind, slot
        for _, term in formula.terms:
            is_static = is_static and self.is_static_term(term)
        number = self.add_node(shape, OP_COMPARE, COMPARE_OPS[formula.op], first, is_static, False)
        node = self.node_at(number)
        node.last = self.terms.count
        node.bound_high, node.bound_low = bound >> 64, bound & LOW_HALF
        return number

    # Numbers.

    cdef bint is_static_selector(self, int selector) noexcept:
        return (<SelectorC*>self.selectors.at(selector)).is_static

    cdef bint is_static_term(self, term) except *:
        # Whether nothing that promotions take can change a number.
        if type(term) is not aggregate_type:
            return term.name != net_subtotal
        return term.function != "net" and self.is_static_selector(self.selector(term.where))

    cdef tuple term_place(self, term):
        # Where a number comes from: kind and slot.
        if type(term) is aggregate_type:
            return TERM_AGGREGATE, self.aggregate(term)
        if term.name == net_subtotal:
            return TERM_NET_SUBTOTAL, 0
        kind = TERM_LINE_NUMBER if is_line_field(term.name) else TERM_CART_NUMBER
        return kind, self.slot_number("number", term)

    cdef int aggregate(self, term) except -1:
        # The number of an aggregate.
        cdef AggregateC* row
        cdef int selector = self.selector(term.where)
        fallback = term.fallback
        shape = fallback, term.function, selector
        known = self.aggregate_known.get(shape)
        if known is not None:
            return known
        row = <AggregateC*>self.aggregates.add()
        row.fallback = fallback or 0
        row.function, row.selector = FUNCTION_OPS[term.function], selector
        row.has_fallback = fallback is not None
        self.aggregate_known[shape] = self.aggregates.count - 1
        return self.aggregates.count - 1
