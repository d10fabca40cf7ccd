# A plan ready to run, for those who price carts without Python.

from ._layout cimport PlanC
from ._scratch cimport ScratchC


cdef class Scratch:
    cdef ScratchC* memory


cdef class Kernel:
    cdef PlanC plan
    cdef object _plan  # keeps the arrays alive
    cdef object _directory  # and so
    cdef list _pool

    cdef Scratch _take_scratch(self)
