"""A node of a plan and a cart in, true or false out."""

from libc.stdint cimport int32_t, int64_t

from ._layout cimport (
    CMP_GE,
    CMP_GT,
    CMP_LE,
    CMP_LT,
    FN_AMOUNT,
    FN_DISTINCT_SKUS,
    FN_LINES,
    FN_MAX_PRICE,
    FN_MIN_PRICE,
    FN_QTY,
    NOTHING,
    OP_AND,
    OP_ANY_LINE,
    OP_COMPARE,
    OP_FLAG,
    OP_HAS_ALL,
    OP_HAS_ANY,
    OP_MEMBER,
    OP_NOT,
    OP_OR,
    OP_SAME,
    OP_TRUE,
    TERM_CART_NUMBER,
    TERM_LINE_NUMBER,
    TERM_NET_SUBTOTAL,
    AggregateC,
    CartC,
    List32,
    NodeC,
    SelectorC,
    TermC,
    i128,
)
from ._scratch cimport ScratchC, SelectionC, grow32


cdef bint holds(ScratchC* s, int32_t node, int32_t line, const NetsC* nets) noexcept nogil:
    # What no promotion changes and no line decides is found once a cart.
    cdef const NodeC* n = &s.plan.nodes[node]
    cdef bint value
    if not n.is_static or line != NOTHING or n.op <= OP_TRUE:
        return find(s, n, line, nets)
    if s.node_values[node] >> 1 == s.stamp:
        return s.node_values[node] & 1
    value = find(s, n, line, nets)
    s.node_values[node] = s.stamp << 1 | value
    return value


cdef bint find(ScratchC* s, const NodeC* n, int32_t line, const NetsC* nets) noexcept nogil:
    cdef const int32_t* args = s.plan.args
    cdef int32_t i, count
    if n.op == OP_COMPARE:
        return compare(s, n, line, nets)
    if n.op == OP_MEMBER:
        return contains(args, n.first, n.last, text_of(s, n.slot, n.is_line, line))
    if n.op == OP_HAS_ANY or n.op == OP_HAS_ALL:
        return has(s, n, line)
    if n.op == OP_AND:
        for i in range(n.first, n.last):
            if not holds(s, args[i], line, nets):
                return False
        return True
    if n.op == OP_OR:
        for i in range(n.first, n.last):
            if holds(s, args[i], line, nets):
                return True
        return False
    if n.op == OP_NOT:
        return not holds(s, args[n.first], line, nets)
    if n.op == OP_ANY_LINE:
        select_lines(s, n.slot, nets, &count)
        return count > 0
    if n.op == OP_FLAG:
        return flag_of(s, n, line)
    if n.op == OP_SAME:
        return is_same(s, n, line)
    return n.op == OP_TRUE


cdef inline int32_t text_of(
    ScratchC* s, int32_t slot, int32_t is_line, int32_t line
) noexcept nogil:
    if is_line:
        return s.cart.line_texts[<int64_t>line * s.plan.line_text_count + slot]
    return s.cart.cart_texts[slot]


cdef bint is_same(ScratchC* s, const NodeC* n, int32_t line) noexcept nogil:
    cdef const int32_t* side = &s.plan.args[n.first]
    cdef int32_t left = text_of(s, side[0], side[1], line)
    return left != NOTHING and left == text_of(s, side[2], side[3], line)


cdef bint flag_of(ScratchC* s, const NodeC* n, int32_t line) noexcept nogil:
    cdef int64_t place
    if n.is_line:
        place = <int64_t>line * s.plan.line_number_count + n.slot
        return s.cart.line_presents[place] and s.cart.line_numbers[place] == n.first
    return s.cart.cart_presents[n.slot] and s.cart.cart_numbers[n.slot] == n.first


cdef inline bint contains(
    const int32_t* args, int32_t first, int32_t last, int32_t symbol
) noexcept nogil:
    # The symbols of a node are sorted.
    cdef int32_t middle
    if last - first == 1:
        return args[first] == symbol
    while first < last:
        middle = (first + last) >> 1
        if args[middle] == symbol:
            return True
        if args[middle] < symbol:
            first = middle + 1
        else:
            last = middle
    return False


cdef bint has(ScratchC* s, const NodeC* n, int32_t line) noexcept nogil:
    cdef const int32_t* items
    cdef int32_t i, found = 0, first, last
    cdef int64_t place
    if n.is_line:
        place = <int64_t>line * s.plan.line_set_count + n.slot
        items = s.cart.line_set_items
        first, last = s.cart.line_set_starts[place], s.cart.line_set_starts[place + 1]
    else:
        items = s.cart.cart_set_items
        first, last = s.cart.cart_set_starts[n.slot], s.cart.cart_set_starts[n.slot + 1]
    for i in range(first, last):
        if contains(s.plan.args, n.first, n.last, items[i]):
            if n.op == OP_HAS_ANY:
                return True
            found += 1
    return n.op == OP_HAS_ALL and found == n.last - n.first


cdef bint compare(ScratchC* s, const NodeC* n, int32_t line, const NetsC* nets) noexcept nogil:
    # LIMIT: coefficient x value fits 127 bits; the checker bounds the coefficients.
    cdef i128 total = 0, bound = n.bound_high * (<i128>1 << 64) + <i128>n.bound_low
    cdef int64_t value
    cdef int32_t i
    for i in range(n.first, n.last):
        if not number_of(s, &s.plan.terms[i], line, nets, &value):
            return False
        total += <i128>s.plan.terms[i].coefficient * value
    if n.slot == CMP_GE:
        return total >= bound
    if n.slot == CMP_LT:
        return total < bound
    if n.slot == CMP_LE:
        return total <= bound
    if n.slot == CMP_GT:
        return total > bound
    return total == bound


