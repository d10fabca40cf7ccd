"""Columns of words in, the symbols of many lines on the desk out: texts, sets, and what no rule reads.
"""

from libc.stdint cimport int32_t, int64_t

from ..kernel._layout cimport NOTHING, List32
from ._arrow cimport (
    FORM_LIST,
    FORM_NULL,
    FORM_WORDS,
    ROLE_FLAG,
    ROLE_TEXT,
    ROLE_WORDS,
    SYMBOL_BROKEN,
    ColumnC,
    index_at,
    is_null,
    load_symbol,
    range_at,
)
from ._arrow_reader cimport PlaceC, refuse_sent
from ._arrow_shelf cimport ShelfC
from ._arrow_text cimport learn_symbol, take_symbol, take_text
from ._book cimport BookC, SlotC
from ._desk cimport DeskC, make_room
from ._draft cimport READ_MEMORY, READ_OK, READ_PLAIN, DraftLineC, TextC
from ._slots cimport add_prefixes, add_symbol
from ._symbols cimport find_text

cdef enum:
    FEW = 8  # symbols of a set that are looked through here
    WORDS_MAX = 1 << 20  # LIMIT: of the lines read at once; carts with more go the plain way

# Never filled: only where its member lies is asked.
cdef DraftLineC blank
cdef int64_t ID = <char*>&blank.id - <char*>&blank


# Texts.


cdef inline int32_t symbol_of(const BookC* book, TextC* word) noexcept nogil:
    # As `learn_symbol`, which is for words that are new.
    cdef int32_t symbol = load_symbol(&word.symbol)
    return symbol if symbol >= NOTHING else meet_word(book, word)


cdef int32_t meet_word(const BookC* book, TextC* word) noexcept nogil:
    # Out of the way of the loops.
    return learn_symbol(book, word)


cdef int32_t fill_texts(ShelfC* shelf, DeskC* desk, const PlaceC* p) noexcept nogil:
    cdef int32_t count = desk.book.plan.line_text_count, i, k, symbol, status
    cdef const SlotC* slot
    cdef const ColumnC* c
    cdef int32_t* into
    for k in range(count):
        slot = &desk.book.line_texts[k]
        c = shelf.text_columns[k]
        into = desk.line_texts + k
        symbol = NOTHING
        if slot.has_fallback:
            symbol = known_symbol(desk.book, &slot.fallback)
        if c == NULL:
            for i in range(p.count):
                into[<int64_t>i * count] = symbol
            continue
        status = fill_column(desk.book, c, p, into, count, symbol)
        if status != READ_OK:
            return status
    return READ_OK


cdef int32_t known_symbol(const BookC* book, const TextC* text) noexcept nogil:
    # As the kernel has it: all texts that no rule names are one.
    cdef int32_t symbol = text.symbol
    if symbol < NOTHING:
        symbol = find_text(&book.symbols, text.data, text.size)
    return symbol if symbol >= 0 else book.plan.symbol_count


cdef int32_t fill_column(
    const BookC* book, const ColumnC* c, const PlaceC* p, int32_t* into, int32_t stride,
    int32_t missing,
) noexcept nogil:
    # One text of each line, as its symbol.
    cdef TextC text
    cdef int64_t i
    if c.known != NULL and c.validity == NULL:
        copy_known(c, p, into, stride)
        return READ_OK
    if c.form == FORM_WORDS and c.validity == NULL:
        if c.width == 4:
            return fill_words(book, c, p, into, stride, 4, c.is_signed)
        if c.width == 2:
            return fill_words(book, c, p, into, stride, 2, c.is_signed)
        return fill_words(book, c, p, into, stride, c.width, c.is_signed)
    for i in range(p.first, p.first + p.count):
        if is_null(c, i):
            if c.is_required:
                return READ_PLAIN
            into[0] = missing
        else:
            if not take_text(book, c, i, &text) or (c.is_nonempty and text.size == 0):
                return READ_PLAIN
            into[0] = known_symbol(book, &text)
        into += stride
    return READ_OK


cdef void copy_known(
    const ColumnC* c, const PlaceC* p, int32_t* into, int32_t stride
) noexcept nogil:
    if c.width == 4:
        pick_known(c, p, into, stride, 4, c.is_signed)
    elif c.width == 2:
        pick_known(c, p, into, stride, 2, c.is_signed)
    else:
        pick_known(c, p, into, stride, c.width, c.is_signed)


cdef inline void pick_known(
    const ColumnC* c, const PlaceC* p, int32_t* into, int32_t stride, int32_t width,
    bint is_signed,
) noexcept nogil:
    # Words that were looked up already. Inlined as `fill_words` is.
    cdef int64_t first = c.first + p.first
    cdef const int32_t* known = c.known
    cdef int32_t i
    for i in range(p.count):
        into[0] = known[index_at(c.values, width, is_signed, first + i)]
        into += stride


