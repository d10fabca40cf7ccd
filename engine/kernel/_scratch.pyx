"""The working memory of one thread: allocation and growth."""

from libc.stdint cimport int32_t, int64_t, uint64_t
from libc.stdlib cimport calloc, free, realloc

from ._layout cimport EffectC, List32, List64, PlanC, SortC
from ._loyalty cimport free_loyalty, make_loyalty


cdef enum:
    LIST_MAX = 1 << 29


cdef void* fresh(ScratchC* s, size_t count, size_t size) noexcept nogil:
    cdef void* made = calloc(count + 1, size)
    if made == NULL:
        s.is_out_of_memory = True
    return made


cdef void* again(ScratchC* s, void* old, size_t count, size_t size) noexcept nogil:
    cdef void* made = realloc(old, (count + 1) * size)
    if made == NULL:
        s.is_out_of_memory = True
        return old
    return made


cdef ScratchC* make_scratch(const PlanC* plan) noexcept nogil:
    cdef ScratchC* s = <ScratchC*>calloc(1, sizeof(ScratchC))
    if s == NULL:
        return NULL
    s.plan = plan
    s.node_values = <int64_t*>fresh(s, plan.node_count, sizeof(int64_t))
    s.selections = <SelectionC*>fresh(s, plan.selector_count, sizeof(SelectionC))
    s.standings = <StandingC*>fresh(s, plan.filed_count, sizeof(StandingC))
    s.teams = <TeamC*>fresh(s, plan.group_count, sizeof(TeamC))
    s.turns = <uint64_t*>fresh(s, plan.filed_count // 64 + 1, sizeof(uint64_t))
    s.turn_heads = <uint64_t*>fresh(s, plan.filed_count // 4096 + 1, sizeof(uint64_t))
    if plan.program_count > 0:
        s.loyalty = make_loyalty(s, plan)
    if s.is_out_of_memory:
        free_scratch(s)
        return NULL
    return s


cdef void reserve_effect(ScratchC* s, EffectC* e, int32_t places, int32_t lines) noexcept nogil:
    e.places = <int32_t*>again(s, e.places, places, sizeof(int32_t))
    e.amounts_minor = <int64_t*>again(s, e.amounts_minor, places, sizeof(int64_t))
    e.used_lines = <int32_t*>again(s, e.used_lines, lines, sizeof(int32_t))
    e.used_units = <int64_t*>again(s, e.used_units, lines, sizeof(int64_t))


cdef void reserve_cart(ScratchC* s, int32_t lines, int32_t shipments) noexcept nogil:
    # Scratch arrays by line also serve shipments, so both grow together.
    cdef int32_t wanted = lines if lines > shipments else shipments
    cdef int32_t i, old = s.line_room
    if shipments > s.shipment_room:
        s.shipments = <int64_t*>again(s, s.shipments, shipments, sizeof(int64_t))
        s.entry_shipments = <int64_t*>again(s, s.entry_shipments, shipments, sizeof(int64_t))
        s.shipment_room = shipments
    if wanted <= old and old > 0:
        return
    wanted = wanted + wanted // 2 + 16
    s.nets = <int64_t*>again(s, s.nets, wanted, sizeof(int64_t))
    s.entry_nets = <int64_t*>again(s, s.entry_nets, wanted, sizeof(int64_t))
    s.unspent = <int64_t*>again(s, s.unspent, wanted, sizeof(int64_t))
    s.marks = <int64_t*>again(s, s.marks, wanted, sizeof(int64_t))
    s.taken = <int64_t*>again(s, s.taken, wanted, sizeof(int64_t))
    s.weights = <int64_t*>again(s, s.weights, wanted, sizeof(int64_t))
    s.caps = <int64_t*>again(s, s.caps, wanted, sizeof(int64_t))
    s.shares = <int64_t*>again(s, s.shares, wanted, sizeof(int64_t))
    s.spare_weights = <int64_t*>again(s, s.spare_weights, wanted, sizeof(int64_t))
    s.spare_shares = <int64_t*>again(s, s.spare_shares, wanted, sizeof(int64_t))
    s.left = <int64_t*>again(s, s.left, wanted, sizeof(int64_t))
    s.round_units = <int64_t*>again(s, s.round_units, wanted, sizeof(int64_t))
    s.ranks = <int32_t*>again(s, s.ranks, wanted, sizeof(int32_t))
    s.spare_ranks = <int32_t*>again(s, s.spare_ranks, wanted, sizeof(int32_t))
    s.targets = <int32_t*>again(s, s.targets, wanted, sizeof(int32_t))
    s.cheapest = <int32_t*>again(s, s.cheapest, wanted, sizeof(int32_t))
    s.dearest = <int32_t*>again(s, s.dearest, wanted, sizeof(int32_t))
    s.round_lines = <int32_t*>again(s, s.round_lines, wanted, sizeof(int32_t))
    s.rows = <SortC*>again(s, s.rows, wanted, sizeof(SortC))
    reserve_effect(s, &s.effect, wanted, wanted)
    reserve_effect(s, &s.best, wanted, wanted)
    if s.is_out_of_memory:
        return
    for i in range(old, wanted):
        s.marks[i] = 0
        s.taken[i] = 0
    s.line_room = wanted


cdef void reserve_spans(ScratchC* s, int64_t count) noexcept nogil:
    if count > s.span_room:
        s.spans = <SpanC*>again(s, s.spans, count + count // 2, sizeof(SpanC))
        if not s.is_out_of_memory:
            s.span_room = count + count // 2


cdef void grow_links(ScratchC* s, int32_t more) noexcept nogil:
    # Room for so many links more.
    cdef int64_t room = (<int64_t>s.link_count + more) * 2
    if s.link_count + more <= s.link_room:
        return
    if room > LIST_MAX:
        s.is_out_of_memory = True
        return
    s.links = <LinkC*>again(s, s.links, room, sizeof(LinkC))
    if not s.is_out_of_memory:
        s.link_room = <int32_t>room


cdef void grow32(ScratchC* s, List32* l) noexcept nogil:
    # LIMIT: counts are 32 bits wide; a list of a billion numbers has no place in memory anyhow.
    cdef int32_t room = l.room * 2 + 64
    if l.room > LIST_MAX:
        s.is_out_of_memory = True
        return
    l.items = <int32_t*>again(s, l.items, room, sizeof(int32_t))
    if not s.is_out_of_memory:
        l.room = room


cdef void grow64(ScratchC* s, List64* l) noexcept nogil:
    cdef int32_t room = l.room * 2 + 64
    if l.room > LIST_MAX:
        s.is_out_of_memory = True
        return
    l.items = <int64_t*>again(s, l.items, room, sizeof(int64_t))
    if not s.is_out_of_memory:
        l.room = room


cdef void grow_moves(ScratchC* s, int32_t more) noexcept nogil:
    # Room for so many moves more. The four lists grow alike, so the room of one is that of all.
    cdef OutC* out = &s.out
    while out.move_kinds.room - out.move_kinds.count < more and not s.is_out_of_memory:
        grow32(s, &out.move_kinds)
        grow32(s, &out.move_places)
        grow32(s, &out.move_promotions)
        grow64(s, &out.move_amounts_minor)


cdef void grow_applied(ScratchC* s) noexcept nogil:
    # The same for the three lists of promotions that apply, one more.
    cdef OutC* out = &s.out
    grow32(s, &out.applied)
    grow64(s, &out.discounts_minor)
    grow64(s, &out.undistributed_minor)


cdef void reset_out(OutC* out) noexcept nogil:
    out.applied_starts.count = 0
    out.applied.count = 0
    out.discounts_minor.count = 0
    out.undistributed_minor.count = 0
    out.move_starts.count = 0
    out.move_kinds.count = 0
    out.move_places.count = 0
    out.move_promotions.count = 0
    out.move_amounts_minor.count = 0
    out.warning_starts.count = 0
    out.warning_promotions.count = 0
    out.warning_conditions.count = 0
    out.rejection_starts.count = 0
    out.rejection_codes.count = 0
    out.rejection_reasons.count = 0
    out.rejection_causes.count = 0


cdef void free_effect(EffectC* e) noexcept nogil:
    free(e.places)
    free(e.amounts_minor)
    free(e.used_lines)
    free(e.used_units)


cdef void free_out(OutC* out) noexcept nogil:
    free(out.applied_starts.items)
    free(out.applied.items)
    free(out.discounts_minor.items)
    free(out.undistributed_minor.items)
    free(out.move_starts.items)
    free(out.move_kinds.items)
    free(out.move_places.items)
    free(out.move_promotions.items)
    free(out.move_amounts_minor.items)
    free(out.warning_starts.items)
    free(out.warning_promotions.items)
    free(out.warning_conditions.items)
    free(out.rejection_starts.items)
    free(out.rejection_codes.items)
    free(out.rejection_reasons.items)
    free(out.rejection_causes.items)


cdef void free_scratch(ScratchC* s) noexcept nogil:
    if s == NULL:
        return
    free(s.node_values)
    free(s.selections)
    free(s.standings)
    free(s.teams)
    free(s.turns)
    free(s.turn_heads)
    free(s.spans)
    free(s.links)
    free(s.active.items)
    free(s.trials.items)
    free(s.selected.items)
    free(s.passing.items)
    free(s.owned_lines.items)
    free(s.owned_nexts.items)
    free(s.parts.items)
    free(s.part_firsts.items)
    free(s.nets)
    free(s.entry_nets)
    free(s.unspent)
    free(s.marks)
    free(s.taken)
    free(s.weights)
    free(s.caps)
    free(s.shares)
    free(s.spare_weights)
    free(s.spare_shares)
    free(s.left)
    free(s.round_units)
    free(s.ranks)
    free(s.spare_ranks)
    free(s.targets)
    free(s.cheapest)
    free(s.dearest)
    free(s.round_lines)
    free(s.rows)
    free(s.shipments)
    free(s.entry_shipments)
    free_effect(&s.effect)
    free_effect(&s.best)
    free_out(&s.out)
    free_loyalty(s.loyalty)
    free(s)
