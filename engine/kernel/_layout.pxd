# The structs and op codes the kernel shares with `plan` and `columns`; a test compares them.
#
# PlanC points into the plan's arrays and is only read. CartC is one cart of a batch: it points into
# the columns and is only read. Money is int64 minor units; products and
# sums of products are i128.

from libc.stdint cimport int8_t, int32_t, int64_t, uint8_t, uint16_t, uint32_t, uint64_t

cdef extern from *:
    """
    typedef __int128_t i128;
    """
    ctypedef long long i128

cdef enum:
    NOTHING = -1

cdef enum NodeOp:
    OP_FALSE = 0
    OP_TRUE = 1
    OP_NOT = 2
    OP_AND = 3
    OP_OR = 4
    OP_COMPARE = 5
    OP_MEMBER = 6
    OP_SAME = 7
    OP_HAS_ANY = 8
    OP_HAS_ALL = 9
    OP_FLAG = 10
    OP_ANY_LINE = 11

cdef enum CompareOp:
    CMP_LT = 0
    CMP_LE = 1
    CMP_EQ = 2
    CMP_GE = 3
    CMP_GT = 4

cdef enum TermKind:
    TERM_CART_NUMBER = 0
    TERM_LINE_NUMBER = 1
    TERM_NET_SUBTOTAL = 2
    TERM_AGGREGATE = 3

cdef enum FunctionOp:
    FN_QTY = 0
    FN_AMOUNT = 1
    FN_NET = 2
    FN_LINES = 3
    FN_DISTINCT_SKUS = 4
    FN_MIN_PRICE = 5
    FN_MAX_PRICE = 6

cdef enum ActionOp:
    ACT_PERCENT_LINE = 0
    ACT_PERCENT_UNITS = 1
    ACT_AMOUNT_LINE = 2
    ACT_AMOUNT_UNIT = 3
    ACT_AMOUNT_TARGET = 4
    ACT_FIXED_PRICE = 5
    ACT_VOLUME = 6
    ACT_BUY_GET = 7
    ACT_BUNDLE = 8
    ACT_GIFT = 9
    ACT_ORDER_PERCENT = 10
    ACT_ORDER_AMOUNT = 11
    ACT_ORDER_VOLUME = 12
    ACT_SHIPPING_PERCENT = 13
    ACT_SHIPPING_AMOUNT = 14
    ACT_PAYMENT_PERCENT = 15
    ACT_PAYMENT_AMOUNT = 16

cdef enum ModeOp:
    MODE_STACKABLE = 0
    MODE_EXCLUSIVE_CART = 1
    MODE_EXCLUSIVE_STAGE = 2
    MODE_LAST = 3
    MODE_ALWAYS = 4

cdef enum PolicyOp:
    POLICY_PRIORITY = 0
    POLICY_PRIORITY_LINE = 1
    POLICY_BEST = 2
    POLICY_ALL = 3

cdef enum HintOp:
    HINT_CART = 0
    HINT_LINES = 1
    HINT_NONE = 2

cdef enum RoundingOp:
    ROUND_HALF_UP = 0
    ROUND_HALF_EVEN = 1
    ROUND_DOWN = 2
    ROUND_UP = 3

cdef enum ReasonOp:
    REASON_UNKNOWN = 1
    REASON_INACTIVE = 2
    REASON_NO_CODE = 3
    REASON_LIMIT_REACHED = 4
    REASON_EXCLUDED_BY_EXCLUSIVE = 5
    REASON_EXCLUDED_BY_LAST = 6
    REASON_OUTRANKED = 7
    REASON_EXCLUDED_BY_SIBLING = 8
    REASON_MAX_PROMOTIONS = 9
    REASON_CONDITION = 10
    REASON_NO_EFFECT = 11

cdef enum KindOp:
    KIND_POINTS = 0
    KIND_CASHBACK = 1
    KIND_STAMPS = 2

cdef enum FormOp:
    FORM_RATE = 0
    FORM_STEPS = 1
    FORM_PER_UNIT = 2
    FORM_FIXED = 3
    FORM_EVENT = 4
    FORM_TIER = 5

