# The working memory of loyalty rules: made once for a plan that has programs.

from libc.stdint cimport int32_t

from ._entry cimport EntryC, LoyaltyC, RoomC
from ._formula cimport NetsC
from ._layout cimport PlanC
from ._scratch cimport ScratchC


cdef LoyaltyC* make_loyalty(ScratchC* s, const PlanC* plan) noexcept nogil
cdef void free_loyalty(LoyaltyC* l) noexcept nogil
cdef void reset_loyalty(ScratchC* s) noexcept nogil
cdef void begin_loyalty(ScratchC* s) noexcept nogil
cdef RoomC* room_of_rule(ScratchC* s, int32_t rule) noexcept nogil
cdef EntryC* new_entry(ScratchC* s) noexcept nogil
cdef bint reserve_weights(ScratchC* s, int32_t more) noexcept nogil


cdef inline NetsC final_nets(ScratchC* s) noexcept nogil:
    # What lines cost in the end: neither shipping nor the payment changes that.
    return NetsC(s.nets, s.net_sum)
