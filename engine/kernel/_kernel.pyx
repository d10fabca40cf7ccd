"""A plan's arrays and columns in, what happened out as arrays: the only door into the kernel.

A `Kernel` keeps the plan's arrays alive and points into them; those that do not begin where a cache
line does are copied. Each call takes a
scratch from a pool, so one kernel serves any number of threads, and runs without the lock.
"""

from libc.stdint cimport int8_t, int32_t, int64_t, uint64_t
from libc.string cimport memcpy, memset

from cpython.array cimport array, clone

import numpy as np

from ._entry cimport LoyaltyOutC
from ._layout cimport (
    POLICY_BEST,
    AggregateC,
    BurningRuleC,
    CampaignC,
    CartC,
    CartListC,
    CartSlotC,
    ChannelC,
    ComponentC,
    ConditionC,
    EarningRuleC,
    GroupC,
    LevelC,
    LineListC,
    List32,
    List64,
    LoyalCartC,
    NodeC,
    PlanC,
    PostC,
    ProgramC,
    PromotionC,
    ScaleC,
    SelectorC,
    TermC,
    TierC,
)
from ._loyalty cimport reset_loyalty
from ._scratch cimport OutC, ScratchC, append32, free_scratch, make_scratch, reset_out
from ._stacking cimport run_cart
from .directory import directory_of

# INVARIANT: a C int has 32 bits and a C long long 64, as on every platform CPython supports.
cdef array NARROW = array("i")
cdef array WIDE = array("q")


cdef enum:
    LINE_BYTES = 64
    STAGE_END = 4


cdef class Scratch:
    """Working memory, held by one call at a time."""

    def __dealloc__(self):
        free_scratch(self.memory)


cdef struct LoyalBatchC:
    LoyalCartC first
    const int32_t* room_starts
    const int32_t* request_starts
    const int8_t* are_events
    const int64_t* store_credit_minor
    const int64_t* event_points


cdef struct BatchC:
    CartC first  # pointers to the beginning of each column
    const int32_t* line_starts
    const int32_t* shipment_starts
    const int32_t* code_starts
    const int32_t* used_up_starts
    const int64_t* placed_at
    const int64_t* tax_minor
    LoyalBatchC loyalty
    int32_t cart_count


cdef CartC cart_at(const PlanC* plan, const BatchC* b, int32_t i) noexcept nogil:
    # One cart of the batch: every pointer moved to its first line, shipment, code and slot.
    cdef CartC cart = b.first
    cdef int64_t line = b.line_starts[i], shipment = b.shipment_starts[i], code = b.code_starts[i]
    cart.line_count = b.line_starts[i + 1] - b.line_starts[i]
    cart.shipment_count = b.shipment_starts[i + 1] - b.shipment_starts[i]
    cart.code_count = b.code_starts[i + 1] - b.code_starts[i]
    cart.used_up_count = b.used_up_starts[i + 1] - b.used_up_starts[i]
    cart.placed_at = b.placed_at[i]
    cart.tax_minor = b.tax_minor[i]
    cart.quantities += line
    cart.prices_minor += line
    cart.gross_minor += line
    cart.floors_minor += line
    cart.line_ranks += line
    cart.sku_firsts += line
    cart.shipment_amounts_minor += shipment
    cart.shipment_methods += shipment
    cart.shipment_ranks += shipment
    cart.code_symbols += code
    cart.pool_symbols += code
    cart.used_up += b.used_up_starts[i]
    cart.cart_numbers += <int64_t>i * plan.cart_number_count
    cart.cart_presents += <int64_t>i * plan.cart_number_count
    cart.cart_texts += <int64_t>i * plan.cart_text_count
    cart.cart_set_starts += <int64_t>i * plan.cart_set_count
    cart.line_numbers += line * plan.line_number_count
    cart.line_presents += line * plan.line_number_count
    cart.line_texts += line * plan.line_text_count
    cart.line_set_starts += line * plan.line_set_count
    return cart


