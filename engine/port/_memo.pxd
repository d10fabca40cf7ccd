from libc.stdint cimport int32_t

from ._desk cimport BufferC, DeskC
from ._draft cimport TextC

# Write the memo of the cart that the desk has priced: a Status. Not for plans with programs.
cdef int32_t write_memo(DeskC* desk, BufferC* out) noexcept nogil
# Lay out on a desk of the same book what the JSON writer reads: a Status. Texts are borrowed.
cdef int32_t read_memo(DeskC* desk, const char* memo) noexcept nogil
# The id of its cart, within the memo.
cdef TextC cart_id_of(const char* memo) noexcept nogil
