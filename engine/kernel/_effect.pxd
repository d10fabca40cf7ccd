# Actions: what a promotion would do to the state, and doing it.

from libc.stdint cimport int32_t

from ._formula cimport NetsC
from ._layout cimport EffectC, PromotionC
from ._scratch cimport ScratchC


cdef void compute_effect(ScratchC* s, int32_t number, EffectC* e) noexcept nogil


cdef inline NetsC nets_of(ScratchC* s, const PromotionC* p) noexcept nogil:
    # The nets a promotion computes from: the stage's entry, or now under compound.
    cdef NetsC nets
    if p.is_compound:
        nets.nets, nets.net_sum = s.nets, s.net_sum
    else:
        nets.nets, nets.net_sum = s.entry_nets, s.entry_net_sum
    return nets