cdef LoyalCartC loyal_cart_at(const PlanC* plan, const BatchC* b, int32_t i) noexcept nogil:
    # The same for what it has of loyalty.
    cdef LoyalCartC cart = b.loyalty.first
    cdef int64_t line = b.line_starts[i], room = b.loyalty.room_starts[i]
    cdef int64_t request = b.loyalty.request_starts[i], program = <int64_t>i * plan.program_count
    cart.room_count = b.loyalty.room_starts[i + 1] - b.loyalty.room_starts[i]
    cart.request_count = b.loyalty.request_starts[i + 1] - b.loyalty.request_starts[i]
    cart.is_event = b.loyalty.are_events[i]
    cart.store_credit_minor = b.loyalty.store_credit_minor[i]
    cart.event_points = b.loyalty.event_points[i]
    cart.are_stored_value += line
    cart.are_members += program
    cart.balances += program
    cart.levels += program
    cart.qualifying += program
    cart.room_rules += room
    cart.room_times += room
    cart.room_points += room
    cart.room_stocks += room
    cart.request_programs += request
    cart.request_rules += request
    cart.request_times += request
    cart.request_points += request
    cart.request_rejects += request
    cart.request_issued += request
    cart.request_reasons += request
    return cart


cdef bint run_batch(ScratchC* s, const BatchC* b) noexcept nogil:
    # Whether memory sufficed.
    cdef CartC cart
    cdef LoyalCartC loyal
    cdef int32_t i
    reset_out(&s.out)
    if s.loyalty != NULL:
        reset_loyalty(s)
    append32(s, &s.out.applied_starts, 0)
    append32(s, &s.out.move_starts, 0)
    append32(s, &s.out.warning_starts, 0)
    append32(s, &s.out.rejection_starts, 0)
    s.cart = &cart
    for i in range(b.cart_count):
        cart = cart_at(s.plan, b, i)
        if s.loyalty != NULL:
            loyal = loyal_cart_at(s.plan, b, i)
            cart.loyalty = &loyal
        run_cart(s)
        if s.is_out_of_memory:
            return False
    s.cart = NULL
    return True


cdef array to_narrow(const List32* l):
    cdef array made = clone(NARROW, l.count, False)
    if l.count:
        memcpy(made.data.as_ints, l.items, l.count * sizeof(int32_t))
    return made


cdef array to_wide(const List64* l):
    cdef array made = clone(WIDE, l.count, False)
    if l.count:
        memcpy(made.data.as_longlongs, l.items, l.count * sizeof(int64_t))
    return made


