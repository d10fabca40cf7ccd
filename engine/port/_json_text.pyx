"""A JSON text with escapes or beyond ASCII in, its UTF-8 out, strictly checked."""

from libc.stdint cimport int32_t, uint64_t
from libc.string cimport memmove

from ._draft cimport TextC, set_text
from ._json_scan cimport load_word, unplain_bytes

cdef enum:
    SURROGATES = 0xD800
    LOW_SURROGATES = 0xDC00
    SURROGATES_END = 0xE000


cdef char* read_rare_text(char* p, char* start, TextC* text) noexcept nogil:
    cdef char* to = p
    cdef uint64_t word
    cdef int32_t size
    while p[0] != 34:
        word = load_word(p)
        if unplain_bytes(word) == 0:
            # `to` is at or before `p`, so this overwrites only what was read.
            memmove(to, p, 8)
            p += 8
            to += 8
            continue
        if <unsigned char>p[0] >= 0x80:
            size = size_of_character(p)
            if size == 0:
                return NULL
        elif <unsigned char>p[0] < 0x20:
            return NULL
        elif p[0] == 92:
            p = read_escape(p + 1, &to)
            if p == NULL:
                return NULL
            continue
        else:
            size = 1
        move_back(to, p, size)
        p += size
        to += size
    set_text(text, start, <int32_t>(to - start))
    return p + 1


cdef inline void move_back(char* to, const char* p, int32_t size) noexcept nogil:
    # A few bytes, first to last: the two may overlap.
    cdef int32_t i
    for i in range(size):
        to[i] = p[i]


cdef inline bint is_tail(char byte) noexcept nogil:
    return (<unsigned char>byte & 0xC0) == 0x80


cdef int32_t size_of_character(const char* p) noexcept nogil:
    # Shortest forms only, no surrogates, nothing above U+10FFFF. A zero byte ends the look.
    cdef unsigned char first = <unsigned char>p[0], second = <unsigned char>p[1]
    if first < 0xC2 or first > 0xF4 or not is_tail(p[1]):
        return 0
    if first < 0xE0:
        return 2
    if not is_tail(p[2]):
        return 0
    if first < 0xF0:
        if (first == 0xE0 and second < 0xA0) or (first == 0xED and second > 0x9F):
            return 0
        return 3
    if (first == 0xF0 and second < 0x90) or (first == 0xF4 and second > 0x8F):
        return 0
    return 4 if is_tail(p[3]) else 0


cdef char* read_escape(char* p, char** to) noexcept nogil:
    # What follows a backslash: the place behind it, or NULL.
    cdef int32_t point, low
    cdef char byte = p[0]
    if byte == 117:  # u
        point = hex_of(p + 1)
        p += 5
        if point < 0 or LOW_SURROGATES <= point < SURROGATES_END:
            return NULL
        if SURROGATES <= point < LOW_SURROGATES:
            if p[0] != 92 or p[1] != 117:
                return NULL
            low = hex_of(p + 2)
            if not LOW_SURROGATES <= low < SURROGATES_END:
                return NULL
            point = 0x10000 + ((point - SURROGATES) << 10) + (low - LOW_SURROGATES)
            p += 6
        write_character(to, point)
        return p
    if byte == 98:
        byte = 8
    elif byte == 102:
        byte = 12
    elif byte == 110:
        byte = 10
    elif byte == 114:
        byte = 13
    elif byte == 116:
        byte = 9
    elif byte != 34 and byte != 47 and byte != 92:
        return NULL
    to[0][0] = byte
    to[0] += 1
    return p + 1


cdef int32_t hex_of(const char* p) noexcept nogil:
    # Four hexadecimal digits, or a negative number.
    cdef int32_t i, found = 0
    cdef unsigned char byte
    for i in range(4):
        byte = <unsigned char>p[i]
        if 48 <= byte <= 57:
            byte -= 48
        elif 97 <= (byte | 32) <= 102:
            byte = (byte | 32) - 87
        else:
            return -1
        found = found * 16 + byte
    return found


cdef void write_character(char** to, int32_t point) noexcept nogil:
    cdef char* p = to[0]
    if point < 0x80:
        p[0] = <char>point
        to[0] += 1
        return
    if point < 0x800:
        p[0] = <char>(0xC0 | (point >> 6))
        to[0] += 2
    elif point < 0x10000:
        p[0] = <char>(0xE0 | (point >> 12))
        p[1] = <char>(0x80 | ((point >> 6) & 0x3F))
        to[0] += 3
    else:
        p[0] = <char>(0xF0 | (point >> 18))
        p[1] = <char>(0x80 | ((point >> 12) & 0x3F))
        p[2] = <char>(0x80 | ((point >> 6) & 0x3F))
        to[0] += 4
    (to[0] - 1)[0] = <char>(0x80 | (point & 0x3F))
