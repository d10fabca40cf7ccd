"""Weights in, exact parts out: sorting, largest-remainder shares, spreading under caps."""

cimport cython
from libc.stdint cimport int32_t, int64_t

from ._layout cimport SortC, i128


cdef enum:
    FEW = 128
    SHORT = 12  # rows that are sorted one by one
    SPLITS_MAX = 32  # of a list; one that splits badly more often is sorted by gaps


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


cdef void insert_rows(SortC* rows, int32_t count) noexcept nogil:
    cdef int32_t i, j
    cdef SortC row
    for i in range(1, count):
        row = rows[i]
        j = i
        while j > 0 and is_before(&row, &rows[j - 1]):
            rows[j] = rows[j - 1]
            j -= 1
        rows[j] = row


cdef int32_t split_rows(SortC* rows, int32_t count) noexcept nogil:
    # Moves rows so that none of the first n, which is returned, stands after one of the others.
    # INVARIANT: no two rows are alike, so the middle one of three is not the last of all.
    cdef SortC pivot = rows[count >> 1], row
    cdef int32_t i = -1, j = count
    if is_before(&rows[count - 1], &rows[0]) != is_before(&rows[count - 1], &pivot):
        pivot = rows[count - 1]
    elif is_before(&rows[0], &rows[count - 1]) != is_before(&rows[0], &pivot):
        pivot = rows[0]
    while True:
        i += 1
        while is_before(&rows[i], &pivot):
            i += 1
        j -= 1
        while is_before(&pivot, &rows[j]):
            j -= 1
        if i >= j:
            return j + 1
        row = rows[i]
        rows[i] = rows[j]
        rows[j] = row


cdef void sort_part(SortC* rows, int32_t count, int32_t splits) noexcept nogil:
    # The smaller half is sorted inside, the larger one here, so calls do not pile up.
    cdef int32_t left
    while count > SHORT:
        if splits == 0:
            sort_with(rows, count, is_before)
            return
        splits -= 1
        left = split_rows(rows, count)
        if left < count - left:
            sort_part(rows, left, splits)
            rows += left
            count -= left
        else:
            sort_part(rows + left, count - left, splits)
            count = left
    insert_rows(rows, count)


cdef void sort_rows(SortC* rows, int32_t count) noexcept nogil:
    sort_part(rows, count, SPLITS_MAX)


cdef void bring_forward(SortC* rows, int32_t count, int32_t wanted) noexcept nogil:
    # Moves rows so that the first ones in order are the first, in whatever order.
    cdef int32_t left, splits = SPLITS_MAX
    while count > SHORT:
        if splits == 0:
            sort_with(rows, count, is_before)
            return
        splits -= 1
        left = split_rows(rows, count)
        if left <= wanted:
            rows += left
            count -= left
            wanted -= left
        else:
            count = left
    insert_rows(rows, count)


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
        if product < (<i128>1 << 62):  # a division of 64 bits is far faster
            parts[i] = <int64_t>product // whole
        else:
            parts[i] = <int64_t>(product // whole)
        rows[i].key = <int64_t>(product - <i128>parts[i] * whole)
        rows[i].rank = ranks[i]
        rows[i].place = i
        left -= parts[i]
    if left * count <= FEW:
        raise_parts(parts, rows, count, <int32_t>left)
        return
    bring_forward(rows, count, <int32_t>left)
    for i in range(<int32_t>left):
        parts[rows[i].place] += 1


cdef void raise_parts(
    int64_t* parts, SortC* rows, int32_t count, int32_t left
) noexcept nogil:
    # One more for each of the first rows in order: where these are few, looking is faster than
    # sorting. The keys of those raised fall below all others.
    cdef int32_t i, best
    while left > 0:
        best = 0
        for i in range(1, count):
            if is_before(&rows[i], &rows[best]):
                best = i
        parts[rows[best].place] += 1
        rows[best].key = -1
        left -= 1


cdef inline bint is_roomy(
    const SortC* rows, int32_t count, int64_t left, int64_t whole
) noexcept nogil:
    # Whether no share exceeds its cap.
    cdef int32_t i
    for i in range(count):
        if <i128>left * rows[i].weight > <i128>rows[i].key * whole:
            return False
    return True


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
    if free == count and is_roomy(rows, count, left, whole):
        share(left, weights, ranks, count, parts, rows)
        return total
    if not is_roomy(rows, free, left, whole):
        sort_with(rows, free, has_less_room)
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
