"""Keys of JSON objects in, the fields that they name out: those that were not guessed right."""

from libc.stdint cimport int8_t, int32_t, int64_t, uint32_t
from libc.string cimport memcpy

from ._json_scan cimport starts_with
from ._json_value cimport read_colon, read_separator


cdef void fill_key(KeyC* key, bytes name):
    cdef bytes literal = b',"' + name + b'":'
    key.size = <int32_t>len(literal)
    key.bits = (<uint32_t>1 << key.size) - 1
    key.spare = SIXTEEN & ~key.bits if key.size <= 16 else 4 * (SIXTEEN + 1)
    memcpy(key.literal, <const char*>literal, len(literal))


cdef inline int32_t guess_key(const KeysC* keys, const char* p, int32_t guess) noexcept nogil:
    # A long key is not looked at in full where it is guessed.
    if starts_with(p, keys.items[guess].literal + 2, keys.items[guess].bits >> 3):
        return guess
    return find_key(keys, p)


cdef int32_t find_key(const KeysC* keys, const char* p) noexcept nogil:
    # From behind the opening quote to the closing one.
    cdef int32_t field
    for field in range(keys.count):
        if starts_with(p, keys.items[field].literal + 2, keys.items[field].bits >> 3):
            return field
    return END


cdef char* look_for_key(
    const KeysC* keys, int8_t* hints, char* p, int64_t* field, uint32_t* seen
) noexcept nogil:
    cdef bint is_end
    cdef int32_t found = hints[field[0] + 1]
    # A key that is too long for one look, behind others: it has a comma.
    if seen[0] != 0 and not (seen[0] >> found) & 1:
        if starts_with(p, keys.items[found].literal, keys.items[found].bits):
            seen[0] |= <uint32_t>1 << found
            field[0] = found
            return p
    p = read_separator(p, 125, seen[0] == 0, &is_end)
    if is_end:
        field[0] = END
        return p
    if p == NULL or p[0] != 34:
        return NULL
    p += 1
    found = guess_key(keys, p, hints[field[0] + 1])
    if found == END or seen[0] & (<uint32_t>1 << found):
        return NULL
    hints[field[0] + 1] = <int8_t>found
    seen[0] |= <uint32_t>1 << found
    field[0] = found
    p = read_colon(p + keys.items[found].size - 3)
    return NULL if p == NULL else p - keys.items[found].size
