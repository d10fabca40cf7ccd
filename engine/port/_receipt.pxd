from libc.stdint cimport int64_t

# Who makes receipts, and writes their results.
cdef class Maker:
    # The receipt of one cart; None when it is for the plain way.
    cdef make(self, source, tuple standing)
    # The result that a memo is of.
    cdef bytes write(self, bytes memo)

cdef class Receipt:
    cdef bytes _memo  # until the result is written
    cdef Maker _maker  # of the memo
    cdef bytes _written
    cdef public object _source
    cdef public object _home
    cdef public object _plain
    cdef public object _result
    cdef public object _explanation
    cdef int64_t _grand_minor
    cdef int64_t _discount_minor

# A new one of a kind, which is a `Receipt`.
cdef Receipt new_receipt(type kind)
