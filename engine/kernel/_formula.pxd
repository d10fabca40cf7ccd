# Conditions: whether a node holds, and which lines a selector lists.

from libc.stdint cimport int32_t, int64_t

from ._layout cimport NOTHING
from ._scratch cimport ScratchC, SelectionC, append32

# The line nets that conditions read: those at the stage's entry, or those now.
cdef struct NetsC:
    const int64_t* nets
    int64_t net_sum


cdef bint holds(ScratchC* s, int32_t node, int32_t line, const NetsC* nets) noexcept nogil
cdef const int32_t* select_lines(
    ScratchC* s, int32_t selector, const NetsC* nets, int32_t* count
) noexcept nogil


cdef inline void know_lines(ScratchC* s, int32_t selector, int32_t link) noexcept nogil:
    # The lines of a selector are those of a chain: the index has found them all.
    cdef SelectionC* known = &s.selections[selector]
    if known.stamp == s.stamp:
        return
    known.stamp = s.stamp
    known.first = s.selected.count
    while link != NOTHING:
        append32(s, &s.selected, s.links[link].line)
        link = s.links[link].next
    known.count = s.selected.count - known.first
