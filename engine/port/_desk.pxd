# The working memory of one call: a draft, the cart made of it, what happened to it, its totals.

from libc.stdint cimport int8_t, int32_t, int64_t, uint64_t

from cpython.object cimport PyObject

from ..kernel._layout cimport CartC, List32, LoyalCartC
from ..kernel._scratch cimport ScratchC
from ._book cimport NUMBER_FIELDS, BookC
from ._draft cimport DraftC, TextC

cdef struct TotalsC:  # minor units
    int64_t subtotal
    int64_t shipping
    int64_t discount
    int64_t adjustment
    int64_t tax
    int64_t grand

# Growing bytes.
cdef struct BufferC:
    char* data
    PyObject* owner  # the bytes object that `data` is in; NULL: `data` is malloc's
    int64_t size
    int64_t room
    bint is_out_of_memory

# A text to be sorted: its first eight bytes, in the order of texts.
cdef struct RankC:
    uint64_t key
    const TextC* text
    int32_t place

# Texts of one cart, numbered as they first come: open addressing, stamped so that it is never
# cleared. A cell has the stamp in its upper half and the number in its lower.
cdef struct TextsC:
    uint64_t* cells
    int64_t room
    uint64_t stamp
    TextC* texts
    int32_t count
    int32_t text_room

cdef enum:
    ROWS_AT_ONCE = 64
    SHIPMENTS_MAX = 9  # of a cart among them, so that a digit counts them
    SHIPMENTS_AT_ONCE = ROWS_AT_ONCE * SHIPMENTS_MAX

# Some rows of a batch whose lines are on a shelf: what their carts have beside these, as the kernel
# reads it. What is by slot, and by shipment, lies cart by cart.
cdef struct RowsC:
    int64_t first  # row of the batch that is the first of them
    int32_t count
    bint is_pointed  # whether the cart points at what is the same for all of them
    int8_t are_doubtful[ROWS_AT_ONCE]  # or wrong: they are to be read one by one
    TextC ids[ROWS_AT_ONCE]
    int64_t placed_at_us[ROWS_AT_ONCE]
    int64_t days[ROWS_AT_ONCE]  # of the local clock, if slots read that
    int64_t times_us[ROWS_AT_ONCE]
    int64_t tax_minor[ROWS_AT_ONCE]
    int64_t store_credit_minor[ROWS_AT_ONCE]
    int64_t orders[ROWS_AT_ONCE]  # NOTHING when missing
    int64_t shipping_minor[ROWS_AT_ONCE]
    int32_t line_places[ROWS_AT_ONCE + 1]  # on the shelf
    int32_t shipment_places[ROWS_AT_ONCE + 1]
    int64_t* numbers
    int8_t* presents
    int32_t* texts
    int32_t* set_starts
    List32 set_items
    TextC* shipment_ids
    int64_t* shipment_amounts_minor
    int32_t* shipment_methods
    int32_t* shipment_ranks

