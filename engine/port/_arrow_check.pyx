"""The buffers of Arrow columns in, whether they can be followed blindly out."""

from libc.stdint cimport int8_t, int16_t, int32_t, int64_t, uint8_t, uint64_t
from libc.string cimport memcpy

from ._arrow cimport SYMBOL_BROKEN, ColumnC, index_at, is_null, offset_at
from ._draft cimport TextC, set_text

cdef enum:
    VIEW_BYTES = 16
    INLINE_MAX = 12
    # LIMIT: the plain way decides on longer texts, as JSON cannot hold them either.
    TEXT_BYTES_MAX = 16 * 1024 * 1024

ctypedef fused index_t:
    int8_t
    int16_t
    int32_t

cdef const uint64_t HIGH_BITS = 0x8080808080808080


cdef bint is_ascii(const char* data, int64_t size) noexcept nogil:
    cdef uint64_t word, seen = 0
    while size >= 8:
        memcpy(&word, data, 8)
        seen |= word
        data += 8
        size -= 8
    while size > 0:
        size -= 1
        seen |= <uint8_t>data[size]
    return seen & HIGH_BITS == 0


cdef bint is_utf8(const char* text, int64_t size) noexcept nogil:
    # As Unicode has it: no overlong form, no surrogate, nothing above U+10FFFF.
    cdef const uint8_t* p = <const uint8_t*>text
    cdef const uint8_t* end = p + size
    cdef uint8_t low, high
    cdef int32_t more
    while p < end:
        if p[0] < 0x80:
            p += 1
            continue
        low, high = 0x80, 0xBF
        if 0xC2 <= p[0] <= 0xDF:
            more = 1
        elif 0xE0 <= p[0] <= 0xEF:
            more = 2
            if p[0] == 0xE0:
                low = 0xA0
            elif p[0] == 0xED:
                high = 0x9F
        elif 0xF0 <= p[0] <= 0xF4:
            more = 3
            if p[0] == 0xF0:
                low = 0x90
            elif p[0] == 0xF4:
                high = 0x8F
        else:
            return False
        p += 1
        if end - p < more or not low <= p[0] <= high:
            return False
        p += 1
        while more > 1:
            if p[0] & 0xC0 != 0x80:
                return False
            p += 1
            more -= 1
    return True


cdef void put_text(TextC* t, const char* data, int64_t size, bint is_plain) noexcept nogil:
    set_text(t, data, <int32_t>size)
    if size > TEXT_BYTES_MAX or not (is_plain or is_ascii(data, size) or is_utf8(data, size)):
        t.symbol = SYMBOL_BROKEN


cdef bint are_offsets(
    const char* offsets, int32_t width, int64_t first, int64_t count, int64_t most
) noexcept nogil:
    cdef const int32_t* narrow = <const int32_t*>offsets + first
    cdef const int64_t* wide = <const int64_t*>offsets + first
    cdef int64_t i
    cdef bint falls = False
    if width == 4:
        for i in range(count):
            falls |= narrow[i + 1] < narrow[i]
    else:
        for i in range(count):
            falls |= wide[i + 1] < wide[i]
    if falls or offset_at(offsets, width, first) < 0:
        return False
    return offset_at(offsets, width, first + count) <= most


cdef bint are_ranges(const ColumnC* c, int64_t most) noexcept nogil:
    cdef int64_t i, start, size
    for i in range(c.length):
        if is_null(c, i):
            continue
        start = offset_at(c.values, c.width, c.first + i)
        size = offset_at(c.sizes, c.width, c.first + i)
        if start < 0 or size < 0 or start > most or size > most - start:
            return False
    return True


cdef bint are_indices(const ColumnC* c) noexcept nogil:
    cdef int64_t i, index
    cdef bint is_outside = False
    if are_all_below(c):
        return True
    for i in range(c.length):
        if not is_null(c, i):
            index = index_at(c.values, c.width, c.is_signed, c.first + i)
            is_outside |= <uint64_t>index >= <uint64_t>c.text_count
    return not is_outside


cdef bint are_all_below(const ColumnC* c) noexcept nogil:
    # Whether all indices are sound for certain, also those of nulls.
    if not c.is_signed:
        return False
    if c.width == 4 and c.text_count <= 0x7FFFFFFF:
        return are_below(<const int32_t*>c.values + c.first, c.length, <int32_t>c.text_count)
    if c.width == 2 and c.text_count <= 0x7FFF:
        return are_below(<const int16_t*>c.values + c.first, c.length, <int16_t>c.text_count)
    if c.width == 1 and c.text_count <= 0x7F:
        return are_below(<const int8_t*>c.values + c.first, c.length, <int8_t>c.text_count)
    return False


cdef bint are_below(const index_t* indices, int64_t count, index_t bound) noexcept nogil:
    # Below zero, or as large as the bound: either way a sign is set. A compiler makes this go many
    # at a time.
    cdef index_t signs = 0, below
    cdef int64_t i
    for i in range(count):
        below = <index_t>(bound - 1 - indices[i])
        signs = <index_t>(signs | indices[i] | below)
    return signs >= 0


cdef void read_indices(const ColumnC* c, const TextC* words, TextC* texts) noexcept nogil:
    cdef int64_t i, index
    for i in range(c.length):
        set_text(&texts[i], NULL, 0)
        if is_null(c, i):
            continue
        index = index_at(c.values, c.width, c.is_signed, c.first + i)
        if <uint64_t>index < <uint64_t>c.text_count:
            texts[i] = words[index]
        else:
            texts[i].symbol = SYMBOL_BROKEN


cdef bint read_views(
    const ColumnC* c, const void** buffers, int64_t buffer_count, TextC* texts
) noexcept nogil:
    # The buffers: validity, views, any number with texts, and the sizes of these.
    cdef const int64_t* sizes = <const int64_t*>buffers[buffer_count - 1]
    cdef const char* view
    cdef int32_t size, number, start
    cdef int64_t i
    for i in range(c.length):
        set_text(&texts[i], NULL, 0)
        if is_null(c, i):
            continue
        view = c.values + (c.first + i) * VIEW_BYTES
        memcpy(&size, view, 4)
        if size < 0:
            return False
        if size <= INLINE_MAX:
            put_text(&texts[i], view + 4, size, False)
            continue
        memcpy(&number, view + 8, 4)
        memcpy(&start, view + 12, 4)
        if number < 0 or number >= buffer_count - 3 or start < 0 or sizes == NULL:
            return False
        if size > sizes[number] - start or buffers[2 + number] == NULL:
            return False
        put_text(&texts[i], <const char*>buffers[2 + number] + start, size, False)
    return True


cdef void read_texts(const ColumnC* c, TextC* texts) noexcept nogil:
    cdef int64_t i, start, end
    cdef bint is_plain
    if c.length == 0:
        return
    start = offset_at(c.values, c.width, c.first)
    end = offset_at(c.values, c.width, c.first + c.length)
    is_plain = is_ascii(c.data + start, end - start)
    for i in range(c.length):
        set_text(&texts[i], NULL, 0)
        if is_null(c, i):
            continue
        start = offset_at(c.values, c.width, c.first + i)
        end = offset_at(c.values, c.width, c.first + i + 1)
        put_text(&texts[i], c.data + start, end - start, is_plain)
