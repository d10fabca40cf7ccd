from libc.stdint cimport int32_t, int64_t

from ._book cimport BookC
from ._draft cimport TextC

# The symbol of each word, as the kernel has it: those that no rule names have one in common. False
# when a word is not sound.
cdef bint learn_words(
    const BookC* book, TextC* words, int64_t count, int32_t* symbols
) noexcept nogil
cdef bint has_empty_word(const TextC* words, int64_t count) noexcept nogil
# The place of each word in the order of ids; equal words share theirs. False when memory did not
# suffice.
cdef bint order_words(const TextC* words, int32_t count, int32_t* orders) noexcept nogil