cdef enum RewardOp:
    REWARD_PRODUCT = 0
    REWARD_GIFT_CARD = 1
    REWARD_COUPON = 2
    REWARD_CASHBACK = 3
    REWARD_DISCOUNT = 4
    REWARD_PERCENT = 5
    REWARD_DONATION = 6

cdef enum RedeemingOp:
    REDEEMING_NET = 0
    REDEEMING_FULL = 1
    REDEEMING_NONE = 2

cdef enum MultipliersOp:
    MULTIPLIERS_MULTIPLY = 0
    MULTIPLIERS_ADD = 1
    MULTIPLIERS_MAX = 2

cdef enum ShortfallOp:
    SHORT_UNKNOWN = 1
    SHORT_NOT_MEMBER = 2
    SHORT_BY_EVENT = 3
    SHORT_ONLY_ISSUED = 4
    SHORT_USED = 5
    SHORT_REVOKED = 6
    SHORT_EXPIRED = 7
    SHORT_PAUSED = 8
    SHORT_INACTIVE = 9
    SHORT_TIER = 10
    SHORT_CONDITION = 11
    SHORT_LIMIT_REACHED = 12
    SHORT_OUT_OF_STOCK = 13
    SHORT_INSUFFICIENT_POINTS = 14
    SHORT_OVER_LIMIT = 15
    SHORT_BELOW_MINIMUM = 16

cdef enum NoAwardOp:
    NO_AWARD_PAUSED = 1
    NO_AWARD_INACTIVE = 2
    NO_AWARD_NOT_MEMBER = 3
    NO_AWARD_REDEEMED = 4
    NO_AWARD_LIMIT_REACHED = 5
    NO_AWARD_CONDITION = 6
    NO_AWARD_NO_EFFECT = 7
    NO_AWARD_EXCLUDED_BY_EXCLUSIVE = 8
    NO_AWARD_OVER_CAP = 9

cdef struct NodeC:
    int32_t op
    int32_t slot
    int32_t first
    int32_t last
    int32_t is_static
    int32_t is_line
    int64_t bound_high
    uint64_t bound_low

cdef struct TermC:
    int64_t coefficient
    int32_t kind
    int32_t slot

cdef struct AggregateC:
    int64_t fallback
    int32_t function
    int32_t selector
    int32_t has_fallback
    int32_t padding

cdef struct SelectorC:
    int32_t node
    int32_t is_static

cdef struct ConditionC:
    int32_t node
    int32_t is_soft

cdef struct TierC:
    int64_t threshold  # units or minor units
    int64_t percent_ppm
    int64_t amount_minor

cdef struct ComponentC:
    int64_t quantity
    int32_t selector
    int32_t padding

cdef struct GroupC:
    int32_t policy
    int32_t first
    int32_t last

cdef struct ChannelC:
    int32_t start
    int32_t low
    int32_t high

cdef struct PostC:
    uint64_t barred
    uint64_t wanted
    uint64_t bounds
    int32_t number
    int32_t units

# The bounds of a post, from the lowest bits up: the first slice, how far the last one is from the
# end, the least level, and a HintOp.
cdef enum:
    BOUND_BITS = 16
    LAST_SLICE = 0x7FFF

cdef struct BadgeC:
    int32_t slot
    int32_t first
    int32_t low
    int32_t high
    int32_t other

cdef struct PromotionC:
    int8_t stage  # first 64 bytes: all that is read of most
    int8_t mode
    int8_t policy
    int8_t action
    int8_t is_compound
    int8_t is_found
    int8_t is_softened
    int8_t is_lonely
    int8_t is_dearest
    int8_t is_partial
    int8_t is_by_line
    int8_t is_by_amount
    int8_t is_surcharge
    int8_t is_enabled
    int8_t is_used_up
    int8_t needs_code
    int32_t group
    int32_t on
    int32_t first_residual
    int32_t last_residual
    int64_t percent_ppm
    int64_t amount_minor
    int64_t cap_minor
    int32_t first_tier
    int32_t last_tier
    int64_t price_minor
    int64_t max_units
    int64_t repeat
    int64_t buy_quantity
    int64_t get_quantity
    int64_t max_in_cart
    int32_t first_excluded
    int32_t last_excluded
    int32_t get_on
    int32_t rank
    int64_t starts_at  # microseconds UTC
    int64_t ends_at
    int32_t first_component
    int32_t last_component
    int32_t first_method
    int32_t last_method
    int32_t first_condition
    int32_t last_condition
    int64_t padding
    int64_t padding_too
    int64_t padding_last

