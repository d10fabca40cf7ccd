"""A plan and a cart in, the active promotions out: those that the index cannot rule out.

Every text of the cart has a list of postings, each with a promotion and its gate. A gate compares
a few numbers of the promotion with those of the cart (`plan/gates.py`), so most postings cost one
look at half a cache line. What passes sets a bit in `turns`, where a promotion found twice is found
once, and the bits read from the lowest up are the turns in order. Promotions with codes have no
gate: a code that is refused needs their reason.

A promotion that is not active changes nothing. The one exception is a group of policy `best`: it is
decided at the turn of its first candidate, even of one that cannot apply.
"""

from libc.stdint cimport int32_t, int64_t, uint32_t, uint64_t

from ._layout cimport (
    BOUND_BITS,
    HINT_CART,
    HINT_LINES,
    HINT_NONE,
    LAST_SLICE,
    MODE_ALWAYS,
    NOTHING,
    POLICY_BEST,
    REASON_INACTIVE,
    REASON_LIMIT_REACHED,
    SLOT_MANY,
    CartC,
    CartListC,
    CartSlotC,
    ChannelC,
    GroupC,
    LineListC,
    PlanC,
    PostC,
    PromotionC,
    ScaleC,
)
from ._money cimport sort_numbers
from ._scratch cimport (
    FOUND,
    RULED_OUT,
    ScratchC,
    SpanC,
    StandingC,
    TeamC,
    append32,
    grow_links,
    reserve_spans,
)

cdef extern from *:
    int __builtin_ctzll(unsigned long long bits) noexcept nogil
    void __builtin_prefetch(const void* place) noexcept nogil


cdef enum:
    CODE_CHANNELS = 2
    HITS_MAX = 64

cdef const uint64_t GUARDS = 0x8000_8000_8000  # above three bounds


# A posting whose gate is open.
cdef struct HitC:
    const PostC* post
    int32_t line  # or NOTHING


cdef void collect_active(ScratchC* s) noexcept nogil:
    cdef SpanC* span
    cdef int32_t i
    s.link_count = 0
    s.active.count = s.modes = 0
    reserve_spans(s, count_texts(s) + 1)
    if s.is_out_of_memory:
        return
    s.slice = place_on(&s.plan.slices, s.cart.placed_at)
    s.level = 0
    if s.plan.level_slot != NOTHING and s.cart.cart_presents[s.plan.level_slot]:
        s.level = place_on(&s.plan.levels, s.cart.cart_numbers[s.plan.level_slot])
    span = gather_lines(s, gather_cart(s, s.spans))
    scan_spans(s, span)
    look_up_codes(s)
    list_turns(s)
    if s.loyalty != NULL:
        split_turns(s)
    if s.has_exclusives or s.plan.has_best or not s.plan.has_slices:
        for i in range(s.active.count):
            open_turn(s, s.active.items[i])
    if s.plan.has_best:
        collect_first_members(s)


cdef inline int32_t place_on(const ScaleC* scale, int64_t number) noexcept nogil:
    # How many marks are no larger. A step has few, and without branches, which would be guesses.
    cdef uint64_t step
    cdef int32_t first, count, half
    if number < scale.first:
        return 0
    step = (<uint64_t>number - <uint64_t>scale.first) >> scale.shift
    if step > scale.step_count:
        step = scale.step_count
    first = scale.steps[step]
    count = scale.steps[step + 1] - first
    while count > 1:
        half = count >> 1
        first += half & -<int32_t>(scale.marks[first + half - 1] <= number)
        count -= half
    return first + (count & <int32_t>(scale.marks[first] <= number))


# Lists that are to be looked through. The memory of all is asked for before any is read: a rule
# set is larger than the fast caches, and waiting for one list after another is what takes time.


cdef inline int64_t count_texts(const ScratchC* s) noexcept nogil:
    cdef const PlanC* plan = s.plan
    cdef const CartC* cart = s.cart
    cdef int64_t lines = cart.line_count, sets = lines * plan.line_set_count
    cdef int64_t count = plan.cart_text_count + lines * plan.line_text_count
    if plan.cart_set_count:
        count += cart.cart_set_starts[plan.cart_set_count] - cart.cart_set_starts[0]
    if sets:
        count += cart.line_set_starts[sets] - cart.line_set_starts[0]
    return count


