# Units of lines: the cheapest or dearest ones, buy/get, bundles. Units are counted, never listed.

from libc.stdint cimport int32_t, int64_t

from ._formula cimport NetsC
from ._layout cimport EffectC, PromotionC
from ._scratch cimport ScratchC


cdef void take_units(
    ScratchC* s, const int32_t* lines, int32_t count, bint is_dearest, int64_t wanted
) noexcept nogil
cdef void act_buy_get(
    ScratchC* s, const PromotionC* p, const NetsC* nets, EffectC* e
) noexcept nogil
cdef void act_bundle(
    ScratchC* s, const PromotionC* p, const NetsC* nets, EffectC* e
) noexcept nogil
