# Actions: what a promotion would do to the state, and doing it.

from libc.stdint cimport int32_t

from ._formula cimport NetsC
from ._layout cimport EffectC
from ._scratch cimport ScratchC


cdef void compute_effect(ScratchC* s, int32_t number, EffectC* e) noexcept nogil
cdef NetsC nets_of(ScratchC* s, int32_t number) noexcept nogil
