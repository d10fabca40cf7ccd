# What one earning rule gives, before caps.

from libc.stdint cimport int32_t, int64_t

from ._entry cimport EntryC
from ._scratch cimport ScratchC


cdef EntryC* open_award(
    ScratchC* s, int32_t row, int32_t level, const int64_t* bases_minor
) noexcept nogil
cdef EntryC* list_award(ScratchC* s, int32_t row) noexcept nogil
cdef void drop_award(ScratchC* s, EntryC* e) noexcept nogil
cdef bint multiply_award(ScratchC* s, EntryC* e, int32_t level) noexcept nogil
cdef bint is_named(ScratchC* s, int32_t campaign, int32_t row) noexcept nogil
