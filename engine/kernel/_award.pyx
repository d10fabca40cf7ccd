"""An earning rule and bases of lines in, its exact amount out: lines, weights and multipliers.

Whatever the form, a line gives its weight times one fraction. The weight is its base, its units or
1, and multipliers that are not the same for all lines are multiplied into it:

    1 point per 10.00, a line of 25.00 that counts twice and one of 5.00
    -> weights 2500 x 2 and 500, each 1/1000 of a point: 5 and 1/2
"""

cimport cython
from libc.stdint cimport int32_t, int64_t

from ._entry cimport LoyaltyC
from ._exact cimport (
    WIDTH_BITS,
    FractionC,
    add,
    common_divisor,
    multiply,
    multiply_fraction,
    reduce,
)
from ._formula cimport NetsC, know_lines, select_lines
from ._layout cimport (
    FORM_EVENT,
    FORM_FIXED,
    FORM_PER_UNIT,
    FORM_RATE,
    FORM_STEPS,
    FORM_TIER,
    KIND_POINTS,
    MULTIPLIERS_MAX,
    MULTIPLIERS_MULTIPLY,
    NOTHING,
    CampaignC,
    EarningRuleC,
    LevelC,
    i128,
)
from ._loyalty cimport final_nets, new_entry, reserve_weights
from ._scratch cimport append32

cdef enum:
    PPM = 1_000_000


cdef EntryC* open_award(
    ScratchC* s, int32_t row, int32_t level, const int64_t* bases_minor
) noexcept nogil:
    # The award of a rule without multipliers; NULL when it is nothing, or when the cart is wide.
    cdef const EarningRuleC* r = &s.plan.earning_rules[row]
    cdef LoyaltyC* l = s.loyalty
    cdef EntryC* e = list_award(s, row)
    cdef int32_t i
    if e == NULL:
        return NULL
    e.row, e.rank = row, r.rank
    for i in range(e.first_line, e.last_line):
        e.base_minor += bases_minor[l.lines.items[i]]
    if r.is_wide:
        l.is_wide = True
    elif set_each(s, r, e, level) and weigh_lines(s, r, e, bases_minor):
        if e.each.numerator > 0 and e.weight > 0:
            return e
    drop_award(s, e)
    return NULL


cdef EntryC* list_award(ScratchC* s, int32_t row) noexcept nogil:
    # The lines of a rule, and nothing else; NULL when memory did not suffice.
    cdef EntryC* e = new_entry(s)
    return e if e != NULL and list_lines(s, row, e) else NULL


cdef void drop_award(ScratchC* s, EntryC* e) noexcept nogil:
    # The last one that was opened.
    cdef LoyaltyC* l = s.loyalty
    l.lines.count = l.weights.count = e.first_line
    l.layers.count = e.first_layer
    l.entry_count -= 1


cdef bint list_lines(ScratchC* s, int32_t row, EntryC* e) noexcept nogil:
    # The lines of `on`, those of stored value or the others. Whether memory sufficed.
    cdef const EarningRuleC* r = &s.plan.earning_rules[row]
    cdef NetsC nets = final_nets(s)
    cdef int32_t i, count
    cdef const int32_t* lines
    if r.is_found:
        know_lines(s, r.on, s.standings[s.plan.promotion_count + row].first_link)
    lines = select_lines(s, r.on, &nets, &count)
    for i in range(count):
        if s.cart.loyalty.are_stored_value[lines[i]] == r.is_stored_value:
            append32(s, &s.loyalty.lines, lines[i])
    e.last_line = s.loyalty.lines.count
    if s.is_out_of_memory or not reserve_weights(s, e.last_line - e.first_line):
        return False
    s.loyalty.weights.count = e.last_line
    return True


