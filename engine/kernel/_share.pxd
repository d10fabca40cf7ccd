# What an entry gives line by line, written down.

from libc.stdint cimport int32_t

from ._entry cimport EntryC
from ._scratch cimport ScratchC


cdef void write_entry(ScratchC* s, const EntryC* e, int32_t kind) noexcept nogil
cdef void end_loyalty(ScratchC* s) noexcept nogil
