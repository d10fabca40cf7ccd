# Pieces of JSON, written where there is room: each function returns the place behind it.

from libc.stdint cimport int64_t, uint64_t
from libc.string cimport memcpy, strlen

from ._draft cimport TextC
from ._json_scan cimport (
    EIGHT_DIGITS,
    LAST_BYTE,
    NO_FOURS,
    NO_PAIRS,
    NO_TENS,
    ONES,
    TENS_OF_FOURS,
    TENS_OF_PAIRS,
    count_low_zeros,
    store_word,
)

cdef enum:
    PIECE_BYTES = 32  # copied at once, so there must be that much to read and to write
    NUMBER_BYTES = 28  # at most, with its sign and what is written beyond it
    ESCAPED_BYTES = 6  # of one byte, at most


cdef inline char* put(char* p, const char* literal) noexcept nogil:
    cdef size_t size = strlen(literal)  # known when compiling
    memcpy(p, literal, size)
    return p + size


cdef inline char* put_piece(char* p, const TextC* text) noexcept nogil:
    # A text that has PIECE_BYTES readable behind it; short ones are copied without a loop.
    memcpy(p, text.data, PIECE_BYTES)
    if text.size > PIECE_BYTES:
        memcpy(p + PIECE_BYTES, text.data + PIECE_BYTES, <size_t>text.size - PIECE_BYTES)
    return p + text.size


cdef inline uint64_t digits_of(uint64_t number) noexcept nogil:
    # Eight digits of a number below 10**8, the first in the lowest byte: two fours, four pairs,
    # then single ones. The products are exact quotients for numbers of that size; each quotient
    # stays below, and what is left of the number goes above it, by one subtraction.
    cdef uint64_t fours, pairs
    fours = (number << 32) - ((number * 109951163) >> 40) * NO_FOURS
    pairs = (fours << 16) - (((fours * 10486) >> 20) & TENS_OF_FOURS) * NO_PAIRS
    return (pairs << 8) - (((pairs * 103) >> 10) & TENS_OF_PAIRS) * NO_TENS


cdef inline uint64_t spell_short(uint64_t number, int64_t* size) noexcept nogil:
    # A number below 10**8 as it is written, in so many of the lowest bytes.
    cdef uint64_t digits = digits_of(number)
    cdef int zeros = count_low_zeros(digits | LAST_BYTE) & 56
    size[0] = 8 - (zeros >> 3)
    return (digits | (ONES * 0x30)) >> zeros


cdef inline char* put_short(char* p, uint64_t number) noexcept nogil:
    # A number below 10**8; eight bytes are written whatever its length.
    cdef int64_t size
    store_word(p, spell_short(number, &size))
    return p + size


cdef inline char* put_number(char* p, int64_t number) noexcept nogil:
    cdef uint64_t left = <uint64_t>number
    if left < EIGHT_DIGITS:
        return put_short(p, left)
    if number < 0:
        p[0] = 45
        p += 1
        left = 0 - left
        if left < EIGHT_DIGITS:
            return put_short(p, left)
    return put_long(p, left)


cdef inline char* put_rare(char* p, int64_t number) noexcept nogil:
    # A number that is zero most of the time.
    if number == 0:
        p[0] = 48
        return p + 1
    return put_number(p, number)


cdef inline char* put_long(char* p, uint64_t left) noexcept nogil:
    # Of nine digits or more.
    cdef uint64_t high = left // EIGHT_DIGITS
    if high < EIGHT_DIGITS:
        p = put_short(p, high)
    else:
        p = put_short(p, high // EIGHT_DIGITS)
        store_word(p, digits_of(high % EIGHT_DIGITS) | (ONES * 0x30))
        p += 8
    store_word(p, digits_of(left % EIGHT_DIGITS) | (ONES * 0x30))
    return p + 8
