"""The words of a dictionary in, what would be asked of each over and over out: symbols, and order."""

from libc.stdint cimport int32_t, int64_t
from libc.stdlib cimport free, malloc

from ._arrow cimport SYMBOL_BROKEN
from ._arrow_text cimport learn_symbol
from ._book cimport BookC
from ._desk cimport RankC
from ._draft cimport TextC
from ._rank cimport order_texts


cdef bint learn_words(
    const BookC* book, TextC* words, int64_t count, int32_t* symbols
) noexcept nogil:
    cdef int32_t unknown = book.plan.symbol_count, symbol
    cdef int64_t i
    for i in range(count):
        symbol = learn_symbol(book, &words[i])
        if symbol == SYMBOL_BROKEN:
            return False
        symbols[i] = symbol if symbol >= 0 else unknown
    return True


cdef bint has_empty_word(const TextC* words, int64_t count) noexcept nogil:
    cdef int64_t i
    for i in range(count):
        if words[i].size == 0:
            return True
    return False


cdef bint order_words(const TextC* words, int32_t count, int32_t* orders) noexcept nogil:
    cdef RankC* rows = <RankC*>malloc((<size_t>count + 1) * 2 * sizeof(RankC))
    if rows == NULL:
        return False
    order_texts(rows, words, count, orders)
    free(rows)
    return True