cdef class Kernel:
    """A plan ready to run. Immutable after construction but for its pool of scratch memory."""

    def __init__(self, plan):
        self._pool = []
        self._directory = directory = directory_of(plan)
        self._plan = arrays = {
            name: padded(getattr(plan, name)) for name in ARRAYS
        }
        cdef const NodeC[::1] nodes = arrays["nodes"]
        cdef const TermC[::1] terms = arrays["terms"]
        cdef const AggregateC[::1] aggregates = arrays["aggregates"]
        cdef const SelectorC[::1] selectors = arrays["selectors"]
        cdef const ConditionC[::1] conditions = arrays["conditions"]
        cdef const TierC[::1] tiers = arrays["tiers"]
        cdef const ComponentC[::1] components = arrays["components"]
        cdef const GroupC[::1] groups = arrays["groups"]
        cdef const PromotionC[::1] promotions = arrays["promotions"]
        self.plan.nodes = &nodes[0]
        self.plan.terms = &terms[0]
        self.plan.aggregates = &aggregates[0]
        self.plan.selectors = &selectors[0]
        self.plan.conditions = &conditions[0]
        self.plan.tiers = &tiers[0]
        self.plan.components = &components[0]
        self.plan.groups = &groups[0]
        self.plan.promotions = &promotions[0]
        set_loyalty(&self.plan, arrays)
        self.plan.args = ints(arrays["args"])
        self.plan.methods = ints(arrays["methods"])
        self.plan.excluded = ints(arrays["excluded"])
        self.plan.members = ints(arrays["members"])
        self.plan.residuals = ints(arrays["residuals"])
        self.plan.post_starts = ints(arrays["post_starts"])
        set_index(&self.plan, arrays)
        self.plan.node_count = len(plan.nodes)
        self.plan.selector_count = len(plan.selectors)
        self.plan.group_count = len(plan.groups)
        self.plan.promotion_count = len(plan.promotions)
        self.plan.program_count = len(plan.programs)
        self.plan.earning_count = len(plan.earning_rules)
        self.plan.campaign_count = len(plan.campaigns)
        self.plan.burning_count = len(plan.burning_rules)
        self.plan.filed_count = (
            self.plan.promotion_count + self.plan.earning_count + self.plan.campaign_count
        )
        self.plan.always_count = len(plan.always)
        self.plan.level_slot = plan.level_slot
        self.plan.has_best = POLICY_BEST in plan.groups["policy"]
        self.plan.has_slices = len(plan.slices) > 0 or not has_windows(plan.promotions)
        self.plan.symbol_count = len(plan.symbols)
        self.plan.cart_number_count = len(plan.layout.cart_numbers)
        self.plan.cart_text_count = len(plan.layout.cart_texts)
        self.plan.cart_set_count = len(plan.layout.cart_sets)
        self.plan.line_number_count = len(plan.layout.line_numbers)
        self.plan.line_text_count = len(plan.layout.line_texts)
        self.plan.line_set_count = len(plan.layout.line_sets)
        self.plan.rounding = plan.rounding
        self.plan.max_promotions = plan.max_promotions
        set_directory(&self.plan, directory)

    def run(self, columns):
        """Price all carts of some columns; the arrays of `evaluator.Moves`, in their order.

        Behind them stand those of `evaluator.LoyaltyMoves`, if the plan has programs.
        """
        cdef Scratch scratch = self._take_scratch()
        cdef BatchC batch
        cdef bint is_done
        memset(&batch, 0, sizeof(batch))
        fill_batch(&batch, columns)
        with nogil:
            is_done = run_batch(scratch.memory, &batch)
        if not is_done:
            raise MemoryError("not enough memory to price a batch of carts")
        answer = moves_of(&scratch.memory.out)
        if scratch.memory.loyalty != NULL:
            answer += loyalty_moves_of(&scratch.memory.loyalty.out)
        self._pool.append(scratch)
        return answer

    cdef Scratch _take_scratch(self):
        # A scratch whose call ran out of memory is not given back.
        cdef Scratch scratch
        try:
            return self._pool.pop()
        except IndexError:
            pass
        scratch = Scratch()
        scratch.memory = make_scratch(&self.plan)
        if scratch.memory == NULL:
            raise MemoryError("not enough memory for the working memory of a thread")
        return scratch


ARRAYS = (
    "nodes", "terms", "aggregates", "selectors", "conditions", "tiers", "components", "groups",
    "promotions", "programs", "tier_levels", "earning_rules", "campaigns", "burning_rules", "named",
    "args", "methods", "excluded", "members", "residuals", "always", "channels",
    "post_starts", "posts",
)


cdef int set_loyalty(PlanC* plan, arrays) except -1:
    cdef const ProgramC[::1] programs = arrays["programs"]
    cdef const LevelC[::1] levels = arrays["tier_levels"]
    cdef const EarningRuleC[::1] earning = arrays["earning_rules"]
    cdef const CampaignC[::1] campaigns = arrays["campaigns"]
    cdef const BurningRuleC[::1] burning = arrays["burning_rules"]
    plan.programs = &programs[0]
    plan.tier_levels = &levels[0]
    plan.earning_rules = &earning[0]
    plan.campaigns = &campaigns[0]
    plan.burning_rules = &burning[0]
    plan.named = ints(arrays["named"])
    return 0


