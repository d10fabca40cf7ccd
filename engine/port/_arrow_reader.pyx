"""One row of a batch of columns in, a draft of its cart out.

A struct is read column by column: for all lines their skus, then their quantities. Most tables have
lines that can be read for many carts at once; then the draft has no lines (`_arrow_shelf.pyx`).
"""

from libc.stdint cimport int32_t, int64_t
from libc.string cimport memset

from ..kernel._layout cimport NOTHING
from ._arrow cimport (
    FORM_BOOL,
    FORM_DAY,
    FORM_INSTANT,
    FORM_INTEGER,
    FORM_LIST,
    FORM_NULL,
    FORM_TEXT,
    FORM_WORDS,
    ROLE_BIRTHDAY,
    ROLE_CODES,
    ROLE_EMPTY,
    ROLE_FIELDS,
    ROLE_FLAG,
    ROLE_INSTANT,
    ROLE_LINES,
    ROLE_NUMBER,
    ROLE_RAW,
    ROLE_SHIPMENTS,
    ROLE_SIGNED_UP,
    ROLE_TEXT,
    ROLE_VALUE,
    ROLE_VALUES,
    ROLE_WORDS,
    SYMBOL_BROKEN,
    ColumnC,
    index_at,
    is_null,
    is_set,
    load_symbol,
    range_at,
    text_at,
)
from ._arrow_text cimport learn_symbol, take_text
from ._arrow_time cimport day_at, instant_at, spell_at
from ._book cimport KIND_SET, BookC
from ._draft cimport (
    READ_MEMORY,
    READ_OK,
    READ_PLAIN,
    SYMBOL_UNSET,
    DraftC,
    DraftLineC,
    DraftShipmentC,
    DraftValueC,
    RangeC,
    TextC,
    add_code,
    add_line,
    add_shipment,
    add_value,
    add_word,
)

cdef enum:
    LINES_MAX = 10_000
    SHIPMENTS_MAX = 1_000
    CODES_MAX = 100
    WORDS_MAX = 1 << 20  # LIMIT: longer lists, and carts with more words, go the plain way


cdef int32_t read_cart(
    DraftC* d, const BookC* book, const ColumnC* root, int64_t row
) noexcept nogil:
    return read_parts(d, book, root, root.first + row)


cdef int32_t read_parts(
    DraftC* d, const BookC* book, const ColumnC* c, int64_t i
) noexcept nogil:
    # The columns of the cart itself, or of a struct in it that is not null.
    cdef const ColumnC* child
    cdef TextC* into
    cdef int32_t k, status
    for k in range(c.child_count):
        child = &c.children[k]
        if child.role == ROLE_TEXT:
            into = <TextC*>(<char*>d + child.target)
            if child.form == FORM_WORDS and child.validity == NULL and take_known(child, i, into):
                continue
            status = read_text(book, child, i, into)
        else:
            status = read_part(d, book, child, i)
        if status != READ_OK:
            return status
    return READ_OK


cdef inline bint take_known(const ColumnC* c, int64_t i, TextC* to) noexcept nogil:
    # A word that is not null and not empty, if its symbol is known: most texts of a large table.
    cdef TextC* word = &c.texts[index_at(c.values, c.width, c.is_signed, c.first + i)]
    to.data, to.size, to.symbol = word.data, word.size, load_symbol(&word.symbol)
    return to.symbol >= NOTHING and to.size > 0


cdef int32_t read_text(
    const BookC* book, const ColumnC* c, int64_t i, TextC* to
) noexcept nogil:
    if is_null(c, i):
        return READ_PLAIN if c.is_required else READ_OK
    if not take_text(book, c, i, to) or (c.is_nonempty and to.size == 0):
        return READ_PLAIN
    return READ_OK


