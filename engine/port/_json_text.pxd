from libc.stdint cimport int32_t, uint32_t

from ._draft cimport TextC
from ._json_scan cimport count_low_zeros, unplain_bits

# The rest of a text from `p` on, its first byte with an escape, not of ASCII, or wrong: decoded
# where it stands, which is never longer. The place behind the closing quote, or NULL.
cdef char* read_rare_text(char* p, char* start, TextC* text) noexcept nogil
# Bytes of the UTF-8 character at `p`, not ASCII; 0 when it is none.
cdef int32_t size_of_character(const char* p) noexcept nogil


cdef inline char* read_text(char* p, TextC* text) noexcept nogil:
    # A text from its opening quote on: the place behind it, or NULL.
    # INVARIANT: a zero byte, which no text may hold, follows the document.
    cdef char* start = p + 1
    cdef uint32_t ends
    if p[0] != 34:
        return NULL
    p = start
    ends = unplain_bits(p)
    while ends == 0:
        p += 16
        ends = unplain_bits(p)
    p += count_low_zeros(ends)
    if p[0] != 34:
        return read_rare_text(p, start, text)
    text.data = start
    text.size = <int32_t>(p - start)
    text.symbol = -2  # SYMBOL_UNSET
    return p + 1
