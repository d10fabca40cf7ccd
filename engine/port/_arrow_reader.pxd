from libc.stdint cimport int32_t, int64_t

from ._arrow cimport ColumnC
from ._book cimport BookC
from ._draft cimport DraftC, TextC

# Where some records of a cart are: all lines, all shipments, or the draft itself.
cdef struct PlaceC:
    char* base
    int64_t stride
    int64_t first  # row of the first, in the columns of the struct
    int32_t count

# One row of a batch to a draft that was begun: a Status. READ_OK means that every field is within its
# own limits. Lines are left out if the draft says how many there are. INVARIANT: the batch outlives
# the draft, which borrows from it.
cdef int32_t read_cart(
    DraftC* d, const BookC* book, const ColumnC* root, int64_t row
) noexcept nogil
# One column of a cart, or of a struct in it, at an index.
cdef int32_t read_part(
    DraftC* d, const BookC* book, const ColumnC* c, int64_t i
) noexcept nogil
cdef int32_t read_text(
    const BookC* book, const ColumnC* c, int64_t i, TextC* to
) noexcept nogil
# Values of some records to where their column's target says: a Status.
cdef int32_t read_numbers(const ColumnC* c, const PlaceC* p) noexcept nogil
cdef int32_t read_texts(const BookC* book, const ColumnC* c, const PlaceC* p) noexcept nogil
cdef int32_t refuse_sent(const ColumnC* c, const PlaceC* p) noexcept nogil
cdef bint has_null_items(const ColumnC* items, int64_t first, int64_t last) noexcept nogil
