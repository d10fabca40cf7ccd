"""A plan and a cart in, what happened out: which promotions apply, in order, and why not others.

The active promotions are those the index cannot rule out (`_index.pyx`), in order of evaluation. A
reason above 0 says that one is out. Everything a promotion did goes to `s.out`.
"""

from libc.stdint cimport int32_t, int64_t

from ._effect cimport compute_effect, nets_of
from ._formula cimport NetsC, holds, know_lines
from ._earning cimport earn
from ._index cimport collect_active
from ._layout cimport (
    ACT_GIFT,
    ACT_SHIPPING_PERCENT,
    MODE_ALWAYS,
    MODE_EXCLUSIVE_CART,
    MODE_EXCLUSIVE_STAGE,
    MODE_LAST,
    NOTHING,
    POLICY_ALL,
    POLICY_PRIORITY,
    POLICY_PRIORITY_LINE,
    REASON_CONDITION,
    REASON_EXCLUDED_BY_EXCLUSIVE,
    REASON_EXCLUDED_BY_LAST,
    REASON_EXCLUDED_BY_SIBLING,
    REASON_LIMIT_REACHED,
    REASON_MAX_PROMOTIONS,
    REASON_NO_EFFECT,
    REASON_OUTRANKED,
    REASON_UNKNOWN,
    CartC,
    ChannelC,
    EffectC,
    PromotionC,
)
from ._loyalty cimport begin_loyalty
from ._redemption cimport redeem
from ._share cimport end_loyalty
from ._scratch cimport (
    MOVE_LINE,
    MOVE_PAYMENT,
    MOVE_SHIPMENT,
    OutC,
    ScratchC,
    StandingC,
    TeamC,
    append32,
    end_moves,
    grow_applied,
    grow_moves,
    put_move,
    reserve_cart,
    write_move,
)


cdef enum:
    STAGE_SHIPPING = 2
    STAGE_END = 4


cdef void run_cart(ScratchC* s) noexcept nogil:
    s.stamp += 1
    collect_active(s)
    s.first_applied = s.out.applied.count
    if s.loyalty != NULL:
        run_loyal(s)
    elif s.active.count > 0:
        begin_cart(s)
        run_stages(s)
    if s.cart.code_count > 0:
        reject_codes(s)
    end_cart(s)


cdef void run_loyal(ScratchC* s) noexcept nogil:
    # A cart under a plan that has programs.
    s.loyalty.is_wide = False
    if s.active.count + s.loyalty.filed.count + s.cart.loyalty.request_count > 0:
        begin_cart(s)
        begin_loyalty(s)
        run_stages(s)
        if not s.is_out_of_memory:
            earn(s)
    end_loyalty(s)


cdef void run_stages(ScratchC* s) noexcept nogil:
    # Redemptions stand between stages order and shipping.
    cdef int32_t count = s.active.count, first
    if s.is_out_of_memory:
        return
    try_exclusives(s, 0, count, MODE_EXCLUSIVE_CART)
    first = run_stages_between(s, 0, 0, STAGE_SHIPPING)
    if s.loyalty != NULL and not s.is_out_of_memory:
        redeem(s)
    run_stages_between(s, first, STAGE_SHIPPING, STAGE_END)


cdef int32_t run_stages_between(
    ScratchC* s, int32_t first, int32_t stage, int32_t end
) noexcept nogil:
    # Active promotions from one on, of the stages before `end`; the first that is left.
    cdef int32_t last = first, count = s.active.count
    while stage < end and first < count and not s.is_out_of_memory:
        while last < count and s.active.items[last] < s.plan.stage_ends[stage]:
            last += 1
        if last > first:
            if s.is_moved:
                begin_stage(s)
            run_stage(s, first, last)
            first = last
        stage += 1
    return first


# The state.


cdef void begin_cart(ScratchC* s) noexcept nogil:
    cdef const CartC* cart = s.cart
    cdef int32_t i
    reserve_cart(s, cart.line_count, cart.shipment_count)
    if s.is_out_of_memory:
        return
    s.selected.count = 0
    s.owned_lines.count = 0
    s.owned_nexts.count = 0
    s.has_cheapest = s.has_dearest = s.has_taken = False
    s.adjustment = 0
    s.counted = 0
    s.has_excluder = s.has_limiter = False
    s.is_crowded = s.plan.max_promotions != NOTHING
    s.last = NOTHING
    s.net_sum = s.entry_shipment_sum = 0
    for i in range(cart.line_count):
        s.nets[i] = s.entry_nets[i] = cart.gross_minor[i]
        s.unspent[i] = cart.quantities[i]
        s.net_sum += cart.gross_minor[i]
    s.entry_net_sum = s.net_sum
    for i in range(cart.shipment_count):
        s.shipments[i] = s.entry_shipments[i] = cart.shipment_amounts_minor[i]
        s.entry_shipment_sum += cart.shipment_amounts_minor[i]
    s.is_moved = False


