from libc.stdint cimport int32_t, int64_t

from ._book cimport BookC
from ._draft cimport DraftC

# One JSON document (white space around it allowed) to a draft: a Status. READ_OK means that every
# byte was looked at and the plain way would take the document as it is; all else is READ_PLAIN.
# The draft holds a copy of `data` until it begins again, and borrows from that.
cdef int32_t read_json(
    DraftC* d, const BookC* book, const char* data, int64_t size
) noexcept nogil
