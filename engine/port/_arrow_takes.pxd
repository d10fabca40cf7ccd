from libc.stdint cimport int32_t, int64_t

from ..kernel._layout cimport List32
from ._arrow_rows cimport TakeC, TakesC
from ._desk cimport DeskC

cdef enum TakeOp:
    TAKE_ID = 0
    TAKE_CURRENCY = 1
    TAKE_SYMBOL = 2  # a text that a slot reads
    TAKE_TEXT = 3  # one that has to be sound and no more
    TAKE_WORDS = 4  # a list of such
    TAKE_INSTANT = 5
    TAKE_NUMBER = 6
    TAKE_NOTHING = 7  # rows that have something here are for the plain way

# One column of the desk's rows, which begin with a row of the batch. Rows that are not sound become
# doubtful.
cdef void take_column(const TakeC* t, DeskC* desk, int64_t row) noexcept nogil
# Their shipments.
cdef void take_shipments(const TakeC* t, DeskC* desk, int64_t row) noexcept nogil
# The sets that rules read of one of them, behind those in a list, and where each begins: whether
# memory sufficed. Its codes are those of the draft.
cdef bint take_sets(
    const TakesC* t, DeskC* desk, int64_t row, int32_t k, List32* l, int32_t* starts
) noexcept nogil