cdef int32_t read_part(
    DraftC* d, const BookC* book, const ColumnC* c, int64_t i
) noexcept nogil:
    cdef int32_t role = c.role
    cdef PlaceC place
    if role == ROLE_NUMBER or role == ROLE_VALUES or role == ROLE_RAW or role == ROLE_FLAG:
        place.base, place.stride, place.first, place.count = <char*>d, 0, i, 1
        return read_column(d, book, c, &place)
    if is_null(c, i):
        return READ_PLAIN if c.is_required else READ_OK
    if role == ROLE_WORDS:
        return read_words(d, book, c, i, <RangeC*>(<char*>d + c.target))
    elif role == ROLE_FIELDS:
        return read_parts(d, book, c, c.first + i)
    elif role == ROLE_LINES:
        return read_lines(d, book, c, i)
    elif role == ROLE_SHIPMENTS:
        return read_shipments(d, book, c, i)
    elif role == ROLE_CODES:
        return read_codes(d, book, c, i)
    elif role == ROLE_EMPTY:
        return refuse_items(c, i)
    return read_time(d, book, c, i)


cdef int32_t read_fields(
    DraftC* d, const BookC* book, const ColumnC* c, const PlaceC* place
) noexcept nogil:
    # The columns of lines or of shipments, none of which is null.
    cdef int32_t k, status
    for k in range(c.child_count):
        status = read_column(d, book, &c.children[k], place)
        if status != READ_OK:
            return status
    return READ_OK


cdef int32_t read_column(
    DraftC* d, const BookC* book, const ColumnC* c, const PlaceC* p
) noexcept nogil:
    if c.role == ROLE_TEXT:
        return read_texts(book, c, p)
    if c.role == ROLE_NUMBER:
        return read_numbers(c, p)
    if c.role == ROLE_WORDS:
        return read_lists(d, book, c, p)
    if c.role == ROLE_VALUES:
        return read_values(d, book, c, p)
    return refuse_sent(c, p)


cdef inline int32_t copy_words(
    const BookC* book, const ColumnC* c, const PlaceC* p, int32_t width, bint is_signed
) noexcept nogil:
    # Inlined with what its last two arguments are, so that numbers of each width have their loop.
    cdef char* to = p.base + c.target
    cdef int64_t stride = p.stride, first = c.first + p.first
    cdef int32_t i, symbol
    cdef TextC* texts = c.texts
    cdef TextC* word
    for i in range(p.count):
        word = texts + index_at(c.values, width, is_signed, first + i)
        symbol = learn_symbol(book, word)
        if symbol == SYMBOL_BROKEN or (c.is_nonempty and word.size == 0):
            return READ_PLAIN
        (<TextC*>to).data, (<TextC*>to).size, (<TextC*>to).symbol = word.data, word.size, symbol
        to += stride
    return READ_OK


cdef int32_t read_dense_words(
    const BookC* book, const ColumnC* c, const PlaceC* p
) noexcept nogil:
    # Words none of which is null: most of what a large table has.
    if c.width == 4:
        return copy_words(book, c, p, 4, c.is_signed)
    if c.width == 2:
        return copy_words(book, c, p, 2, c.is_signed)
    return copy_words(book, c, p, c.width, c.is_signed)


cdef int32_t read_dense_texts(const ColumnC* c, const PlaceC* p) noexcept nogil:
    # Texts by offsets of 32 bits, none null, all ASCII.
    cdef const int32_t* offsets = <const int32_t*>c.values + c.first + p.first
    cdef char* to = p.base + c.target
    cdef int64_t stride = p.stride
    cdef int32_t i, count = p.count, start = offsets[0], end
    for i in range(count):
        end = offsets[i + 1]
        if end == start and c.is_nonempty:
            return READ_PLAIN
        (<TextC*>to).data = c.data + start
        (<TextC*>to).size = end - start
        (<TextC*>to).symbol = SYMBOL_UNSET
        start = end
        to += stride
    return READ_OK


