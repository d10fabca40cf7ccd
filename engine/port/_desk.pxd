# The working memory of one call: a draft, the cart made of it, what happened to it, its totals.

from libc.stdint cimport int8_t, int32_t, int64_t

from ..kernel._layout cimport CartC, List32
from ..kernel._scratch cimport ScratchC
from ._book cimport BookC
from ._draft cimport DraftC

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
    int64_t size
    int64_t room
    bint is_out_of_memory

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
    # An open-addressing table of texts of one cart, stamped so that it is never cleared.
    int64_t* table
    int32_t table_room
    int64_t table_stamp
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
# Draft to cart: a Status. READ_OK means that the plain way would take the cart, to the same numbers.
cdef int32_t take_in(DeskC* desk) noexcept nogil
# Run the kernel on desk.cart and add up desk.totals: READ_OK or READ_MEMORY.
cdef int32_t price(DeskC* desk) noexcept nogil
# Room for so many bytes more; the place to write them, or NULL.
cdef char* reserve(BufferC* b, int64_t size) noexcept nogil
