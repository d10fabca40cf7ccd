"""The lines of many carts in, what the kernel reads of them out, column by column.

A cart has few lines, and those of the next cart lie beside them: all skus of some lines are read,
then all quantities, straight to where the kernel has them on the desk. The carts that follow take
theirs from there. What rules rarely ask for is left to the draft, and so to one cart at a time.
"""

from libc.stdint cimport INT32_MAX, INT32_MIN, int32_t, int64_t
from libc.stdlib cimport realloc
from libc.string cimport memset

from ..kernel._layout cimport NOTHING, List32
from ._arrow cimport (
    FORM_LIST,
    FORM_NULL,
    FORM_STRUCT,
    FORM_WORDS,
    ROLE_FLAG,
    ROLE_LINES,
    ROLE_NUMBER,
    ROLE_RAW,
    ROLE_TEXT,
    ROLE_VALUES,
    ROLE_WORDS,
    SYMBOL_BROKEN,
    ColumnC,
    index_at,
    is_null,
    load_symbol,
    offset_at,
    range_at,
)
from ._arrow_reader cimport (
    PlaceC,
    has_null_items,
    read_cart,
    read_numbers,
    read_texts,
    refuse_sent,
)
from ._arrow_text cimport learn_symbol, take_symbol, take_text
from ._book cimport (
    FIELD_ATTRIBUTE,
    FIELD_LINE_CATEGORIES,
    FIELD_LINE_PRICE,
    FIELD_LINE_QUANTITY,
    FIELD_LINE_TAGS,
    BookC,
    SlotC,
)
from ._desk cimport make_room, point_cart, reserve_lines
from ._draft cimport READ_MEMORY, READ_OK, READ_PLAIN, DraftLineC, TextC, begin_draft, set_text
from ._slots cimport add_prefixes, add_symbol
from ._symbols cimport find_text

cdef enum:
    LINES_MAX = 10_000
    WORDS_MAX = 1 << 20  # LIMIT: of the lines read at once; carts with more go the plain way
    SHELF_LINES = 256  # read at once: few enough to stay near until they are priced

# Never filled: only where their members lie is asked.
cdef DraftLineC blank
cdef DraftLineC* L = &blank
cdef int64_t QUANTITY = <char*>&L.quantity - <char*>L
cdef int64_t PRICE = <char*>&L.unit_price_minor - <char*>L
cdef int64_t LOWEST = <char*>&L.min_price_minor - <char*>L
cdef int64_t ID = <char*>&L.id - <char*>L
cdef int64_t CATEGORIES = <char*>&L.categories - <char*>L
cdef int64_t TAGS = <char*>&L.tags - <char*>L


# What can stand on a shelf.


cdef void begin_shelf(
    ShelfC* shelf, DeskC* desk, const ColumnC* root, int64_t last
) noexcept nogil:
    cdef const ColumnC* c
    cdef int32_t k
    shelf.column = NULL
    shelf.first = shelf.last = shelf.end = 0
    for k in range(root.child_count):
        c = &root.children[k]
        if c.role == ROLE_LINES and c.form == FORM_LIST and can_share(desk.book, c.children):
            shelf.column = c
            shelf.end = offset_at(c.values, c.width, c.first + root.first + last)
            find_columns(shelf, desk.book, c.children)


cdef void end_shelf(ShelfC* shelf, DeskC* desk) noexcept nogil:
    if shelf.column != NULL:
        desk.shelf_place = NOTHING
        point_cart(desk)


cdef bint can_share(const BookC* book, const ColumnC* items) noexcept nogil:
    # Whether lines of other carts may stand beside: what tells texts apart that no rule names,
    # and attributes, are looked at a cart at a time.
    cdef int32_t k
    if items.form != FORM_STRUCT or book.has_same or book.has_distinct_skus:
        return False
    for k in range(items.child_count):
        if items.children[k].role == ROLE_VALUES or items.children[k].role == ROLE_RAW:
            return False
    for k in range(book.plan.line_number_count):
        if book.line_numbers[k].field == FIELD_ATTRIBUTE:
            return False
    return has_known_texts(book)


cdef bint has_known_texts(const BookC* book) noexcept nogil:
    cdef const SlotC* slot
    cdef int32_t k
    if book.plan.line_text_count > SLOTS_MAX or book.plan.line_set_count > SLOTS_MAX:
        return False
    for k in range(book.plan.line_text_count):
        if book.line_texts[k].offset_bytes < 0:
            return False
    for k in range(book.plan.line_set_count):
        slot = &book.line_sets[k]
        if slot.field == FIELD_ATTRIBUTE:
            return False
    return True


