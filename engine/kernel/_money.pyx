"""Weights in, exact parts out: sorting, largest-remainder shares, spreading under caps."""

cimport cython
from libc.stdint cimport int32_t, int64_t

from ._layout cimport SortC, i128


cdef inline bint is_before(const SortC* a, const SortC* b) noexcept nogil:
    # By key, largest first; then by rank, so that ties go to the smaller id.
    if a.key != b.key:
        return a.key > b.key
    return a.rank < b.rank


cdef inline bint has_less_room(const SortC* a, const SortC* b) noexcept nogil:
    # By cap / weight, smallest first, compared by cross-multiplication.
    cdef i128 left = <i128>a.key * b.weight
    cdef i128 right = <i128>b.key * a.weight
    if left != right:
        return left < right
    return a.rank < b.rank


# Shell sort with gaps of about 9/4 each: no memory, no recursion, fast on the short lists of a
# cart, and far from quadratic on 10,000 lines.


cdef int32_t first_gap(int32_t count) noexcept nogil:
    cdef int32_t gap = 1
    while gap * 9 // 4 + 1 < count:
        gap = gap * 9 // 4 + 1
    return gap


@cython.cdivision(True)
cdef inline int32_t next_gap(int32_t gap) noexcept nogil:
    # INVARIANT: undoes `first_gap` step by step (1, 3, 7, 16, 37 ...), so the last gap is 1.
    return gap * 4 // 9


ctypedef bint (*Order)(const SortC*, const SortC*) noexcept nogil


cdef inline void sort_with(SortC* rows, int32_t count, Order is_less) noexcept nogil:
    cdef int32_t gap = first_gap(count), i, j
    cdef SortC row
    while gap > 0:
        for i in range(gap, count):
            row = rows[i]
            j = i
            while j >= gap and is_less(&row, &rows[j - gap]):
                rows[j] = rows[j - gap]
                j -= gap
            rows[j] = row
        gap = next_gap(gap)


cdef void sort_rows(SortC* rows, int32_t count) noexcept nogil:
    sort_with(rows, count, is_before)


cdef void sort_numbers(int32_t* numbers, int32_t count) noexcept nogil:
    cdef int32_t gap = first_gap(count), i, j, number
    while gap > 0:
        for i in range(gap, count):
            number = numbers[i]
            j = i
            while j >= gap and number < numbers[j - gap]:
                numbers[j] = numbers[j - gap]
                j -= gap
            numbers[j] = number
        gap = next_gap(gap)


@cython.cdivision(True)
cdef void share(
    int64_t total,
    const int64_t* weights,
    const int32_t* ranks,
    int32_t count,
    int64_t* parts,
    SortC* rows,
) noexcept nogil:
    # parts[i] = floor(total x w_i / W); what is left over goes one each to the largest remainders.
    cdef int64_t whole = 0, left = total
    cdef i128 product
    cdef int32_t i
    for i in range(count):
        whole += weights[i]
        parts[i] = 0
    if whole == 0 or total == 0:
        return
    for i in range(count):
        product = <i128>total * weights[i]
        parts[i] = <int64_t>(product // whole)
        rows[i].key = <int64_t>(product - <i128>parts[i] * whole)
        rows[i].rank = ranks[i]
        rows[i].place = i
        left -= parts[i]
    if left == 0:
        return
    sort_rows(rows, count)
    for i in range(<int32_t>left):
        parts[rows[i].place] += 1


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
) noexcept nogil:
    # Returns what was placed. Parts that exceed their cap are fixed in the order of cap / weight:
    # each one fixed raises the shares of the others, so the first that fits ends the search, and
    # the result is that of fixing all that exceed at once, again and again.
    cdef int64_t room = 0, whole = 0, left
    cdef int32_t i, free = 0, fixed = 0
    for i in range(count):
        parts[i] = 0
        if weights[i] > 0:
            rows[free].key = caps[i]
            rows[free].weight = weights[i]
            rows[free].rank = ranks[i]
            rows[free].place = i
            free += 1
            room += caps[i]
            whole += weights[i]
    left = total if total < room else room
    total = left
    for i in range(free):
        if <i128>left * rows[i].weight > <i128>rows[i].key * whole:
            sort_with(rows, free, has_less_room)
            break
    while fixed < free and <i128>left * rows[fixed].weight > <i128>rows[fixed].key * whole:
        parts[rows[fixed].place] = rows[fixed].key
        left -= rows[fixed].key
        whole -= rows[fixed].weight
        fixed += 1
    for i in range(fixed, free):
        spare_weights[i - fixed] = rows[i].weight
        spare_ranks[i - fixed] = rows[i].rank
        # The share that follows uses `rows` again: places are kept in the parts until then.
        spare_parts[i - fixed] = rows[i].place
    for i in range(fixed, free):
        parts[<int32_t>spare_parts[i - fixed]] = -1 - (i - fixed)
    share(left, spare_weights, spare_ranks, free - fixed, spare_parts, rows)
    for i in range(count):
        if parts[i] < 0:
            parts[i] = spare_parts[-1 - parts[i]]
    return total