cdef int32_t read_texts(const BookC* book, const ColumnC* c, const PlaceC* p) noexcept nogil:
    cdef char* to = p.base + c.target
    cdef int64_t i
    if c.form == FORM_NULL:
        return READ_PLAIN if c.is_required and p.count else READ_OK
    if c.validity == NULL and p.count:
        if c.form == FORM_WORDS:
            return read_dense_words(book, c, p)
        if c.form == FORM_TEXT and c.width == 4:
            return read_dense_texts(c, p)
    for i in range(p.first, p.first + p.count):
        if c.validity != NULL and not is_set(c.validity, c.first + i):
            if c.is_required:
                return READ_PLAIN
        else:
            if not take_text(book, c, i, <TextC*>to):
                return READ_PLAIN
            if c.is_nonempty and (<TextC*>to).size == 0:
                return READ_PLAIN
        to += p.stride
    return READ_OK


cdef inline int32_t copy_numbers(
    const ColumnC* c, const PlaceC* p, int32_t width, bint is_signed
) noexcept nogil:
    # As `copy_words`, for numbers none of which is null.
    cdef char* to = p.base + c.target
    cdef int64_t stride = p.stride, first = c.first + p.first, low = c.low, high = c.high, number
    cdef int32_t i
    cdef bint is_outside = False
    for i in range(p.count):
        number = index_at(c.values, width, is_signed, first + i)
        is_outside |= number < low or number > high
        (<int64_t*>to)[0] = number
        to += stride
    return READ_PLAIN if is_outside else READ_OK


cdef int32_t read_numbers(const ColumnC* c, const PlaceC* p) noexcept nogil:
    cdef char* to = p.base + c.target
    cdef int64_t i, number
    if c.form == FORM_NULL:
        return READ_PLAIN if c.is_required and p.count else READ_OK
    if c.validity == NULL and c.width == 8:
        return copy_numbers(c, p, 8, c.is_signed)
    if c.validity == NULL and c.width == 4:
        return copy_numbers(c, p, 4, c.is_signed)
    for i in range(p.first, p.first + p.count):
        if c.validity != NULL and not is_set(c.validity, c.first + i):
            if c.is_required:
                return READ_PLAIN
        else:
            number = index_at(c.values, c.width, c.is_signed, c.first + i)
            if not c.low <= number <= c.high:
                return READ_PLAIN
            (<int64_t*>to)[0] = number
        to += p.stride
    return READ_OK


cdef TextC* room_for_words(DraftC* d, int64_t count) noexcept nogil:
    # Room for so many words behind those there are, or NULL.
    # INVARIANT: there are at most 2 x WORDS_MAX, so counts stay far from 32 bits.
    cdef int32_t before = d.word_count
    cdef int64_t i
    if d.word_room - before < count:
        for i in range(count):
            if add_word(d) == NULL:
                return NULL
        d.word_count = before
    return d.words + before


cdef int32_t read_words(
    DraftC* d, const BookC* book, const ColumnC* c, int64_t i, RangeC* words
) noexcept nogil:
    # One list of texts that is not null.
    cdef const ColumnC* items = c.children
    cdef TextC* to
    cdef int64_t first, last, k
    range_at(c, i, &first, &last)
    words.first = words.last = d.word_count
    if first == last:
        return READ_OK
    if last - first > WORDS_MAX or d.word_count > WORDS_MAX or items.form == FORM_NULL:
        return READ_PLAIN
    to = room_for_words(d, last - first)
    if to == NULL:
        return READ_MEMORY
    for k in range(first, last):
        if is_null(items, k) or not take_text(book, items, k, to):
            return READ_PLAIN
        to += 1
    d.word_count += <int32_t>(last - first)
    words.last = d.word_count
    return READ_OK


cdef int32_t read_lists(
    DraftC* d, const BookC* book, const ColumnC* c, const PlaceC* p
) noexcept nogil:
    cdef const ColumnC* items
    if c.form == FORM_NULL or p.count == 0:
        return READ_OK
    items = c.children
    if c.form == FORM_LIST and c.width == 4 and c.validity == NULL:
        if items.form != FORM_NULL and items.validity == NULL:
            return read_dense_lists(d, book, c, p)
    return read_sparse_lists(d, book, c, p)


