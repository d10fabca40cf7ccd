from libc.stdint cimport int32_t, int64_t

from ._arrow cimport ColumnC
from ._arrow_shelf cimport SLOTS_MAX, ShelfC
from ._desk cimport DeskC

cdef enum:
    ROW_ALONE = 4  # a Status of its own: it is in doubt
    TAKES_MAX = 48  # LIMIT: columns of carts beside lines; with more, carts are read one by one

# One column of carts. Its value is at the row of the batch and `shift` more.
cdef struct TakeC:
    int32_t op
    int32_t slot
    int32_t missing  # the symbol where nothing was sent
    const ColumnC* column  # NULL: there is none
    int64_t shift
    const ColumnC* outer  # the struct it is in, if that may be null
    int64_t outer_shift

# What is taken of the carts of a batch, when their lines are on a shelf.
cdef struct TakesC:
    bint is_ready  # else carts are read one by one
    int64_t last  # row behind those to be read
    int32_t count
    TakeC takes[TAKES_MAX]
    TakeC sets[SLOTS_MAX]  # by slot
    TakeC shipments
    TakeC codes

# Before some rows of a batch are read, up to `last`.
cdef void begin_takes(
    TakesC* t, const ShelfC* shelf, DeskC* desk, const ColumnC* root, int64_t last
) noexcept nogil
# One row to a checked cart with its slots: a Status, or ROW_ALONE for a row to be read by itself. If
# `is_ready`.
cdef int32_t take_row(
    const TakesC* t, ShelfC* shelf, DeskC* desk, const ColumnC* root, int64_t row
) noexcept nogil
