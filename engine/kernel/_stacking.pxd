# The whole evaluation of one cart: candidates, exclusives, stages, stack groups.

from ._scratch cimport ScratchC


cdef void run_cart(ScratchC* s) noexcept nogil
