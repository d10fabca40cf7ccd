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
    HINT_CART,
    HINT_LINES,
    HINT_NONE,
    MODE_ALWAYS,
    NOTHING,
    POLICY_BEST,
    REASON_INACTIVE,
    REASON_LIMIT_REACHED,
    BadgeC,
    CartC,
    ChannelC,
    GroupC,
    PlanC,
    PostC,
    PromotionC,
)
from ._money cimport sort_numbers
from ._scratch cimport FOUND, RULED_OUT, ScratchC, StandingC, TeamC, append32

cdef extern from *:
    int __builtin_ctzll(unsigned long long bits) noexcept nogil
    void __builtin_prefetch(const void* place) noexcept nogil


cdef enum:
    SPANS_MAX = 64
    HITS_MAX = 64


# Lists that are to be scanned. The memory of all is asked for before any is read: a rule set is
# larger than the fast caches, and waiting for one list after another is what takes time.
cdef struct SpanC:
    const int32_t* starts  # of a list and of the next
    int32_t line


# A posting whose gate is open, of a line.
cdef struct HitC:
    const PostC* post
    int32_t line


cdef struct SpansC:
    SpanC items[SPANS_MAX]
    HitC hits[HITS_MAX]
    int32_t count


cdef void collect_active(ScratchC* s) noexcept nogil:
    cdef SpansC spans
    cdef int32_t i
    show_badges(s)
    give_hints(s)
    gather_lines(s, &spans)
    look_up_cart(s)
    scan_spans(s, &spans)
    look_up_codes(s)
    s.active.count = 0
    s.modes = 0
    list_turns(s)
    if s.loyalty != NULL:
        split_turns(s)
    for i in range(s.active.count):
        open_turn(s, s.active.items[i])
    if s.plan.has_best:
        collect_first_members(s)


# What gates are held against.


cdef void show_badges(ScratchC* s) noexcept nogil:
    cdef const PlanC* plan = s.plan
    cdef const CartC* cart = s.cart
    cdef const BadgeC* badge
    cdef uint32_t place, is_known
    cdef int32_t i, bit
    s.word = 0
    for i in range(plan.badge_count):
        badge = &plan.badges[i]
        # Nobody can guess whether the text is one of the badge's: the first's bit is read then.
        place = <uint32_t>(cart.cart_texts[badge.slot] - badge.low)
        is_known = place < <uint32_t>(badge.high - badge.low)
        bit = plan.badge_bits[badge.first + (place & (0 - is_known))]
        s.word |= <uint64_t>1 << (bit if is_known else badge.other)
    s.slice = count_up_to(plan.slices, plan.slice_count, cart.placed_at)
    s.level = 0
    if plan.level_slot != NOTHING and cart.cart_presents[plan.level_slot]:
        s.level = count_up_to(plan.levels, plan.level_count, cart.cart_numbers[plan.level_slot])


cdef inline uint64_t bit_of(uint32_t symbol) noexcept nogil:
    # Any bit will do, as long as it is what `plan/gates.py` says.
    return <uint64_t>1 << ((symbol * <uint32_t>2654435769) >> 26)


cdef inline uint64_t known_bit(uint32_t symbol, uint32_t known) noexcept nogil:
    # No bit for texts that no rule names; without a branch, which would be a guess.
    return bit_of(symbol) & (0 - <uint64_t>(symbol < known))


cdef void give_hints(ScratchC* s) noexcept nogil:
    # Bits of all texts of the cart itself that rules name: a text whose bit is missing is not there.
    cdef const PlanC* plan = s.plan
    cdef const CartC* cart = s.cart
    cdef uint64_t of_cart = 0
    cdef int32_t i
    if plan.has_hints:
        for i in range(plan.cart_text_count):
            of_cart |= known_bit(cart.cart_texts[i], plan.symbol_count)
        if plan.cart_set_count:
            for i in range(cart.cart_set_starts[0], cart.cart_set_starts[plan.cart_set_count]):
                of_cart |= bit_of(cart.cart_set_items[i])
    s.hints[<int>HINT_CART] = of_cart
    s.hints[<int>HINT_NONE] = ~<uint64_t>0


cdef uint64_t hint_of_lines(ScratchC* s) noexcept nogil:
    # The same of all lines.
    cdef const PlanC* plan = s.plan
    cdef const CartC* cart = s.cart
    cdef int64_t count = <int64_t>cart.line_count * plan.line_text_count, i
    cdef int64_t sets = <int64_t>cart.line_count * plan.line_set_count
    cdef uint64_t bits = 0
    for i in range(count):
        bits |= known_bit(cart.line_texts[i], plan.symbol_count)
    if sets > 0:
        for i in range(cart.line_set_starts[0], cart.line_set_starts[sets]):
            bits |= bit_of(cart.line_set_items[i])
    return bits