cdef inline int32_t fill_words(
    const BookC* book, const ColumnC* c, const PlaceC* p, int32_t* into, int32_t stride,
    int32_t width, bint is_signed,
) noexcept nogil:
    # Inlined with what its last two arguments are, so that numbers of each width have their loop.
    cdef int64_t first = c.first + p.first
    cdef int32_t unknown = book.plan.symbol_count, i, symbol
    cdef TextC* texts = c.texts
    cdef TextC* word
    cdef bint is_nonempty = c.is_nonempty
    for i in range(p.count):
        word = texts + index_at(c.values, width, is_signed, first + i)
        symbol = symbol_of(book, word)
        if symbol == SYMBOL_BROKEN or (is_nonempty and word.size == 0):
            return READ_PLAIN
        into[0] = symbol if symbol >= 0 else unknown
        into += stride
    return READ_OK


# Sets.


cdef int32_t fill_sets(ShelfC* shelf, DeskC* desk, const PlaceC* p) noexcept nogil:
    cdef List32* l = &desk.line_set_items
    cdef int32_t count = desk.book.plan.line_set_count, k, status = READ_OK
    cdef int32_t* starts = desk.line_set_starts
    cdef const ColumnC* c
    cdef const SlotC* slot
    cdef int64_t i
    l.count = 0
    starts[0] = 0
    if count == 1 and is_dense(shelf.set_columns[0]):
        return fill_dense(desk, shelf.set_columns[0], p)
    for i in range(p.first, p.first + p.count if count else p.first):
        for k in range(count):
            slot, c = &desk.book.line_sets[k], shelf.set_columns[k]
            if slot.first_size < slot.last_size:
                status = fill_prefixes(desk, slot, c, i)
            elif c != NULL and not is_null(c, i):
                status = fill_set(desk, c, i)
            if status != READ_OK:
                return status
            starts += 1
            starts[0] = l.count
    return READ_MEMORY if desk.is_out_of_memory else READ_OK


cdef bint is_dense(const ColumnC* c) noexcept nogil:
    # Lists of words in which nothing is null: most of what a large table has.
    if c == NULL or c.form != FORM_LIST or c.width != 4 or c.validity != NULL:
        return False
    return c.children.form == FORM_WORDS and c.children.validity == NULL


cdef int32_t fill_dense(DeskC* desk, const ColumnC* c, const PlaceC* p) noexcept nogil:
    # As `fill_sets`, of one column: all words in one go, each list's first without a question.
    cdef const int32_t* offsets = <const int32_t*>c.values + c.first + p.first
    cdef int64_t words = <int64_t>offsets[p.count] - offsets[0]
    if words > WORDS_MAX:
        return READ_PLAIN
    if words > desk.line_set_items.room and not make_room(&desk.line_set_items, words):
        return READ_MEMORY
    if c.children.known != NULL:
        if c.children.width == 2:
            return pick_lists(desk, c.children, offsets, p.count, 2)
        return pick_lists(desk, c.children, offsets, p.count, c.children.width)
    if c.children.width == 4:
        return fill_lists(desk, c.children, offsets, p.count, 4)
    if c.children.width == 2:
        return fill_lists(desk, c.children, offsets, p.count, 2)
    return fill_lists(desk, c.children, offsets, p.count, c.children.width)


cdef inline int32_t pick_lists(
    DeskC* desk, const ColumnC* items, const int32_t* offsets, int32_t lists, int32_t width
) noexcept nogil:
    # As `fill_lists`, of words that were looked up already.
    cdef List32* l = &desk.line_set_items
    cdef const int32_t* known = items.known
    cdef const char* values = items.values
    cdef bint is_signed = items.is_signed
    cdef int32_t* symbols = l.items
    cdef int32_t* ends = desk.line_set_starts + 1
    cdef int64_t k = items.first + offsets[0], last
    cdef int32_t i, symbol, first, count = 0, unknown = desk.book.plan.symbol_count
    for i in range(lists):
        first, last = count, items.first + offsets[i + 1]
        while k < last:
            symbol = known[index_at(values, width, is_signed, k)]
            k += 1
            if count == first:
                symbols[count] = symbol  # stays only if it is one
                count += symbol < unknown
            elif symbol < unknown:
                count = add_again(desk, first, count, symbol)
        ends[i] = count
    l.count = count
    return READ_MEMORY if desk.is_out_of_memory else READ_OK


cdef inline int32_t add_again(
    DeskC* desk, int32_t first, int32_t count, int32_t symbol
) noexcept nogil:
    # As `add_symbol`, close at hand for sets that are small; how many symbols there are then.
    cdef List32* l = &desk.line_set_items
    cdef int32_t i
    if count - first >= FEW:
        l.count = count
        add_symbol(desk, l, first, symbol)
        return l.count
    for i in range(first, count):
        if l.items[i] == symbol:
            return count
    l.items[count] = symbol
    return count + 1