cdef int32_t read_sparse_lists(
    DraftC* d, const BookC* book, const ColumnC* c, const PlaceC* p
) noexcept nogil:
    cdef char* to = p.base + c.target
    cdef int64_t i
    cdef int32_t status
    for i in range(p.first, p.first + p.count):
        if not is_null(c, i):
            status = read_words(d, book, c, i, <RangeC*>to)
            if status != READ_OK:
                return status
        to += p.stride
    return READ_OK


cdef int32_t read_dense_lists(
    DraftC* d, const BookC* book, const ColumnC* c, const PlaceC* p
) noexcept nogil:
    # Nothing is null: the words of all lists in one go, then where each list begins and ends.
    cdef const int32_t* offsets = <const int32_t*>c.values + c.first + p.first
    cdef int32_t i, status, before = d.word_count
    cdef int64_t count = <int64_t>offsets[p.count] - offsets[0]
    cdef char* to = p.base + c.target
    cdef PlaceC words
    if count > WORDS_MAX or before > WORDS_MAX:
        return read_sparse_lists(d, book, c, p)
    words.base = <char*>room_for_words(d, count)
    if count > 0 and words.base == NULL:
        return READ_MEMORY
    words.stride, words.first, words.count = sizeof(TextC), offsets[0], <int32_t>count
    status = read_texts(book, c.children, &words)
    if status != READ_OK:
        return status
    d.word_count += <int32_t>count
    for i in range(p.count):
        (<RangeC*>to).first = before + offsets[i] - offsets[0]
        (<RangeC*>to).last = before + offsets[i + 1] - offsets[0]
        to += p.stride
    return READ_OK


cdef int32_t read_values(
    DraftC* d, const BookC* book, const ColumnC* c, const PlaceC* p
) noexcept nogil:
    # The declared attributes of each record, one record after the other.
    cdef char* to = p.base + c.target
    cdef const ColumnC* child
    cdef int64_t i
    cdef int32_t k, status
    for i in range(p.first, p.first + p.count):
        (<RangeC*>to).first = (<RangeC*>to).last = d.value_count
        if not is_null(c, i):
            for k in range(c.child_count):
                child = &c.children[k]
                if child.role == ROLE_VALUE and not is_null(child, c.first + i):
                    status = read_value(d, book, child, c.first + i)
                    if status != READ_OK:
                        return status
            (<RangeC*>to).last = d.value_count
        to += p.stride
    return READ_OK


cdef int32_t read_value(
    DraftC* d, const BookC* book, const ColumnC* c, int64_t i
) noexcept nogil:
    # One attribute that is not null.
    cdef DraftValueC* value = add_value(d)
    if value == NULL:
        return READ_MEMORY
    value.attribute = c.attribute
    if c.kind == KIND_SET:
        return read_words(d, book, c, i, &value.words)
    if c.form == FORM_BOOL:
        value.is_number = True
        value.number = is_set(<const unsigned char*>c.values, c.first + i)
        return READ_OK
    if c.form == FORM_INTEGER:
        value.is_number = True
        value.number = index_at(c.values, c.width, c.is_signed, c.first + i)
        return READ_OK if c.low <= value.number <= c.high else READ_PLAIN
    if c.form == FORM_DAY or c.form == FORM_INSTANT:
        return spell_at(d, c, i, &value.text)
    return READ_OK if take_text(book, c, i, &value.text) else READ_PLAIN


cdef int32_t refuse_sent(const ColumnC* c, const PlaceC* p) noexcept nogil:
    # Attributes as text, and lines of which something is true, are for the plain way.
    cdef int64_t i
    for i in range(p.first, p.first + p.count):
        if not is_null(c, i) and (
            c.role != ROLE_FLAG or is_set(<const unsigned char*>c.values, c.first + i)
        ):
            return READ_PLAIN
    return READ_OK


cdef int32_t refuse_items(const ColumnC* c, int64_t i) noexcept nogil:
    cdef int64_t first, last
    range_at(c, i, &first, &last)
    return READ_OK if first == last else READ_PLAIN


