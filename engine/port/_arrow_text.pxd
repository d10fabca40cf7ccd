# Texts of columns as the reader takes them: checked, and with the symbol that a dictionary's word has.

from libc.stdint cimport int32_t, int64_t

from ..kernel._layout cimport NOTHING
from ._arrow cimport (
    FORM_WORDS,
    SYMBOL_BROKEN,
    ColumnC,
    index_at,
    load_symbol,
    store_symbol,
    text_at,
)
from ._book cimport BookC
from ._draft cimport TextC
from ._symbols cimport find_text


cdef inline int32_t learn_symbol(const BookC* book, TextC* word) noexcept nogil:
    # The symbol of a dictionary's word, which the word keeps; SYMBOL_BROKEN when it is not sound.
    cdef int32_t symbol = load_symbol(&word.symbol)
    if symbol >= NOTHING:
        return symbol
    if word.data == NULL or symbol == SYMBOL_BROKEN:
        return SYMBOL_BROKEN
    symbol = find_text(&book.symbols, word.data, word.size)
    store_symbol(&word.symbol, symbol)
    return symbol


cdef inline bint take_text(const BookC* book, const ColumnC* c, int64_t i, TextC* t) noexcept nogil:
    # A text that is not null; whether it is sound.
    cdef TextC* word
    if c.form != FORM_WORDS:
        t[0] = text_at(c, i)
        return t.symbol != SYMBOL_BROKEN and t.data != NULL
    word = &c.texts[index_at(c.values, c.width, c.is_signed, c.first + i)]
    t.data, t.size = word.data, word.size
    t.symbol = learn_symbol(book, word)
    return t.symbol != SYMBOL_BROKEN


cdef inline int32_t take_symbol(const BookC* book, const ColumnC* c, int64_t i) noexcept nogil:
    # Of a text that is not null, its symbol alone; NOTHING when no rule names it, SYMBOL_BROKEN when
    # it is not sound.
    cdef TextC t
    if c.form == FORM_WORDS:
        return learn_symbol(book, &c.texts[index_at(c.values, c.width, c.is_signed, c.first + i)])
    t = text_at(c, i)
    if t.symbol == SYMBOL_BROKEN or t.data == NULL:
        return SYMBOL_BROKEN
    return t.symbol if t.symbol >= NOTHING else find_text(&book.symbols, t.data, t.size)
