from ._arrow_result cimport ResultC


cdef class Part:
    # A finished batch of results.
    cdef ResultC* c
