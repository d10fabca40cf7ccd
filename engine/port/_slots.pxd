from libc.stdint cimport int32_t

from ..kernel._layout cimport List32
from ._book cimport SlotC
from ._desk cimport DeskC
from ._draft cimport TextC

# The slots of a checked draft: READ_OK or READ_MEMORY.
cdef int32_t fill_slots(DeskC* desk) noexcept nogil
# One symbol more of the set that begins at `first`, unless it is there. There is room.
cdef void add_symbol(DeskC* desk, List32* l, int32_t first, int32_t symbol) noexcept nogil
# The prefixes of the slot that a text starts with, or its fallback.
cdef void add_prefixes(
    DeskC* desk, List32* l, const SlotC* slot, const TextC* found
) noexcept nogil
