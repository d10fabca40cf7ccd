from libc.stdint cimport int32_t

from ._desk cimport DeskC

# What takes more than one field, the rule set or the calendar: a Status. Fills all of the cart but
# its slots.
cdef int32_t check_draft(DeskC* desk) noexcept nogil
# The same of a draft whose currency is that of the rules.
cdef int32_t check_parts(DeskC* desk) noexcept nogil
cdef bint has_currency(const DeskC* desk) noexcept nogil
