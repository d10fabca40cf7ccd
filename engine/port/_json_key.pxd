# The keys of JSON objects. Which key comes next is guessed from the object before, and compared with
# its punctuation in one go; only another one, or one with spaces about it, is looked for.

from libc.stdint cimport int8_t, int32_t, int64_t, uint32_t
from libc.string cimport strlen

from ._json_scan cimport same_bits, skip_space

cdef enum:
    END = -1  # in the place of a field
    KEY_ROOM = 16  # keys of one kind of object
    LITERAL_ROOM = 52  # more than `starts_with` reads, from the third byte on
    PUNCTUATION = 4  # bytes of a literal that are not the key's own
    SIXTEEN = 0xFFFF  # bits of as many bytes
    LAST_OF_SIXTEEN = 0x8000

cdef struct KeyC:
    char literal[LITERAL_ROOM]  # `,"quantity":`, as it stands where nobody puts spaces
    uint32_t bits  # one for each byte of it
    uint32_t spare  # those of 16 bytes that are not its own; SIXTEEN is out of reach for longer ones
    int32_t size

# The keys of one kind of object, by field.
cdef struct KeysC:
    KeyC items[KEY_ROOM]
    int32_t count

cdef void fill_key(KeyC* key, bytes name)
# As `next_key`, wherever spaces are and whichever key it is; that key is the next guess.
cdef char* look_for_key(
    const KeysC* keys, int8_t* hints, char* p, int64_t* field, uint32_t* seen
) noexcept nogil


cdef inline char* next_key(
    const KeysC* keys, int8_t* hints, char* p, int64_t* field, uint32_t* seen
) noexcept nogil:
    # To the next key of an object, so that `past` it is its value. `field` is END behind the last,
    # when p is behind the object, and where something is wrong, when p is NULL. `hints` say which
    # field came behind each, from END on.
    cdef int64_t guess = hints[field[0] + 1]
    cdef const KeyC* key = &keys.items[guess]
    if (same_bits(p, key.literal) | key.spare) == SIXTEEN and not (seen[0] >> guess) & 1:
        seen[0] |= <uint32_t>1 << guess
        field[0] = guess
        return p
    return other_key(keys, hints, p, field, seen)


cdef inline char* first_key(
    const KeysC* keys, int8_t* hints, char* p, int64_t* field, uint32_t* seen
) noexcept nogil:
    # The same from behind the opening bracket on: nothing is seen, and the key has no comma.
    cdef int64_t guess = hints[0]
    cdef const KeyC* key = &keys.items[guess]
    field[0], seen[0] = END, 0
    if (same_bits(p, key.literal + 1) | key.spare >> 1 | LAST_OF_SIXTEEN) == SIXTEEN:
        seen[0] = <uint32_t>1 << guess
        field[0] = guess
        return p - 1
    return other_key(keys, hints, p, field, seen)


cdef inline char* other_key(
    const KeysC* keys, int8_t* hints, char* p, int64_t* field, uint32_t* seen
) noexcept nogil:
    # The end, or a key that was not guessed.
    cdef int64_t other_field = field[0]  # copies, so that the fields proper stay in registers
    cdef uint32_t other_seen = seen[0]
    field[0] = END
    if p[0] == 125:
        return p + 1
    p = look_for_key(keys, hints, p, &other_field, &other_seen)
    if p != NULL:
        field[0], seen[0] = other_field, other_seen
    return p


cdef inline char* past(char* p, const char* name) noexcept nogil:
    # From a key to its value, or to the spaces before that. The size is known when compiling: the
    # processor need not wait for what the key turned out to be.
    return p + strlen(name) + PUNCTUATION


cdef inline char* past_space(char* p, const char* name) noexcept nogil:
    p = past(p, name)
    return p if p[0] > 32 else skip_space(p)