cdef void find_columns(ShelfC* shelf, const BookC* book, const ColumnC* items) noexcept nogil:
    cdef const SlotC* slot
    cdef int32_t k
    for k in range(book.plan.line_text_count):
        shelf.text_columns[k] = column_at(items, book.line_texts[k].offset_bytes)
    for k in range(book.plan.line_set_count):
        slot = &book.line_sets[k]
        shelf.set_columns[k] = column_at(items, target_of(slot))


cdef int64_t target_of(const SlotC* slot) noexcept nogil:
    # Where a draft's line has what a set is made of.
    if slot.first_size < slot.last_size:
        return slot.offset_bytes
    return CATEGORIES if slot.field == FIELD_LINE_CATEGORIES else TAGS


cdef const ColumnC* column_at(const ColumnC* items, int64_t target) noexcept nogil:
    # The column of something in a line; NULL when there is none, or when all of it is null.
    cdef const ColumnC* c
    cdef int32_t k
    for k in range(items.child_count):
        c = &items.children[k]
        if c.target == target and c.form != FORM_NULL and (
            c.role == ROLE_TEXT or c.role == ROLE_NUMBER or c.role == ROLE_WORDS
        ):
            return c
    return NULL


# Filling it.


cdef int32_t read_row(
    ShelfC* shelf, DeskC* desk, const ColumnC* root, int64_t row
) noexcept nogil:
    cdef int32_t status
    begin_draft(&desk.draft)
    if shelf.column != NULL and not is_null(shelf.column, root.first + row):
        status = fill_shelf(shelf, desk, root.first + row)
        if status != READ_OK:
            return status
    return read_cart(&desk.draft, desk.book, root, row)


cdef int32_t fill_shelf(ShelfC* shelf, DeskC* desk, int64_t i) noexcept nogil:
    # See that the lines of a row are on the shelf, and point the desk at them. If others beside a cart's lines are not sound, they stand there alone.
    cdef int64_t first, last, wanted
    cdef int32_t status
    range_at(shelf.column, i, &first, &last)
    if last - first > LINES_MAX:
        return READ_PLAIN
    if first < shelf.first or last > shelf.last:
        wanted = first + SHELF_LINES
        wanted = last if wanted < last else (shelf.end if wanted > shelf.end else wanted)
        status = shelve(shelf, desk, first, wanted)
        if status == READ_PLAIN and wanted > last:
            status = shelve(shelf, desk, first, last)
        if status != READ_OK:
            return status
    desk.shelf_place = first - shelf.first
    desk.draft.line_count = <int32_t>(last - first)
    return READ_OK


cdef int32_t shelve(ShelfC* shelf, DeskC* desk, int64_t first, int64_t last) noexcept nogil:
    cdef const ColumnC* items = shelf.column.children
    cdef PlaceC place
    cdef int32_t status
    shelf.first = shelf.last = 0
    if has_null_items(items, first, last):
        return READ_PLAIN
    place.stride, place.first, place.count = 0, items.first + first, <int32_t>(last - first)
    if not reserve_shelf(desk, place.count):
        return READ_MEMORY
    status = read_amounts(desk, items, &place)
    if status == READ_OK:
        status = read_ids(desk, items, &place)
    if status == READ_OK:
        status = fill_texts(shelf, desk, &place)
    if status == READ_OK:
        status = fill_sets(shelf, desk, &place)
    if status == READ_OK:
        status = check_others(shelf, desk, &place)
    if status == READ_OK:
        shelf.first, shelf.last = first, last
        fill_numbers(desk, place.count)
    return status


cdef bint reserve_shelf(DeskC* desk, int32_t lines) noexcept nogil:
    cdef int32_t room = lines + SHELF_LINES
    cdef void* made
    if lines > desk.line_room:
        reserve_lines(desk, room)
    if lines > desk.shelf_room:
        made = realloc(desk.shelf_ids, <size_t>room * sizeof(TextC))
        if made == NULL:
            return False
        desk.shelf_ids = <TextC*>made
        desk.shelf_room = room
    return not desk.is_out_of_memory


cdef inline PlaceC place_at(
    const ColumnC* c, const PlaceC* p, void* into, int64_t stride
) noexcept nogil:
    # Where readers put a column's values that belong elsewhere than into a draft.
    cdef PlaceC place = p[0]
    place.base = <char*>into - c.target
    place.stride = stride
    return place


