"""Columns of carts in, what the kernel reads of some rows on the desk out, column by column.

Most columns are sound in one go. Where that is not certain they are looked at row by row, and those
rows that are not sound are left to be read by themselves.
"""

from libc.stdint cimport int32_t, int64_t, uint64_t
from libc.string cimport memset

cimport cython

from ..kernel._layout cimport NOTHING, List32
from ._arrow cimport (
    FORM_INSTANT,
    FORM_LIST,
    ROLE_NUMBER,
    SYMBOL_BROKEN,
    ColumnC,
    index_at,
    is_null,
    offset_at,
    range_at,
)
from ._arrow_reader cimport (
    PlaceC,
    has_null_items,
    read_numbers,
    read_part,
    read_text,
    read_texts,
)
from ._arrow_shelf_words cimport copy_known, fill_column, known_symbol
from ._arrow_text cimport take_symbol, take_text
from ._arrow_time cimport instant_at
from ._book cimport FIELD_ATTRIBUTE, FIELD_COUPONS, FIELD_METHODS, FIELD_WEEKDAY, BookC, SlotC
from ._desk cimport ROWS_AT_ONCE, SHIPMENTS_AT_ONCE, SHIPMENTS_MAX, RowsC, make_room
from ._draft cimport READ_OK, DraftC, DraftShipmentC, TextC, clear_text
from ._instant cimport FIRST_DAY, LAST_DAY, SECOND_US, is_inside, read_instant, weekday_of
from ._intake cimport count_off
from ._rank cimport rank_texts
from ._slots cimport add_prefixes, add_symbol
from ._symbols cimport are_equal, find_text

cdef enum:
    WORDS_MAX = 1 << 20  # LIMIT: longer lists go the plain way

# Never filled: only where their members lie is asked.
cdef DraftC blank
cdef DraftShipmentC blank_shipment
cdef DraftC* D = &blank
cdef DraftShipmentC* S = &blank_shipment
cdef int64_t TAX = <char*>&D.tax_minor - <char*>D
cdef int64_t ORDERS = <char*>&D.orders - <char*>D
cdef int64_t ID = <char*>&S.id - <char*>S


cdef void take_column(const TakeC* t, DeskC* desk, int64_t row) noexcept nogil:
    if t.op == TAKE_SYMBOL:
        take_symbols(t, desk, row)
    elif t.op == TAKE_ID:
        take_ids(t, desk, row)
    elif t.op == TAKE_CURRENCY:
        compare_currency(t, desk, row)
    elif t.op == TAKE_TEXT:
        check_texts(t, desk, row)
    elif t.op == TAKE_WORDS:
        check_words(t, desk, row)
    elif t.op == TAKE_INSTANT:
        take_instants(t, desk, row)
    elif t.op == TAKE_NUMBER:
        take_numbers(t, desk, row)
    else:
        refuse_all(t, desk, row)


cdef inline bint is_outside(const TakeC* t, int64_t row) noexcept nogil:
    # Whether the struct that a column is in was not sent.
    return t.outer != NULL and is_null(t.outer, t.outer_shift + row)


cdef inline PlaceC rows_at(const TakeC* t, int64_t row, int32_t count, void* into) noexcept nogil:
    # Where readers put a column's values: a whole number each, if not told otherwise.
    cdef PlaceC place
    place.base, place.stride = <char*>into - t.column.target, sizeof(int64_t)
    place.first, place.count = row + t.shift, count
    return place


# Texts.


cdef bint text_in(const BookC* book, const TakeC* t, int64_t row, TextC* text) noexcept nogil:
    # Whether a text is sound, if it was sent; one without data if not.
    clear_text(text)
    return is_outside(t, row) or read_text(book, t.column, row + t.shift, text) == READ_OK


cdef void take_symbols(const TakeC* t, DeskC* desk, int64_t row) noexcept nogil:
    cdef int32_t stride = desk.book.plan.cart_text_count, k
    cdef int32_t* into = desk.rows.texts + t.slot
    cdef PlaceC place
    cdef TextC text
    if t.outer == NULL and t.column.known != NULL and t.column.validity == NULL:
        place = rows_at(t, row, desk.rows.count, into)
        copy_known(t.column, &place, into, stride)
        return
    for k in range(desk.rows.count):
        if not text_in(desk.book, t, row + k, &text):
            desk.rows.are_doubtful[k] = True
        into[0] = t.missing if text.data == NULL else known_symbol(desk.book, &text)
        into += stride


