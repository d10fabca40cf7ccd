# Amounts: the one rounding, and the two ways to split an amount. All operands are >= 0.

cimport cython
from libc.stdint cimport int32_t, int64_t

from ._layout cimport ROUND_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, ROUND_UP, SortC, i128


cdef inline int64_t least(int64_t a, int64_t b) noexcept nogil:
    return a if a < b else b


cdef inline int64_t most(int64_t a, int64_t b) noexcept nogil:
    return a if a > b else b


@cython.cdivision(True)
cdef inline int64_t percent_of(
    int64_t amount_minor, int64_t percent_ppm, int32_t rounding
) noexcept nogil:
    # INVARIANT: both operands are >= 0, so C's division is the floor.
    cdef i128 product = <i128>amount_minor * percent_ppm
    cdef int64_t quotient, remainder
    if product < (<i128>1 << 62):
        quotient = <int64_t>product // 1000000
        remainder = <int64_t>product % 1000000
    else:
        quotient = <int64_t>(product // 1000000)
        remainder = <int64_t>(product % 1000000)
    if rounding == ROUND_HALF_UP:
        return quotient + (remainder >= 500000)
    if rounding == ROUND_DOWN:
        return quotient
    if rounding == ROUND_UP:
        return quotient + (remainder > 0)
    if remainder == 500000:
        return quotient + (quotient & 1)
    return quotient + (remainder > 500000)


cdef void sort_rows(SortC* rows, int32_t count) noexcept nogil
cdef void sort_numbers(int32_t* numbers, int32_t count) noexcept nogil
cdef void share(
    int64_t total,
    const int64_t* weights,
    const int32_t* ranks,
    int32_t count,
    int64_t* parts,
    SortC* rows,
) noexcept nogil
cdef int64_t spread(
    int64_t total,
    const int64_t* weights,
    const int64_t* caps,
    const int32_t* ranks,
    int32_t count,
    int64_t* parts,
    SortC* rows,
    int64_t* spare_weights,
    int32_t* spare_ranks,
    int64_t* spare_parts,
) noexcept nogil
