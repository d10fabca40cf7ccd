"""A plan and a cart in, what happened out: which promotions apply, in order, and why not others.

The active promotions are those the index cannot rule out. Their numbers are sorted, which is their
order of evaluation. A reason other than 0 says that one is
out. Everything a promotion did goes to `s.out`.
"""

from libc.stdint cimport int32_t, int64_t

from ._effect cimport compute_effect, nets_of
from ._formula cimport NetsC, holds
from ._layout cimport (
    MODE_ALWAYS,
    MODE_EXCLUSIVE_CART,
    MODE_EXCLUSIVE_STAGE,
    MODE_LAST,
    NOTHING,
    POLICY_ALL,
    POLICY_BEST,
    POLICY_PRIORITY_LINE,
    REASON_CONDITION,
    REASON_EXCLUDED_BY_EXCLUSIVE,
    REASON_EXCLUDED_BY_LAST,
    REASON_EXCLUDED_BY_SIBLING,
    REASON_INACTIVE,
    REASON_LIMIT_REACHED,
    REASON_MAX_PROMOTIONS,
    REASON_NO_EFFECT,
    REASON_OUTRANKED,
    REASON_UNKNOWN,
    CartC,
    EffectC,
    GroupC,
    PlanC,
    PromotionC,
)
from ._money cimport sort_numbers
from ._scratch cimport (
    MOVE_LINE,
    MOVE_PAYMENT,
    MOVE_SHIPMENT,
    ScratchC,
    append32,
    append64,
    reserve_cart,
)


cdef void run_cart(ScratchC* s) noexcept nogil:
    cdef int32_t first = 0, last, stage
    begin_cart(s)
    if s.is_out_of_memory:
        return
    collect_active(s)
    collect_first_members(s)
    sort_numbers(s.active.items, s.active.count)
    if s.is_out_of_memory:
        return
    try_exclusives(s, 0, s.active.count, MODE_EXCLUSIVE_CART)
    for stage in range(4):
        last = first
        while last < s.active.count and (
            s.plan.promotions[s.active.items[last]].stage == stage
        ):
            last += 1
        begin_stage(s)
        run_stage(s, first, last)
        first = last
        if s.is_out_of_memory:
            return
    reject_codes(s)
    end_cart(s)


# The state.


cdef void begin_cart(ScratchC* s) noexcept nogil:
    cdef const CartC* cart = s.cart
    cdef int32_t i
    reserve_cart(s, cart.line_count, cart.shipment_count)
    if s.is_out_of_memory:
        return
    s.stamp += 1
    s.active.count = 0
    s.trials.count = 0
    s.selected.count = 0
    s.owned_lines.count = 0
    s.owned_nexts.count = 0
    s.applied.count = 0
    s.has_cheapest = s.has_dearest = s.has_taken = False
    s.adjustment = 0
    s.counted = 0
    s.has_excluder = s.has_limiter = False
    s.last = NOTHING
    for i in range(cart.line_count):
        s.nets[i] = cart.gross_minor[i]
        s.unspent[i] = cart.quantities[i]
    for i in range(cart.shipment_count):
        s.shipments[i] = cart.shipment_amounts_minor[i]
    begin_stage(s)


cdef void begin_stage(ScratchC* s) noexcept nogil:
    cdef int32_t i
    s.entry_net_sum = s.entry_shipment_sum = 0
    for i in range(s.cart.line_count):
        s.entry_nets[i] = s.nets[i]
        s.entry_net_sum += s.nets[i]
    s.net_sum = s.entry_net_sum
    for i in range(s.cart.shipment_count):
        s.entry_shipments[i] = s.shipments[i]
        s.entry_shipment_sum += s.shipments[i]


cdef void end_cart(ScratchC* s) noexcept nogil:
    append32(s, &s.out.applied_starts, s.out.applied.count)
    append32(s, &s.out.move_starts, s.out.move_places.count)
    append32(s, &s.out.warning_starts, s.out.warning_promotions.count)
    append32(s, &s.out.rejection_starts, s.out.rejection_codes.count)


# Which promotions can matter.


