# Batches of columns as they were sent, bound to the fields of carts.

from libc.stdint cimport int32_t, int64_t

from ._arrow cimport ArrowArray, ArrowArrayStream, ColumnC
from ._book cimport Book
from ._draft cimport TextC


cdef class Loan:
    # The memory of one batch; given back when nobody points into it any more.
    cdef ArrowArray array


cdef class Words:
    # The texts of a dictionary, for as long as batches have the same.
    cdef TextC* texts
    cdef int64_t count
    cdef const void* values
    cdef const void* data
    cdef const void* validity
    cdef int64_t first
    cdef Loan loan
    cdef int64_t use_count  # values that are words of it, in all batches so far
    cdef bint was_learnt
    cdef bint has_empty
    cdef int32_t* known  # as a column has them
    cdef int32_t* orders

    cdef int _learn(self, Book book, bint is_ordered) except -1


cdef class Table:
    cdef ColumnC root
    cdef Loan loan
    cdef Book _book
    cdef list _kept  # words, and texts read from views

    cdef int _attach(
        self, ColumnC* c, object bound, ArrowArray* a, dict known, bint at_top
    ) except -1
    cdef int _attach_values(self, ColumnC* c, object bound, ArrowArray* a, dict known) except -1
    cdef int _attach_texts(self, ColumnC* c, ArrowArray* a, str path) except -1
    cdef int _attach_words(self, ColumnC* c, object bound, ArrowArray* a, dict known) except -1
    cdef TextC* _room(self, int64_t count) except NULL


cdef class Source:
    cdef ArrowArrayStream stream
    cdef Loan lone  # a single batch, in the place of a stream
    cdef readonly object field  # of the batches, as their schema says
    cdef dict _words

    cdef int _open(self, object source) except -1
    cdef int _next(self, Loan loan) except -1
