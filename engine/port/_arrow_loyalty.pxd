from libc.stdint cimport int32_t

from ._arrow_result cimport ResultC
from ._desk cimport DeskC

# Room for what the desk's cart earns: a Status, or WRITE_FULL.
cdef int32_t reserve_earned(DeskC* desk, ResultC* r) noexcept nogil
# What the desk's cart earns, added to the row that was just written: whether memory sufficed.
cdef bint write_earned(DeskC* desk, ResultC* r) noexcept nogil
# The same of a record, and its redemptions. Its numbers fit 64 bits.
cdef int write_loyalty(ResultC* r, dict record) except -1