cdef struct DeskC:
    const BookC* book
    ScratchC* scratch  # scratch.out: what happened to the cart
    DraftC draft
    CartC cart  # points into the rooms and the lists below
    TotalsC totals
    # By line, shipment and code, grown together by `_intake`.
    int32_t line_room
    int64_t* quantities
    int64_t* prices_minor
    int64_t* gross_minor
    int64_t* floors_minor
    int32_t* line_ranks
    int32_t* sku_firsts
    int64_t* line_numbers
    int8_t* line_presents
    int32_t* line_texts
    int32_t* line_set_starts
    List32 line_set_items
    TextC* shelf_ids  # of lines on a shelf of many carts; made when first needed
    int32_t shelf_room
    int64_t* shelf_sums_minor  # of the lines before one: gross amounts, and units
    int64_t* shelf_units
    int32_t* shelf_falls  # the last line up to one whose id does not come behind that before it
    bint shelf_has_ids  # whether all lines came with their ids
    int64_t shelf_place  # of the cart's first line on it; NOTHING: its lines are in the draft
    const char* line_ids  # TextC, so many bytes apart
    int64_t line_id_bytes
    const char* shipment_ids  # the same
    int64_t shipment_id_bytes
    RowsC* rows  # made when first needed
    int32_t shipment_room
    int64_t* shipment_amounts_minor
    int32_t* shipment_methods
    int32_t* shipment_ranks
    int32_t code_room
    int32_t* code_symbols
    int32_t* pool_symbols  # NOTHING until facts say otherwise
    List32 used_up  # empty until facts say otherwise
    int64_t* cart_numbers
    int8_t* cart_presents
    int32_t* cart_texts
    int32_t* cart_set_starts
    List32 cart_set_items
    # What the cart has of loyalty, kept by `_members`; by program, by room, by line.
    LoyalCartC loyal
    int8_t* are_members
    int64_t* balances
    int32_t* member_levels
    int64_t* qualifying
    int32_t room_room
    int32_t* room_rules
    int64_t* room_times
    int64_t* room_points
    int64_t* room_stocks
    int8_t* are_stored_value
    # What intake works with.
    int64_t field_numbers[NUMBER_FIELDS]  # by FieldOp
    int8_t field_presents[NUMBER_FIELDS]
    int32_t weekday  # from Monday; NOTHING when no slot reads the calendar
    TextsC texts  # that no rule names, or all skus
    RankC* rank_rows  # two for each line or shipment
    int32_t rank_room
    int64_t* symbol_marks  # by symbol; made when first needed
    int64_t symbol_mark
    int32_t zone_place  # the offset that the last cart had
    bint is_out_of_memory
    # By line and shipment, for writers: chains through the moves.
    int32_t* move_heads
    int32_t* move_tails
    int32_t* move_nexts
    int32_t place_room
    int32_t move_room

cdef class Desk:
    cdef DeskC* c

cdef DeskC* make_desk(const BookC* book) noexcept nogil
cdef void free_desk(DeskC* desk) noexcept nogil
cdef void reserve_lines(DeskC* desk, int32_t lines) noexcept nogil
# The cart's pointers to what was allocated.
cdef void point_cart(DeskC* desk) noexcept nogil
# The cart's pointers to lines, from one on.
cdef void point_lines(DeskC* desk, int64_t first) noexcept nogil
# Room for all that the draft has: whether there is.
cdef bint reserve_draft(DeskC* desk) noexcept nogil
# Draft to cart: a Status. READ_OK means that the plain way takes the cart too, to the same numbers.
cdef int32_t take_in(DeskC* desk) noexcept nogil
# Run the kernel on desk.cart and add up desk.totals: READ_OK or READ_MEMORY, or READ_PLAIN for
# numbers of loyalty that are too wide for it.
cdef int32_t price(DeskC* desk) noexcept nogil
# The same without the totals, for who looks at all moves anyway.
cdef int32_t run(DeskC* desk) noexcept nogil
# Room for so many numbers more: whether there is.
cdef bint make_room(List32* l, int64_t more) noexcept nogil
# Room for so many bytes more than there is room for: whether there is.
cdef bint grow_buffer(BufferC* b, int64_t size) noexcept nogil


cdef inline char* reserve(BufferC* b, int64_t size) noexcept nogil:
    # Room for so many bytes more; the place to write them, or NULL.
    if b.size + size > b.room and not grow_buffer(b, size):
        return NULL
    return b.data + b.size


cdef inline void end_totals(
    DeskC* desk, int64_t discount_minor, int64_t adjustment_minor
) noexcept nogil:
    # What all moves came to, those of payment apart.
    cdef TotalsC* t = &desk.totals
    t.discount, t.adjustment, t.tax = discount_minor, adjustment_minor, desk.cart.tax_minor
    t.grand = t.subtotal + t.shipping - t.discount + t.adjustment + t.tax
