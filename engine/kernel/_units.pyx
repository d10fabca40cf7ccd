"""Lines in, the units that max_units, buy/get and bundles take of them."""

cimport cython
from libc.stdint cimport int32_t, int64_t

from ._formula cimport NetsC, select_lines
from ._layout cimport NOTHING, EffectC, PromotionC, i128
from ._money cimport least, most, percent_of, share, sort_rows
from ._scratch cimport ScratchC, append32


cdef const int32_t* order_lines(ScratchC* s, bint is_dearest) noexcept nogil:
    # All lines of the cart by unit price, ties by id; at most once a cart each way, and sorted once.
    cdef int32_t* order = s.dearest if is_dearest else s.cheapest
    if (s.has_dearest if is_dearest else s.has_cheapest):
        return order
    if s.has_dearest or s.has_cheapest:
        turn_around(s, s.cheapest if is_dearest else s.dearest, order)
    else:
        sort_lines(s, is_dearest, order)
    if is_dearest:
        s.has_dearest = True
    else:
        s.has_cheapest = True
    return order


cdef void sort_lines(ScratchC* s, bint is_dearest, int32_t* order) noexcept nogil:
    cdef int32_t i, count = s.cart.line_count
    for i in range(count):
        s.rows[i].key = s.cart.prices_minor[i] if is_dearest else -s.cart.prices_minor[i]
        s.rows[i].rank = s.cart.line_ranks[i]
        s.rows[i].place = i
    sort_rows(s.rows, count)
    for i in range(count):
        order[i] = s.rows[i].place


cdef void turn_around(ScratchC* s, const int32_t* known, int32_t* order) noexcept nogil:
    # From one end to the other; lines of one price stay as they are, by id.
    cdef const int64_t* prices = s.cart.prices_minor
    cdef int32_t i, first, last = s.cart.line_count, count = 0
    while last > 0:
        first = last - 1
        while first > 0 and prices[known[first - 1]] == prices[known[first]]:
            first -= 1
        for i in range(first, last):
            order[count] = known[i]
            count += 1
        last = first


cdef void take_units(
    ScratchC* s, const int32_t* lines, int32_t count, bint is_dearest, int64_t wanted
) noexcept nogil:
    # Up to `wanted` units of some lines, cheapest or dearest first: s.left counts them by line.
    cdef const int32_t* order = order_lines(s, is_dearest)
    cdef int32_t i, line
    cdef int64_t units
    s.mark += 1
    for i in range(count):
        s.marks[lines[i]] = s.mark
    for i in range(s.cart.line_count):
        line = order[i]
        if s.marks[line] == s.mark:
            units = least(wanted, s.cart.quantities[line])
            s.left[line] = units
            wanted -= units


# Buy x get y. Sides of a line: bit 0 can trigger, bit 1 can be rewarded.


cdef enum:
    SIDE_BUY = 1
    SIDE_GET = 2
    SIDE_BOTH = 3


cdef struct RoundsC:
    int64_t triggers
    int64_t rewards


cdef void mark_side(ScratchC* s, int32_t selector, const NetsC* nets, int32_t side) noexcept nogil:
    # s.weights holds the sides of every line.
    cdef int32_t i, line, count
    cdef const int32_t* lines = select_lines(s, selector, nets, &count)
    for i in range(count):
        line = lines[i]
        if not s.has_taken or s.taken[line] != s.taken_mark:
            s.weights[line] |= side


