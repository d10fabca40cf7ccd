"""A priced cart or an event in, what it earns out: program by program, kind by kind.

The rows of a program's rules whose conditions hold become entries, each with an exact amount. Caps
and exclusive rules are settled on these; then the sum of a kind is rounded once, and goes to the
entries, and from each entry to its lines, by largest remainders.
"""

cimport cython
from libc.stdint cimport int32_t, int64_t

from ._award cimport drop_award, is_named, list_award, multiply_award, open_award
from ._entry cimport EntryC, LoyaltyC
from ._exact cimport (
    FractionC,
    RestC,
    SumC,
    add,
    add_fraction,
    apportion,
    hand_out,
    multiply,
    multiply_fraction,
    reduce,
    round_sum,
    sort_rests,
)
from ._formula cimport NetsC, holds
from ._layout cimport (
    FORM_RATE,
    FORM_STEPS,
    KIND_POINTS,
    KIND_STAMPS,
    NO_AWARD_OVER_CAP,
    NOTHING,
    REDEEMING_FULL,
    REDEEMING_NONE,
    CampaignC,
    EarningRuleC,
    ProgramC,
    i128,
)
from ._loyalty cimport final_nets, new_entry, room_of_rule
from ._money cimport least, share
from ._scratch cimport append32, append64
from ._share cimport write_entry


cdef void earn(ScratchC* s) noexcept nogil:
    cdef LoyaltyC* l = s.loyalty
    cdef int32_t first = 0, last, count = 0, program
    while count < l.filed.count and l.filed.items[count] < s.plan.earning_count:
        count += 1
    while first < count:
        program = s.plan.earning_rules[l.filed.items[first]].program
        last = first + 1
        while last < count and (
            s.plan.earning_rules[l.filed.items[last]].program == program
        ):
            last += 1
        earn_in(s, program, first, last)
        if s.is_out_of_memory or l.is_wide:
            return
        first = last


cdef void earn_in(ScratchC* s, int32_t program, int32_t first, int32_t last) noexcept nogil:
    # The rules of one program, filed[first:last].
    cdef const ProgramC* p = &s.plan.programs[program]
    cdef LoyaltyC* l = s.loyalty
    cdef const int64_t* bases_minor
    cdef int32_t level, kind
    if not s.cart.loyalty.are_members[program]:
        return
    if l.has_redeemed and p.redeeming == REDEEMING_NONE:
        return
    match_rules(s, first, last)
    if l.matched.count == 0 or s.is_out_of_memory:
        return
    bases_minor = bases_of(s, p)
    level = level_of(s, program, bases_minor)
    if s.is_out_of_memory or l.is_wide:
        return
    match_campaigns(s, program)
    clear_entries(l)
    make_entries(s, level, bases_minor)
    if s.is_out_of_memory or l.is_wide:
        return
    give_bonuses(s)
    for kind in range(KIND_STAMPS + 1):
        settle(s, p, kind)
        if s.is_out_of_memory or l.is_wide:
            return


cdef void clear_entries(LoyaltyC* l) noexcept nogil:
    l.entry_count = l.lines.count = l.weights.count = l.layers.count = 0


# What matches.


cdef bint is_met(ScratchC* s, int32_t first, int32_t last) noexcept nogil:
    # Whether residual conditions hold, on the nets in the end.
    cdef NetsC nets = final_nets(s)
    cdef int32_t i
    for i in range(first, last):
        if not holds(s, s.plan.residuals[i], NOTHING, &nets):
            return False
    return True


cdef void match_rules(ScratchC* s, int32_t first, int32_t last) noexcept nogil:
    cdef LoyaltyC* l = s.loyalty
    cdef const EarningRuleC* r
    cdef int64_t placed_at = s.cart.placed_at
    cdef int32_t i, row
    l.matched.count = 0
    for i in range(first, last):
        row = l.filed.items[i]
        r = &s.plan.earning_rules[row]
        if not r.starts_at <= placed_at < r.ends_at or room_of_rule(s, row).times == 0:
            continue
        if is_met(s, r.first_residual, r.last_residual):
            append32(s, &l.matched, row)