cdef void take_ids(const TakeC* t, DeskC* desk, int64_t row) noexcept nogil:
    cdef PlaceC place = rows_at(t, row, desk.rows.count, desk.rows.ids)
    cdef int32_t k
    place.stride = sizeof(TextC)
    if read_texts(desk.book, t.column, &place) == READ_OK:
        return
    for k in range(desk.rows.count):
        if not text_in(desk.book, t, row + k, &desk.rows.ids[k]):
            desk.rows.are_doubtful[k] = True


cdef void compare_currency(const TakeC* t, DeskC* desk, int64_t row) noexcept nogil:
    cdef const TextC* wanted = &desk.book.currency
    cdef TextC text
    cdef int32_t k
    for k in range(desk.rows.count):
        if (
            not text_in(desk.book, t, row + k, &text)
            or text.size != wanted.size
            or not are_equal(text.data, wanted.data, wanted.size)
        ):
            desk.rows.are_doubtful[k] = True


cdef void check_texts(const TakeC* t, DeskC* desk, int64_t row) noexcept nogil:
    cdef TextC text
    cdef int32_t k
    for k in range(desk.rows.count):
        if not text_in(desk.book, t, row + k, &text):
            desk.rows.are_doubtful[k] = True


cdef void check_words(const TakeC* t, DeskC* desk, int64_t row) noexcept nogil:
    cdef const ColumnC* items = t.column.children
    cdef TextC text
    cdef int64_t first, last, i
    cdef int32_t k
    for k in range(desk.rows.count):
        if is_outside(t, row + k) or is_null(t.column, row + k + t.shift):
            continue
        range_at(t.column, row + k + t.shift, &first, &last)
        if last - first > WORDS_MAX:
            desk.rows.are_doubtful[k] = True
            continue
        for i in range(first, last):
            if is_null(items, i) or not take_text(desk.book, items, i, &text):
                desk.rows.are_doubtful[k] = True
                break


# Numbers and instants.


cdef void take_numbers(const TakeC* t, DeskC* desk, int64_t row) noexcept nogil:
    cdef int64_t* into = desk.rows.store_credit_minor
    cdef int32_t count = desk.rows.count, k
    cdef PlaceC place
    if t.column.target == TAX:
        into = desk.rows.tax_minor
    elif t.column.target == ORDERS:
        into = desk.rows.orders
    for k in range(count):
        into[k] = NOTHING if t.column.target == ORDERS else 0
    place = rows_at(t, row, count, into)
    if t.outer == NULL and read_numbers(t.column, &place) == READ_OK:
        return
    for k in range(count):
        place = rows_at(t, row + k, 1, into + k)
        if not is_outside(t, row + k) and read_numbers(t.column, &place) != READ_OK:
            desk.rows.are_doubtful[k] = True


cdef void take_instants(const TakeC* t, DeskC* desk, int64_t row) noexcept nogil:
    cdef const ColumnC* c = t.column
    cdef int64_t* into = desk.rows.placed_at_us
    cdef int64_t i = row + t.shift
    cdef TextC text
    cdef int32_t k
    cdef bint is_sound
    if c.form == FORM_INSTANT and c.validity == NULL and c.per_second <= SECOND_US:
        if copy_instants(c, i, desk.rows.count, into):
            return
    for k in range(desk.rows.count):
        if c.form == FORM_INSTANT:
            is_sound = not is_null(c, i + k) and instant_at(c, i + k, &into[k])
        else:
            is_sound = text_in(desk.book, t, row + k, &text)
            is_sound = is_sound and read_instant(text.data, text.size, &into[k])
        if not is_sound or not is_inside(into[k]):
            desk.rows.are_doubtful[k] = True


