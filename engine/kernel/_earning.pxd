# What a cart or an event earns, after everything else.

from ._scratch cimport ScratchC


cdef void earn(ScratchC* s) noexcept nogil
