# JSON bytes, many at a time. Every function may read up to 32 bytes beyond where it stands.

from libc.stdint cimport int64_t, uint32_t, uint64_t

cdef extern from *:
    """
    #include <string.h>
    /* The first byte in the lowest eight bits, on every machine. */
    static inline uint64_t load_word(const char *p) {
        uint64_t word;
        memcpy(&word, p, 8);
    #if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
        word = __builtin_bswap64(word);
    #endif
        return word;
    }
    static inline void store_word(char *p, uint64_t word) {
    #if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
        word = __builtin_bswap64(word);
    #endif
        memcpy(p, &word, 8);
    }
    #define ONES 0x0101010101010101u
    #define HIGHS 0x8080808080808080u
    #define PAIRS 0x00FF00FF00FF00FFu
    #define FOURS 0x0000FFFF0000FFFFu
    #define HALF 0xFFFFFFFFu
    #define LAST_BYTE 0x8000000000000000u
    #define TENS_OF_FOURS 0x0000007F0000007Fu
    #define TENS_OF_PAIRS 0x000F000F000F000Fu
    #define EIGHT_DIGITS 100000000u
    #define NO_FOURS 0x270FFFFFFFFFu
    #define NO_PAIRS 0x63FFFFu
    #define NO_TENS 0x9FFu
    /* A bit for each of 16 bytes that a text cannot hold as it is, or that is beyond ASCII; and
       whether the first bytes are those of a literal, which has a bit for each. */
    #ifdef __SSE2__
    #include <emmintrin.h>
    static inline unsigned int unplain_bits(const char *p) {
        __m128i bytes = _mm_loadu_si128((const __m128i *)p);
        /* With one bit turned the quote comes right behind the control characters; the comparison
           is signed, so that it has what is beyond ASCII too. */
        __m128i turned = _mm_xor_si128(bytes, _mm_set1_epi8(0x02));
        __m128i others = _mm_cmpgt_epi8(_mm_set1_epi8(0x21), turned);
        __m128i slashes = _mm_cmpeq_epi8(bytes, _mm_set1_epi8(0x5C));
        return (unsigned int)_mm_movemask_epi8(_mm_or_si128(others, slashes));
    }
    static inline unsigned int same_bits(const char *p, const char *literal) {
        return (unsigned int)_mm_movemask_epi8(_mm_cmpeq_epi8(
            _mm_loadu_si128((const __m128i *)p), _mm_loadu_si128((const __m128i *)literal)));
    }
    static inline int starts_with(const char *p, const char *literal, unsigned int bits) {
        unsigned int same = same_bits(p, literal);
        if (bits >> 16) {
            same |= same_bits(p + 16, literal + 16) << 16;
        }
        return (bits & ~same) == 0;
    }
    #else
    static inline unsigned int unplain_bits(const char *p) {
        unsigned int bits = 0, i;
        for (i = 0; i < 16; i++) {
            bits |= (unsigned int)(p[i] == 0x22 || p[i] == 0x5C || (signed char)p[i] < 0x20) << i;
        }
        return bits;
    }
    static inline unsigned int same_bits(const char *p, const char *literal) {
        unsigned int bits = 0, i;
        for (i = 0; i < 16; i++) {
            bits |= (unsigned int)(p[i] == literal[i]) << i;
        }
        return bits;
    }
    static inline int starts_with(const char *p, const char *literal, unsigned int bits) {
        return memcmp(p, literal, 32 - __builtin_clz(bits)) == 0;
    }
    #endif
    """
    uint64_t load_word(const char* p) noexcept nogil
    void store_word(char* p, uint64_t word) noexcept nogil
    const uint64_t ONES, HIGHS, LAST_BYTE  # a bit of each byte, or of the last
    const uint64_t PAIRS, FOURS, HALF, TENS_OF_FOURS, TENS_OF_PAIRS  # masks of digits
    const uint64_t EIGHT_DIGITS
    const uint64_t NO_FOURS, NO_PAIRS, NO_TENS  # times a quotient, taken from both halves at once
    uint32_t unplain_bits(const char* p) noexcept nogil
    uint32_t same_bits(const char* p, const char* literal) noexcept nogil
    bint starts_with(const char* p, const char* literal, uint32_t bits) noexcept nogil
    int count_low_zeros "__builtin_ctzll"(unsigned long long word) noexcept nogil

cdef enum:
    DIGITS_MAX = 18  # of a number; the plain way reads longer ones


cdef inline uint64_t special_bytes(uint64_t word) noexcept nogil:
    # The high bit of the first byte that a text cannot hold as it is; those of later bytes mean
    # nothing. No byte beyond ASCII is special.
    cdef uint64_t quotes = word ^ (ONES * 0x22)
    cdef uint64_t slashes = word ^ (ONES * 0x5C)
    return (
        ((quotes - ONES) & ~quotes)
        | ((slashes - ONES) & ~slashes)
        | ((word - ONES * 0x20) & ~word)
    ) & HIGHS


cdef inline uint64_t unplain_bytes(uint64_t word) noexcept nogil:
    # The same, but bytes beyond ASCII count.
    return special_bytes(word) | (word & HIGHS)


cdef inline uint64_t undigit_bytes(uint64_t word) noexcept nogil:
    # The same for the first byte above 9, in a word from which the zero digits were taken.
    return (word | (word + ONES * 0x76)) & HIGHS


cdef inline uint64_t number_of(uint64_t word) noexcept nogil:
    # Eight digits of one byte each, the first in the lowest byte: pairs, fours, then all.
    word = (word * 10 + (word >> 8)) & PAIRS
    word = (word * 100 + (word >> 16)) & FOURS
    return (word * 10000 + (word >> 32)) & HALF


cdef inline bint is_space(char byte) noexcept nogil:
    return byte == 32 or byte == 10 or byte == 13 or byte == 9


cdef inline char* skip_space(char* p) noexcept nogil:
    if p[0] == 32:
        p += 1
    while p[0] <= 32 and is_space(p[0]):
        p += 1
    return p


cdef inline char* read_digits(char* p, int64_t* number) noexcept nogil:
    # Up to DIGITS_MAX digits without a leading zero: the place behind them, or NULL.
    cdef uint64_t word = load_word(p) ^ (ONES * 0x30)
    cdef uint64_t ends = undigit_bytes(word)
    cdef char* start = p
    cdef int64_t count
    if ends == 0:
        number[0] = <int64_t>number_of(word)
        p += 8
        while 48 <= p[0] <= 57:
            if p - start == DIGITS_MAX:
                return NULL
            number[0] = number[0] * 10 + (p[0] - 48)
            p += 1
        return NULL if start[0] == 48 else p
    count = count_low_zeros(ends) >> 3
    if count == 0 or (start[0] == 48 and count > 1):
        return NULL
    number[0] = <int64_t>number_of(word << (64 - 8 * count))
    return p + count
