"""The working memory of loyalty rules: allocation, growth, and a fresh start for each cart."""

from libc.stdint cimport int32_t, int64_t
from libc.stdlib cimport calloc, free

from ._entry cimport ListWide, LoyaltyOutC, PurseC, RoomC
from ._exact cimport RestC
from ._layout cimport NOTHING, LoyalCartC, i128
from ._scratch cimport again, append32, fresh


cdef enum:
    LIST_MAX = 1 << 29


cdef LoyaltyC* make_loyalty(ScratchC* s, const PlanC* plan) noexcept nogil:
    # What memory does not suffice for is freed with the scratch.
    cdef LoyaltyC* l = <LoyaltyC*>calloc(1, sizeof(LoyaltyC))
    if l == NULL:
        s.is_out_of_memory = True
        return NULL
    l.rooms = <RoomC*>fresh(s, plan.earning_count + plan.burning_count, sizeof(RoomC))
    l.purses = <PurseC*>fresh(s, plan.program_count, sizeof(PurseC))
    l.gifted = <int64_t*>fresh(s, plan.campaign_count, sizeof(int64_t))
    return l


cdef void reserve_lines(ScratchC* s, LoyaltyC* l, int32_t lines) noexcept nogil:
    cdef int32_t wanted = lines + lines // 2 + 16
    if lines <= l.line_room and l.line_room > 0:
        return
    l.full_nets = <int64_t*>again(s, l.full_nets, wanted, sizeof(int64_t))
    l.net_bases = <int64_t*>again(s, l.net_bases, wanted, sizeof(int64_t))
    l.full_bases = <int64_t*>again(s, l.full_bases, wanted, sizeof(int64_t))
    l.factors = <i128*>again(s, l.factors, wanted, sizeof(i128))
    l.rests = <RestC*>again(s, l.rests, wanted, sizeof(RestC))
    if not s.is_out_of_memory:
        l.line_room = wanted


cdef void begin_loyalty(ScratchC* s) noexcept nogil:
    # Purses and rooms of the cart. Facts say what is left of limits; where a rule has none, they
    # say nothing.
    cdef const LoyalCartC* cart = s.cart.loyalty
    cdef LoyaltyC* l = s.loyalty
    cdef RoomC* room
    cdef int32_t i
    reserve_lines(s, l, s.cart.line_count)
    if s.is_out_of_memory:
        return
    l.has_net_bases = l.has_full_bases = l.has_redeemed = l.is_wide = False
    for i in range(s.plan.program_count):
        l.purses[i].balance = cart.balances[i]
        l.purses[i].level = cart.levels[i]
        l.purses[i].placed_minor = l.purses[i].step_points = 0
    for i in range(cart.room_count):
        room = room_of_rule(s, cart.room_rules[i])
        known(&room.times, cart.room_times[i])
        known(&room.points, cart.room_points[i])
        known(&room.stock, cart.room_stocks[i])


cdef inline void known(int64_t* limit, int64_t left) noexcept nogil:
    if limit[0] != NOTHING and left != NOTHING:
        limit[0] = left


cdef RoomC* room_of_rule(ScratchC* s, int32_t rule) noexcept nogil:
    # The room of a row of earning rules, or of a burning rule, counted behind these.
    cdef RoomC* room = &s.loyalty.rooms[rule]
    cdef int32_t burning = rule - s.plan.earning_count
    if room.stamp == s.stamp:
        return room
    room.stamp = s.stamp
    room.times = room.points = room.stock = room.order_times = NOTHING
    if burning < 0:
        room.times = s.plan.earning_rules[rule].times
        room.points = s.plan.earning_rules[rule].points_quota
        return room
    room.times = s.plan.burning_rules[burning].times
    room.stock = s.plan.burning_rules[burning].stock
    room.order_times = s.plan.burning_rules[burning].per_order
    return room