cdef SpanC* gather_cart(ScratchC* s, SpanC* span) noexcept nogil:
    # The lists of the cart's own texts, and what these say to gates.
    cdef const PlanC* plan = s.plan
    cdef const CartC* cart = s.cart
    cdef const CartSlotC* slot = plan.cart_slots
    cdef const CartSlotC* texts_end = slot + plan.cart_text_count
    cdef const CartSlotC* sets_end = texts_end + plan.cart_set_count
    cdef const CartListC* lists = plan.cart_lists
    cdef const CartListC* found
    cdef const int32_t* symbols = cart.cart_texts
    cdef const int32_t* starts = cart.cart_set_starts
    cdef uint32_t known = plan.symbol_count
    cdef uint64_t word = 0, bits = 0
    cdef int32_t i
    while slot < texts_end:
        found = lists + place_in(slot, symbols[0])
        word |= found.word
        bits |= bit_of(symbols[0], known)
        span = add_span(span, found)
        symbols += 1
        slot += 1
    while slot < sets_end:
        for i in range(starts[0], starts[1]):
            bits |= bit_of(cart.cart_set_items[i], known)
            span = add_span(span, lists + place_in(slot, cart.cart_set_items[i]))
        starts += 1
        slot += 1
    s.word = word
    s.hints[<int>HINT_CART] = bits
    s.hints[<int>HINT_NONE] = ~<uint64_t>0
    return span


cdef inline uint64_t bit_of(uint32_t symbol, uint32_t known) noexcept nogil:
    # None for texts that no rule names. Any bit will do, as long as it is what `plan/gates.py` says.
    return <uint64_t>(symbol < known) << ((symbol * <uint32_t>2654435769) >> 26)


cdef inline uint32_t place_in(const CartSlotC* slot, int32_t symbol) noexcept nogil:
    cdef uint32_t place = <uint32_t>(symbol - slot.low)
    return slot.first + (place if place < slot.size else slot.size)


cdef inline SpanC* add_span(SpanC* span, const CartListC* found) noexcept nogil:
    # It counts only if it has postings.
    span.first, span.count, span.line = found.first, found.count, NOTHING
    return span + (found.count > 0)


cdef SpanC* gather_lines(ScratchC* s, SpanC* span) noexcept nogil:
    # The lists of the texts of all lines, line by line, and the bits of these texts.
    cdef const PlanC* plan = s.plan
    cdef const CartC* cart = s.cart
    cdef const int32_t* symbols = cart.line_texts
    cdef const int32_t* starts = cart.line_set_starts
    cdef int32_t texts = plan.line_text_count, sets = plan.line_set_count
    cdef int32_t line, slot, i, count = cart.line_count
    cdef uint64_t bits = 0
    for line in range(count):
        for slot in range(texts):
            span = add_line_span(plan, span, symbols[slot], slot, line, &bits)
        symbols += texts
        for slot in range(texts, texts + sets):
            for i in range(starts[0], starts[1]):
                span = add_line_span(plan, span, cart.line_set_items[i], slot, line, &bits)
            starts += 1
    s.hints[<int>HINT_LINES] = bits
    return span


cdef inline SpanC* add_line_span(
    const PlanC* plan, SpanC* span, uint32_t symbol, int32_t slot, int32_t line, uint64_t* bits
) noexcept nogil:
    # It counts only if the symbol has its list in this slot; without a branch, which would be a
    # guess.
    cdef uint32_t known = plan.symbol_count
    cdef LineListC found = plan.line_lists[symbol if symbol < known else known]
    bits[0] |= <uint64_t>(symbol < known) << found.bit
    if found.slot == SLOT_MANY:
        return add_channel_span(plan, span, symbol, slot, line)
    span.first, span.count, span.line = found.first, found.count, line
    return span + (found.slot == slot)


cdef SpanC* add_channel_span(
    const PlanC* plan, SpanC* span, int32_t symbol, int32_t slot, int32_t line
) noexcept nogil:
    # What the channel says of the symbol.
    cdef int32_t before = CODE_CHANNELS + plan.cart_text_count + plan.cart_set_count
    cdef const ChannelC* c = &plan.channels[before + slot]
    cdef const int32_t* starts
    if not c.low <= symbol < c.high:
        return span
    starts = &plan.post_starts[c.start + symbol - c.low]
    span.first, span.count, span.line = starts[0], starts[1] - starts[0], line
    return span + (span.count > 0)


# Postings.


# What a cart shows to gates.
cdef struct ShownC:
    uint64_t word
    uint64_t bounds


cdef inline ShownC show(const ScratchC* s) noexcept nogil:
    # A bit stands above each number of the bounds: it stays where what is taken off is no larger.
    cdef ShownC shown
    cdef uint64_t slice = s.slice, level = s.level
    shown.word = s.word
    shown.bounds = GUARDS | slice | LAST_SLICE - slice << BOUND_BITS | level << 2 * BOUND_BITS
    return shown


