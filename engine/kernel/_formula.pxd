# Conditions: whether a node holds, and which lines a selector lists.

from libc.stdint cimport int32_t, int64_t

from ._scratch cimport ScratchC

# The line nets that conditions read: those at the stage's entry, or those now.
cdef struct NetsC:
    const int64_t* nets
    int64_t net_sum


cdef bint holds(ScratchC* s, int32_t node, int32_t line, const NetsC* nets) noexcept nogil
cdef const int32_t* select_lines(
    ScratchC* s, int32_t selector, const NetsC* nets, int32_t* count
) noexcept nogil
