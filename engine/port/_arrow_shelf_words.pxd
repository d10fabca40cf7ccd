from libc.stdint cimport int32_t

from ._arrow cimport ColumnC
from ._arrow_reader cimport PlaceC
from ._arrow_shelf cimport ShelfC
from ._book cimport BookC
from ._desk cimport DeskC
from ._draft cimport TextC

# Each a Status. Some lines' texts, and sets of them, to the desk; READ_PLAIN when one is not sound.
cdef int32_t fill_texts(ShelfC* shelf, DeskC* desk, const PlaceC* p) noexcept nogil
cdef int32_t fill_sets(ShelfC* shelf, DeskC* desk, const PlaceC* p) noexcept nogil
# What no rule reads must be sound too.
cdef int32_t check_others(ShelfC* shelf, DeskC* desk, const PlaceC* p) noexcept nogil
# One text of some records as its symbol, so many numbers apart; the same of words that were all
# looked up, and none null.
cdef int32_t fill_column(
    const BookC* book, const ColumnC* c, const PlaceC* p, int32_t* into, int32_t stride,
    int32_t missing,
) noexcept nogil
cdef void copy_known(
    const ColumnC* c, const PlaceC* p, int32_t* into, int32_t stride
) noexcept nogil
# The symbol of a text as the kernel has it.
cdef int32_t known_symbol(const BookC* book, const TextC* text) noexcept nogil