cdef void begin_stage(ScratchC* s) noexcept nogil:
    cdef int32_t i
    s.is_moved = False
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


# Promotions stand as they did until somebody says otherwise.


cdef inline int32_t reason_of(ScratchC* s, int32_t number) noexcept nogil:
    cdef const StandingC* standing = &s.standings[number]
    return standing.reason if standing.stamp == s.stamp else 0


cdef inline TeamC* team_of(ScratchC* s, int32_t group) noexcept nogil:
    cdef TeamC* team = &s.teams[group]
    if team.stamp != s.stamp:
        team.stamp = s.stamp
        team.winner = team.lines = NOTHING
    return team


# Exclusive promotions. Where there is one, the index has opened all turns.


cdef void try_exclusives(
    ScratchC* s, int32_t first, int32_t last, int32_t mode
) noexcept nogil:
    # By priority, then id, the first that would apply shuts out the others of active[first:last].
    cdef int32_t i, number, winner = NOTHING
    if not s.modes >> mode & 1:
        return
    s.trials.count = 0
    for i in range(first, last):
        number = s.active.items[i]
        if s.plan.promotions[number].mode == mode and s.standings[number].reason == 0:
            append32(s, &s.trials, number)
    if s.trials.count == 0 or s.is_out_of_memory:
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
            and s.standings[number].reason <= 0
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
    cdef const PromotionC* p
    cdef int32_t i, number
    try_exclusives(s, first, last, MODE_EXCLUSIVE_STAGE)
    for i in range(first, last):
        number = s.active.items[i]
        if reason_of(s, number) > 0:
            continue
        p = &s.plan.promotions[number]
        if p.policy == POLICY_PRIORITY:
            apply_or_refuse(s, number, team_of(s, p.group).winner)
        elif p.policy == POLICY_ALL:
            apply_or_refuse(s, number, NOTHING)
        elif p.policy == POLICY_PRIORITY_LINE:
            mark_taken(s, p.group)
            apply_or_refuse(s, number, NOTHING)
            s.has_taken = False
        elif team_of(s, p.group).winner == NOTHING:
            # A winner of an earlier turn has a place in the group and no reason.
            apply_best(s, p.group, i, last)
        if s.is_out_of_memory:
            return


cdef void mark_taken(ScratchC* s, int32_t group) noexcept nogil:
    # The lines on which earlier members of a line-scoped group have an allocation.
    cdef int32_t link = team_of(s, group).lines
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


cdef void apply_best(ScratchC* s, int32_t group, int32_t first, int32_t last) noexcept nogil:
    # The first member's turn: all that pass are computed, the one that gives most applies. Members
    # stand in active[first:last], as those before had a turn already.
    cdef int32_t i, number, winner = NOTHING
    cdef EffectC swap
    for i in range(first, last):
        number = s.active.items[i]
        if s.plan.promotions[number].group != group or s.standings[number].reason != 0:
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
    for i in range(first, last):
        number = s.active.items[i]
        if s.plan.promotions[number].group == group and (
            s.standings[number].reason == REASON_OUTRANKED
        ):
            s.standings[number].cause = winner
    apply_effect(s, winner, &s.best)


# Checks. Each returns whether the promotion is out, and then its reason is written.


cdef bint put_out(ScratchC* s, int32_t number, int32_t reason, int32_t cause) noexcept nogil:
    cdef StandingC* standing = &s.standings[number]
    if standing.stamp != s.stamp:
        standing.stamp = s.stamp
        standing.first_link = NOTHING
    standing.reason = reason
    standing.cause = cause
    return True


cdef inline bint refuse(ScratchC* s, int32_t number, int32_t winner) noexcept nogil:
    # Most promotions know of no others, and nothing yet shuts any out.
    if s.plan.promotions[number].is_lonely and winner == NOTHING and not s.is_crowded:
        return False
    return refuse_by_others(s, number, winner)


cdef bint refuse_by_others(ScratchC* s, int32_t number, int32_t winner) noexcept nogil:
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
    for i in range(s.first_applied, s.out.applied.count):
        other = s.out.applied.items[i]
        if excludes(s, number, other) or (
            s.plan.promotions[other].mode != MODE_ALWAYS and excludes(s, other, number)
        ):
            return put_out(s, number, REASON_EXCLUDED_BY_SIBLING, other)
    return False


cdef bint refuse_count(ScratchC* s, int32_t number) noexcept nogil:
    cdef int64_t limit = s.plan.promotions[number].max_in_cart
    cdef int64_t count = s.counted + 1
    cdef int32_t i, other, cause = NOTHING
    for i in range(s.first_applied, s.out.applied.count if s.has_limiter else 0):
        other = s.out.applied.items[i]
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
    cdef NetsC nets = nets_of(s, p)
    cdef int32_t i
    if p.is_found:
        know_lines(s, p.on, s.standings[number].first_link)
    for i in range(p.first_residual, p.last_residual):
        if not holds(s, s.plan.residuals[i], NOTHING, &nets):
            return put_out(s, number, REASON_CONDITION, NOTHING)
    if s.net_sum == 0 and takes_off_lines(p):
        return put_out(s, number, REASON_NO_EFFECT, NOTHING)
    compute_effect(s, number, e)
    if e.is_empty:
        return put_out(s, number, REASON_NO_EFFECT, NOTHING)
    return False