cdef inline bint is_open(
    const ScratchC* s, const PostC* post, const ShownC* shown
) noexcept nogil:
    # Without branches: nobody can guess which test fails, or whether one does. So those who look
    # through a list write down every posting, and count only the open ones.
    cdef uint64_t closed = post.barred & shown.word
    cdef uint64_t bounds = post.bounds
    closed |= <uint64_t>(post.wanted & s.hints[bounds >> 3 * BOUND_BITS] == 0)
    closed |= ~(shown.bounds - bounds) & GUARDS
    return closed == 0


cdef void scan_spans(ScratchC* s, const SpanC* end) noexcept nogil:
    cdef HitC hits[HITS_MAX]
    cdef ShownC shown = show(s)
    cdef const SpanC* span
    cdef int32_t kept = scan(s, s.plan.always, s.plan.always_count, NOTHING, &shown, hits, 0)
    span = s.spans
    while span < end:
        __builtin_prefetch(s.plan.posts + span.first)
        span += 1
    span = s.spans
    while span < end:
        kept = scan(s, s.plan.posts + span.first, span.count, span.line, &shown, hits, kept)
        span += 1
    admit_hits(s, hits, kept)


cdef inline int32_t scan(
    ScratchC* s,
    const PostC* post,
    int32_t count,
    int32_t line,
    const ShownC* shown,
    HitC* hits,
    int32_t kept,
) noexcept nogil:
    # Adds the open postings of a list to those kept: how many there are then.
    cdef const PostC* end = post + count
    while post < end:
        hits[kept].post, hits[kept].line = post, line
        kept += is_open(s, post, shown)
        post += 1
        if kept == HITS_MAX:
            admit_hits(s, hits, kept)
            kept = 0
    return kept


cdef void admit_hits(ScratchC* s, const HitC* hits, int32_t count) noexcept nogil:
    cdef const HitC* hit
    cdef int32_t i
    grow_links(s, count)
    if s.is_out_of_memory:
        return
    for i in range(count):
        hit = &hits[i]
        if hit.line == NOTHING or has_units(s, hit.post, hit.line):
            set_turn(s, hit.post.number)


cdef inline void set_turn(ScratchC* s, int32_t number) noexcept nogil:
    s.turns[number >> 6] |= <uint64_t>1 << (number & 63)
    s.turn_heads[number >> 12] |= <uint64_t>1 << ((number >> 6) & 63)


cdef inline bint has_units(ScratchC* s, const PostC* post, int32_t line) noexcept nogil:
    # Notes the line, and says whether there are enough units now. Texts are looked up line by line,
    # so a line that is found under two texts is found twice in a row.
    # INVARIANT: there is room for a link.
    cdef StandingC* standing = &s.standings[post.number]
    cdef int32_t made = s.link_count
    if standing.stamp != s.stamp:
        standing.stamp = s.stamp
        standing.units = 0
        standing.reason = FOUND
        standing.first_link = made
    elif s.links[standing.last_link].line == line:
        return standing.units >= post.units
    else:
        s.links[standing.last_link].next = made
    s.links[made].line, s.links[made].next = line, NOTHING
    s.link_count = made + 1
    standing.last_link = made
    standing.units += s.cart.quantities[line]
    return standing.units >= post.units


# Codes, and limits that are reached.


cdef void look_up_codes(ScratchC* s) noexcept nogil:
    cdef const CartC* cart = s.cart
    cdef int32_t i
    for i in range(cart.code_count):
        activate_all(s, 0, cart.code_symbols[i])
        activate_all(s, 1, cart.pool_symbols[i])
    for i in range(cart.used_up_count):
        refuse_used_up(s, cart.used_up[i])


cdef void activate_all(ScratchC* s, int32_t channel, int32_t symbol) noexcept nogil:
    cdef const ChannelC* c = &s.plan.channels[channel]
    cdef int32_t i, start = c.start + symbol - c.low
    if symbol < c.low or symbol >= c.high:
        return
    for i in range(s.plan.post_starts[start], s.plan.post_starts[start + 1]):
        activate(s, s.plan.posts[i].number)