cdef EntryC* new_entry(ScratchC* s) noexcept nogil:
    # An entry with nothing in it, or NULL.
    cdef LoyaltyC* l = s.loyalty
    cdef int32_t room = l.entry_room * 2 + 16
    cdef EntryC* e
    if l.entry_count == l.entry_room:
        if l.entry_room > LIST_MAX:
            s.is_out_of_memory = True
            return NULL
        l.entries = <EntryC*>again(s, l.entries, room, sizeof(EntryC))
        l.entry_rests = <RestC*>again(s, l.entry_rests, room, sizeof(RestC))
        if s.is_out_of_memory:
            return NULL
        l.entry_room = room
    e = &l.entries[l.entry_count]
    l.entry_count += 1
    e.exact.numerator = e.weight = 0
    e.exact.denominator = e.each.numerator = e.each.denominator = 1
    e.multiplier.numerator = e.multiplier.denominator = 1
    e.base_minor = e.amount = 0
    e.row = e.campaign = NOTHING
    e.first_line = e.last_line = l.lines.count
    e.first_layer = e.last_layer = l.layers.count
    e.reason = 0
    e.is_clipped = e.is_out = False
    return e


cdef bint reserve_weights(ScratchC* s, int32_t more) noexcept nogil:
    # Whether there is room for so many weights more.
    cdef ListWide* w = &s.loyalty.weights
    cdef int32_t room = w.room
    while room - w.count < more:
        if room > LIST_MAX:
            s.is_out_of_memory = True
            return False
        room = room * 2 + 64
    if room > w.room:
        w.items = <i128*>again(s, w.items, room, sizeof(i128))
        if s.is_out_of_memory:
            return False
        w.room = room
    return True


cdef void reset_loyalty(ScratchC* s) noexcept nogil:
    # A fresh start for a batch.
    cdef LoyaltyOutC* out = &s.loyalty.out
    out.wide_carts.count = 0
    out.redemption_starts.count = 0
    out.redemption_programs.count = 0
    out.redemption_rules.count = 0
    out.redemption_wanted.count = 0
    out.redemption_times.count = 0
    out.redemption_points.count = 0
    out.redemption_minor.count = 0
    out.redemption_reasons.count = 0
    out.redemption_line_starts.count = 0
    out.redemption_places.count = 0
    out.redemption_amounts_minor.count = 0
    out.earned_starts.count = 0
    out.earned_programs.count = 0
    out.earned_kinds.count = 0
    out.earned_rules.count = 0
    out.earned_bonuses.count = 0
    out.earned_amounts.count = 0
    out.earned_bases_minor.count = 0
    out.earned_numerators.count = 0
    out.earned_denominators.count = 0
    out.earned_clipped.count = 0
    out.earned_reasons.count = 0
    out.earned_layer_starts.count = 0
    out.earned_layers.count = 0
    out.earned_line_starts.count = 0
    out.earned_places.count = 0
    out.earned_shares.count = 0
    append32(s, &out.redemption_starts, 0)
    append32(s, &out.redemption_line_starts, 0)
    append32(s, &out.earned_starts, 0)
    append32(s, &out.earned_layer_starts, 0)
    append32(s, &out.earned_line_starts, 0)


cdef void free_loyalty_out(LoyaltyOutC* out) noexcept nogil:
    free(out.wide_carts.items)
    free(out.redemption_starts.items)
    free(out.redemption_programs.items)
    free(out.redemption_rules.items)
    free(out.redemption_wanted.items)
    free(out.redemption_times.items)
    free(out.redemption_points.items)
    free(out.redemption_minor.items)
    free(out.redemption_reasons.items)
    free(out.redemption_line_starts.items)
    free(out.redemption_places.items)
    free(out.redemption_amounts_minor.items)
    free(out.earned_starts.items)
    free(out.earned_programs.items)
    free(out.earned_kinds.items)
    free(out.earned_rules.items)
    free(out.earned_bonuses.items)
    free(out.earned_amounts.items)
    free(out.earned_bases_minor.items)
    free(out.earned_numerators.items)
    free(out.earned_denominators.items)
    free(out.earned_clipped.items)
    free(out.earned_reasons.items)
    free(out.earned_layer_starts.items)
    free(out.earned_layers.items)
    free(out.earned_line_starts.items)
    free(out.earned_places.items)
    free(out.earned_shares.items)


cdef void free_loyalty(LoyaltyC* l) noexcept nogil:
    if l == NULL:
        return
    free(l.rooms)
    free(l.purses)
    free(l.gifted)
    free(l.filed.items)
    free(l.matched.items)
    free(l.running.items)
    free(l.entries)
    free(l.entry_rests)
    free(l.order.items)
    free(l.amounts.items)
    free(l.lines.items)
    free(l.weights.items)
    free(l.layers.items)
    free(l.full_nets)
    free(l.net_bases)
    free(l.full_bases)
    free(l.factors)
    free(l.rests)
    free_loyalty_out(&l.out)
    free(l)
