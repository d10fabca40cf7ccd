"""What a cart asks to redeem in, what it takes off the lines out, request by request.

A request is for so many steps of some points for some value. Each check says how many steps it
leaves possible; the first that leaves fewer than are wanted is the reason of what is not given.
Balances, nets, limits and stock carry over to the next request.
"""

from libc.stdint cimport int32_t, int64_t
from libc.string cimport memcpy

from ._entry cimport LoyaltyC, LoyaltyOutC, PurseC, RoomC
from ._formula cimport NetsC, holds, select_lines
from ._layout cimport (
    NOTHING,
    REWARD_DISCOUNT,
    REWARD_PERCENT,
    REWARD_PRODUCT,
    ROUND_DOWN,
    SHORT_BELOW_MINIMUM,
    SHORT_CONDITION,
    SHORT_INACTIVE,
    SHORT_INSUFFICIENT_POINTS,
    SHORT_LIMIT_REACHED,
    SHORT_OUT_OF_STOCK,
    SHORT_OVER_LIMIT,
    SHORT_PAUSED,
    SHORT_TIER,
    SHORT_USED,
    BurningRuleC,
    List64,
    LoyalCartC,
    ProgramC,
)
from ._loyalty cimport room_of_rule
from ._money cimport least, most, percent_of, spread
from ._scratch cimport MOVE_LINE, append32, append64, grow_moves, write_move

cdef int64_t EVER = 9_223_372_036_854_775_807  # more steps than anybody can want


# A request that names something known.
cdef struct StepsC:
    int32_t program
    int32_t rule  # NOTHING: by points of the program
    bint is_issued
    bint is_reject
    bint is_most  # as many as can be
    int64_t points  # of a step; 0: it is free
    int64_t minor  # of a step
    int64_t wanted
    int64_t possible
    int32_t reason  # the first check that leaves less than is wanted, or 0
    int32_t target_count


cdef void redeem(ScratchC* s) noexcept nogil:
    cdef const LoyalCartC* cart = s.cart.loyalty
    cdef LoyaltyC* l = s.loyalty
    cdef int64_t line_nets_minor = s.net_sum
    cdef int32_t i, reason
    if cart.request_count == 0:
        return
    memcpy(l.full_nets, s.nets, <size_t>s.cart.line_count * sizeof(int64_t))
    for i in range(cart.request_count):
        reason = cart.request_reasons[i]
        if reason == 0 and is_used(s, i):
            reason = SHORT_USED
        if reason != 0:
            refuse_request(s, i, reason)
        else:
            redeem_one(s, i, line_nets_minor)
        if s.is_out_of_memory:
            return


cdef bint is_used(ScratchC* s, int32_t i) noexcept nogil:
    # Whether an earlier request of this cart used the same reward.
    cdef const LoyalCartC* cart = s.cart.loyalty
    cdef const List64* times = &s.loyalty.out.redemption_times
    cdef int32_t k
    if cart.request_issued[i] == NOTHING:
        return False
    for k in range(i):
        if cart.request_issued[k] == cart.request_issued[i] and times.items[times.count - i + k]:
            return True
    return False


cdef void refuse_request(ScratchC* s, int32_t i, int32_t reason) noexcept nogil:
    # What is known before anything is counted.
    cdef const LoyalCartC* cart = s.cart.loyalty
    cdef StepsC r
    r.program, r.rule = cart.request_programs[i], cart.request_rules[i]
    r.wanted = cart.request_times[i]
    r.reason = reason
    write_request(s, &r, 0)


cdef void redeem_one(ScratchC* s, int32_t i, int64_t line_nets_minor) noexcept nogil:
    cdef StepsC r
    cdef int64_t times, room_minor
    open_request(s, &r, i)
    room_minor = find_room(s, &r, line_nets_minor)
    if r.rule != NOTHING and s.plan.burning_rules[r.rule].reward == REWARD_PERCENT:
        r.minor = percent_minor(s, &r, room_minor)
    count_steps(s, &r, room_minor)
    times = r.possible
    if r.possible < r.wanted and r.is_reject:
        times = 0
    if times > 0 and is_below_minimum(s, &r, times):
        r.reason = SHORT_BELOW_MINIMUM
        times = 0
    elif times == 0 and r.reason == 0:
        r.reason = SHORT_BELOW_MINIMUM
    if times > 0:
        take(s, &r, times)
    write_request(s, &r, times)