cdef struct ProgramC:
    int64_t starts_at  # microseconds UTC
    int64_t ends_at
    int64_t max_per_order  # smallest units of points
    int64_t step_points
    int64_t step_minor
    int64_t min_points
    int64_t max_points
    int64_t max_percent_ppm
    int64_t max_per_line_minor
    int32_t is_enabled
    int32_t is_paused
    int32_t is_gross
    int32_t redeeming
    int32_t multipliers
    int32_t rounding
    int32_t first_level
    int32_t last_level
    int32_t is_by_spend
    int32_t is_this_order

cdef struct LevelC:
    int64_t threshold  # points or minor units
    int64_t numerator
    int64_t denominator
    int64_t cashback_ppm

cdef struct EarningRuleC:
    int32_t number
    int32_t program
    int32_t kind
    int32_t form
    int32_t on
    int32_t rank
    int32_t first_residual
    int32_t last_residual
    int32_t is_found
    int32_t is_everywhere
    int32_t is_exclusive
    int32_t is_multiplied
    int32_t is_stored_value
    int32_t is_reject
    int32_t is_wide
    int32_t padding
    int64_t numerator
    int64_t denominator
    int64_t per_minor
    int64_t times
    int64_t points_quota
    int64_t starts_at
    int64_t ends_at

cdef struct CampaignC:
    int32_t program
    int32_t on
    int32_t rank
    int32_t first_residual
    int32_t last_residual
    int32_t first_named
    int32_t last_named
    int32_t is_found
    int32_t is_multiplier
    int32_t is_wide
    int64_t numerator
    int64_t denominator
    int64_t bonus  # smallest units of points
    int64_t starts_at
    int64_t ends_at

cdef struct BurningRuleC:
    int32_t program
    int32_t reward
    int32_t on
    int32_t level
    int32_t first_condition
    int32_t last_condition
    int32_t is_enabled
    int32_t padding
    int64_t starts_at
    int64_t ends_at
    int64_t cost  # smallest units of points
    int64_t amount_minor
    int64_t percent_ppm
    int64_t max_discount_minor
    int64_t stock
    int64_t times
    int64_t per_order

# The list of a line's text, by symbol.
cdef struct LineListC:
    int32_t first  # of `posts`
    uint16_t count
    uint8_t slot  # that the list is of, sets after texts; SLOT_NONE or SLOT_MANY
    uint8_t bit  # of its hint

cdef enum:
    SLOT_MANY = 254  # lists of several slots, or one that does not fit: its channel knows
    SLOT_NONE = 255

# What a text slot of the cart makes of a symbol.
cdef struct CartListC:
    int32_t first  # of `posts`
    int32_t count
    uint64_t word  # the bit of its badge

# The symbols from `low` on that a text or set slot of the cart knows: so many cart lists, and one
# more for all other texts.
cdef struct CartSlotC:
    int32_t low
    uint32_t size
    int32_t first  # of `cart_lists`

# Sorted numbers, cut evenly into steps that hold a few of them each.
cdef struct ScaleC:
    const int64_t* marks  # one more can be read
    const int32_t* steps  # how many marks stand before each step, and twice the number of all
    int64_t first  # the first mark
    uint64_t step_count
    int32_t shift  # the width of a step, a power of 2

