"""An entry with its whole amount in, the shares of its lines out, and all of it written down."""

from libc.stdint cimport int32_t, int64_t

from ._entry cimport LoyaltyC, LoyaltyOutC
from ._exact cimport apportion
from ._layout cimport NOTHING, i128
from ._scratch cimport append32, append64

cdef enum:
    NARROW_BITS = 63


cdef void write_entry(ScratchC* s, const EntryC* e, int32_t kind) noexcept nogil:
    # INVARIANT: all lists of entries grow by one, or none does.
    cdef LoyaltyC* l = s.loyalty
    cdef LoyaltyOutC* out = &l.out
    cdef int32_t i, rule = NOTHING
    if not share_lines(s, e) or not is_narrow(e):
        l.is_wide = True
        return
    if e.row != NOTHING:
        rule = s.plan.earning_rules[e.row].number
    append32(s, &out.earned_programs, program_of(s, e))
    append32(s, &out.earned_kinds, kind)
    append32(s, &out.earned_rules, rule)
    append32(s, &out.earned_bonuses, e.campaign)
    append64(s, &out.earned_amounts, e.amount)
    append64(s, &out.earned_bases_minor, e.base_minor)
    append64(s, &out.earned_numerators, <int64_t>e.multiplier.numerator)
    append64(s, &out.earned_denominators, <int64_t>e.multiplier.denominator)
    append32(s, &out.earned_clipped, e.is_clipped)
    append32(s, &out.earned_reasons, e.reason)
    for i in range(e.first_layer, e.last_layer):
        append32(s, &out.earned_layers, l.layers.items[i])
    append32(s, &out.earned_layer_starts, out.earned_layers.count)
    for i in range(e.first_line, e.last_line):
        if s.shares[i - e.first_line] > 0:
            append32(s, &out.earned_places, l.lines.items[i])
            append64(s, &out.earned_shares, s.shares[i - e.first_line])
    append32(s, &out.earned_line_starts, out.earned_places.count)


cdef inline int32_t program_of(ScratchC* s, const EntryC* e) noexcept nogil:
    if e.row == NOTHING:
        return s.plan.campaigns[e.campaign].program
    return s.plan.earning_rules[e.row].program


cdef inline bint is_narrow(const EntryC* e) noexcept nogil:
    # Whether the multiplier fits what is written down.
    return (e.multiplier.numerator | e.multiplier.denominator) >> NARROW_BITS == 0


cdef bint share_lines(ScratchC* s, const EntryC* e) noexcept nogil:
    # Whole shares, in `s.shares`. Whether all is exact.
    cdef LoyaltyC* l = s.loyalty
    cdef int32_t i, count = e.last_line - e.first_line
    for i in range(count):
        s.ranks[i] = s.cart.line_ranks[l.lines.items[e.first_line + i]]
        s.shares[i] = 0
    if e.amount == 0 or count == 0:
        return True
    return apportion(
        e.amount, l.weights.items + e.first_line, &e.each, s.ranks, count, s.shares, l.rests
    )


cdef void end_loyalty(ScratchC* s) noexcept nogil:
    # The end of a cart.
    cdef LoyaltyC* l = s.loyalty
    cdef LoyaltyOutC* out = &l.out
    if l.is_wide:
        append32(s, &out.wide_carts, out.earned_starts.count - 1)
    append32(s, &out.redemption_starts, out.redemption_programs.count)
    append32(s, &out.earned_starts, out.earned_programs.count)