cdef void activate(ScratchC* s, int32_t number) noexcept nogil:
    # Codes are how promotions with codes are filed, so an active one has its code.
    cdef const PromotionC* p = &s.plan.promotions[number]
    cdef StandingC* standing = &s.standings[number]
    if is_listed(s, standing):
        return
    stand(s, standing, 0)
    if not is_active(s, p):
        standing.reason = REASON_INACTIVE
    elif p.is_used_up:
        standing.reason = REASON_LIMIT_REACHED
    set_turn(s, number)


cdef inline bint is_listed(ScratchC* s, const StandingC* standing) noexcept nogil:
    return standing.stamp == s.stamp and standing.reason != FOUND


cdef inline void stand(ScratchC* s, StandingC* standing, int32_t reason) noexcept nogil:
    if standing.stamp != s.stamp:
        standing.stamp = s.stamp
        standing.first_link = NOTHING
    standing.reason = reason
    standing.cause = NOTHING


cdef inline bint is_active(ScratchC* s, const PromotionC* p) noexcept nogil:
    return p.is_enabled and p.starts_at <= s.cart.placed_at < p.ends_at


cdef void refuse_used_up(ScratchC* s, int32_t number) noexcept nogil:
    # Promotions whose limit is reached are made active, so that none is a candidate later.
    cdef StandingC* standing = &s.standings[number]
    if not is_listed(s, standing):
        if s.plan.promotions[number].needs_code:
            return
        activate(s, number)
    if standing.reason == 0:
        standing.reason = REASON_LIMIT_REACHED


# Turns.


cdef void list_turns(ScratchC* s) noexcept nogil:
    # The bits set, from the lowest up; none is left.
    cdef int32_t head, place, number
    cdef uint64_t heads, bits, exclusives = 0
    for head in range((s.plan.filed_count >> 12) + 1):
        heads = s.turn_heads[head]
        s.turn_heads[head] = 0
        while heads != 0:
            place = (head << 6) + __builtin_ctzll(heads)
            heads &= heads - 1
            bits = s.turns[place]
            s.turns[place] = 0
            exclusives |= bits & s.plan.exclusives[place]
            while bits != 0:
                number = (place << 6) + __builtin_ctzll(bits)
                __builtin_prefetch(&s.plan.promotions[number])
                append32(s, &s.active, number)
                bits &= bits - 1
    s.has_exclusives = exclusives != 0


cdef void split_turns(ScratchC* s) noexcept nogil:
    # Rules of loyalty stand behind the promotions, and have no turns. An event has no promotions.
    cdef int32_t i, first = s.active.count
    while first > 0 and s.active.items[first - 1] >= s.plan.promotion_count:
        first -= 1
    s.loyalty.filed.count = 0
    for i in range(first, s.active.count):
        append32(s, &s.loyalty.filed, s.active.items[i] - s.plan.promotion_count)
    s.active.count = 0 if s.cart.loyalty.is_event else first


cdef inline void open_turn(ScratchC* s, int32_t number) noexcept nogil:
    cdef const PromotionC* p = &s.plan.promotions[number]
    cdef bint is_out
    if not is_listed(s, &s.standings[number]):
        is_out = not s.plan.has_slices and not is_active(s, p)
        stand(s, &s.standings[number], REASON_INACTIVE if is_out else 0)
    s.modes |= 1 << p.mode


cdef void collect_first_members(ScratchC* s) noexcept nogil:
    # A group of policy `best` is decided at its first candidate's turn, also when the index knows
    # that this candidate cannot apply. After an exclusive only `always` members have a turn.
    cdef const PromotionC* p
    cdef TeamC* team
    cdef int32_t i, count = s.active.count
    for i in range(count):
        p = &s.plan.promotions[s.active.items[i]]
        if p.policy != POLICY_BEST:
            continue
        team = &s.teams[p.group]
        if team.first_stamp != s.stamp:
            team.first_stamp = s.stamp
            open_first(s, p.group, False)
            open_first(s, p.group, True)
    if s.active.count > count:
        sort_numbers(s.active.items, s.active.count)


cdef void open_first(ScratchC* s, int32_t group, bint is_always) noexcept nogil:
    cdef const GroupC* g = &s.plan.groups[group]
    cdef const PromotionC* p
    cdef StandingC* standing
    cdef int32_t i, number
    for i in range(g.first, g.last):
        number = s.plan.members[i]
        p = &s.plan.promotions[number]
        standing = &s.standings[number]
        if is_always and p.mode != MODE_ALWAYS:
            continue
        if is_listed(s, standing):
            if standing.reason <= 0:
                return
        elif not p.needs_code and not p.is_used_up and is_active(s, p):
            stand(s, standing, RULED_OUT)
            append32(s, &s.active, number)
            return
