# The working memory of one thread: made once, grown as carts need it, used for one cart at a time.
#
# Marks are stamped: a mark holds when it equals the current stamp, so nothing is ever cleared.

from libc.stdint cimport int32_t, int64_t, uint64_t

from ._entry cimport LoyaltyC
from ._layout cimport CartC, EffectC, List32, List64, PlanC, PostC, SortC

# What happened to a batch of carts, in order; `starts` have one entry more than carts.
cdef struct OutC:
    List32 applied_starts
    List32 applied
    List64 discounts_minor
    List64 undistributed_minor
    List32 move_starts
    List32 move_kinds  # MOVE_*
    List32 move_places
    List32 move_promotions
    List64 move_amounts_minor
    List32 warning_starts
    List32 warning_promotions
    List32 warning_conditions
    List32 rejection_starts
    List32 rejection_codes
    List32 rejection_reasons
    List32 rejection_causes

cdef enum:
    MOVE_LINE = 0
    MOVE_SHIPMENT = 1
    MOVE_PAYMENT = 2

cdef enum:
    FOUND = -2  # some lines of its key are on the cart, perhaps not enough: not active yet
    RULED_OUT = -1  # a candidate that cannot apply, but whose turn decides a group

# A line with a text of a promotion's key, in the chain of all of them.
cdef struct LinkC:
    int32_t line
    int32_t next  # or NOTHING

# How a promotion stands: FOUND, RULED_OUT, 0, or the reason why it is out, with its cause.
cdef struct StandingC:
    int64_t stamp  # of the cart that this is about
    int64_t units  # on the lines found
    int32_t reason
    int32_t cause
    int32_t first_link  # or NOTHING
    int32_t last_link

cdef struct TeamC:
    int64_t stamp
    int64_t first_stamp  # of the cart in which its first candidate is known
    int32_t winner
    int32_t lines  # head of a chain through owned, or NOTHING

# A list of postings that is to be looked through.
cdef struct SpanC:
    int32_t first  # of `posts`
    int32_t count
    int32_t line  # that has the text, or NOTHING

# The lines of a selector: a range of `selected`.
cdef struct SelectionC:
    int64_t stamp
    int32_t first
    int32_t count

cdef struct ScratchC:
    const PlanC* plan
    const CartC* cart
    bint is_out_of_memory
    int64_t stamp  # of the cart
    # By node, selector, promotion and group of the plan.
    int64_t* node_values  # stamp x 2 + value
    SelectionC* selections
    StandingC* standings
    TeamC* teams
    # Promotions to be made active, a bit each; `turn_heads` has a bit for each word of `turns`.
    uint64_t* turns
    uint64_t* turn_heads
    # What gates are held against.
    uint64_t word
    uint64_t hints[3]  # by HintOp
    bint has_exclusives  # whether an active promotion is exclusive
    int32_t modes  # a bit for each mode that an active promotion has; then only
    int32_t slice
    int32_t level
    SpanC* spans
    int64_t span_room
    LinkC* links
    int32_t link_count
    int32_t link_room
    # Lists that grow within a cart.
    List32 active  # promotions that can match, in order of evaluation
    List32 trials  # exclusive ones among them
    List32 selected  # lines of selectors that nothing changes within the cart
    List32 passing  # lines of the selector just asked for, if promotions can change them
    List32 owned_lines  # chains of lines that a line-scoped group has touched
    List32 owned_nexts
    List32 parts  # lines of bundle components
    List32 part_firsts
    # By line.
    int32_t line_room
    int64_t* nets
    int64_t* entry_nets
    int64_t* unspent
    int64_t* marks
    int64_t* taken
    int64_t* weights
    int64_t* caps
    int64_t* shares
    int64_t* spare_weights
    int64_t* spare_shares
    int32_t* ranks
    int32_t* spare_ranks
    int32_t* targets
    int32_t* cheapest  # all lines by unit price, then id
    int32_t* dearest
    int64_t* left
    int64_t* round_units
    int32_t* round_lines
    SortC* rows
    EffectC effect
    EffectC best
    # By shipment.
    int64_t* shipments
    int64_t* entry_shipments
    int32_t shipment_room
    # The state.
    bint is_moved  # whether anything has applied since the stage began
    int64_t mark
    int64_t taken_mark
    bint has_taken
    bint has_cheapest
    bint has_dearest
    int64_t net_sum
    int64_t entry_net_sum
    int64_t entry_shipment_sum
    int64_t adjustment
    int32_t counted  # applied promotions that are not `always`
    bint has_excluder  # whether one of these excludes others
    bint has_limiter  # whether one of these has a max_in_cart
    bint is_crowded  # whether an applied promotion, or the plan, can shut others out
    int32_t last  # the applied promotion of mode last, or NOTHING
    int32_t first_applied  # of the cart, in out.applied
    OutC out
    LoyaltyC* loyalty  # NULL: the plan has no programs


cdef void* fresh(ScratchC* s, size_t count, size_t size) noexcept nogil
cdef void* again(ScratchC* s, void* old, size_t count, size_t size) noexcept nogil
cdef ScratchC* make_scratch(const PlanC* plan) noexcept nogil
cdef void free_scratch(ScratchC* s) noexcept nogil
cdef void reserve_cart(ScratchC* s, int32_t lines, int32_t shipments) noexcept nogil
cdef void reserve_spans(ScratchC* s, int64_t count) noexcept nogil
cdef void grow_links(ScratchC* s, int32_t more) noexcept nogil
cdef void grow_applied(ScratchC* s) noexcept nogil
cdef void grow32(ScratchC* s, List32* l) noexcept nogil
cdef void grow64(ScratchC* s, List64* l) noexcept nogil
cdef void reset_out(OutC* out) noexcept nogil
cdef void grow_moves(ScratchC* s, int32_t more) noexcept nogil


cdef inline void append32(ScratchC* s, List32* l, int32_t item) noexcept nogil:
    if l.count == l.room:
        grow32(s, l)
        if s.is_out_of_memory:
            return
    l.items[l.count] = item
    l.count += 1


cdef inline void append64(ScratchC* s, List64* l, int64_t item) noexcept nogil:
    if l.count == l.room:
        grow64(s, l)
        if s.is_out_of_memory:
            return
    l.items[l.count] = item
    l.count += 1


cdef inline void put_move(
    OutC* out, int32_t i, int32_t kind, int32_t place, int32_t number, int64_t amount_minor
) noexcept nogil:
    # INVARIANT: there is room.
    out.move_kinds.items[i] = kind
    out.move_places.items[i] = place
    out.move_promotions.items[i] = number
    out.move_amounts_minor.items[i] = amount_minor


cdef inline void end_moves(OutC* out, int32_t count) noexcept nogil:
    # So many are there now.
    out.move_kinds.count = out.move_places.count = count
    out.move_promotions.count = out.move_amounts_minor.count = count


cdef inline void write_move(
    OutC* out, int32_t kind, int32_t place, int32_t number, int64_t amount_minor
) noexcept nogil:
    # One more. INVARIANT: there is room.
    put_move(out, out.move_kinds.count, kind, place, number, amount_minor)
    end_moves(out, out.move_kinds.count + 1)
