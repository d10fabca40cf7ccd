from libc.stdint cimport int32_t

from ._desk cimport BufferC, DeskC

# Append the result of the desk's cart as compact JSON, without a line end: a Status. READ_PLAIN, and
# nothing appended, when it has warnings, whose words only the plain way has.
cdef int32_t write_json(DeskC* desk, BufferC* out) noexcept nogil
