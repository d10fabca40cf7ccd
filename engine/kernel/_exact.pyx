"""Exact amounts in, whole ones out: fractions, their sum rounded once, largest remainders."""

cimport cython
from libc.stdint cimport int32_t, int64_t, uint64_t

from ._layout cimport ROUND_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, ROUND_UP, i128


cdef enum:
    FEW = 128
    NARROW_BITS = 63


cdef inline bint is_narrow(i128 a) noexcept nogil:
    return a >> NARROW_BITS == 0


@cython.cdivision(True)
cdef i128 common_divisor(i128 a, i128 b) noexcept nogil:
    cdef i128 rest
    cdef uint64_t small, large, left
    while b != 0 and not (is_narrow(a) and is_narrow(b)):
        rest = a % b
        a = b
        b = rest
    if b == 0:
        return a
    large, small = <uint64_t>a, <uint64_t>b  # a division of 64 bits is far faster
    while small != 0:
        left = large % small
        large = small
        small = left
    return <i128>large


@cython.cdivision(True)
cdef void reduce(FractionC* f) noexcept nogil:
    cdef i128 divisor = common_divisor(f.numerator, f.denominator)
    f.numerator = f.numerator // divisor
    f.denominator = f.denominator // divisor


@cython.cdivision(True)
cdef bint multiply_fraction(FractionC* f, const FractionC* by) noexcept nogil:
    # Both reduced; crosswise first, so that the products are those of the result.
    cdef i128 down = common_divisor(f.numerator, by.denominator)
    cdef i128 up = common_divisor(by.numerator, f.denominator)
    return multiply(f.numerator // down, by.numerator // up, &f.numerator) and (
        multiply(f.denominator // up, by.denominator // down, &f.denominator)
    )


@cython.cdivision(True)
cdef bint add_fraction(SumC* total, const FractionC* f) noexcept nogil:
    cdef i128 whole = f.numerator // f.denominator
    cdef i128 rest = f.numerator - whole * f.denominator
    cdef i128 shared, left, right, denominator
    if not add(total.whole, whole, &total.whole):
        return False
    if rest == 0:
        return True
    shared = common_divisor(total.rest.denominator, f.denominator)
    if not multiply(total.rest.denominator // shared, f.denominator, &denominator):
        return False
    # INVARIANT: each part is below the denominator, so neither they nor their sum overflow.
    left = total.rest.numerator * (f.denominator // shared)
    right = rest * (total.rest.denominator // shared)
    total.rest.numerator = left + right
    total.rest.denominator = denominator
    if total.rest.numerator >= denominator:
        total.rest.numerator -= denominator
        total.whole += 1
    return True


cdef bint round_sum(const SumC* total, int32_t rounding, int64_t* rounded) noexcept nogil:
    cdef i128 rest = total.rest.numerator, twice = 2 * rest
    cdef int64_t whole
    if not is_narrow(total.whole + 1):
        return False
    whole = <int64_t>total.whole
    if rounding == ROUND_UP:
        whole += rest > 0
    elif rounding == ROUND_HALF_UP:
        whole += twice >= total.rest.denominator
    elif rounding == ROUND_HALF_EVEN:
        if twice == total.rest.denominator:
            whole += whole & 1
        else:
            whole += twice > total.rest.denominator
    rounded[0] = whole
    return True


# Largest remainders.


cdef inline bint is_before(const RestC* a, const RestC* b) noexcept nogil:
    if a.rest != b.rest:
        return a.rest > b.rest
    return a.rank < b.rank


cdef void sort_rests(RestC* rests, int32_t count) noexcept nogil:
    # Shell sort, as in _money.
    cdef int32_t gap = 1, i, j
    cdef RestC row
    while gap * 9 // 4 + 1 < count:
        gap = gap * 9 // 4 + 1
    while gap > 0:
        for i in range(gap, count):
            row = rests[i]
            j = i
            while j >= gap and is_before(&row, &rests[j - gap]):
                rests[j] = rests[j - gap]
                j -= gap
            rests[j] = row
        gap = gap * 4 // 9


cdef void hand_out(int64_t left, RestC* rests, int32_t count, int64_t* parts) noexcept nogil:
    # One more for each of the first in order. INVARIANT: left <= count.
    cdef int32_t i, best
    if left * count > FEW:
        sort_rests(rests, count)
        for i in range(<int32_t>left):
            parts[rests[i].place] += 1
        return
    while left > 0:
        best = 0
        for i in range(1, count):
            if is_before(&rests[i], &rests[best]):
                best = i
        parts[rests[best].place] += 1
        rests[best].rest = -1
        left -= 1


@cython.cdivision(True)
cdef bint apportion(
    int64_t total,
    const i128* weights,
    const FractionC* each,
    const int32_t* ranks,
    int32_t count,
    int64_t* parts,
    RestC* rests,
) noexcept nogil:
    # parts[i] = floor(weight x each); what is left of the total goes one each to the largest
    # remainders. INVARIANT: `each` is reduced, and the total is the sum, rounded up or down.
    cdef int64_t left = total
    cdef i128 product
    cdef int32_t i
    for i in range(count):
        if not multiply(weights[i], each.numerator, &product):
            return False
        if is_narrow(product) and is_narrow(each.denominator):
            parts[i] = <int64_t>product // <int64_t>each.denominator
        else:
            parts[i] = <int64_t>(product // each.denominator)
        rests[i].rest = product - <i128>parts[i] * each.denominator
        rests[i].rank = ranks[i]
        rests[i].place = i
        left -= parts[i]
    hand_out(left, rests, count, parts)
    return True
