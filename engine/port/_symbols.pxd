# The texts that rules name, found by hash: open addressing, linear probing, at most half full.
#
# A text of up to 16 bytes is its two ends and its size: its cell holds them, so one look decides.
# A longer one is looked at in full. Most texts of a cart are in no rule: a bit by hash, of which
# one in thirty is set, says so at once and is always at hand. A hash folds products of 128 bits;
# its seed differs by process, so that nobody can send texts that collide. All of it is inline: a
# cart asks dozens of times.

from libc.stdint cimport int32_t, uint8_t, uint32_t, uint64_t
from libc.string cimport memcpy

from ..kernel._layout cimport NOTHING

cdef extern from *:
    """
    typedef unsigned __int128 u128;
    """
    ctypedef unsigned long long u128

cdef enum:
    SHORT_BYTES = 16
    FILTER_SHIFT = 32  # the part of a hash that picks a bit of the filter

cdef struct CellC:
    uint64_t first
    uint64_t last
    int32_t size
    int32_t number  # symbol + 1; 0 when free

cdef struct SymbolsC:
    const char* texts  # all of them, one after the other
    const int32_t* starts  # symbol_count + 1
    CellC* cells
    uint64_t mask
    uint64_t* filter  # bits; behind the cells
    uint64_t filter_mask
    uint64_t seed

# Whether memory sufficed. The texts are borrowed; the cells are the caller's to free.
cdef bint build_symbols(
    SymbolsC* s, const char* texts, const int32_t* starts, int32_t count, uint64_t seed
) noexcept nogil


cdef inline uint64_t load64(const char* data) noexcept nogil:
    cdef uint64_t word
    memcpy(&word, data, 8)
    return word


cdef inline uint64_t load32(const char* data) noexcept nogil:
    cdef uint32_t word
    memcpy(&word, data, 4)
    return word


cdef inline uint64_t fold(uint64_t a, uint64_t b) noexcept nogil:
    cdef u128 product = <u128>a * b
    return <uint64_t>product ^ <uint64_t>(product >> 64)


cdef inline uint64_t read_key(
    uint64_t seed, const char* data, int32_t size, uint64_t* first, uint64_t* last
) noexcept nogil:
    # The two ends of a text, which overlap when it is short; its hash.
    cdef uint64_t state = seed ^ (<uint64_t>size * 0x9E3779B97F4A7C15ULL)
    if size >= 8:
        first[0], last[0] = load64(data), load64(data + size - 8)
        while size > SHORT_BYTES:
            state = fold(load64(data) ^ state, load64(data + 8) ^ 0xD6E8FEB86659FD93ULL)
            data += SHORT_BYTES
            size -= SHORT_BYTES
            if size <= 8:
                return fold(state, last[0] ^ 0xD6E8FEB86659FD93ULL)
            first[0] ^= load64(data)  # so that the middle is hashed too
    elif size >= 4:
        first[0], last[0] = load32(data), load32(data + size - 4)
    elif size > 0:
        first[0] = <uint64_t><uint8_t>data[0] << 8 | <uint64_t><uint8_t>data[size >> 1]
        last[0] = <uint8_t>data[size - 1]
    else:
        first[0] = last[0] = 0
    return fold(first[0] ^ state, last[0] ^ 0xD6E8FEB86659FD93ULL)


cdef inline uint64_t hash_text(uint64_t seed, const char* data, int32_t size) noexcept nogil:
    cdef uint64_t first, last
    return read_key(seed, data, size, &first, &last)


cdef inline bint are_equal(const char* a, const char* b, int32_t size) noexcept nogil:
    cdef uint64_t differ
    if size >= 8:
        differ = load64(a + size - 8) ^ load64(b + size - 8)
        while size > 8:
            differ |= load64(a) ^ load64(b)
            if differ:
                return False
            a += 8
            b += 8
            size -= 8
        return differ == 0
    if size >= 4:
        differ = (load32(a) ^ load32(b)) | (load32(a + size - 4) ^ load32(b + size - 4))
        return differ == 0
    while size > 0:
        size -= 1
        if a[size] != b[size]:
            return False
    return True


cdef inline bint is_filtered(const SymbolsC* s, uint64_t hash) noexcept nogil:
    cdef uint64_t bit = (hash >> FILTER_SHIFT) & s.filter_mask
    return (s.filter[bit >> 6] >> (bit & 63)) & 1


cdef inline int32_t find_text(const SymbolsC* s, const char* data, int32_t size) noexcept nogil:
    # Its symbol, or NOTHING.
    cdef uint64_t first, last
    cdef uint64_t hash = read_key(s.seed, data, size, &first, &last), place = hash & s.mask
    cdef const CellC* cell
    if not is_filtered(s, hash):
        return NOTHING
    while True:
        cell = &s.cells[place]
        if cell.first == first and cell.last == last and cell.size == size and cell.number:
            if size <= SHORT_BYTES:
                return cell.number - 1
            if are_equal(s.texts + s.starts[cell.number - 1], data, size):
                return cell.number - 1
        if cell.number == 0:
            return NOTHING
        place = (place + 1) & s.mask
