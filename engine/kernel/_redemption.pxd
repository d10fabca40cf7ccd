# Redemptions in a cart, after stage order and before stage shipping.

from ._scratch cimport ScratchC


cdef void redeem(ScratchC* s) noexcept nogil
