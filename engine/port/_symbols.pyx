"""The texts that rules name in, a table that finds their numbers out."""

from libc.stdint cimport int32_t, uint64_t
from libc.stdlib cimport calloc


cdef enum:
    FILTER_BITS = 16  # for each cell


cdef bint build_symbols(
    SymbolsC* s, const char* texts, const int32_t* starts, int32_t count, uint64_t seed
) noexcept nogil:
    cdef uint64_t room = 16, place, hash, bit
    cdef CellC made
    cdef int32_t i
    while room < <uint64_t>count * 2:
        room *= 2
    s.cells = <CellC*>calloc(room, sizeof(CellC) + FILTER_BITS // 8)
    if s.cells == NULL:
        return False
    s.filter = <uint64_t*>(s.cells + room)
    s.filter_mask = room * FILTER_BITS - 1
    s.texts, s.starts, s.mask, s.seed = texts, starts, room - 1, seed
    for i in range(count):
        made.size, made.number = starts[i + 1] - starts[i], i + 1
        hash = read_key(seed, texts + starts[i], made.size, &made.first, &made.last)
        bit = (hash >> FILTER_SHIFT) & s.filter_mask
        s.filter[bit >> 6] |= <uint64_t>1 << (bit & 63)
        place = hash & s.mask
        while s.cells[place].number != 0:
            place = (place + 1) & s.mask
        s.cells[place] = made
    return True
