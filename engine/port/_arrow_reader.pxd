from libc.stdint cimport int32_t, int64_t

from ._arrow cimport ColumnC
from ._book cimport BookC
from ._draft cimport DraftC, DraftLineC

# The lines of several carts, read at once. A draft lends its own lines for it, and gets them back.
cdef struct ShelfC:
    const ColumnC* column  # of lines; NULL: each cart reads its own
    DraftLineC* lines
    int32_t line_room
    int32_t word_count  # words of the draft that lines on the shelf have
    int64_t first  # range of lines that are on it
    int64_t last
    int64_t end  # of the lines that rows to be read have

# Before some rows are read, up to `last`, and when they were.
cdef void begin_shelf(ShelfC* shelf, DraftC* d, const ColumnC* root, int64_t last) noexcept nogil
cdef void end_shelf(ShelfC* shelf, DraftC* d) noexcept nogil
# One row of a batch to a draft: a Status. READ_OK means that every field is within its own limits.
# INVARIANT: the batch outlives the draft, which borrows from it.
cdef int32_t read_row(
    DraftC* d, const BookC* book, const ColumnC* root, int64_t row, ShelfC* shelf
) noexcept nogil
