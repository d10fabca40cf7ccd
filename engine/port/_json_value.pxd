# Single JSON values, and what stands between them. Each `read_` function takes the place where
# something begins and returns the place behind it, or NULL when the plain way must decide.

from libc.stdint cimport int64_t, uint8_t
from libc.string cimport memcmp

from ._draft cimport TextC
from ._json_scan cimport read_digits, skip_space
from ._json_text cimport read_text

cdef enum:
    FRACTION_MAX = 12  # digits


cdef inline char* read_colon(char* p) noexcept nogil:
    if p[0] != 58:
        p = skip_space(p)
        if p[0] != 58:
            return NULL
    return skip_space(p + 1)


cdef inline char* read_separator(char* p, char closing, bint is_first, bint* is_end) noexcept nogil:
    # To the next member of an object or list, or behind its closing bracket.
    if p[0] <= 32:
        p = skip_space(p)
    is_end[0] = p[0] == closing
    if is_end[0]:
        return p + 1
    if is_first:
        return p
    return skip_space(p + 1) if p[0] == 44 else NULL


cdef inline bint is_null(const char* p) noexcept nogil:
    return p[0] == 110 and p[1] == 117 and p[2] == 108 and p[3] == 108


cdef inline char* read_name(char* p, TextC* text) noexcept nogil:
    # A text that is not empty, maybe with spaces before it.
    p = read_text(p if p[0] == 34 else skip_space(p), text)
    return NULL if p == NULL or text.size == 0 else p


# Those named maybe take null, and leave what they fill as it is; those of texts take spaces before.


cdef inline char* read_maybe(char* p, TextC* text) noexcept nogil:
    if p[0] != 34:
        p = skip_space(p)
        if is_null(p):
            return p + 4
    return read_text(p, text)


cdef inline char* read_maybe_name(char* p, TextC* text) noexcept nogil:
    p = read_maybe(p, text)
    return NULL if p == NULL or (text.data != NULL and text.size == 0) else p


cdef inline char* read_number(char* p, int64_t low, int64_t high, int64_t* number) noexcept nogil:
    p = read_digits(p, number)
    return NULL if p == NULL or number[0] < low or number[0] > high else p


cdef inline char* read_count(char* p, int64_t high, int64_t* number) noexcept nogil:
    # A number from 1 on, of one digit most of the time, with spaces before it.
    if <uint8_t>(p[0] - 49) < 9 and <uint8_t>(p[1] - 48) > 9:
        number[0] = p[0] - 48
        return p + 1 if number[0] <= high else NULL
    return read_number(p if p[0] > 32 else skip_space(p), 1, high, number)


cdef inline char* read_maybe_number(char* p, int64_t high, int64_t* number) noexcept nogil:
    return p + 4 if is_null(p) else read_number(p, 0, high, number)


cdef inline char* read_flag(char* p, int64_t* number) noexcept nogil:
    number[0] = p[0] == 116
    if number[0]:
        return p + 4 if memcmp(p, b"true", 4) == 0 else NULL
    return p + 5 if memcmp(p, b"false", 5) == 0 else NULL


cdef inline char* read_signed(char* p, int64_t* number) noexcept nogil:
    # Minus zero is left to the plain way.
    if p[0] != 45:
        return read_digits(p, number)
    p = read_digits(p + 1, number)
    number[0] = -number[0]
    return NULL if number[0] == 0 else p


cdef inline char* skip_value(char* p) noexcept nogil:
    # A scalar value of an attribute that nobody declared, and nothing that is nested.
    cdef TextC text
    cdef int64_t number
    cdef char* fraction
    if p[0] == 34:
        return read_text(p, &text)
    if p[0] == 116 or p[0] == 102:
        return read_flag(p, &number)
    if is_null(p):
        return p + 4
    p = read_digits(p + 1 if p[0] == 45 else p, &number)
    if p == NULL or p[0] != 46:
        return p
    fraction = p + 1
    p = fraction
    while 48 <= p[0] <= 57:
        p += 1
    return p if 0 < p - fraction <= FRACTION_MAX else NULL