cdef int32_t read_into(
    const ColumnC* items, int64_t target, const PlaceC* p, int64_t* into, bint is_required
) noexcept nogil:
    cdef const ColumnC* c = column_at(items, target)
    cdef PlaceC place
    if c == NULL and is_required and p.count:
        return READ_PLAIN
    if c == NULL or (c.validity != NULL and not is_required):
        memset(into, 0, <size_t>p.count * sizeof(int64_t))
    if c == NULL:
        return READ_OK
    if c.validity == NULL and c.width == 4 and c.is_signed:
        return copy_narrow(c, <const int32_t*>c.values + c.first + p.first, p.count, into)
    place = place_at(c, p, into, sizeof(int64_t))
    return read_numbers(c, &place)


cdef int32_t copy_narrow(
    const ColumnC* c, const int32_t* values, int32_t count, int64_t* into
) noexcept nogil:
    # As `read_numbers`, of 32 bits and none null, which a compiler makes go many at a time.
    cdef int32_t low = <int32_t>c.low if c.low > INT32_MIN else INT32_MIN
    cdef int32_t high = <int32_t>c.high if c.high < INT32_MAX else INT32_MAX
    cdef int32_t i, outside = 0
    for i in range(count):
        outside |= (values[i] < low) | (values[i] > high)
        into[i] = values[i]
    return READ_PLAIN if outside else READ_OK


cdef int32_t read_amounts(DeskC* desk, const ColumnC* items, const PlaceC* p) noexcept nogil:
    cdef int64_t line_floor_minor = desk.book.line_floor_minor, floor_minor
    cdef int64_t* quantities = desk.quantities
    cdef int64_t* prices_minor = desk.prices_minor
    cdef int64_t* gross_minor = desk.gross_minor
    cdef int64_t* floors_minor = desk.floors_minor
    cdef int32_t i
    if (
        read_into(items, QUANTITY, p, quantities, True) != READ_OK
        or read_into(items, PRICE, p, prices_minor, True) != READ_OK
        or read_into(items, LOWEST, p, floors_minor, False) != READ_OK
    ):
        return READ_PLAIN
    if column_at(items, LOWEST) == NULL:
        for i in range(p.count):
            gross_minor[i] = quantities[i] * prices_minor[i]
            floors_minor[i] = line_floor_minor
        return READ_OK
    for i in range(p.count):
        gross_minor[i] = quantities[i] * prices_minor[i]
        floor_minor = floors_minor[i] * quantities[i]
        floors_minor[i] = line_floor_minor if floor_minor < line_floor_minor else floor_minor
    return READ_OK


cdef int32_t read_ids(DeskC* desk, const ColumnC* items, const PlaceC* p) noexcept nogil:
    cdef const ColumnC* c = column_at(items, ID)
    cdef PlaceC place
    if c == NULL or c.validity != NULL:
        memset(desk.shelf_ids, 0, <size_t>p.count * sizeof(TextC))
    if c == NULL:
        return READ_OK
    if c.form == FORM_WORDS and c.validity == NULL:
        return copy_words(c, p, desk.shelf_ids)
    place = place_at(c, p, desk.shelf_ids, sizeof(TextC))
    return read_texts(desk.book, c, &place)


cdef int32_t copy_words(const ColumnC* c, const PlaceC* p, TextC* into) noexcept nogil:
    # As `read_texts`, of words none of which is null; nobody asks ids for their symbols.
    cdef int64_t first = c.first + p.first
    cdef const TextC* word
    cdef int32_t i, unsound = 0
    for i in range(p.count):
        word = &c.texts[index_at(c.values, c.width, c.is_signed, first + i)]
        unsound |= (word.data == NULL) | (word.size == 0)
        unsound |= load_symbol(&word.symbol) == SYMBOL_BROKEN
        set_text(&into[i], word.data, word.size)
    return READ_PLAIN if unsound else READ_OK


cdef void fill_numbers(DeskC* desk, int32_t lines) noexcept nogil:
    cdef int32_t count = desk.book.plan.line_number_count, i, k
    cdef const int64_t* source
    for k in range(count):
        source = desk.gross_minor
        if desk.book.line_numbers[k].field == FIELD_LINE_QUANTITY:
            source = desk.quantities
        elif desk.book.line_numbers[k].field == FIELD_LINE_PRICE:
            source = desk.prices_minor
        for i in range(lines):
            desk.line_numbers[<int64_t>i * count + k] = source[i]
            desk.line_presents[<int64_t>i * count + k] = True


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


cdef inline int32_t known_symbol(const BookC* book, const TextC* text) noexcept nogil:
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
    if c.children.width == 4:
        return fill_lists(desk, c.children, offsets, p.count, 4)
    if c.children.width == 2:
        return fill_lists(desk, c.children, offsets, p.count, 2)
    return fill_lists(desk, c.children, offsets, p.count, c.children.width)


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
        for k in range(first, last):
            if is_null(items, k) or not take_text(book, items, k, &text):
                return READ_PLAIN
    return READ_OK
