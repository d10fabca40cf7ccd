from libc.stdint cimport int32_t

from ._desk cimport DeskC

# The slots of a checked draft: READ_OK or READ_MEMORY.
cdef int32_t fill_slots(DeskC* desk) noexcept nogil
