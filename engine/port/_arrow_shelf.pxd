from libc.stdint cimport int32_t, int64_t

from ._arrow cimport ColumnC
from ._arrow_result cimport ResultC
from ._desk cimport DeskC

cdef enum:
    SLOTS_MAX = 16  # LIMIT: of texts, and of sets, that rules read of lines; else carts read their own

# The lines of several carts, on a desk as the kernel reads them.
cdef struct ShelfC:
    const ColumnC* column  # of lines; NULL: each cart reads its own, by way of the draft
    const ColumnC* text_columns[SLOTS_MAX]  # by slot; NULL: none
    const ColumnC* set_columns[SLOTS_MAX]
    int64_t first  # range of lines that are on it
    int64_t last
    ResultC* result  # whose last lines are given what is on the shelf before that goes
    int64_t end  # of the lines that rows to be read have

# Before some rows are read, up to `last`, and when they were.
cdef void begin_shelf(
    ShelfC* shelf, DeskC* desk, ResultC* result, const ColumnC* root, int64_t last
) noexcept nogil
cdef void end_shelf(ShelfC* shelf, DeskC* desk) noexcept nogil
# The lines of a row to the shelf, and the desk pointed at them: a Status.
cdef int32_t fill_shelf(ShelfC* shelf, DeskC* desk, int64_t i) noexcept nogil
# One row to the desk's draft, and its lines to the desk: a Status. READ_OK means that every field is
# within its own limits. INVARIANT: the batch outlives the draft, which borrows from it.
cdef int32_t read_row(
    ShelfC* shelf, DeskC* desk, const ColumnC* root, int64_t row
) noexcept nogil