cdef bint has_null_items(const ColumnC* items, int64_t first, int64_t last) noexcept nogil:
    cdef int64_t i
    if items.form == FORM_NULL:
        return first != last
    if items.validity == NULL:
        return False
    for i in range(first, last):
        if is_null(items, i):
            return True
    return False


cdef int32_t read_lines(
    DraftC* d, const BookC* book, const ColumnC* c, int64_t i
) noexcept nogil:
    cdef int64_t first, last
    if d.line_count:
        return READ_OK  # they were on the shelf
    range_at(c, i, &first, &last)
    if last - first > LINES_MAX:
        return READ_PLAIN
    return read_records(d, book, c, first, last)


cdef int32_t read_records(
    DraftC* d, const BookC* book, const ColumnC* c, int64_t first, int64_t last
) noexcept nogil:
    # A range of lines, from the first of the draft on.
    cdef PlaceC place
    if has_null_items(c.children, first, last):
        return READ_PLAIN
    if first == last:
        return READ_OK
    place.count = <int32_t>(last - first)
    if d.line_room < place.count:
        while d.line_count < place.count:
            if add_line(d) == NULL:
                return READ_MEMORY
    d.line_count = place.count
    memset(d.lines, 0, <size_t>place.count * sizeof(DraftLineC))
    place.base, place.stride, place.first = <char*>d.lines, sizeof(DraftLineC), first
    place.first += c.children.first
    return read_fields(d, book, c.children, &place)


cdef int32_t read_shipments(
    DraftC* d, const BookC* book, const ColumnC* c, int64_t i
) noexcept nogil:
    cdef PlaceC place
    cdef int64_t first, last
    range_at(c, i, &first, &last)
    if last - first > SHIPMENTS_MAX or has_null_items(c.children, first, last):
        return READ_PLAIN
    if first == last:
        return READ_OK
    place.count = <int32_t>(last - first)
    while d.shipment_count < place.count:
        if add_shipment(d) == NULL:
            return READ_MEMORY
    place.base, place.stride, place.first = <char*>d.shipments, sizeof(DraftShipmentC), first
    place.first += c.children.first
    return read_fields(d, book, c.children, &place)


cdef int32_t read_codes(
    DraftC* d, const BookC* book, const ColumnC* c, int64_t i
) noexcept nogil:
    # Codes get no symbol here: they are trimmed and upper-cased first.
    cdef const ColumnC* items = c.children
    cdef TextC* to
    cdef int64_t first, last, k
    range_at(c, i, &first, &last)
    if last - first > CODES_MAX or has_null_items(items, first, last):
        return READ_PLAIN
    for k in range(first, last):
        to = add_code(d)
        if to == NULL:
            return READ_MEMORY
        to[0] = text_at(items, k)
        if to.symbol == SYMBOL_BROKEN or to.data == NULL or to.size == 0:
            return READ_PLAIN
        to.symbol = SYMBOL_UNSET
    return READ_OK


cdef int32_t read_time(
    DraftC* d, const BookC* book, const ColumnC* c, int64_t i
) noexcept nogil:
    # A date or an instant that is not null, as a number or as text.
    cdef TextC* to = <TextC*>(<char*>d + c.target)
    if c.form == FORM_INSTANT and c.role == ROLE_INSTANT:
        d.has_instant = True
        return READ_OK if instant_at(c, i, &d.placed_at_us) else READ_PLAIN
    if c.form == FORM_INSTANT:
        return spell_at(d, c, i, to)
    if c.form != FORM_DAY:
        return READ_OK if take_text(book, c, i, to) else READ_PLAIN
    if c.role == ROLE_BIRTHDAY:
        d.has_birthday = True
        return READ_OK if day_at(c, i, &d.birthday_days) else READ_PLAIN
    d.has_signed_up = True
    return READ_OK if day_at(c, i, &d.signed_up_days) else READ_PLAIN
