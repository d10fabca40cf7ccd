from libc.stdint cimport int32_t

from ._desk cimport DeskC
from ._draft cimport DraftC, TextC

# What takes more than one field, the rule set or the calendar: a Status. Fills all of the cart but
# its slots.
cdef int32_t check_draft(DeskC* desk) noexcept nogil
# The ranks of lines by their ids: READ_PLAIN if two have the same.
cdef int32_t rank_lines(DeskC* desk) noexcept nogil
# The codes of the draft as rules know them, on the desk.
cdef int32_t check_codes(DeskC* desk) noexcept nogil
# The id of what has none, its position: whether memory sufficed.
cdef bint count_off(DraftC* d, TextC* id, int32_t position) noexcept nogil