cdef void open_request(ScratchC* s, StepsC* r, int32_t i) noexcept nogil:
    cdef const LoyalCartC* cart = s.cart.loyalty
    cdef const BurningRuleC* rule
    cdef const ProgramC* program
    r.program, r.rule = cart.request_programs[i], cart.request_rules[i]
    r.is_issued = cart.request_issued[i] != NOTHING
    r.is_reject = cart.request_rejects[i]
    r.is_most = False
    r.wanted = cart.request_times[i]
    r.reason = 0
    if r.rule != NOTHING:
        rule = &s.plan.burning_rules[r.rule]
        r.points = 0 if r.is_issued else rule.cost
        r.minor = 0 if rule.reward == REWARD_PRODUCT else rule.amount_minor
        return
    program = &s.plan.programs[r.program]
    r.points, r.minor = program.step_points, program.step_minor
    r.is_most = cart.request_points[i] == NOTHING
    r.wanted = EVER if r.is_most else cart.request_points[i] // r.points


# What lines have room for.


cdef int64_t find_room(ScratchC* s, StepsC* r, int64_t line_nets_minor) noexcept nogil:
    # Lists the lines with their nets and caps; how much may come off them.
    cdef const ProgramC* program = &s.plan.programs[r.program]
    cdef int64_t room_minor = 0, cap_minor
    cdef int32_t line
    r.target_count = 0
    list_targets(s, r)
    for i in range(r.target_count):
        line = s.targets[i]
        cap_minor = most(0, s.nets[line] - s.cart.floors_minor[line])
        if program.max_per_line_minor != NOTHING:
            cap_minor = least(cap_minor, program.max_per_line_minor)
        s.weights[i] = s.nets[line]
        s.caps[i] = cap_minor
        s.ranks[i] = s.cart.line_ranks[line]
        room_minor += cap_minor
    if program.max_percent_ppm != NOTHING:
        cap_minor = percent_of(line_nets_minor, program.max_percent_ppm, ROUND_DOWN)
        room_minor = least(room_minor, cap_minor - s.loyalty.purses[r.program].placed_minor)
    return most(0, room_minor)


cdef void list_targets(ScratchC* s, StepsC* r) noexcept nogil:
    # The lines of the rule; those of stored value never.
    cdef const LoyalCartC* cart = s.cart.loyalty
    cdef const int32_t* lines = NULL
    cdef int32_t i, line, count = s.cart.line_count
    cdef NetsC nets = NetsC(s.nets, s.net_sum)
    if r.rule != NOTHING:
        lines = select_lines(s, s.plan.burning_rules[r.rule].on, &nets, &count)
    for i in range(count):
        line = i if lines == NULL else lines[i]
        if not cart.are_stored_value[line]:
            s.targets[r.target_count] = line
            r.target_count += 1


cdef int64_t percent_minor(ScratchC* s, StepsC* r, int64_t room_minor) noexcept nogil:
    cdef const BurningRuleC* rule = &s.plan.burning_rules[r.rule]
    cdef int64_t nets_minor = 0, minor
    cdef int32_t i
    for i in range(r.target_count):
        nets_minor += s.weights[i]
    minor = percent_of(nets_minor, rule.percent_ppm, s.plan.rounding)
    if rule.max_discount_minor != NOTHING:
        minor = least(minor, rule.max_discount_minor)
    return least(minor, room_minor)


# How many steps.


cdef inline void leave(StepsC* r, int64_t times, int32_t reason) noexcept nogil:
    # A check that leaves so many steps.
    if times < r.wanted and r.reason == 0 and (times < 1 or not r.is_most):
        r.reason = reason
    r.possible = least(r.possible, times)


