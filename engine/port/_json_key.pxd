# The keys of JSON objects. Which key comes next is guessed from the object before, and compared with
# its punctuation in one go; only another one, or one with spaces about it, is looked for.

from libc.stdint cimport int8_t, int32_t, uint32_t
from libc.string cimport strlen

from ._json_scan cimport skip_space, starts_with

cdef enum:
    END = -1  # in the place of a field
    KEY_ROOM = 16  # keys of one kind of object
    LITERAL_ROOM = 56  # more than `starts_with` reads, from the third byte on
    PUNCTUATION = 4  # bytes of a literal that are not the key's own

cdef struct KeyC:
    char literal[LITERAL_ROOM]  # `,"quantity":`, as it stands where nobody puts spaces
    uint32_t bits  # one for each byte of it
    int32_t size

# The keys of one kind of object, by field.
cdef struct KeysC:
    KeyC items[KEY_ROOM]
    int32_t count

cdef void fill_key(KeyC* key, bytes name)
# As `read_key`, wherever spaces are and whichever key it is; that key is the next guess.
cdef char* look_for_key(
    const KeysC* keys, int8_t* hints, char* p, int32_t* field, uint32_t* seen
) noexcept nogil


cdef inline char* read_key(
    const KeysC* keys, int8_t* hints, char* p, int32_t* field, uint32_t* seen, bint is_first
) noexcept nogil:
    # To the next key of an object, so that `past` it is its value; `field` is END behind the last,
    # when p is behind the object. Before the first, `field` is END and nothing is seen. `hints`
    # say which field came behind each, from END on.
    cdef int32_t guess = hints[field[0] + 1]
    cdef const KeyC* key = &keys.items[guess]
    cdef int32_t other_field = field[0]  # copies, so that the fields proper stay in registers
    cdef uint32_t other_seen = seen[0]
    if p[0] == 125:
        field[0] = END
        return p + 1
    # The first has no comma.
    if not starts_with(p, key.literal + is_first, key.bits >> is_first):
        p = look_for_key(keys, hints, p, &other_field, &other_seen)
        field[0], seen[0] = other_field, other_seen
        return p
    if seen[0] & (<uint32_t>1 << guess):
        return NULL
    seen[0] |= <uint32_t>1 << guess
    field[0] = guess
    return p - is_first


cdef inline char* past(char* p, const char* name) noexcept nogil:
    # From a key to its value. The size is known when compiling: the processor need not wait for
    # what the key turned out to be.
    p += strlen(name) + PUNCTUATION
    return p if p[0] > 32 else skip_space(p)