cdef bint copy_instants(
    const ColumnC* c, int64_t i, int32_t count, int64_t* into
) noexcept nogil:
    # Instants none of which is null, nor finer than a microsecond; whether all are good, as the
    # first and the last of them are.
    cdef const int64_t* sent = <const int64_t*>c.values + c.first + i
    cdef int64_t low = sent[0], high = sent[0]
    cdef int64_t scale = scale_of(c.per_second), day = 86_400 * c.per_second
    cdef int32_t k
    for k in range(count):
        low = sent[k] if sent[k] < low else low
        high = sent[k] if sent[k] > high else high
        into[k] = <int64_t>(<uint64_t>sent[k] * <uint64_t>scale)
    if low < FIRST_DAY * day or high >= (<int64_t>LAST_DAY + 1) * day:
        return False
    return is_inside(low * scale) and is_inside(high * scale)


@cython.cdivision(True)
cdef inline int64_t scale_of(int64_t per_second) noexcept nogil:
    return SECOND_US // per_second


cdef void refuse_all(const TakeC* t, DeskC* desk, int64_t row) noexcept nogil:
    cdef const ColumnC* c = t.column
    cdef int64_t first = c.first + row + t.shift
    cdef int32_t k
    if c.form == FORM_LIST and c.validity == NULL:
        if offset_at(c.values, c.width, first) == offset_at(
            c.values, c.width, first + desk.rows.count
        ):
            return
    for k in range(desk.rows.count):
        if not is_outside(t, row + k):
            if read_part(&desk.draft, desk.book, c, row + k + t.shift) != READ_OK:
                desk.rows.are_doubtful[k] = True


# Shipments.


cdef void take_shipments(const TakeC* t, DeskC* desk, int64_t row) noexcept nogil:
    cdef RowsC* rows = desk.rows
    cdef const ColumnC* c = t.column
    cdef int64_t i = row + t.shift, first, last, before
    cdef PlaceC place
    cdef int32_t k
    range_at(c, i, &before, &last)
    range_at(c, i + rows.count - 1, &first, &last)
    if last - before > SHIPMENTS_AT_ONCE or has_null_items(c.children, before, last):
        memset(rows.are_doubtful, True, ROWS_AT_ONCE)
        return
    for k in range(rows.count):
        range_at(c, i + k, &first, &last)
        rows.shipment_places[k] = <int32_t>(first - before)
        if last - first > SHIPMENTS_MAX or (last > first and is_null(c, i + k)):
            rows.are_doubtful[k] = True
    rows.shipment_places[rows.count] = <int32_t>(last - before)
    place.first, place.count = c.children.first + before, <int32_t>(last - before)
    if last > before and not read_shipments(rows, desk.book, c.children, &place):
        memset(rows.are_doubtful, True, ROWS_AT_ONCE)
    for k in range(rows.count):
        rows.shipping_minor[k] = 0
        if rows.shipment_places[k + 1] > rows.shipment_places[k] and not rows.are_doubtful[k]:
            end_shipments(desk, k)


cdef bint read_shipments(
    RowsC* rows, const BookC* book, const ColumnC* items, PlaceC* p
) noexcept nogil:
    # The shipments of all rows; whether they are sound.
    cdef const ColumnC* c
    cdef int32_t k, status
    memset(rows.shipment_ids, 0, <size_t>p.count * sizeof(TextC))
    for k in range(p.count):
        rows.shipment_methods[k] = NOTHING
    for k in range(items.child_count):
        c = &items.children[k]
        if c.role == ROLE_NUMBER:
            p.base, p.stride = <char*>rows.shipment_amounts_minor - c.target, sizeof(int64_t)
            status = read_numbers(c, p)
        elif c.target == ID:
            p.base, p.stride = <char*>rows.shipment_ids - c.target, sizeof(TextC)
            status = read_texts(book, c, p)
        else:
            status = fill_column(book, c, p, rows.shipment_methods, 1, NOTHING)
        if status != READ_OK:
            return False
    return True


cdef void end_shipments(DeskC* desk, int32_t k) noexcept nogil:
    # What one cart's shipments cost together, the ids that they were not sent, and their ranks.
    cdef RowsC* rows = desk.rows
    cdef int32_t first = rows.shipment_places[k], last = rows.shipment_places[k + 1], i
    for i in range(first, last):
        rows.shipping_minor[k] += rows.shipment_amounts_minor[i]
        if rows.shipment_ids[i].data == NULL:
            count_off(&desk.draft, &rows.shipment_ids[i], i - first + 1)
    rows.shipment_ranks[first] = 0
    if last - first > 1 and rank_texts(
        desk, rows.shipment_ids + first, sizeof(TextC), last - first, rows.shipment_ranks + first
    ) != READ_OK:
        rows.are_doubtful[k] = True


