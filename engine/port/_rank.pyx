"""Texts in, their places in code point order out, in one pass when they come in order."""

from libc.stdint cimport int32_t, uint8_t, uint64_t
from libc.stdlib cimport realloc
from libc.string cimport memcmp, memcpy

from ._draft cimport READ_MEMORY, READ_OK, READ_PLAIN
from ._symbols cimport load32, load64

cdef extern from *:
    uint64_t __builtin_bswap64(uint64_t word) noexcept nogil

cdef enum:
    KEY_BYTES = 8
    FEW = 20  # sorted by insertion


cdef inline uint64_t byte_at(const char* data, int32_t place) noexcept nogil:
    return <uint64_t><uint8_t>data[place] << (56 - 8 * place)


cdef inline uint64_t key_of(const TextC* t) noexcept nogil:
    # The first eight bytes as a number that orders as they do; zeros where there are fewer.
    cdef const char* d = t.data
    cdef uint64_t head, tail
    if t.size >= KEY_BYTES:
        return __builtin_bswap64(load64(d))
    if t.size >= 4:
        head = __builtin_bswap64(load32(d))
        tail = __builtin_bswap64(load32(d + t.size - 4)) >> 32
        return head | (tail << (64 - 8 * t.size) & 0xFFFFFFFFU)
    if t.size == 2:
        return byte_at(d, 0) | byte_at(d, 1)
    if t.size == 0:
        return 0
    return byte_at(d, 0) | byte_at(d, t.size >> 1) | byte_at(d, t.size - 1)


cdef inline int32_t compare(const RankC* a, const RankC* b) noexcept nogil:
    # Negative, zero or positive, as the texts are in order, equal or not in order.
    if a.key != b.key:
        return -1 if a.key < b.key else 1
    return compare_rest(a.text, b.text)


cdef int32_t compare_rest(const TextC* a, const TextC* b) noexcept nogil:
    cdef int32_t least = a.size if a.size < b.size else b.size
    cdef int32_t order = memcmp(a.data, b.data, <size_t>least)
    return order if order != 0 else a.size - b.size


cdef int32_t rank_texts(
    DeskC* desk, const TextC* first, size_t stride, int32_t count, int32_t* ranks
) noexcept nogil:
    cdef RankC* rows
    cdef int32_t i, sorted_count
    if count == 1:
        ranks[0] = 0
        return READ_OK
    sorted_count = count_sorted(first, stride, count, ranks)
    if sorted_count == count:
        return READ_OK
    if not reserve_rows(desk, count):
        return READ_MEMORY
    rows = sort_texts(desk.rank_rows, first, stride, count)
    for i in range(count):
        if i > 0 and compare(&rows[i - 1], &rows[i]) == 0:
            return READ_PLAIN
        ranks[rows[i].place] = i
    return READ_OK


cdef RankC* sort_texts(
    RankC* rows, const TextC* first, size_t stride, int32_t count
) noexcept nogil:
    # Rows of the texts in order; they are in one of the two halves.
    cdef const char* place = <const char*>first
    cdef int32_t i
    for i in range(count):
        rows[i].text = <const TextC*>(place + <size_t>i * stride)
        rows[i].key = key_of(rows[i].text)
        rows[i].place = i
    return sort_few(rows, count) if count <= FEW else sort_many(rows, rows + count, count)


cdef void order_texts(
    RankC* rows, const TextC* texts, int32_t count, int32_t* orders
) noexcept nogil:
    cdef int32_t i, order = 0
    rows = sort_texts(rows, texts, sizeof(TextC), count)
    for i in range(count):
        order += i > 0 and compare(&rows[i - 1], &rows[i]) != 0
        orders[rows[i].place] = order


cdef bint is_behind(const TextC* text, const TextC* other) noexcept nogil:
    cdef uint64_t key = key_of(text), other_key = key_of(other)
    return key > other_key or (key == other_key and compare_rest(text, other) > 0)


cdef int32_t count_sorted(
    const TextC* first, size_t stride, int32_t count, int32_t* ranks
) noexcept nogil:
    # How many texts come in order, from the first on; their places are their ranks.
    cdef const TextC* text = first
    cdef const TextC* before = first
    cdef uint64_t key, key_before = 0
    cdef int32_t i
    for i in range(count):
        key = key_of(text)
        if i > 0 and key <= key_before:
            if key < key_before or compare_rest(before, text) >= 0:
                return i
        ranks[i] = i
        before, key_before = text, key
        text = <const TextC*>(<const char*>text + stride)
    return count


cdef bint reserve_rows(DeskC* desk, int32_t count) noexcept nogil:
    cdef void* made
    cdef int32_t room = count + (count >> 1) + FEW
    if count <= desk.rank_room:
        return True
    made = realloc(desk.rank_rows, <size_t>room * 2 * sizeof(RankC))
    if made == NULL:
        return False
    desk.rank_rows = <RankC*>made
    desk.rank_room = room
    return True


cdef RankC* sort_few(RankC* rows, int32_t count) noexcept nogil:
    cdef RankC moving
    cdef int32_t i, hole
    for i in range(1, count):
        moving = rows[i]
        hole = i
        while hole > 0 and compare(&rows[hole - 1], &moving) > 0:
            rows[hole] = rows[hole - 1]
            hole -= 1
        rows[hole] = moving
    return rows


cdef RankC* sort_many(RankC* rows, RankC* spare, int32_t count) noexcept nogil:
    # By merging runs of FEW, then twice as long ones, to and fro between the two halves of room.
    cdef RankC* swap
    cdef int32_t first = 0, size = FEW
    while first < count:
        sort_few(rows + first, least(FEW, count - first))
        first += FEW
    while size < count:
        first = 0
        while first < count:
            merge(rows, spare, first, least(first + size, count), least(first + 2 * size, count))
            first += 2 * size
        swap = rows
        rows = spare
        spare = swap
        size *= 2
    return rows


cdef inline int32_t least(int32_t a, int32_t b) noexcept nogil:
    return a if a < b else b


cdef void merge(
    const RankC* rows, RankC* into, int32_t first, int32_t middle, int32_t last
) noexcept nogil:
    cdef int32_t left = first, right = middle, place = first
    while left < middle and right < last:
        if compare(&rows[left], &rows[right]) <= 0:
            into[place] = rows[left]
            left += 1
        else:
            into[place] = rows[right]
            right += 1
        place += 1
    memcpy(into + place, rows + left, <size_t>(middle - left) * sizeof(RankC))
    place += middle - left
    memcpy(into + place, rows + right, <size_t>(last - right) * sizeof(RankC))