cdef int set_index(PlanC* plan, arrays) except -1:
    cdef const ChannelC[::1] channels = arrays["channels"]
    cdef const PostC[::1] posts = arrays["posts"]
    cdef const PostC[::1] always = arrays["always"]
    plan.channels = &channels[0]
    plan.posts = &posts[0]
    plan.always = &always[0]
    return 0


cdef int set_directory(PlanC* plan, directory) except -1:
    cdef const CartSlotC[::1] cart_slots = directory.cart_slots
    cdef const CartListC[::1] cart_lists = directory.cart_lists
    cdef const LineListC[::1] line_lists = directory.line_lists
    cdef const uint64_t[::1] exclusives = directory.exclusives
    cdef int stage
    plan.cart_slots = &cart_slots[0]
    plan.cart_lists = &cart_lists[0]
    plan.line_lists = &line_lists[0]
    plan.exclusives = &exclusives[0]
    for stage in range(STAGE_END):
        plan.stage_ends[stage] = directory.stage_ends[stage]
    set_scale(&plan.slices, directory.slices)
    set_scale(&plan.levels, directory.levels)
    return 0


cdef int set_scale(ScaleC* place, scale) except -1:
    cdef const int64_t[::1] marks = scale.marks
    place.marks = &marks[0]
    place.steps = ints(scale.steps)
    place.first, place.step_count, place.shift = scale.first, scale.step_count, scale.shift
    return 0


cdef bint has_windows(promotions) except *:
    bounds = np.iinfo(np.int64)
    starts, ends = promotions["starts_at"], promotions["ends_at"]
    return bool((starts != bounds.min).any() or (ends != bounds.max).any())


cdef object padded(values):
    # At least one element, so that there is an address to point at. Records begin where a cache
    # line does: their sizes are made for that.
    if len(values) == 0:
        return np.zeros(1, values.dtype)
    if values.ctypes.data % LINE_BYTES == 0:
        return values
    room = np.zeros(values.nbytes + LINE_BYTES, np.uint8)
    start = -room.ctypes.data % LINE_BYTES
    made = room[start : start + values.nbytes].view(values.dtype)
    made[:] = values
    return made


cdef const int32_t* ints(values) except NULL:
    cdef const int32_t[::1] view = values
    return &view[0]


cdef const int32_t* narrow(array values) noexcept:
    return <const int32_t*>values.data.as_ints


cdef const int64_t* wide(array values) noexcept:
    return <const int64_t*>values.data.as_longlongs


cdef const int8_t* bytes_of(array values) noexcept:
    return <const int8_t*>values.data.as_schars


cdef void fill_batch(BatchC* b, columns) except *:
    # INVARIANT: `columns` are written by `columns.ColumnWriter` for this plan.
    b.cart_count = len(columns.placed_at)
    b.line_starts = narrow(columns.line_starts)
    b.shipment_starts = narrow(columns.shipment_starts)
    b.code_starts = narrow(columns.code_starts)
    b.used_up_starts = narrow(columns.used_up_starts)
    b.placed_at = wide(columns.placed_at)
    b.tax_minor = wide(columns.tax_minor)
    b.first.quantities = wide(columns.quantities)
    b.first.prices_minor = wide(columns.prices_minor)
    b.first.gross_minor = wide(columns.gross_minor)
    b.first.floors_minor = wide(columns.floors_minor)
    b.first.line_ranks = narrow(columns.line_ranks)
    b.first.sku_firsts = narrow(columns.sku_firsts)
    b.first.shipment_amounts_minor = wide(columns.shipment_amounts_minor)
    b.first.shipment_methods = narrow(columns.shipment_methods)
    b.first.shipment_ranks = narrow(columns.shipment_ranks)
    b.first.code_symbols = narrow(columns.code_symbols)
    b.first.pool_symbols = narrow(columns.pool_symbols)
    b.first.used_up = narrow(columns.used_up)
    b.first.cart_numbers = wide(columns.cart_numbers)
    b.first.cart_presents = bytes_of(columns.cart_presents)
    b.first.cart_texts = narrow(columns.cart_texts)
    b.first.cart_set_starts = narrow(columns.cart_set_starts)
    b.first.cart_set_items = narrow(columns.cart_set_items)
    b.first.line_numbers = wide(columns.line_numbers)
    b.first.line_presents = bytes_of(columns.line_presents)
    b.first.line_texts = narrow(columns.line_texts)
    b.first.line_set_starts = narrow(columns.line_set_starts)
    b.first.line_set_items = narrow(columns.line_set_items)
    if columns.loyalty is not None:
        fill_loyalty(&b.loyalty, columns.loyalty)