# Sets.


cdef bint take_sets(
    const TakesC* t, DeskC* desk, int64_t row, int32_t k, List32* l, int32_t* starts
) noexcept nogil:
    cdef const SlotC* slot
    cdef int32_t i, s
    starts[0] = l.count
    for s in range(desk.book.plan.cart_set_count):
        slot = &desk.book.cart_sets[s]
        if slot.first_size < slot.last_size:
            take_prefixes(&t.sets[s], desk, row, k, l, slot)
        elif slot.field == FIELD_COUPONS:
            add_symbols(desk, l, desk.code_symbols, desk.draft.code_count, NOTHING)
        elif slot.field == FIELD_METHODS:
            i = desk.rows.shipment_places[k]
            add_symbols(
                desk, l, desk.rows.shipment_methods + i,
                desk.rows.shipment_places[k + 1] - i, t.sets[s].missing,
            )
        elif t.sets[s].column != NULL:
            take_words(&t.sets[s], desk, row, k, l)
        elif slot.field == FIELD_ATTRIBUTE:
            i = slot.last_listed - slot.first_listed
            add_symbols(desk, l, desk.book.symbols_listed + slot.first_listed, i, NOTHING)
        starts[s + 1] = l.count
    return not desk.is_out_of_memory


cdef inline bint has_room(DeskC* desk, List32* l, int64_t more) noexcept nogil:
    if l.count + more > l.room and not make_room(l, more):
        desk.is_out_of_memory = True
        return False
    return True


cdef void add_symbols(
    DeskC* desk, List32* l, const int32_t* symbols, int32_t count, int32_t nothing
) noexcept nogil:
    # Those of them that rules name, but for one that stands for nothing.
    cdef int32_t first = l.count, i
    if count == 0 or not has_room(desk, l, count):
        return
    for i in range(count):
        if symbols[i] < desk.book.plan.symbol_count and symbols[i] != nothing:
            add_symbol(desk, l, first, symbols[i])


cdef void take_prefixes(
    const TakeC* t, DeskC* desk, int64_t row, int32_t k, List32* l, const SlotC* slot
) noexcept nogil:
    cdef TextC text
    if slot.field == FIELD_WEEKDAY:
        add_prefixes(desk, l, slot, &desk.book.weekdays[weekday_of(desk.rows.days[k])])
        return
    clear_text(&text)
    if t.column != NULL and not text_in(desk.book, t, row, &text):
        desk.rows.are_doubtful[k] = True
        return
    add_prefixes(desk, l, slot, NULL if text.data == NULL else &text)


cdef void take_words(
    const TakeC* t, DeskC* desk, int64_t row, int32_t k, List32* l
) noexcept nogil:
    # The symbols of one list of words, each once.
    cdef const ColumnC* items = t.column.children
    cdef int32_t before = l.count, unknown = desk.book.plan.symbol_count, symbol
    cdef bint is_known = items.known != NULL and items.validity == NULL
    cdef int64_t first, last, i
    if is_outside(t, row) or is_null(t.column, row + t.shift):
        return
    range_at(t.column, row + t.shift, &first, &last)
    if last - first > WORDS_MAX:
        desk.rows.are_doubtful[k] = True
        return
    if first == last or not has_room(desk, l, last - first):
        return
    for i in range(first, last):
        if is_known:
            symbol = items.known[
                index_at(items.values, items.width, items.is_signed, items.first + i)
            ]
        else:
            symbol = SYMBOL_BROKEN if is_null(items, i) else take_symbol(desk.book, items, i)
            if symbol == SYMBOL_BROKEN:
                desk.rows.are_doubtful[k] = True
                return
        if l.count == before:
            l.items[before] = symbol  # stays only if it is one
            l.count += 0 <= symbol < unknown
        elif symbol < unknown:
            add_symbol(desk, l, before, symbol)
