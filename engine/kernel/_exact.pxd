# Fractions of 128 bits: sums, the one rounding, and the largest remainders. Nothing is negative.
#
# LIMIT: a number of 2^126 or more is too wide. Functions that return a bint then return False, and
# the cart is left to the reference, which knows no width.

from libc.stdint cimport int32_t, int64_t

from ._layout cimport i128

cdef struct FractionC:
    i128 numerator
    i128 denominator  # above 0

# A whole number and a fraction below 1.
cdef struct SumC:
    i128 whole
    FractionC rest

# One of some amounts, by what its floor leaves of it.
cdef struct RestC:
    i128 rest
    int32_t rank
    int32_t place

cdef extern from *:
    bint __builtin_mul_overflow(i128 a, i128 b, i128* product) noexcept nogil

cdef enum:
    WIDTH_BITS = 126


cdef inline bint multiply(i128 a, i128 b, i128* product) noexcept nogil:
    return not __builtin_mul_overflow(a, b, product) and product[0] >> WIDTH_BITS == 0


cdef inline bint add(i128 a, i128 b, i128* total) noexcept nogil:
    # INVARIANT: both are below 2^126.
    total[0] = a + b
    return total[0] >> WIDTH_BITS == 0


cdef i128 common_divisor(i128 a, i128 b) noexcept nogil
cdef void reduce(FractionC* f) noexcept nogil
cdef bint multiply_fraction(FractionC* f, const FractionC* by) noexcept nogil
cdef bint add_fraction(SumC* total, const FractionC* f) noexcept nogil
cdef bint round_sum(const SumC* total, int32_t rounding, int64_t* rounded) noexcept nogil
cdef void sort_rests(RestC* rests, int32_t count) noexcept nogil
cdef void hand_out(int64_t left, RestC* rests, int32_t count, int64_t* parts) noexcept nogil
cdef bint apportion(
    int64_t total,
    const i128* weights,
    const FractionC* each,
    const int32_t* ranks,
    int32_t count,
    int64_t* parts,
    RestC* rests,
) noexcept nogil
