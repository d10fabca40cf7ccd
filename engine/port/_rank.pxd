from libc.stdint cimport int32_t

from ._desk cimport DeskC, RankC
from ._draft cimport TextC

# The place of each of some texts among those that differ; there are two rows a text to work with.
cdef void order_texts(
    RankC* rows, const TextC* texts, int32_t count, int32_t* orders
) noexcept nogil
# Whether a text comes behind another.
cdef bint is_behind(const TextC* text, const TextC* other) noexcept nogil

# The place of each of some texts, `stride` bytes apart, in the order of their bytes, which is that
# of their code points. READ_PLAIN when two are equal, READ_MEMORY when there is no room.
cdef int32_t rank_texts(
    DeskC* desk, const TextC* first, size_t stride, int32_t count, int32_t* ranks
) noexcept nogil