cdef void match_campaigns(ScratchC* s, int32_t program) noexcept nogil:
    cdef LoyaltyC* l = s.loyalty
    cdef const CampaignC* c
    cdef int64_t placed_at = s.cart.placed_at
    cdef int32_t i, campaign
    l.running.count = 0
    for i in range(l.filed.count - 1, -1, -1):
        campaign = l.filed.items[i] - s.plan.earning_count
        if campaign < 0:
            break
        c = &s.plan.campaigns[campaign]
        if c.program != program or not c.starts_at <= placed_at < c.ends_at:
            continue
        if is_met(s, c.first_residual, c.last_residual):
            append32(s, &l.running, campaign)
    turn_around(l.running.items, l.running.count)


cdef inline void turn_around(int32_t* numbers, int32_t count) noexcept nogil:
    cdef int32_t i, number
    for i in range(count // 2):
        number = numbers[i]
        numbers[i] = numbers[count - 1 - i]
        numbers[count - 1 - i] = number


# Bases and levels.


cdef const int64_t* bases_of(ScratchC* s, const ProgramC* p) noexcept nogil:
    # By line: list prices, or nets less what store credit pays.
    cdef LoyaltyC* l = s.loyalty
    if p.is_gross:
        return s.cart.gross_minor
    if p.redeeming == REDEEMING_FULL and l.has_redeemed:
        if not l.has_full_bases:
            lower_nets(s, l.full_nets, l.full_bases)
            l.has_full_bases = True
        return l.full_bases
    if not l.has_net_bases:
        lower_nets(s, s.nets, l.net_bases)
        l.has_net_bases = True
    return l.net_bases


cdef void lower_nets(ScratchC* s, const int64_t* nets, int64_t* bases_minor) noexcept nogil:
    cdef int64_t sum_minor = 0
    cdef int32_t i, count = s.cart.line_count
    for i in range(count):
        bases_minor[i] = nets[i]
        sum_minor += nets[i]
    if s.cart.loyalty.store_credit_minor == 0:
        return
    sum_minor = least(s.cart.loyalty.store_credit_minor, sum_minor)
    share(sum_minor, nets, s.cart.line_ranks, count, s.shares, s.rows)
    for i in range(count):
        bases_minor[i] -= s.shares[i]


cdef int32_t level_of(
    ScratchC* s, int32_t program, const int64_t* bases_minor
) noexcept nogil:
    # The level that the order earns at: the one held, or one that the order itself brings.
    cdef const ProgramC* p = &s.plan.programs[program]
    cdef LoyaltyC* l = s.loyalty
    cdef int32_t held = l.purses[program].level, level
    cdef int64_t brought
    if not p.is_this_order or p.first_level == p.last_level:
        return held
    if not measure_order(s, p, bases_minor, &brought):
        l.is_wide = True
        return held
    brought += s.cart.loyalty.qualifying[program]
    for level in range(p.last_level - p.first_level - 1, held, -1):
        if s.plan.tier_levels[p.first_level + level].threshold <= brought:
            return level
    return held


cdef bint measure_order(
    ScratchC* s, const ProgramC* p, const int64_t* bases_minor, int64_t* brought
) noexcept nogil:
    # What the rates of points give before multipliers, rounded; or what is spent.
    cdef LoyaltyC* l = s.loyalty
    cdef const EarningRuleC* r
    cdef SumC total
    cdef EntryC* e
    cdef FractionC exact
    cdef int32_t i
    total.whole = total.rest.numerator = brought[0] = 0
    total.rest.denominator = 1
    if p.is_by_spend:
        return measure_spend(s, bases_minor, brought)
    for i in range(l.matched.count):
        r = &s.plan.earning_rules[l.matched.items[i]]
        if r.kind != KIND_POINTS:
            break
        if r.form != FORM_RATE and r.form != FORM_STEPS:
            continue
        clear_entries(l)
        e = open_award(s, l.matched.items[i], NOTHING, bases_minor)
        if l.is_wide:
            return False
        if e == NULL:
            continue
        exact = e.each
        if not multiply(e.weight, e.each.numerator, &exact.numerator):
            return False
        if not add_fraction(&total, &exact):
            return False
    return round_sum(&total, p.rounding, brought)


cdef bint measure_spend(
    ScratchC* s, const int64_t* bases_minor, int64_t* brought
) noexcept nogil:
    # The bases of the lines that some rule for points counts, each once.
    cdef LoyaltyC* l = s.loyalty
    cdef int32_t i, k, line
    s.mark += 1
    for i in range(l.matched.count):
        if s.plan.earning_rules[l.matched.items[i]].kind != KIND_POINTS:
            break
        clear_entries(l)
        if list_award(s, l.matched.items[i]) == NULL:
            return True  # out of memory, which is told elsewhere
        for k in range(l.lines.count):
            line = l.lines.items[k]
            if s.marks[line] != s.mark:
                s.marks[line] = s.mark
                brought[0] += bases_minor[line]
    return True


# Entries.


cdef void make_entries(
    ScratchC* s, int32_t level, const int64_t* bases_minor
) noexcept nogil:
    # Exact amounts after the caps of rules, and after exclusive ones, kind by kind.
    cdef LoyaltyC* l = s.loyalty
    cdef EntryC* e
    cdef int32_t i, row, kind = NOTHING, first = 0
    for i in range(l.matched.count):
        row = l.matched.items[i]
        if s.plan.earning_rules[row].kind != kind:
            exclude(s, first)
            kind = s.plan.earning_rules[row].kind
            first = l.entry_count
        e = open_award(s, row, level, bases_minor)
        if e != NULL:
            if not multiply_award(s, e, level):
                drop_award(s, e)
            elif kind == KIND_POINTS and not cap_entry(s, e, room_of_rule(s, row).points):
                l.is_wide = True
        if s.is_out_of_memory or l.is_wide:
            return
    exclude(s, first)


@cython.cdivision(True)
cdef bint cap_entry(ScratchC* s, EntryC* e, int64_t points) noexcept nogil:
    # At most so many points. Whether all is exact.
    cdef FractionC cap
    cap.numerator, cap.denominator = points, 1
    if points == NOTHING or e.exact.numerator // e.exact.denominator < points:
        return True
    if e.exact.denominator == 1 and e.exact.numerator == points:
        return True
    e.is_clipped = True
    if s.plan.earning_rules[e.row].is_reject:
        cap.numerator = 0
        e.reason = NO_AWARD_OVER_CAP
    return scale_entry(e, &cap)


cdef bint scale_entry(EntryC* e, const FractionC* exact) noexcept nogil:
    # Another exact amount, and the lines in proportion.
    cdef FractionC inverse
    inverse.numerator, inverse.denominator = e.exact.denominator, e.exact.numerator
    e.exact = exact[0]
    return multiply_fraction(&e.each, &inverse) and multiply_fraction(&e.each, exact)


cdef void exclude(ScratchC* s, int32_t first) noexcept nogil:
    # The first exclusive one of those that give something alone stays.
    cdef LoyaltyC* l = s.loyalty
    cdef EntryC* e
    cdef int32_t i, winner = NOTHING
    for i in range(first, l.entry_count):
        e = &l.entries[i]
        if e.exact.numerator > 0 and s.plan.earning_rules[e.row].is_exclusive:
            winner = i
            break
    if winner == NOTHING:
        return
    for i in range(first, l.entry_count):
        l.entries[i].is_out = i != winner


cdef void give_bonuses(ScratchC* s) noexcept nogil:
    # A campaign's bonus, if one of its rules gave something.
    cdef LoyaltyC* l = s.loyalty
    cdef EntryC* e
    cdef int32_t i, campaign, count = l.entry_count
    for i in range(l.running.count):
        campaign = l.running.items[i]
        if s.plan.campaigns[campaign].bonus <= 0 or not gives(s, campaign, count):
            continue
        e = new_entry(s)
        if e == NULL:
            return
        e.campaign = campaign
        e.rank = s.plan.campaigns[campaign].rank
        e.exact.numerator = s.plan.campaigns[campaign].bonus


cdef bint gives(ScratchC* s, int32_t campaign, int32_t count) noexcept nogil:
    # Whether one of the first entries is of a rule that a campaign names.
    cdef EntryC* e
    cdef int32_t i
    for i in range(count):
        e = &s.loyalty.entries[i]
        if not e.is_out and e.exact.numerator > 0 and is_named(s, campaign, e.row):
            return True
    return False


# One rounding.


cdef inline int32_t kind_of(ScratchC* s, const EntryC* e) noexcept nogil:
    return KIND_POINTS if e.row == NOTHING else s.plan.earning_rules[e.row].kind


cdef void settle(ScratchC* s, const ProgramC* p, int32_t kind) noexcept nogil:
    # Round the sum of a kind, give each entry and line its part, and write them down.
    cdef LoyaltyC* l = s.loyalty
    cdef RestC* order = l.entry_rests
    cdef int32_t i, count = 0
    for i in range(l.entry_count):
        if not l.entries[i].is_out and kind_of(s, &l.entries[i]) == kind:
            order[count].rest = -l.entries[i].rank  # the smallest comes first
            order[count].rank = l.entries[i].rank
            order[count].place = i
            count += 1
    if count == 0:
        return
    sort_rests(order, count)
    append_order(s, order, count)
    if s.is_out_of_memory:
        return
    if not divide(s, p, kind, count):
        l.is_wide = True
        return
    for i in range(count):
        write_entry(s, &l.entries[l.order.items[i]], kind)
        if s.is_out_of_memory or l.is_wide:
            return


cdef void append_order(ScratchC* s, const RestC* order, int32_t count) noexcept nogil:
    cdef int32_t i
    s.loyalty.order.count = 0
    for i in range(count):
        append32(s, &s.loyalty.order, order[i].place)


cdef bint sum_entries(LoyaltyC* l, int32_t count, SumC* total) noexcept nogil:
    cdef int32_t i
    total.whole = total.rest.numerator = 0
    total.rest.denominator = 1
    for i in range(count):
        if not add_fraction(total, &l.entries[l.order.items[i]].exact):
            return False
    return True


cdef bint divide(ScratchC* s, const ProgramC* p, int32_t kind, int32_t count) noexcept nogil:
    # Whole amounts of the entries in `order`. Whether all is exact.
    cdef LoyaltyC* l = s.loyalty
    cdef SumC total
    cdef int64_t amount
    if not sum_entries(l, count, &total):
        return False
    if kind == KIND_POINTS and p.max_per_order != NOTHING:
        if not cap_order(l, count, p.max_per_order, &total):
            return False
    return round_sum(&total, p.rounding, &amount) and split(s, count, amount, &total)


cdef bint cap_order(LoyaltyC* l, int32_t count, int64_t points, SumC* total) noexcept nogil:
    # All entries in proportion, when they come to more than an order may earn.
    cdef FractionC ratio, exact
    cdef EntryC* e
    cdef int32_t i
    if total.whole < points or (total.whole == points and total.rest.numerator == 0):
        return True
    ratio.numerator = total.rest.denominator
    if not multiply(total.whole, total.rest.denominator, &ratio.denominator):
        return False
    if not add(ratio.denominator, total.rest.numerator, &ratio.denominator):
        return False
    reduce(&ratio)
    exact.numerator, exact.denominator = points, 1
    if not multiply_fraction(&ratio, &exact):
        return False
    for i in range(count):
        e = &l.entries[l.order.items[i]]
        if e.exact.numerator == 0:
            continue
        e.is_clipped = True
        if not multiply_fraction(&e.exact, &ratio) or not multiply_fraction(&e.each, &ratio):
            return False
    return sum_entries(l, count, total)


@cython.cdivision(True)
cdef bint split(ScratchC* s, int32_t count, int64_t amount, const SumC* total) noexcept nogil:
    # The amount over the entries. The rest of the sum has a denominator that all of theirs divide,
    # but those of whole amounts.
    cdef LoyaltyC* l = s.loyalty
    cdef RestC* rests = l.entry_rests
    cdef EntryC* e
    cdef i128 whole
    cdef int64_t left = amount
    cdef int32_t i
    l.amounts.count = 0
    for i in range(count):
        e = &l.entries[l.order.items[i]]
        whole = e.exact.numerator // e.exact.denominator
        rests[i].rest = e.exact.numerator - whole * e.exact.denominator
        if rests[i].rest != 0:
            # INVARIANT: below the common denominator.
            rests[i].rest = rests[i].rest * (total.rest.denominator // e.exact.denominator)
        rests[i].rank, rests[i].place = e.rank, i
        append64(s, &l.amounts, <int64_t>whole)
        left -= <int64_t>whole
    if s.is_out_of_memory:
        return True
    hand_out(left, rests, count, l.amounts.items)
    for i in range(count):
        l.entries[l.order.items[i]].amount = l.amounts.items[i]
    return True