cdef void collect_active(ScratchC* s) noexcept nogil:
    cdef const PlanC* plan = s.plan
    cdef const CartC* cart = s.cart
    cdef int32_t i, channel, slot
    cdef int64_t line, place
    for i in range(plan.always_count):
        activate(s, plan.always[i])
    for i in range(cart.code_count):
        activate_posts(s, 0, cart.code_symbols[i])
        activate_posts(s, 1, cart.pool_symbols[i])
    channel = 2
    for slot in range(plan.cart_text_count):
        activate_posts(s, channel + slot, cart.cart_texts[slot])
    channel += plan.cart_text_count
    for slot in range(plan.cart_set_count):
        for i in range(cart.cart_set_starts[slot], cart.cart_set_starts[slot + 1]):
            activate_posts(s, channel + slot, cart.cart_set_items[i])
    channel += plan.cart_set_count
    for line in range(cart.line_count):
        for slot in range(plan.line_text_count):
            activate_posts(s, channel + slot, cart.line_texts[line * plan.line_text_count + slot])
        for slot in range(plan.line_set_count):
            place = line * plan.line_set_count + slot
            for i in range(cart.line_set_starts[place], cart.line_set_starts[place + 1]):
                activate_posts(s, channel + plan.line_text_count + slot, cart.line_set_items[i])
    for i in range(cart.used_up_count):
        refuse_used_up(s, cart.used_up[i])


cdef inline void activate_posts(ScratchC* s, int32_t channel, int32_t symbol) noexcept nogil:
    cdef int32_t start = s.plan.channel_starts[channel], i
    if start == NOTHING or symbol < 0 or symbol >= s.plan.symbol_count:
        return
    for i in range(s.plan.post_starts[start + symbol], s.plan.post_starts[start + symbol + 1]):
        activate(s, s.plan.posts[i])


cdef void activate(ScratchC* s, int32_t number) noexcept nogil:
    # Codes are how promotions with codes are filed, so an active one has its code.
    cdef const PromotionC* p = &s.plan.promotions[number]
    if s.seen[number] == s.stamp:
        return
    s.seen[number] = s.stamp
    s.reasons[number] = 0
    s.causes[number] = NOTHING
    if not p.is_enabled or s.cart.placed_at < p.starts_at or s.cart.placed_at >= p.ends_at:
        s.reasons[number] = REASON_INACTIVE
    elif p.is_used_up:
        s.reasons[number] = REASON_LIMIT_REACHED
    append32(s, &s.active, number)


cdef void refuse_used_up(ScratchC* s, int32_t number) noexcept nogil:
    # Promotions whose limit is reached are made active, so that none is a candidate later.
    if s.seen[number] != s.stamp:
        if s.plan.promotions[number].needs_code:
            return
        activate(s, number)
    if s.reasons[number] == 0:
        s.reasons[number] = REASON_LIMIT_REACHED


cdef void collect_first_members(ScratchC* s) noexcept nogil:
    # A group of policy `best` is decided at its first candidate's turn, also when the index knows
    # that this candidate cannot apply. After an exclusive only `always` members have a turn.
    cdef int32_t i, count = s.active.count, group
    for i in range(count):
        group = s.plan.promotions[s.active.items[i]].group
        if group == NOTHING or s.group_stamps[group] == s.stamp:
            continue
        s.group_stamps[group] = s.stamp
        s.group_winners[group] = NOTHING
        s.group_lines[group] = NOTHING
        if s.plan.groups[group].policy == POLICY_BEST:
            activate_first(s, group, False)
            activate_first(s, group, True)


cdef void activate_first(ScratchC* s, int32_t group, bint is_always) noexcept nogil:
    cdef const GroupC* g = &s.plan.groups[group]
    cdef const PromotionC* p
    cdef int32_t i, number
    for i in range(g.first, g.last):
        number = s.plan.members[i]
        p = &s.plan.promotions[number]
        if is_always and p.mode != MODE_ALWAYS:
            continue
        if s.seen[number] != s.stamp:
            if p.needs_code:
                continue
            activate(s, number)
        if s.reasons[number] == 0:
            return


# Exclusive promotions.


