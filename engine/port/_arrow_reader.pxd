from libc.stdint cimport int32_t, int64_t

from ._arrow cimport ColumnC
from ._book cimport BookC
from ._draft cimport DraftC

# One row of a batch to a draft: a Status. READ_OK means that every field is within its own limits.
# INVARIANT: the batch outlives the draft, which borrows from it.
cdef int32_t read_row(
    DraftC* d, const BookC* book, const ColumnC* root, int64_t row
) noexcept nogil