cdef void count_steps(ScratchC* s, StepsC* r, int64_t room_minor) noexcept nogil:
    cdef const ProgramC* program = &s.plan.programs[r.program]
    cdef PurseC* purse = &s.loyalty.purses[r.program]
    cdef bint is_by_points = r.rule == NOTHING
    r.possible = r.wanted
    if program.is_paused:
        leave(r, 0, SHORT_PAUSED)
    if not r.is_issued:
        if not is_running(s, r):
            leave(r, 0, SHORT_INACTIVE)
        if not is_by_points:
            count_by_rule(s, r)
        leave(r, purse.balance // r.points, SHORT_INSUFFICIENT_POINTS)
    leave_room(s, r, room_minor)
    if is_by_points and program.max_points != NOTHING:
        leave(r, most(0, program.max_points - purse.step_points) // r.points, SHORT_OVER_LIMIT)
    if r.is_most:
        # Never short of what it gets; and of nothing it says what is in the way.
        r.wanted = r.possible
    r.possible = most(0, r.possible)


cdef void leave_room(ScratchC* s, StepsC* r, int64_t room_minor) noexcept nogil:
    # Products need none.
    cdef int32_t reward = REWARD_DISCOUNT
    if r.rule != NOTHING:
        reward = s.plan.burning_rules[r.rule].reward
    if reward == REWARD_PRODUCT:
        return
    if r.minor == 0:
        leave(r, 0, SHORT_OVER_LIMIT)
    elif reward == REWARD_PERCENT:
        leave(r, 1, SHORT_OVER_LIMIT)
    else:
        leave(r, room_minor // r.minor, SHORT_OVER_LIMIT)


cdef bint is_running(ScratchC* s, StepsC* r) noexcept nogil:
    cdef const ProgramC* program = &s.plan.programs[r.program]
    cdef const BurningRuleC* rule
    cdef int64_t placed_at = s.cart.placed_at
    if not program.is_enabled or not program.starts_at <= placed_at < program.ends_at:
        return False
    if r.rule == NOTHING:
        return True
    rule = &s.plan.burning_rules[r.rule]
    return rule.is_enabled and rule.starts_at <= placed_at < rule.ends_at


cdef void count_by_rule(ScratchC* s, StepsC* r) noexcept nogil:
    # Tier, conditions, limits and stock of a burning rule.
    cdef const BurningRuleC* rule = &s.plan.burning_rules[r.rule]
    cdef RoomC* room = room_of_rule(s, s.plan.earning_count + r.rule)
    if rule.level != NOTHING and s.loyalty.purses[r.program].level < rule.level:
        leave(r, 0, SHORT_TIER)
    if not has_conditions(s, rule):
        leave(r, 0, SHORT_CONDITION)
    if room.times != NOTHING:
        leave(r, room.times, SHORT_LIMIT_REACHED)
    if room.order_times != NOTHING:
        leave(r, room.order_times, SHORT_LIMIT_REACHED)
    if room.stock != NOTHING:
        leave(r, room.stock, SHORT_OUT_OF_STOCK)


cdef bint has_conditions(ScratchC* s, const BurningRuleC* rule) noexcept nogil:
    cdef NetsC nets = NetsC(s.nets, s.net_sum)
    cdef int32_t i
    for i in range(rule.first_condition, rule.last_condition):
        if not s.plan.conditions[i].is_soft and not holds(
            s, s.plan.conditions[i].node, NOTHING, &nets
        ):
            return False
    return True


cdef bint is_below_minimum(ScratchC* s, const StepsC* r, int64_t times) noexcept nogil:
    cdef int64_t min_points = s.plan.programs[r.program].min_points
    return r.rule == NOTHING and min_points != NOTHING and times * r.points < min_points


# Taking.


cdef void take(ScratchC* s, const StepsC* r, int64_t times) noexcept nogil:
    # Off the lines, the balance, limits and stock.
    cdef PurseC* purse = &s.loyalty.purses[r.program]
    cdef RoomC* room
    s.loyalty.has_redeemed = True
    purse.balance -= times * r.points
    if r.rule == NOTHING:
        purse.step_points += times * r.points
    elif not r.is_issued:
        room = room_of_rule(s, s.plan.earning_count + r.rule)
        if room.times != NOTHING:
            room.times -= times
        if room.order_times != NOTHING:
            room.order_times -= times
        if room.stock != NOTHING:
            room.stock -= times
    if times * r.minor > 0:
        purse.placed_minor += times * r.minor
        move_lines(s, r, times * r.minor)


cdef void move_lines(ScratchC* s, const StepsC* r, int64_t minor) noexcept nogil:
    cdef LoyaltyOutC* out = &s.loyalty.out
    cdef int32_t number = allocation_number(s, r), i, line
    spread(
        minor, s.weights, s.caps, s.ranks, r.target_count, s.shares, s.rows,
        s.spare_weights, s.spare_ranks, s.spare_shares,
    )
    grow_moves(s, r.target_count)
    if s.is_out_of_memory:
        return
    s.is_moved = True
    for i in range(r.target_count):
        if s.shares[i] == 0:
            continue
        line = s.targets[i]
        s.nets[line] -= s.shares[i]
        s.net_sum -= s.shares[i]
        write_move(&s.out, MOVE_LINE, line, number, s.shares[i])
        append32(s, &out.redemption_places, line)
        append64(s, &out.redemption_amounts_minor, s.shares[i])


cdef int32_t allocation_number(ScratchC* s, const StepsC* r) noexcept nogil:
    # Behind those of the promotions: burning rules, then programs.
    if r.rule != NOTHING:
        return s.plan.promotion_count + r.rule
    return s.plan.promotion_count + s.plan.burning_count + r.program


cdef void write_request(ScratchC* s, const StepsC* r, int64_t times) noexcept nogil:
    cdef LoyaltyOutC* out = &s.loyalty.out
    append32(s, &out.redemption_programs, r.program)
    append32(s, &out.redemption_rules, r.rule)
    append64(s, &out.redemption_wanted, r.wanted)
    append64(s, &out.redemption_times, times)
    append64(s, &out.redemption_points, times * r.points if times > 0 else 0)
    append64(s, &out.redemption_minor, times * r.minor if times > 0 else 0)
    append32(s, &out.redemption_reasons, r.reason if times < r.wanted or times == 0 else 0)
    append32(s, &out.redemption_line_starts, out.redemption_places.count)