cdef void try_exclusives(
    ScratchC* s, int32_t first, int32_t last, int32_t mode
) noexcept nogil:
    # By priority, then id, the first that would apply shuts out the others of active[first:last].
    cdef int32_t i, number, winner = NOTHING
    s.trials.count = 0
    for i in range(first, last):
        number = s.active.items[i]
        if s.plan.promotions[number].mode == mode and s.reasons[number] == 0:
            append32(s, &s.trials, number)
    if s.is_out_of_memory:
        return
    sort_trials(s)
    for i in range(s.trials.count):
        number = s.trials.items[i]
        if mode == MODE_EXCLUSIVE_STAGE and refuse(s, number, NOTHING):
            continue
        if not refuse_effect(s, number, &s.effect):
            winner = number
            break
    if winner == NOTHING:
        return
    for i in range(first, last):
        number = s.active.items[i]
        if (
            number != winner
            and s.reasons[number] == 0
            and s.plan.promotions[number].mode != MODE_ALWAYS
        ):
            put_out(s, number, REASON_EXCLUDED_BY_EXCLUSIVE, winner)


cdef void sort_trials(ScratchC* s) noexcept nogil:
    # Insertion by rank: a shop has few exclusive promotions, and a cart matches fewer.
    cdef int32_t i, j, number
    for i in range(1, s.trials.count):
        number = s.trials.items[i]
        j = i
        while j > 0 and (
            s.plan.promotions[s.trials.items[j - 1]].rank > s.plan.promotions[number].rank
        ):
            s.trials.items[j] = s.trials.items[j - 1]
            j -= 1
        s.trials.items[j] = number


# Stages and groups.


cdef void run_stage(ScratchC* s, int32_t first, int32_t last) noexcept nogil:
    cdef int32_t i, number, group, policy
    try_exclusives(s, first, last, MODE_EXCLUSIVE_STAGE)
    for i in range(first, last):
        number = s.active.items[i]
        if s.reasons[number] != 0:
            continue
        group = s.plan.promotions[number].group
        policy = POLICY_ALL if group == NOTHING else s.plan.groups[group].policy
        if policy == POLICY_BEST:
            # A winner of an earlier turn has a place in the group and no reason.
            if s.group_winners[group] == NOTHING:
                apply_best(s, group)
        elif policy == POLICY_ALL:
            apply_or_refuse(s, number, NOTHING)
        elif policy == POLICY_PRIORITY_LINE:
            mark_taken(s, group)
            apply_or_refuse(s, number, NOTHING)
            s.has_taken = False
        else:
            apply_or_refuse(s, number, s.group_winners[group])
        if s.is_out_of_memory:
            return


cdef void mark_taken(ScratchC* s, int32_t group) noexcept nogil:
    # The lines on which earlier members of a line-scoped group have an allocation.
    cdef int32_t link = s.group_lines[group]
    if link == NOTHING:
        return
    s.has_taken = True
    s.taken_mark += 1
    while link != NOTHING:
        s.taken[s.owned_lines.items[link]] = s.taken_mark
        link = s.owned_nexts.items[link]


cdef void apply_or_refuse(ScratchC* s, int32_t number, int32_t winner) noexcept nogil:
    if not refuse(s, number, winner) and not refuse_effect(s, number, &s.effect):
        apply_effect(s, number, &s.effect)


cdef void apply_best(ScratchC* s, int32_t group) noexcept nogil:
    # The first member's turn: all that pass are computed, the one that gives most applies.
    cdef const GroupC* g = &s.plan.groups[group]
    cdef int32_t i, number, winner = NOTHING
    cdef EffectC swap
    for i in range(g.first, g.last):
        number = s.plan.members[i]
        if s.seen[number] != s.stamp or s.reasons[number] != 0:
            continue
        if refuse(s, number, NOTHING) or refuse_effect(s, number, &s.effect):
            continue
        if winner == NOTHING or s.effect.discount_minor > s.best.discount_minor:
            if winner != NOTHING:
                put_out(s, winner, REASON_OUTRANKED, NOTHING)
            winner = number
            swap = s.best
            s.best = s.effect
            s.effect = swap
        else:
            put_out(s, number, REASON_OUTRANKED, NOTHING)
    if winner == NOTHING:
        return
    for i in range(g.first, g.last):
        number = s.plan.members[i]
        if s.seen[number] == s.stamp and s.reasons[number] == REASON_OUTRANKED:
            s.causes[number] = winner
    apply_effect(s, winner, &s.best)


