"""A promotion and a state in, its effect out: amounts of every action, clipped and capped.

An effect lists the lines (or shipments) it touches with an amount each, beside the units it uses
up. Nothing here changes the state.
"""

from libc.stdint cimport int32_t, int64_t

from ._formula cimport NetsC, select_lines
from ._layout cimport (
    ACT_AMOUNT_LINE,
    ACT_AMOUNT_TARGET,
    ACT_AMOUNT_UNIT,
    ACT_BUNDLE,
    ACT_BUY_GET,
    ACT_FIXED_PRICE,
    ACT_GIFT,
    ACT_ORDER_AMOUNT,
    ACT_ORDER_PERCENT,
    ACT_PAYMENT_PERCENT,
    ACT_PERCENT_LINE,
    ACT_PERCENT_UNITS,
    ACT_SHIPPING_AMOUNT,
    ACT_SHIPPING_PERCENT,
    ACT_VOLUME,
    NOTHING,
    EffectC,
    PromotionC,
    TierC,
)
from ._money cimport least, most, percent_of, share, spread
from ._scratch cimport ScratchC
from ._units cimport act_bundle, act_buy_get, take_units


cdef void compute_effect(ScratchC* s, int32_t number, EffectC* e) noexcept nogil:
    cdef const PromotionC* p = &s.plan.promotions[number]
    cdef NetsC nets = nets_of(s, p)
    e.count = 0
    e.used_count = 0
    e.payment_minor = 0
    e.undistributed_minor = 0
    e.is_gift = p.action == ACT_GIFT
    if p.action == ACT_PERCENT_LINE:
        act_percent(s, p, &nets, e)
        return
    if p.action >= ACT_PAYMENT_PERCENT:
        act_payment(s, p, e)
    elif p.action >= ACT_SHIPPING_PERCENT:
        act_shipping(s, p, e)
    elif p.action == ACT_BUY_GET:
        act_buy_get(s, p, &nets, e)
        clip_lines(s, e)
    elif p.action == ACT_BUNDLE:
        act_bundle(s, p, &nets, e)
        clip_lines(s, e)
    elif p.action >= ACT_ORDER_PERCENT or p.action == ACT_AMOUNT_TARGET:
        act_spread(s, p, &nets, e)
    elif not e.is_gift:
        act_lines(s, p, &nets, e)
        clip_lines(s, e)
    cap_effect(s, p, e)
    finish(e)


cdef int64_t total_of(const EffectC* e) noexcept nogil:
    cdef int64_t total = 0
    cdef int32_t i
    for i in range(e.count):
        total += e.amounts_minor[i]
    return total


cdef void finish(EffectC* e) noexcept nogil:
    # Amounts of nothing are no allocations; what is left says what the effect is worth.
    cdef int32_t i, kept = 0
    cdef int64_t total = 0, amount
    for i in range(e.count):
        amount = e.amounts_minor[i]
        e.places[kept] = e.places[i]
        e.amounts_minor[kept] = amount
        kept += amount != 0
        total += amount
    e.count = kept
    e.discount_minor = total - e.payment_minor
    e.is_empty = kept == 0 and e.payment_minor == 0 and not e.is_gift


cdef int32_t find_targets(
    ScratchC* s, int32_t selector, const NetsC* nets, int32_t* targets
) noexcept nogil:
    # The lines an action may touch: those of its selector, less those its group has already.
    cdef int32_t i, line, count, kept = 0
    cdef const int32_t* lines = select_lines(s, selector, nets, &count)
    for i in range(count):
        line = lines[i]
        if not s.has_taken or s.taken[line] != s.taken_mark:
            targets[kept] = line
            kept += 1
    return kept


cdef inline int64_t room_of(ScratchC* s, int32_t line) noexcept nogil:
    return most(0, s.nets[line] - s.cart.floors_minor[line])


cdef void clip_lines(ScratchC* s, EffectC* e) noexcept nogil:
    cdef int32_t i
    for i in range(e.count):
        e.amounts_minor[i] = least(e.amounts_minor[i], room_of(s, e.places[i]))