cdef inline bint takes_off_lines(const PromotionC* p) noexcept nogil:
    # INVARIANT: a net is never below 0, so where their sum is 0 these find no room on any line.
    return p.action < ACT_SHIPPING_PERCENT and p.action != ACT_GIFT


# Writing down.


cdef void apply_effect(ScratchC* s, int32_t number, EffectC* e) noexcept nogil:
    cdef const PromotionC* p = &s.plan.promotions[number]
    cdef TeamC* team
    if p.is_softened:
        warn(s, number)
    s.is_moved = True
    grow_moves(s, e.count + 1)
    if s.out.applied.count == s.out.applied.room:
        grow_applied(s)
    if s.is_out_of_memory:
        return
    if p.stage == STAGE_SHIPPING:
        move_shipments(s, number, e)
    else:
        move_lines(s, number, e)
    if p.policy == POLICY_PRIORITY_LINE:
        own_lines(s, p.group, e)
    if e.payment_minor != 0:
        s.adjustment += e.payment_minor
        write_move(&s.out, MOVE_PAYMENT, 0, number, e.payment_minor)
    write_applied(&s.out, number, e)
    if p.group != NOTHING:
        team = team_of(s, p.group)
        team.winner = number if team.winner == NOTHING else team.winner
    if p.mode != MODE_ALWAYS:
        s.counted += 1
        if not p.is_lonely:
            s.is_crowded = True
            s.has_excluder |= p.first_excluded < p.last_excluded
            s.has_limiter |= p.max_in_cart != NOTHING
    if p.mode == MODE_LAST:
        s.is_crowded = True
        s.last = number


cdef inline void write_applied(OutC* out, int32_t number, const EffectC* e) noexcept nogil:
    # INVARIANT: there is room.
    cdef int32_t i = out.applied.count
    out.applied.items[i] = number
    out.discounts_minor.items[i] = e.discount_minor
    out.undistributed_minor.items[i] = e.undistributed_minor
    out.applied.count = out.discounts_minor.count = out.undistributed_minor.count = i + 1


cdef void move_shipments(ScratchC* s, int32_t number, const EffectC* e) noexcept nogil:
    cdef int32_t i, first = s.out.move_kinds.count
    for i in range(e.count):
        s.shipments[e.places[i]] -= e.amounts_minor[i]
        put_move(&s.out, first + i, MOVE_SHIPMENT, e.places[i], number, e.amounts_minor[i])
    end_moves(&s.out, first + e.count)


cdef void move_lines(ScratchC* s, int32_t number, const EffectC* e) noexcept nogil:
    cdef int32_t i, first = s.out.move_kinds.count
    cdef int64_t moved = 0
    for i in range(e.count):
        s.nets[e.places[i]] -= e.amounts_minor[i]
        moved += e.amounts_minor[i]
        put_move(&s.out, first + i, MOVE_LINE, e.places[i], number, e.amounts_minor[i])
    end_moves(&s.out, first + e.count)
    s.net_sum -= moved
    for i in range(e.used_count):
        s.unspent[e.used_lines[i]] -= e.used_units[i]


cdef void own_lines(ScratchC* s, int32_t group, const EffectC* e) noexcept nogil:
    # INVARIANT: a line-scoped group has members in stages cart and order alone.
    cdef int32_t i
    for i in range(e.count):
        append32(s, &s.owned_lines, e.places[i])
        append32(s, &s.owned_nexts, team_of(s, group).lines)
        team_of(s, group).lines = s.owned_lines.count - 1


cdef void warn(ScratchC* s, int32_t number) noexcept nogil:
    # Softened conditions that are false, before the promotion changes what they read.
    cdef const PromotionC* p = &s.plan.promotions[number]
    cdef NetsC nets = nets_of(s, p)
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
    cdef const ChannelC* c = &s.plan.channels[channel]
    cdef int32_t start = c.start + symbol - c.low, i, number, reason
    cdef bint is_candidate
    if symbol < c.low or symbol >= c.high:
        return
    for i in range(s.plan.post_starts[start], s.plan.post_starts[start + 1]):
        number = s.plan.posts[i].number
        reason = s.standings[number].reason
        if reason == 0:
            v.is_applied = True
        is_candidate = reason > REASON_LIMIT_REACHED
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
            append32(s, &s.out.rejection_reasons, s.standings[number].reason)
            append32(s, &s.out.rejection_causes, s.standings[number].cause)