cdef void fill_loyalty(LoyalBatchC* b, columns) except *:
    b.room_starts = narrow(columns.room_starts)
    b.request_starts = narrow(columns.request_starts)
    b.are_events = bytes_of(columns.are_events)
    b.store_credit_minor = wide(columns.store_credit_minor)
    b.event_points = wide(columns.event_points)
    b.first.are_stored_value = bytes_of(columns.are_stored_value)
    b.first.are_members = bytes_of(columns.are_members)
    b.first.balances = wide(columns.balances)
    b.first.levels = narrow(columns.levels)
    b.first.qualifying = wide(columns.qualifying)
    b.first.room_rules = narrow(columns.room_rules)
    b.first.room_times = wide(columns.room_times)
    b.first.room_points = wide(columns.room_points)
    b.first.room_stocks = wide(columns.room_stocks)
    b.first.request_programs = narrow(columns.request_programs)
    b.first.request_rules = narrow(columns.request_rules)
    b.first.request_times = wide(columns.request_times)
    b.first.request_points = wide(columns.request_points)
    b.first.request_rejects = bytes_of(columns.request_rejects)
    b.first.request_issued = narrow(columns.request_issued)
    b.first.request_reasons = narrow(columns.request_reasons)


cdef tuple moves_of(const OutC* out):
    return (
        to_narrow(&out.applied_starts),
        to_narrow(&out.applied),
        to_wide(&out.discounts_minor),
        to_wide(&out.undistributed_minor),
        to_narrow(&out.move_starts),
        to_narrow(&out.move_kinds),
        to_narrow(&out.move_places),
        to_narrow(&out.move_promotions),
        to_wide(&out.move_amounts_minor),
        to_narrow(&out.warning_starts),
        to_narrow(&out.warning_promotions),
        to_narrow(&out.warning_conditions),
        to_narrow(&out.rejection_starts),
        to_narrow(&out.rejection_codes),
        to_narrow(&out.rejection_reasons),
        to_narrow(&out.rejection_causes),
    )


cdef tuple loyalty_moves_of(const LoyaltyOutC* out):
    return (
        to_narrow(&out.wide_carts),
        to_narrow(&out.redemption_starts),
        to_narrow(&out.redemption_programs),
        to_narrow(&out.redemption_rules),
        to_wide(&out.redemption_wanted),
        to_wide(&out.redemption_times),
        to_wide(&out.redemption_points),
        to_wide(&out.redemption_minor),
        to_narrow(&out.redemption_reasons),
        to_narrow(&out.redemption_line_starts),
        to_narrow(&out.redemption_places),
        to_wide(&out.redemption_amounts_minor),
        to_narrow(&out.earned_starts),
        to_narrow(&out.earned_programs),
        to_narrow(&out.earned_kinds),
        to_narrow(&out.earned_rules),
        to_narrow(&out.earned_bonuses),
        to_wide(&out.earned_amounts),
        to_wide(&out.earned_bases_minor),
        to_wide(&out.earned_numerators),
        to_wide(&out.earned_denominators),
        to_narrow(&out.earned_clipped),
        to_narrow(&out.earned_reasons),
        to_narrow(&out.earned_layer_starts),
        to_narrow(&out.earned_layers),
        to_narrow(&out.earned_line_starts),
        to_narrow(&out.earned_places),
        to_wide(&out.earned_shares),
    )
