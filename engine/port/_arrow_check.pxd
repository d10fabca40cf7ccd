from libc.stdint cimport int32_t, int64_t, uint8_t

from ._arrow cimport ColumnC
from ._draft cimport TextC

# Whether offsets never fall, begin at 0 or above and end at `most` or below.
cdef bint are_offsets(
    const char* offsets, int32_t width, int64_t first, int64_t count, int64_t most
) noexcept nogil
# Whether list views lie within a child of `most` items.
cdef bint are_ranges(const ColumnC* c, int64_t most) noexcept nogil
# Whether indices that are not null are those of words.
cdef bint are_indices(const ColumnC* c) noexcept nogil
# Indices as texts; one that is no word's is marked SYMBOL_BROKEN and has no text.
cdef void read_indices(const ColumnC* c, const TextC* words, TextC* texts) noexcept nogil
# Views of texts as texts; False when one lies outside its buffer.
cdef bint read_views(
    const ColumnC* c, const void** buffers, int64_t buffer_count, TextC* texts
) noexcept nogil
# Texts at offsets as texts; those that are no UTF-8, or too long, are marked SYMBOL_BROKEN.
cdef void read_texts(const ColumnC* c, TextC* texts) noexcept nogil
cdef bint is_ascii(const char* data, int64_t size) noexcept nogil
