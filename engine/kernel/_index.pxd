# Which promotions a cart can have, and which of them are out from the start.

from ._scratch cimport ScratchC


cdef void collect_active(ScratchC* s) noexcept nogil