cdef void cap_effect(ScratchC* s, const PromotionC* p, EffectC* e) noexcept nogil:
    # No more than max_discount; surcharges and gifts are not limited.
    cdef const int32_t* ranks
    cdef int32_t i
    if p.cap_minor == NOTHING:
        return
    if e.payment_minor < -p.cap_minor:
        e.payment_minor = -p.cap_minor
    if total_of(e) <= p.cap_minor:
        return
    ranks = s.cart.shipment_ranks if p.stage == 2 else s.cart.line_ranks
    for i in range(e.count):
        s.weights[i] = e.amounts_minor[i]
        s.ranks[i] = ranks[e.places[i]]
    share(p.cap_minor, s.weights, s.ranks, e.count, e.amounts_minor, s.rows)


# Stage cart, line by line.


cdef void act_percent(
    ScratchC* s, const PromotionC* p, const NetsC* nets, EffectC* e
) noexcept nogil:
    # The commonest action in one walk: every amount is clipped and summed as it is found.
    cdef int32_t i, line, count
    cdef const int32_t* lines = select_lines(s, p.on, nets, &count)
    cdef int32_t rounding = s.plan.rounding
    cdef int64_t total = 0, amount
    for i in range(count):
        line = lines[i]
        if s.has_taken and s.taken[line] == s.taken_mark:
            continue
        amount = least(percent_of(nets.nets[line], p.percent_ppm, rounding), room_of(s, line))
        e.places[e.count] = line
        e.amounts_minor[e.count] = amount
        e.count += amount != 0
        total += amount
    e.discount_minor = total
    e.is_empty = e.count == 0
    if p.cap_minor != NOTHING and total > p.cap_minor:
        cap_effect(s, p, e)
        finish(e)


cdef void act_lines(
    ScratchC* s, const PromotionC* p, const NetsC* nets, EffectC* e
) noexcept nogil:
    cdef int32_t count = find_targets(s, p.on, nets, s.targets)
    cdef int32_t i, line
    cdef const TierC* tier = NULL
    cdef bint is_counted = p.action == ACT_PERCENT_UNITS or (
        p.action == ACT_AMOUNT_UNIT and p.max_units != NOTHING
    )
    if is_counted:
        take_units(s, s.targets, count, p.is_dearest, p.max_units)
    if p.action == ACT_VOLUME and not p.is_by_line:
        tier = find_tier(s, p, nets, s.targets, count)
    for i in range(count):
        line = s.targets[i]
        if p.action == ACT_VOLUME and p.is_by_line:
            tier = find_tier(s, p, nets, &s.targets[i], 1)
        e.places[i] = line
        e.amounts_minor[i] = line_amount(s, p, nets, line, tier, is_counted)
    e.count = count


cdef int64_t line_amount(
    ScratchC* s,
    const PromotionC* p,
    const NetsC* nets,
    int32_t line,
    const TierC* tier,
    bint is_counted,
) noexcept nogil:
    cdef int64_t price = s.cart.prices_minor[line]
    cdef int64_t units = s.left[line] if is_counted else s.cart.quantities[line]
    cdef int32_t rounding = s.plan.rounding
    if p.action == ACT_PERCENT_UNITS:
        return percent_of(units * price, p.percent_ppm, rounding)
    if p.action == ACT_AMOUNT_LINE:
        return p.amount_minor
    if p.action == ACT_AMOUNT_UNIT:
        return units * least(p.amount_minor, price)
    if p.action == ACT_FIXED_PRICE:
        return most(0, nets.nets[line] - p.price_minor * units)
    if tier == NULL:
        return 0
    if tier.percent_ppm != NOTHING:
        return percent_of(nets.nets[line], tier.percent_ppm, rounding)
    return units * least(tier.amount_minor, price)