@cython.cdivision(True)
cdef bint set_each(ScratchC* s, const EarningRuleC* r, EntryC* e, int32_t level) noexcept nogil:
    # What a unit of weight gives; for what is given at once, that.
    cdef LoyaltyC* l = s.loyalty
    cdef bint is_exact = True
    e.each.numerator, e.each.denominator = r.numerator, r.denominator
    if r.form == FORM_RATE:
        is_exact = multiply(r.denominator, r.per_minor, &e.each.denominator)
    elif r.form == FORM_STEPS:
        is_exact = multiply(r.numerator, e.base_minor // r.per_minor, &e.each.numerator)
    elif r.form == FORM_EVENT:
        e.each.numerator = s.cart.loyalty.event_points
        e.each.denominator = 1
        if e.each.numerator == NOTHING:
            return False
    elif r.form == FORM_TIER:
        if level == NOTHING:
            return False
        e.each.numerator = level_at(s, r.program, level).cashback_ppm
        e.each.denominator = PPM
    if not is_exact:
        l.is_wide = True
        return False
    reduce(&e.each)
    return True


cdef bint weigh_lines(
    ScratchC* s, const EarningRuleC* r, EntryC* e, const int64_t* bases_minor
) noexcept nogil:
    # Weights of the lines, and their sum.
    cdef LoyaltyC* l = s.loyalty
    cdef i128* weights = l.weights.items
    cdef bint is_split = r.form == FORM_STEPS or r.form == FORM_FIXED or r.form == FORM_EVENT
    cdef int32_t i, line
    cdef FractionC part
    for i in range(e.first_line, e.last_line):
        line = l.lines.items[i]
        if r.form == FORM_PER_UNIT:
            weights[i] = s.cart.quantities[line] if s.cart.prices_minor[line] > 0 else 0
        elif is_split and e.base_minor == 0:
            weights[i] = 1
        else:
            weights[i] = bases_minor[line]
        e.weight += weights[i]
    if not is_split:
        return True
    if e.first_line == e.last_line:
        # A cart without lines has what is given at once, if the rule is about no lines.
        e.weight = 1
        return (
            r.form == FORM_FIXED
            and r.is_everywhere
            and not r.is_stored_value
            and s.cart.line_count == 0
        )
    part.numerator, part.denominator = 1, e.weight
    if not multiply_fraction(&e.each, &part):
        l.is_wide = True
        return False
    return True


cdef inline const LevelC* level_at(ScratchC* s, int32_t program, int32_t level) noexcept nogil:
    return &s.plan.tier_levels[s.plan.programs[program].first_level + level]


# Multipliers.


cdef bint multiply_award(ScratchC* s, EntryC* e, int32_t level) noexcept nogil:
    # Multiply what multipliers touch, and say what all lines come to. False when the cart is wide,
    # or nothing is left.
    cdef const EarningRuleC* r = &s.plan.earning_rules[e.row]
    cdef LoyaltyC* l = s.loyalty
    cdef FractionC first
    first.numerator = first.denominator = 1
    if r.is_multiplied and e.first_line < e.last_line:
        if r.kind == KIND_POINTS and level != NOTHING:
            first.numerator = level_at(s, r.program, level).numerator
            first.denominator = level_at(s, r.program, level).denominator
            reduce(&first)
        if first.numerator < 0 or not multiply_lines(s, e, &first):
            l.is_wide = True
            return False
    e.exact = e.each
    if not multiply(e.weight, e.each.numerator, &e.exact.numerator):
        l.is_wide = True
        return False
    reduce(&e.exact)
    return e.exact.numerator > 0


cdef bint multiply_lines(ScratchC* s, EntryC* e, const FractionC* first) noexcept nogil:
    # `first` is what all lines have. Whether all is exact.
    cdef LoyaltyC* l = s.loyalty
    cdef i128 before = e.weight, denominator
    cdef int32_t i
    if not list_layers(s, e):
        e.multiplier = first[0]
        return multiply_fraction(&e.each, first)
    if not set_factors(s, e, first, &denominator):
        return False
    e.weight = 0
    for i in range(e.first_line, e.last_line):
        if not multiply(l.weights.items[i], l.factors[i - e.first_line], &l.weights.items[i]):
            return False
        if not add(e.weight, l.weights.items[i], &e.weight):
            return False
    return note_multiplier(e, before, denominator)


cdef bint note_multiplier(EntryC* e, i128 before, i128 denominator) noexcept nogil:
    # What all lines came to, and `each` by the denominator of the factors.
    cdef FractionC part
    part.numerator, part.denominator = 1, denominator
    e.multiplier.numerator, e.multiplier.denominator = e.weight, before
    reduce(&e.multiplier)
    return multiply_fraction(&e.multiplier, &part) and multiply_fraction(&e.each, &part)


cdef bint is_named(ScratchC* s, int32_t campaign, int32_t row) noexcept nogil:
    # The rows that a campaign names are sorted.
    cdef const CampaignC* c = &s.plan.campaigns[campaign]
    cdef int32_t first = c.first_named, last = c.last_named, middle
    if first == NOTHING:
        return True
    while first < last:
        middle = (first + last) >> 1
        if s.plan.named[middle] == row:
            return True
        if s.plan.named[middle] < row:
            first = middle + 1
        else:
            last = middle
    return False


cdef bint list_layers(ScratchC* s, EntryC* e) noexcept nogil:
    # The campaigns that multiply some line of the entry; whether there are any.
    cdef LoyaltyC* l = s.loyalty
    cdef int32_t i, campaign
    for i in range(l.running.count):
        campaign = l.running.items[i]
        if s.plan.campaigns[campaign].is_multiplier and is_named(s, campaign, e.row):
            if mark_lines(s, campaign, e):
                append32(s, &l.layers, campaign)
    e.last_layer = l.layers.count
    return e.first_layer < e.last_layer


cdef bint mark_lines(ScratchC* s, int32_t campaign, const EntryC* e) noexcept nogil:
    # Mark the lines of a campaign; whether one of the entry, that gives something, is among them.
    cdef const CampaignC* c = &s.plan.campaigns[campaign]
    cdef LoyaltyC* l = s.loyalty
    cdef NetsC nets = final_nets(s)
    cdef int32_t i, count, filed = s.plan.promotion_count + s.plan.earning_count + campaign
    cdef const int32_t* lines
    if c.is_found:
        know_lines(s, c.on, s.standings[filed].first_link)
    lines = select_lines(s, c.on, &nets, &count)
    s.mark += 1
    for i in range(count):
        s.marks[lines[i]] = s.mark
    for i in range(e.first_line, e.last_line):
        if s.marks[l.lines.items[i]] == s.mark and l.weights.items[i] > 0:
            return True
    return False


# Factors of lines, as whole numbers over one denominator.


cdef bint set_factors(
    ScratchC* s, EntryC* e, const FractionC* first, i128* denominator
) noexcept nogil:
    cdef LoyaltyC* l = s.loyalty
    cdef int32_t policy = s.plan.programs[s.plan.earning_rules[e.row].program].multipliers
    cdef int32_t i
    cdef i128 start
    if not share_denominator(s, e, first, policy, denominator):
        return False
    start = first.numerator
    if policy != MULTIPLIERS_MULTIPLY and not widen(first, denominator[0], &start):
        return False
    for i in range(e.last_line - e.first_line):
        l.factors[i] = start
    for i in range(e.first_layer, e.last_layer):
        mark_lines(s, l.layers.items[i], e)
        if not put_on(s, e, l.layers.items[i], policy, denominator[0]):
            return False
    for i in range(e.last_line - e.first_line):
        if l.factors[i] < 0:
            l.factors[i] = 0
    return True


@cython.cdivision(True)
cdef bint share_denominator(
    ScratchC* s, const EntryC* e, const FractionC* first, int32_t policy, i128* denominator
) noexcept nogil:
    # Products of factors have the product of all denominators, sums the least common multiple.
    cdef int32_t i
    cdef i128 other
    denominator[0] = first.denominator
    for i in range(e.first_layer, e.last_layer):
        other = s.plan.campaigns[s.loyalty.layers.items[i]].denominator
        if policy != MULTIPLIERS_MULTIPLY:
            other = other // common_divisor(denominator[0], other)
        if not multiply(denominator[0], other, denominator):
            return False
    return True


@cython.cdivision(True)
cdef bint widen(const FractionC* f, i128 denominator, i128* numerator) noexcept nogil:
    # INVARIANT: the denominator is a multiple of the fraction's.
    return multiply(f.numerator, denominator // f.denominator, numerator)


cdef bint put_on(
    ScratchC* s, const EntryC* e, int32_t campaign, int32_t policy, i128 denominator
) noexcept nogil:
    # One campaign more on the lines that are marked.
    cdef LoyaltyC* l = s.loyalty
    cdef FractionC m
    cdef int32_t i
    cdef i128 each
    cdef bint is_on
    m.numerator = each = s.plan.campaigns[campaign].numerator
    m.denominator = s.plan.campaigns[campaign].denominator
    if s.plan.campaigns[campaign].is_wide:
        return False
    if policy != MULTIPLIERS_MULTIPLY and not widen(&m, denominator, &each):
        return False
    for i in range(e.last_line - e.first_line):
        is_on = s.marks[l.lines.items[e.first_line + i]] == s.mark
        if policy == MULTIPLIERS_MULTIPLY:
            if not multiply(l.factors[i], m.numerator if is_on else m.denominator, &l.factors[i]):
                return False
        elif is_on and policy == MULTIPLIERS_MAX:
            l.factors[i] = each if each > l.factors[i] else l.factors[i]
        elif is_on:
            # It may be below 0 on the way.
            l.factors[i] += each - denominator
            if not -1 <= l.factors[i] >> WIDTH_BITS <= 0:
                return False
    return True
