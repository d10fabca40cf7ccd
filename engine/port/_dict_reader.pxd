from libc.stdint cimport int32_t

from ._book cimport BookC
from ._draft cimport DraftC

# One cart as a dict to a draft: a Status. Only exact dicts, lists, str, int, None and bool are read;
# all else is READ_PLAIN. No Python error is set. The draft borrows from the dict's texts.
cdef int32_t read_dict(DraftC* d, const BookC* book, object source)