cdef const TierC* find_tier(
    ScratchC* s, const PromotionC* p, const NetsC* nets, const int32_t* lines, int32_t count
) noexcept nogil:
    # The highest tier reached; thresholds rise.
    cdef const int64_t* measured = nets.nets if p.is_by_amount else s.cart.quantities
    cdef int64_t reached = 0
    cdef int32_t i
    for i in range(count):
        reached += measured[lines[i]]
    for i in range(p.last_tier - 1, p.first_tier - 1, -1):
        if s.plan.tiers[i].threshold <= reached:
            return &s.plan.tiers[i]
    return NULL


# Stage order, and an amount per target.


cdef void act_spread(
    ScratchC* s, const PromotionC* p, const NetsC* nets, EffectC* e
) noexcept nogil:
    # Of the total asked for `spread` places what there is room for.
    cdef int32_t count = find_targets(s, p.on, nets, s.targets)
    cdef int64_t total = spread_total(s, p, nets, count)
    cdef int32_t i, line
    for i in range(count):
        line = s.targets[i]
        e.places[i] = line
        s.weights[i] = s.nets[line]
        s.caps[i] = room_of(s, line)
        s.ranks[i] = s.cart.line_ranks[line]
    e.undistributed_minor = total - spread(
        total, s.weights, s.caps, s.ranks, count, e.amounts_minor, s.rows,
        s.spare_weights, s.spare_ranks, s.spare_shares,
    )
    e.count = count


cdef int64_t spread_total(
    ScratchC* s, const PromotionC* p, const NetsC* nets, int32_t count
) noexcept nogil:
    cdef int64_t base = 0
    cdef int32_t i
    cdef const TierC* tier
    if p.action == ACT_AMOUNT_TARGET:
        return p.amount_minor
    for i in range(count):
        base += nets.nets[s.targets[i]]
    if p.action == ACT_ORDER_PERCENT:
        return percent_of(base, p.percent_ppm, s.plan.rounding)
    if p.action == ACT_ORDER_AMOUNT:
        return least(p.amount_minor, base)
    tier = find_tier(s, p, nets, s.targets, count)
    if tier == NULL:
        return 0
    if tier.percent_ppm != NOTHING:
        return percent_of(base, tier.percent_ppm, s.plan.rounding)
    return least(tier.amount_minor, base)


# Stages shipping and payment.


cdef bint has_method(ScratchC* s, const PromotionC* p, int32_t shipment) noexcept nogil:
    cdef int32_t i
    if p.first_method == NOTHING:
        return True
    for i in range(p.first_method, p.last_method):
        if s.plan.methods[i] == s.cart.shipment_methods[shipment]:
            return True
    return False


cdef void act_shipping(ScratchC* s, const PromotionC* p, EffectC* e) noexcept nogil:
    cdef const int64_t* bases = s.shipments if p.is_compound else s.entry_shipments
    cdef int32_t i, count = 0
    cdef int64_t nets = 0
    for i in range(s.cart.shipment_count):
        if has_method(s, p, i):
            e.places[count] = i
            s.weights[count] = s.shipments[i]
            s.ranks[count] = s.cart.shipment_ranks[i]
            nets += s.shipments[i]
            count += 1
    e.count = count
    if p.action == ACT_SHIPPING_AMOUNT:
        share(least(p.amount_minor, nets), s.weights, s.ranks, count, e.amounts_minor, s.rows)
        return
    for i in range(count):
        e.amounts_minor[i] = least(
            percent_of(bases[e.places[i]], p.percent_ppm, s.plan.rounding), s.weights[i]
        )


cdef void act_payment(ScratchC* s, const PromotionC* p, EffectC* e) noexcept nogil:
    cdef int64_t base = s.entry_net_sum + s.entry_shipment_sum + s.cart.tax_minor
    cdef int64_t amount = p.amount_minor
    if p.action == ACT_PAYMENT_PERCENT:
        amount = percent_of(base, p.percent_ppm, s.plan.rounding)
    if p.is_surcharge:
        e.payment_minor = amount
    else:
        e.payment_minor = -least(amount, base + s.adjustment)