cdef struct PlanC:
    const NodeC* nodes
    const TermC* terms
    const AggregateC* aggregates
    const SelectorC* selectors
    const ConditionC* conditions
    const TierC* tiers
    const ComponentC* components
    const GroupC* groups
    const PromotionC* promotions
    const ProgramC* programs
    const LevelC* tier_levels
    const EarningRuleC* earning_rules  # rows
    const CampaignC* campaigns
    const BurningRuleC* burning_rules
    const int32_t* named
    const int32_t* args
    const int32_t* methods
    const int32_t* excluded
    const int32_t* members
    const int32_t* residuals
    const PostC* always
    const ChannelC* channels
    const int32_t* post_starts
    const PostC* posts
    const CartSlotC* cart_slots  # texts, then sets
    const CartListC* cart_lists
    const LineListC* line_lists  # by symbol, and one for all other texts
    const uint64_t* exclusives  # a bit for each promotion, set if it is exclusive
    int32_t stage_ends[4]  # by stage, the first promotion behind it
    ScaleC slices
    ScaleC levels
    int32_t node_count
    int32_t selector_count
    int32_t group_count
    int32_t promotion_count
    int32_t program_count
    int32_t earning_count
    int32_t campaign_count
    int32_t burning_count
    int32_t filed_count  # promotions, then rows of earning rules, then campaigns
    int32_t always_count
    int32_t level_slot
    bint has_best  # whether a group has policy `best`
    bint has_slices  # whether gates know all windows
    int32_t symbol_count
    int32_t cart_number_count
    int32_t cart_text_count
    int32_t cart_set_count
    int32_t line_number_count
    int32_t line_text_count
    int32_t line_set_count
    int32_t rounding
    int64_t max_promotions

# What a cart has of loyalty: pointers to its first line, program, room and request.
cdef struct LoyalCartC:
    int32_t room_count
    int32_t request_count
    bint is_event  # no purchase: there are no promotions and no redemptions
    int64_t store_credit_minor
    int64_t event_points  # NOTHING: the event says none
    const int8_t* are_stored_value  # by line
    const int8_t* are_members  # by program
    const int64_t* balances  # points that can be spent
    const int32_t* levels  # held, from the first of the program; NOTHING: none
    const int64_t* qualifying
    const int32_t* room_rules  # rows of earning rules, then burning rules
    const int64_t* room_times  # NOTHING: not known, and so below
    const int64_t* room_points
    const int64_t* room_stocks
    const int32_t* request_programs  # NOTHING: unknown
    const int32_t* request_rules  # NOTHING: by points
    const int64_t* request_times
    const int64_t* request_points  # NOTHING: as many as can be
    const int8_t* request_rejects
    const int32_t* request_issued  # the first request for the same reward; NOTHING: not issued
    const int32_t* request_reasons  # why it is refused already, or 0

# One cart: pointers to its first line, shipment, code and slot.
cdef struct CartC:
    int32_t line_count
    int32_t shipment_count
    int32_t code_count
    int32_t used_up_count
    int64_t placed_at  # microseconds UTC
    int64_t tax_minor
    const int64_t* quantities
    const int64_t* prices_minor
    const int64_t* gross_minor
    const int64_t* floors_minor
    const int32_t* line_ranks
    const int32_t* sku_firsts
    const int64_t* shipment_amounts_minor
    const int32_t* shipment_methods
    const int32_t* shipment_ranks
    const int32_t* code_symbols
    const int32_t* pool_symbols
    const int32_t* used_up
    const int64_t* cart_numbers
    const int8_t* cart_presents
    const int32_t* cart_texts
    const int32_t* cart_set_starts  # offsets into cart_set_items of the whole batch
    const int32_t* cart_set_items
    const int64_t* line_numbers
    const int8_t* line_presents
    const int32_t* line_texts
    const int32_t* line_set_starts  # offsets into line_set_items of the whole batch
    const int32_t* line_set_items
    const LoyalCartC* loyalty  # NULL: a plan without programs

# A growing list of int32; `append32` is in _scratch.
cdef struct List32:
    int32_t* items
    int32_t count
    int32_t room

# The same of int64.
cdef struct List64:
    int64_t* items
    int32_t count
    int32_t room

# What one promotion would do: amounts by line or shipment, and the units it uses up.
cdef struct EffectC:
    int32_t* places  # lines, or shipments in stage shipping
    int64_t* amounts_minor
    int32_t count
    int32_t* used_lines
    int64_t* used_units
    int32_t used_count
    int64_t payment_minor  # signed
    int64_t undistributed_minor
    int64_t discount_minor
    bint is_gift
    bint is_empty

# A line with what it is sorted by.
cdef struct SortC:
    int64_t key
    int64_t weight
    int32_t rank
    int32_t place