@cython.cdivision(True)
cdef RoundsC count_rounds(
    const PromotionC* p, int64_t buyable, int64_t gettable, int64_t either
) noexcept nogil:
    cdef RoundsC r
    cdef int64_t buy = p.buy_quantity, get = p.get_quantity, room
    cdef int64_t rounds = least(least(buyable // buy, gettable // get), either // (buy + get))
    if p.repeat != NOTHING:
        rounds = least(rounds, p.repeat)
    r.triggers = rounds * buy
    r.rewards = rounds * get
    if p.is_partial and (p.repeat == NOTHING or rounds < p.repeat):
        # One more round of triggers, with as many rewards as still fit.
        room = least(get - 1, least(gettable - r.rewards, either - r.triggers - r.rewards - buy))
        if room > 0 and r.triggers + buy <= buyable:
            r.triggers += buy
            r.rewards += room
    return r


cdef void act_buy_get(
    ScratchC* s, const PromotionC* p, const NetsC* nets, EffectC* e
) noexcept nogil:
    cdef int32_t i, count = s.cart.line_count
    cdef int64_t only_buy = 0, only_get = 0, both = 0, quota
    cdef RoundsC rounds
    for i in range(count):
        s.weights[i] = 0
        s.shares[i] = 0
    mark_side(s, p.on, nets, SIDE_BUY)
    mark_side(s, p.get_on, nets, SIDE_GET)
    for i in range(count):
        if s.weights[i] == SIDE_BUY:
            only_buy += s.unspent[i]
        elif s.weights[i] == SIDE_GET:
            only_get += s.unspent[i]
        elif s.weights[i] == SIDE_BOTH:
            both += s.unspent[i]
    rounds = count_rounds(p, only_buy + both, only_get + both, only_buy + only_get + both)
    if rounds.rewards == 0:
        return
    # Rewards out of the overlap must leave it enough units to trigger.
    quota = both - most(0, rounds.triggers - only_buy)
    take_rewards(s, p, rounds.rewards, quota, e)
    take_triggers(s, rounds.triggers)
    for i in range(count):
        if s.shares[i] > 0:
            e.used_lines[e.used_count] = i
            e.used_units[e.used_count] = s.shares[i]
            e.used_count += 1


cdef void take_rewards(
    ScratchC* s, const PromotionC* p, int64_t wanted, int64_t quota, EffectC* e
) noexcept nogil:
    cdef const int32_t* order = order_lines(s, p.is_dearest)
    cdef int32_t i, line
    cdef int64_t units
    for i in range(s.cart.line_count):
        line = order[i]
        if not s.weights[line] & SIDE_GET:
            continue
        units = least(wanted, s.unspent[line])
        if s.weights[line] == SIDE_BOTH:
            units = least(units, quota)
            quota -= units
        if units > 0:
            wanted -= units
            s.shares[line] = units
            e.places[e.count] = line
            e.amounts_minor[e.count] = percent_of(
                units * s.cart.prices_minor[line], p.percent_ppm, s.plan.rounding
            )
            e.count += 1


cdef void take_triggers(ScratchC* s, int64_t wanted) noexcept nogil:
    # From lines that cannot be rewarded first, dearest first; then from the others.
    wanted = take_side(s, SIDE_BUY, wanted)
    take_side(s, SIDE_BOTH, wanted)


cdef int64_t take_side(ScratchC* s, int32_t side, int64_t wanted) noexcept nogil:
    # Adds to s.shares, and returns what is still wanted.
    cdef const int32_t* order = order_lines(s, True)
    cdef int32_t i, line
    cdef int64_t units
    for i in range(s.cart.line_count):
        line = order[i]
        if s.weights[line] == side:
            units = least(wanted, s.unspent[line] - s.shares[line])
            s.shares[line] += units
            wanted -= units
    return wanted


# Bundles.


cdef struct RoundC:
    bint is_full
    bint is_simple  # every component came from one line


cdef void list_components(ScratchC* s, const PromotionC* p, const NetsC* nets) noexcept nogil:
    # s.parts: the lines of each component in the order of taking; s.part_firsts: by component, the
    # first of them that may have units left, and the end.
    cdef const int32_t* order = order_lines(s, p.is_dearest)
    cdef int32_t c, i, line, count
    cdef const int32_t* lines
    s.parts.count = 0
    s.part_firsts.count = 0
    for c in range(p.first_component, p.last_component):
        append32(s, &s.part_firsts, s.parts.count)
        lines = select_lines(s, s.plan.components[c].selector, nets, &count)
        s.mark += 1
        for i in range(count):
            s.marks[lines[i]] = s.mark
        for i in range(s.cart.line_count):
            line = order[i]
            if s.marks[line] == s.mark and not (
                s.has_taken and s.taken[line] == s.taken_mark
            ):
                append32(s, &s.parts, line)
        append32(s, &s.part_firsts, s.parts.count)


cdef RoundC fill_round(ScratchC* s, const PromotionC* p, int32_t* touched) noexcept nogil:
    # One bundle out of s.left; what it takes by line is s.round_units over s.round_lines.
    cdef RoundC r
    cdef int32_t c, i, line, segments
    cdef int32_t* part = s.part_firsts.items
    cdef int64_t wanted, units
    r.is_full = r.is_simple = True
    touched[0] = 0
    s.mark += 1
    for c in range(p.first_component, p.last_component):
        wanted = s.plan.components[c].quantity
        segments = 0
        while part[0] < part[1] and s.left[s.parts.items[part[0]]] == 0:
            part[0] += 1
        for i in range(part[0], part[1]):
            line = s.parts.items[i]
            units = least(wanted, s.left[line])
            if units == 0:
                continue
            if s.marks[line] != s.mark:
                s.marks[line] = s.mark
                s.round_lines[touched[0]] = line
                s.round_units[line] = 0
                touched[0] += 1
            s.round_units[line] += units
            s.left[line] -= units
            wanted -= units
            segments += 1
            if wanted == 0:
                break
        if wanted > 0:
            r.is_full = False
            return r
        if segments > 1:
            r.is_simple = False
        part += 2
    return r


@cython.cdivision(True)
cdef int64_t fill_bundles(ScratchC* s, const PromotionC* p) noexcept nogil:
    # How many bundles can be filled; s.left keeps the units that are not in any. After a simple
    # round the next ones are the same for as long as each line still holds what a round takes.
    cdef int64_t rounds = 0, again
    cdef int32_t touched, i, line
    cdef RoundC r
    while p.repeat == NOTHING or rounds < p.repeat:
        r = fill_round(s, p, &touched)
        if not r.is_full:
            for i in range(touched):
                s.left[s.round_lines[i]] += s.round_units[s.round_lines[i]]
            break
        rounds += 1
        if not r.is_simple:
            continue
        again = s.left[s.round_lines[0]] // s.round_units[s.round_lines[0]]
        for i in range(1, touched):
            line = s.round_lines[i]
            again = least(again, s.left[line] // s.round_units[line])
        if p.repeat != NOTHING:
            again = least(again, p.repeat - rounds)
        for i in range(touched):
            s.left[s.round_lines[i]] -= s.round_units[s.round_lines[i]] * again
        rounds += again
    return rounds


cdef void act_bundle(
    ScratchC* s, const PromotionC* p, const NetsC* nets, EffectC* e
) noexcept nogil:
    cdef int32_t i, line, count = 0
    cdef int64_t rounds, worth = 0, total
    list_components(s, p, nets)
    if s.is_out_of_memory:
        return
    for i in range(s.cart.line_count):
        s.left[i] = s.unspent[i]
    rounds = fill_bundles(s, p)
    for line in range(s.cart.line_count):
        if s.left[line] < s.unspent[line]:
            e.used_lines[count] = line
            e.used_units[count] = s.unspent[line] - s.left[line]
            e.places[count] = line
            s.weights[count] = e.used_units[count] * s.cart.prices_minor[line]
            s.ranks[count] = s.cart.line_ranks[line]
            worth += s.weights[count]
            count += 1
    e.used_count = e.count = count
    total = bundle_total(s, p, worth, rounds)
    share(total, s.weights, s.ranks, count, e.amounts_minor, s.rows)


cdef int64_t bundle_total(
    ScratchC* s, const PromotionC* p, int64_t worth, int64_t rounds
) noexcept nogil:
    # LIMIT: rounds x amount can pass 64 bits, worth never does.
    cdef i128 sum
    if p.percent_ppm != NOTHING:
        return percent_of(worth, p.percent_ppm, s.plan.rounding)
    if p.amount_minor != NOTHING:
        sum = <i128>rounds * p.amount_minor
        return worth if sum > worth else <int64_t>sum
    sum = <i128>rounds * p.price_minor
    return 0 if sum > worth else worth - <int64_t>sum