cdef bint number_of(
    ScratchC* s, const TermC* term, int32_t line, const NetsC* nets, int64_t* value
) noexcept nogil:
    # Whether the number is there; a missing one has no value.
    cdef const CartC* cart = s.cart
    cdef int64_t place
    if term.kind == TERM_CART_NUMBER:
        value[0] = cart.cart_numbers[term.slot]
        return cart.cart_presents[term.slot]
    if term.kind == TERM_LINE_NUMBER:
        place = <int64_t>line * s.plan.line_number_count + term.slot
        value[0] = cart.line_numbers[place]
        return cart.line_presents[place]
    if term.kind == TERM_NET_SUBTOTAL:
        value[0] = nets.net_sum
        return True
    return aggregate(s, &s.plan.aggregates[term.slot], nets, value)


cdef bint aggregate(
    ScratchC* s, const AggregateC* a, const NetsC* nets, int64_t* value
) noexcept nogil:
    cdef int32_t i, count
    cdef const int32_t* lines = select_lines(s, a.selector, nets, &count)
    cdef const CartC* cart = s.cart
    cdef int64_t total = 0
    cdef const int64_t* summed
    if a.function == FN_LINES:
        value[0] = count
        return True
    if a.function == FN_MIN_PRICE or a.function == FN_MAX_PRICE:
        return price_bound(s, a, lines, count, value)
    if a.function == FN_DISTINCT_SKUS:
        value[0] = count_skus(s, lines, count)
        return True
    if a.function == FN_QTY:
        summed = cart.quantities
    elif a.function == FN_AMOUNT:
        summed = cart.gross_minor
    else:
        summed = nets.nets
    for i in range(count):
        total += summed[lines[i]]
    value[0] = total
    return True


cdef bint price_bound(
    ScratchC* s, const AggregateC* a, const int32_t* lines, int32_t count, int64_t* value
) noexcept nogil:
    cdef int32_t i
    cdef int64_t price, found
    if count == 0:
        value[0] = a.fallback
        return a.has_fallback
    found = s.cart.prices_minor[lines[0]]
    for i in range(1, count):
        price = s.cart.prices_minor[lines[i]]
        if (price < found) == (a.function == FN_MIN_PRICE) and price != found:
            found = price
    value[0] = found
    return True


cdef int64_t count_skus(ScratchC* s, const int32_t* lines, int32_t count) noexcept nogil:
    cdef int32_t i, place
    cdef int64_t found = 0
    s.mark += 1
    for i in range(count):
        place = s.cart.sku_firsts[lines[i]]
        if s.marks[place] != s.mark:
            s.marks[place] = s.mark
            found += 1
    return found


cdef const int32_t* select_lines(
    ScratchC* s, int32_t selector, const NetsC* nets, int32_t* count
) noexcept nogil:
    # The lines of a selector in the cart's order, to be read before the next call. Those that no
    # promotion can change are listed once a cart, side by side in s.selected.
    # INVARIANT: line formulas hold no aggregates, so no list is begun inside another.
    cdef const SelectorC* rule = &s.plan.selectors[selector]
    cdef SelectionC* known = &s.selections[selector]
    cdef List32* lines = &s.selected if rule.is_static else &s.passing
    cdef int32_t first
    if rule.is_static and known.stamp == s.stamp:
        count[0] = known.count
        return s.selected.items + known.first
    first = lines.count if rule.is_static else 0
    lines.count = first
    list_lines(s, lines, rule.node, nets)
    count[0] = 0 if s.is_out_of_memory else lines.count - first
    if rule.is_static:
        known.stamp = s.stamp
        known.first = first
        known.count = count[0]
    return lines.items + first


cdef void list_lines(ScratchC* s, List32* lines, int32_t node, const NetsC* nets) noexcept nogil:
    # Begins with all lines, and keeps those that pass.
    cdef int32_t line, count = s.cart.line_count
    cdef int32_t* listed
    while lines.room - lines.count < count:
        grow32(s, lines)
        if s.is_out_of_memory:
            return
    listed = lines.items + lines.count
    for line in range(count):
        listed[line] = line
    lines.count += keep_lines(s, listed, count, &s.plan.nodes[node], nets)


cdef int32_t keep_lines(
    ScratchC* s, int32_t* lines, int32_t count, const NodeC* n, const NetsC* nets
) noexcept nogil:
    # How many of some lines pass a formula; they move to the front, in their order.
    cdef const int32_t* args = s.plan.args
    cdef int32_t i, kept = 0
    if n.op == OP_TRUE:
        return count
    if n.op == OP_AND:
        for i in range(n.first, n.last):
            count = keep_lines(s, lines, count, &s.plan.nodes[args[i]], nets)
        return count
    if n.op == OP_MEMBER and n.is_line:
        for i in range(count):
            if contains(args, n.first, n.last, text_of(s, n.slot, True, lines[i])):
                lines[kept] = lines[i]
                kept += 1
        return kept
    if n.op == OP_HAS_ANY and n.is_line:
        for i in range(count):
            if line_has_any(s, n, lines[i]):
                lines[kept] = lines[i]
                kept += 1
        return kept
    for i in range(count):
        if find(s, n, lines[i], nets):
            lines[kept] = lines[i]
            kept += 1
    return kept


cdef inline bint line_has_any(ScratchC* s, const NodeC* n, int32_t line) noexcept nogil:
    cdef int64_t place = <int64_t>line * s.plan.line_set_count + n.slot
    cdef int32_t i
    for i in range(s.cart.line_set_starts[place], s.cart.line_set_starts[place + 1]):
        if contains(s.plan.args, n.first, n.last, s.cart.line_set_items[i]):
            return True
    return False