cdef inline int32_t fill_lists(
    DeskC* desk, const ColumnC* items, const int32_t* offsets, int32_t lists, int32_t width
) noexcept nogil:
    # Inlined with what its last argument is, as `fill_words`.
    cdef List32* l = &desk.line_set_items
    cdef const BookC* book = desk.book
    cdef int32_t* symbols = l.items
    cdef int32_t* ends = desk.line_set_starts + 1
    cdef const char* values = items.values
    cdef TextC* texts = items.texts
    cdef int64_t k = items.first + offsets[0], last
    cdef int32_t i, symbol, first, count = 0
    cdef bint is_signed = items.is_signed
    for i in range(lists):
        first, last = count, items.first + offsets[i + 1]
        while k < last:
            symbol = symbol_of(book, texts + index_at(values, width, is_signed, k))
            k += 1
            if symbol == SYMBOL_BROKEN:
                return READ_PLAIN
            if count == first:
                symbols[count] = symbol  # stays only if it is one; nobody can guess
                count += symbol >= 0
            else:
                l.count = count
                add_symbol(desk, l, first, symbol)
                count = l.count
        ends[i] = count
    l.count = count
    return READ_MEMORY if desk.is_out_of_memory else READ_OK


cdef int32_t fill_prefixes(
    DeskC* desk, const SlotC* slot, const ColumnC* c, int64_t i
) noexcept nogil:
    cdef TextC text
    if c == NULL or is_null(c, i):
        add_prefixes(desk, &desk.line_set_items, slot, NULL)
    elif not take_text(desk.book, c, i, &text):
        return READ_PLAIN
    else:
        add_prefixes(desk, &desk.line_set_items, slot, &text)
    return READ_OK


cdef int32_t fill_set(DeskC* desk, const ColumnC* c, int64_t i) noexcept nogil:
    # The symbols of one list of texts that is not null, each once.
    cdef List32* l = &desk.line_set_items
    cdef const ColumnC* items = c.children
    cdef int64_t first, last, k
    cdef int32_t before = l.count, symbol
    range_at(c, i, &first, &last)
    if last - first > WORDS_MAX or before > WORDS_MAX:
        return READ_PLAIN
    if before + (last - first) > l.room and not make_room(l, last - first):
        return READ_MEMORY
    for k in range(first, last):
        symbol = SYMBOL_BROKEN if is_null(items, k) else take_symbol(desk.book, items, k)
        if symbol == SYMBOL_BROKEN:
            return READ_PLAIN
        add_symbol(desk, l, before, symbol)
    return READ_OK


# What no rule reads must be sound too.


cdef int32_t check_others(ShelfC* shelf, DeskC* desk, const PlaceC* p) noexcept nogil:
    cdef const ColumnC* items = shelf.column.children
    cdef const ColumnC* c
    cdef int32_t k, status = READ_OK
    for k in range(items.child_count):
        c = &items.children[k]
        if c.is_required and c.form == FORM_NULL and p.count:
            return READ_PLAIN
        if c.role == ROLE_FLAG:
            status = refuse_sent(c, p)
        elif c.role == ROLE_TEXT and c.target != ID:
            if not is_among(shelf.text_columns, desk.book.plan.line_text_count, c):
                status = check_texts(desk.book, c, p)
        elif c.role == ROLE_WORDS and c.form != FORM_NULL:
            if not is_among(shelf.set_columns, desk.book.plan.line_set_count, c):
                status = check_lists(desk.book, c, p)
        if status != READ_OK:
            return status
    return READ_OK


cdef bint is_among(const ColumnC** columns, int32_t count, const ColumnC* c) noexcept nogil:
    cdef int32_t k
    for k in range(count):
        if columns[k] == c:
            return True
    return False


cdef int32_t check_texts(const BookC* book, const ColumnC* c, const PlaceC* p) noexcept nogil:
    cdef TextC text
    cdef int64_t i
    if c.known != NULL and c.validity == NULL:
        return READ_OK
    for i in range(p.first, p.first + p.count):
        if is_null(c, i):
            if c.is_required:
                return READ_PLAIN
        elif not take_text(book, c, i, &text) or (c.is_nonempty and text.size == 0):
            return READ_PLAIN
    return READ_OK


cdef int32_t check_lists(const BookC* book, const ColumnC* c, const PlaceC* p) noexcept nogil:
    cdef const ColumnC* items = c.children
    cdef TextC text
    cdef int64_t i, k, first, last, count = 0
    for i in range(p.first, p.first + p.count):
        if is_null(c, i):
            continue
        range_at(c, i, &first, &last)
        count += last - first
        if count > WORDS_MAX:
            return READ_PLAIN
        if items.known != NULL and items.validity == NULL:
            continue
        for k in range(first, last):
            if is_null(items, k) or not take_text(book, items, k, &text):
                return READ_PLAIN
    return READ_OK
