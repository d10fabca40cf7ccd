from libc.stdint cimport int32_t

from ._book cimport BookC
from ._draft cimport DraftC

# One cart as a dict to a draft: a Status. Only exact dicts, lists, tuples, str, int, None and
# bool are read; all else is READ_PLAIN. No Python error is left set.
# INVARIANT: the draft borrows from the dict's texts, so no Python code may run before it is used up.
cdef int32_t read_dict(DraftC* d, const BookC* book, object source) noexcept