# Checks. Each returns whether the promotion is out, and then its reason is written.


cdef bint put_out(ScratchC* s, int32_t number, int32_t reason, int32_t cause) noexcept nogil:
    s.reasons[number] = reason
    s.causes[number] = cause
    return True


cdef bint refuse(ScratchC* s, int32_t number, int32_t winner) noexcept nogil:
    cdef bint is_always = s.plan.promotions[number].mode == MODE_ALWAYS
    if s.last != NOTHING and not is_always:
        return put_out(s, number, REASON_EXCLUDED_BY_LAST, s.last)
    if winner != NOTHING:
        return put_out(s, number, REASON_OUTRANKED, winner)
    if is_always:
        return False
    return refuse_sibling(s, number) or refuse_count(s, number)


cdef bint excludes(ScratchC* s, int32_t number, int32_t other) noexcept nogil:
    cdef const PromotionC* p = &s.plan.promotions[number]
    cdef int32_t first = p.first_excluded, last = p.last_excluded, middle
    while first < last:
        middle = (first + last) >> 1
        if s.plan.excluded[middle] == other:
            return True
        if s.plan.excluded[middle] < other:
            first = middle + 1
        else:
            last = middle
    return False


cdef bint refuse_sibling(ScratchC* s, int32_t number) noexcept nogil:
    cdef const PromotionC* p = &s.plan.promotions[number]
    cdef int32_t i, other
    if p.first_excluded == p.last_excluded and not s.has_excluder:
        return False
    for i in range(s.applied.count):
        other = s.applied.items[i]
        if excludes(s, number, other) or (
            s.plan.promotions[other].mode != MODE_ALWAYS and excludes(s, other, number)
        ):
            return put_out(s, number, REASON_EXCLUDED_BY_SIBLING, other)
    return False


cdef bint refuse_count(ScratchC* s, int32_t number) noexcept nogil:
    cdef int64_t limit = s.plan.promotions[number].max_in_cart
    cdef int64_t count = s.counted + 1
    cdef int32_t i, other, cause = NOTHING
    for i in range(s.applied.count if s.has_limiter else 0):
        other = s.applied.items[i]
        if s.plan.promotions[other].mode == MODE_ALWAYS:
            continue
        if s.plan.promotions[other].max_in_cart != NOTHING and (
            count > s.plan.promotions[other].max_in_cart
        ):
            cause = other
            break
    if (
        cause != NOTHING
        or (limit != NOTHING and count > limit)
        or (s.plan.max_promotions != NOTHING and count > s.plan.max_promotions)
    ):
        return put_out(s, number, REASON_MAX_PROMOTIONS, cause)
    return False


cdef bint refuse_effect(ScratchC* s, int32_t number, EffectC* e) noexcept nogil:
    cdef const PromotionC* p = &s.plan.promotions[number]
    cdef NetsC nets = nets_of(s, number)
    cdef int32_t i
    for i in range(p.first_condition, p.last_condition):
        if not s.plan.conditions[i].is_soft and not holds(
            s, s.plan.conditions[i].node, NOTHING, &nets
        ):
            return put_out(s, number, REASON_CONDITION, NOTHING)
    compute_effect(s, number, e)
    if e.is_empty:
        return put_out(s, number, REASON_NO_EFFECT, NOTHING)
    return False


# Writing down.