cdef inline int32_t count_up_to(
    const int64_t* numbers, int32_t count, int64_t limit
) noexcept nogil:
    # How many of some sorted numbers are no larger; without branches, which would be guesses.
    cdef int32_t first = 0, half
    while count > 1:
        half = count >> 1
        first += half & -<int32_t>(numbers[first + half - 1] <= limit)
        count -= half
    return first + (count == 1 and numbers[first] <= limit)


# Postings.


cdef inline void set_turn(ScratchC* s, int32_t number) noexcept nogil:
    s.turns[number >> 6] |= <uint64_t>1 << (number & 63)
    s.turn_heads[number >> 12] |= <uint64_t>1 << ((number >> 6) & 63)


cdef inline bint is_open(
    const ScratchC* s, const PostC* post, uint64_t word, uint32_t slice, uint32_t level
) noexcept nogil:
    # Without branches: nobody can guess which test fails, or whether one does. So those who look
    # through a list write down every posting, and count only the open ones.
    cdef uint64_t closed = post.barred & word
    closed |= <uint64_t>(post.wanted & s.hints[post.hint] == 0)
    closed |= <uint64_t>(slice - post.first_slice >= <uint32_t>post.slice_count)
    closed |= <uint64_t>(post.level > level)
    return closed == 0


cdef void look_up(ScratchC* s, int32_t channel, int32_t symbol) noexcept nogil:
    # A text of the cart itself.
    cdef const ChannelC* c = &s.plan.channels[channel]
    cdef const int32_t* starts
    if c.low <= symbol < c.high:
        starts = &s.plan.post_starts[c.start + symbol - c.low]
        admit(s, &s.plan.posts[starts[0]], starts[1] - starts[0])


cdef void admit(ScratchC* s, const PostC* posts, int32_t count) noexcept nogil:
    cdef uint64_t word = s.word
    cdef uint32_t slice = s.slice, level = s.level
    cdef int32_t found[HITS_MAX]
    cdef int32_t i, k, kept = 0
    for i in range(count):
        found[kept] = posts[i].number
        kept += is_open(s, &posts[i], word, slice, level)
        if kept == HITS_MAX:
            for k in range(kept):
                set_turn(s, found[k])
            kept = 0
    for k in range(kept):
        set_turn(s, found[k])


cdef void scan_spans(ScratchC* s, SpansC* spans) noexcept nogil:
    cdef const int32_t* starts
    cdef int32_t i, count = 0, kept = 0
    for i in range(spans.count):
        starts = spans.items[i].starts
        __builtin_prefetch(&s.plan.posts[starts[0]])
        spans.items[count] = spans.items[i]
        count += starts[0] < starts[1]
    for i in range(count):
        starts = spans.items[i].starts
        kept = gather(s, spans, starts, spans.items[i].line, kept)
    admit_hits(s, spans, kept)
    spans.count = 0


cdef inline int32_t gather(
    ScratchC* s, SpansC* spans, const int32_t* starts, int32_t line, int32_t kept
) noexcept nogil:
    # Adds the open postings of a list to those kept: how many there are then.
    cdef uint64_t word = s.word
    cdef uint32_t slice = s.slice, level = s.level
    cdef const PostC* post = &s.plan.posts[starts[0]]
    cdef const PostC* end = post + (starts[1] - starts[0])
    while post < end:
        spans.hits[kept].post = post
        spans.hits[kept].line = line
        kept += is_open(s, post, word, slice, level)
        post += 1
        if kept == HITS_MAX:
            admit_hits(s, spans, kept)
            kept = 0
    return kept


cdef void admit_hits(ScratchC* s, const SpansC* spans, int32_t count) noexcept nogil:
    cdef const HitC* hit
    cdef int32_t i
    for i in range(count):
        hit = &spans.hits[i]
        if has_units(s, hit.post, hit.line):
            set_turn(s, hit.post.number)


cdef inline bint has_units(ScratchC* s, const PostC* post, int32_t line) noexcept nogil:
    # Notes the line, and says whether there are enough units now. Texts are looked up line by line,
    # so a line that is found under two texts is found twice in a row.
    cdef StandingC* standing = &s.standings[post.number]
    cdef int32_t hit = s.hit_lines.count
    if s.is_out_of_memory:
        return False  # a chain may end in a hit that was not written
    if standing.stamp != s.stamp:
        standing.stamp = s.stamp
        standing.units = 0
        standing.reason = FOUND
        standing.first_hit = standing.last_hit = NOTHING
    if standing.first_hit == NOTHING:
        standing.first_hit = hit
    elif s.hit_lines.items[standing.last_hit] == line:
        return standing.units >= post.units
    else:
        s.hit_nexts.items[standing.last_hit] = hit
    append32(s, &s.hit_lines, line)
    append32(s, &s.hit_nexts, NOTHING)
    standing.last_hit = hit
    standing.units += s.cart.quantities[line]
    return standing.units >= post.units