cdef void apply_effect(ScratchC* s, int32_t number, EffectC* e) noexcept nogil:
    cdef const PromotionC* p = &s.plan.promotions[number]
    cdef bint is_owned = p.group != NOTHING and (
        s.plan.groups[p.group].policy == POLICY_PRIORITY_LINE
    )
    cdef int32_t i
    warn(s, number)
    for i in range(e.count):
        if p.stage == 2:
            s.shipments[e.places[i]] -= e.amounts_minor[i]
            write_move(s, MOVE_SHIPMENT, e.places[i], number, e.amounts_minor[i])
            continue
        s.nets[e.places[i]] -= e.amounts_minor[i]
        s.net_sum -= e.amounts_minor[i]
        write_move(s, MOVE_LINE, e.places[i], number, e.amounts_minor[i])
        if is_owned:
            append32(s, &s.owned_lines, e.places[i])
            append32(s, &s.owned_nexts, s.group_lines[p.group])
            s.group_lines[p.group] = s.owned_lines.count - 1
    for i in range(e.used_count):
        s.unspent[e.used_lines[i]] -= e.used_units[i]
    if e.payment_minor != 0:
        s.adjustment += e.payment_minor
        write_move(s, MOVE_PAYMENT, 0, number, e.payment_minor)
    append32(s, &s.applied, number)
    append32(s, &s.out.applied, number)
    append64(s, &s.out.discounts_minor, e.discount_minor)
    append64(s, &s.out.undistributed_minor, e.undistributed_minor)
    if p.group != NOTHING and s.group_winners[p.group] == NOTHING:
        s.group_winners[p.group] = number
    if p.mode != MODE_ALWAYS:
        s.counted += 1
        s.has_excluder |= p.first_excluded < p.last_excluded
        s.has_limiter |= p.max_in_cart != NOTHING
    if p.mode == MODE_LAST:
        s.last = number


cdef void write_move(
    ScratchC* s, int32_t kind, int32_t place, int32_t number, int64_t amount_minor
) noexcept nogil:
    append32(s, &s.out.move_kinds, kind)
    append32(s, &s.out.move_places, place)
    append32(s, &s.out.move_promotions, number)
    append64(s, &s.out.move_amounts_minor, amount_minor)


cdef void warn(ScratchC* s, int32_t number) noexcept nogil:
    # Softened conditions that are false, before the promotion changes what they read.
    cdef const PromotionC* p = &s.plan.promotions[number]
    cdef NetsC nets = nets_of(s, number)
    cdef int32_t i
    for i in range(p.first_condition, p.last_condition):
        if s.plan.conditions[i].is_soft and not holds(
            s, s.plan.conditions[i].node, NOTHING, &nets
        ):
            append32(s, &s.out.warning_promotions, number)
            append32(s, &s.out.warning_conditions, i - p.first_condition)


# Codes.


cdef struct VerdictC:
    bint is_applied
    int32_t first  # by rank, the first candidate of a code, or NOTHING
    int32_t first_out  # the first promotion of a code that is no candidate, or NOTHING


cdef void judge(ScratchC* s, VerdictC* v, int32_t channel, int32_t symbol) noexcept nogil:
    cdef int32_t start = s.plan.channel_starts[channel], i, number
    cdef bint is_candidate
    if start == NOTHING or symbol < 0 or symbol >= s.plan.symbol_count:
        return
    for i in range(s.plan.post_starts[start + symbol], s.plan.post_starts[start + symbol + 1]):
        number = s.plan.posts[i]
        if s.reasons[number] == 0:
            v.is_applied = True
        is_candidate = s.reasons[number] > REASON_LIMIT_REACHED
        if is_candidate and is_earlier(s, number, v.first):
            v.first = number
        if not is_candidate and is_earlier(s, number, v.first_out):
            v.first_out = number


cdef bint is_earlier(ScratchC* s, int32_t number, int32_t other) noexcept nogil:
    return other == NOTHING or s.plan.promotions[number].rank < s.plan.promotions[other].rank


cdef void reject_codes(ScratchC* s) noexcept nogil:
    # A code nothing applied for has the reason of its first candidate; without one, of its first
    # promotion; without that it is unknown.
    cdef VerdictC v
    cdef int32_t i, number
    for i in range(s.cart.code_count):
        v.is_applied = False
        v.first = v.first_out = NOTHING
        judge(s, &v, 0, s.cart.code_symbols[i])
        judge(s, &v, 1, s.cart.pool_symbols[i])
        if v.is_applied:
            continue
        number = v.first if v.first != NOTHING else v.first_out
        append32(s, &s.out.rejection_codes, i)
        if number == NOTHING:
            append32(s, &s.out.rejection_reasons, REASON_UNKNOWN)
            append32(s, &s.out.rejection_causes, NOTHING)
        else:
            append32(s, &s.out.rejection_reasons, s.reasons[number])
            append32(s, &s.out.rejection_causes, s.causes[number])