cdef void look_up_cart(ScratchC* s) noexcept nogil:
    cdef const PlanC* plan = s.plan
    cdef const CartC* cart = s.cart
    cdef int32_t slot, i, channel = 2
    admit(s, plan.always, plan.always_count)
    for slot in range(plan.cart_text_count):
        look_up(s, channel + slot, cart.cart_texts[slot])
    channel += plan.cart_text_count
    for slot in range(plan.cart_set_count):
        for i in range(cart.cart_set_starts[slot], cart.cart_set_starts[slot + 1]):
            look_up(s, channel + slot, cart.cart_set_items[i])


cdef void gather_lines(ScratchC* s, SpansC* spans) noexcept nogil:
    # The lists of the lines' texts, and the bits of these texts, which gates need before any list
    # is looked through. Where there are more lists than room, the bits come first.
    cdef const PlanC* plan = s.plan
    cdef const CartC* cart = s.cart
    cdef int32_t texts = plan.line_text_count, sets = plan.line_set_count, line, slot, i
    cdef const ChannelC* channels = &plan.channels[2 + plan.cart_text_count + plan.cart_set_count]
    cdef const int32_t* symbols = cart.line_texts
    cdef const int32_t* starts = cart.line_set_starts
    cdef const int32_t* items = cart.line_set_items
    cdef uint32_t known = plan.symbol_count
    cdef SpanC* span = spans.items
    cdef uint64_t bits = 0
    s.hit_lines.count = s.hit_nexts.count = 0
    for line in range(cart.line_count):
        for slot in range(texts):
            bits |= known_bit(symbols[slot], known)
            span = add_span(plan, span, &channels[slot], symbols[slot], line)
            if span == spans.items + SPANS_MAX:
                span = spill_spans(s, spans)
        for slot in range(sets):
            for i in range(starts[slot], starts[slot + 1]):
                bits |= bit_of(items[i])
                span = add_span(plan, span, &channels[texts + slot], items[i], line)
                if span == spans.items + SPANS_MAX:
                    span = spill_spans(s, spans)
        symbols += texts
        starts += sets
    spans.count = <int32_t>(span - spans.items)
    s.hints[<int>HINT_LINES] = bits


cdef inline SpanC* add_span(
    const PlanC* plan, SpanC* span, const ChannelC* c, int32_t symbol, int32_t line
) noexcept nogil:
    # The span counts only if there is a list; without a branch, which would be a guess.
    cdef uint32_t place = <uint32_t>(symbol - c.low)
    cdef uint32_t is_listed = place < <uint32_t>(c.high - c.low)
    span.starts = &plan.post_starts[c.start + (place & (0 - is_listed))]
    span.line = line
    __builtin_prefetch(span.starts)
    return span + is_listed


cdef SpanC* spill_spans(ScratchC* s, SpansC* spans) noexcept nogil:
    # There is no room for more: look through those there are.
    s.hints[<int>HINT_LINES] = hint_of_lines(s)
    spans.count = SPANS_MAX
    scan_spans(s, spans)
    return spans.items


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
        standing.first_hit = NOTHING
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
    cdef uint64_t heads, bits
    for head in range((s.plan.filed_count >> 12) + 1):
        heads = s.turn_heads[head]
        s.turn_heads[head] = 0
        while heads != 0:
            place = (head << 6) + __builtin_ctzll(heads)
            heads &= heads - 1
            bits = s.turns[place]
            s.turns[place] = 0
            while bits != 0:
                number = (place << 6) + __builtin_ctzll(bits)
                __builtin_prefetch(&s.plan.promotions[number])
                __builtin_prefetch(&s.plan.promotions[number].percent_ppm)
                __builtin_prefetch(&s.plan.promotions[number].starts_at)
                append32(s, &s.active, number)
                bits &= bits - 1


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
    cdef TeamC* team
    cdef bint is_out
    if not is_listed(s, &s.standings[number]):
        is_out = not s.plan.has_slices and not is_active(s, p)
        stand(s, &s.standings[number], REASON_INACTIVE if is_out else 0)
    s.modes |= 1 << p.mode
    if p.group != NOTHING:
        team = &s.teams[p.group]
        if team.stamp != s.stamp:
            team.stamp = s.stamp
            team.winner = NOTHING
            team.lines = NOTHING


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
