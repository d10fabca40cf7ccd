"""Rows of a batch in, checked carts with their slots out, some rows at once and column by column.

The lines of those carts are on a shelf, and what else rules read of them lies beside it in the same
way: the kernel's cart is pointed at its part of both. A row that is in doubt is read by itself.
"""

from libc.stdint cimport int8_t, int32_t, int64_t
from libc.stdlib cimport calloc, malloc
from libc.string cimport memset

from ..kernel._layout cimport NOTHING
from ._arrow cimport (
    FORM_LIST,
    FORM_NULL,
    FORM_STRUCT,
    FORM_TEXT,
    ROLE_CODES,
    ROLE_EMPTY,
    ROLE_FIELDS,
    ROLE_INSTANT,
    ROLE_LINES,
    ROLE_NUMBER,
    ROLE_RAW,
    ROLE_SHIPMENTS,
    ROLE_SKIP,
    ROLE_TEXT,
    ROLE_VALUES,
    ROLE_WORDS,
    ColumnC,
    is_null,
    offset_at,
    range_at,
)
from ._arrow_reader cimport read_part
from ._arrow_shelf cimport fill_shelf
from ._arrow_shelf_words cimport known_symbol
from ._arrow_takes cimport (
    TAKE_CURRENCY,
    TAKE_ID,
    TAKE_INSTANT,
    TAKE_NOTHING,
    TAKE_NUMBER,
    TAKE_SYMBOL,
    TAKE_TEXT,
    TAKE_WORDS,
    take_column,
    take_sets,
    take_shipments,
)
from ._book cimport (
    FIELD_DATE,
    FIELD_GROUPS,
    FIELD_HOUR,
    FIELD_LINE_COUNT,
    FIELD_METHODS,
    FIELD_ORDERS,
    FIELD_PLACED_AT,
    FIELD_QUANTITY,
    FIELD_SEGMENTS,
    FIELD_SHIPPING_AMOUNT,
    FIELD_SUBTOTAL,
    FIELD_TIME,
    FIELD_WEEKDAY,
    BookC,
    SlotC,
)
from ._desk cimport ROWS_AT_ONCE, SHIPMENTS_AT_ONCE, RowsC, point_cart, point_lines, reserve_draft
from ._draft cimport READ_MEMORY, READ_OK, READ_PLAIN, DraftC, TextC, begin_lists
from ._instant cimport day_of, day_us, hour_of, read_clock, weekday_of
from ._intake cimport check_codes, count_off, rank_lines
from ._members cimport begin_members
from ._symbols cimport are_equal, find_text

cdef int64_t TOTAL_MAX = 10_000_000_000_000

# Never filled: only where their members lie is asked.
cdef DraftC blank
cdef DraftC* D = &blank
cdef int64_t ID = <char*>&D.id - <char*>D
cdef int64_t CURRENCY = <char*>&D.currency - <char*>D
cdef int64_t GROUPS = <char*>&D.groups - <char*>D
cdef int64_t SEGMENTS = <char*>&D.segments - <char*>D


# What is taken of a batch.


cdef void begin_takes(
    TakesC* t, const ShelfC* shelf, DeskC* desk, const ColumnC* root, int64_t last
) noexcept nogil:
    cdef const BookC* book = desk.book
    cdef int32_t k
    t.last, t.count = last, 0
    t.shipments.column = t.codes.column = NULL
    t.is_ready = shelf.column != NULL and book.plan.cart_set_count <= SLOTS_MAX
    t.is_ready = t.is_ready and (desk.rows != NULL or make_rows(desk))
    if not t.is_ready:
        return
    for k in range(book.plan.cart_set_count):
        t.sets[k].column = NULL
        t.sets[k].missing = find_text(&book.symbols, "", 0)
    begin_rows(desk)
    t.is_ready = add_fields(t, book, root, root.first, NULL, 0)


cdef bint make_rows(DeskC* desk) noexcept nogil:
    cdef RowsC* rows = <RowsC*>calloc(1, sizeof(RowsC))
    cdef size_t numbers = <size_t>desk.book.plan.cart_number_count * ROWS_AT_ONCE + 1
    cdef size_t texts = <size_t>desk.book.plan.cart_text_count * ROWS_AT_ONCE + 1
    cdef size_t sets = <size_t>desk.book.plan.cart_set_count * ROWS_AT_ONCE + 1
    if rows == NULL:
        return False
    desk.rows = rows
    rows.numbers = <int64_t*>malloc(numbers * sizeof(int64_t))
    rows.presents = <int8_t*>malloc(numbers)
    rows.texts = <int32_t*>malloc(texts * sizeof(int32_t))
    rows.set_starts = <int32_t*>malloc(sets * sizeof(int32_t))
    rows.shipment_ids = <TextC*>malloc(SHIPMENTS_AT_ONCE * sizeof(TextC))
    rows.shipment_amounts_minor = <int64_t*>malloc(SHIPMENTS_AT_ONCE * sizeof(int64_t))
    rows.shipment_methods = <int32_t*>malloc(SHIPMENTS_AT_ONCE * sizeof(int32_t))
    rows.shipment_ranks = <int32_t*>malloc(SHIPMENTS_AT_ONCE * sizeof(int32_t))
    return has_all(rows)


cdef bint has_all(const RowsC* rows) noexcept nogil:
    return (
        rows.numbers != NULL
        and rows.presents != NULL
        and rows.texts != NULL
        and rows.set_starts != NULL
        and rows.shipment_ids != NULL
        and rows.shipment_amounts_minor != NULL
        and rows.shipment_methods != NULL
        and rows.shipment_ranks != NULL
    )


cdef void begin_rows(DeskC* desk) noexcept nogil:
    # What rows have of which a batch has no column.
    cdef const BookC* book = desk.book
    cdef RowsC* rows = desk.rows
    cdef int32_t count = book.plan.cart_text_count, i, k, symbol
    rows.first = rows.count = 0
    rows.is_pointed = False
    memset(rows.tax_minor, 0, sizeof(rows.tax_minor))
    memset(rows.store_credit_minor, 0, sizeof(rows.store_credit_minor))
    memset(rows.shipping_minor, 0, sizeof(rows.shipping_minor))
    memset(rows.shipment_places, 0, sizeof(rows.shipment_places))
    for i in range(ROWS_AT_ONCE):
        rows.orders[i] = NOTHING
    for k in range(count):
        symbol = missing_symbol(book, &book.cart_texts[k])
        for i in range(ROWS_AT_ONCE):
            rows.texts[i * count + k] = symbol


cdef int32_t missing_symbol(const BookC* book, const SlotC* slot) noexcept nogil:
    return known_symbol(book, &slot.fallback) if slot.has_fallback else NOTHING


cdef bint add_fields(
    TakesC* t, const BookC* book, const ColumnC* c, int64_t shift, const ColumnC* outer,
    int64_t outer_shift,
) noexcept nogil:
    # The columns of the cart, or of a struct in it; whether rows can be taken at once.
    cdef const ColumnC* child
    cdef TakeC take
    cdef int32_t k
    take.outer, take.outer_shift, take.shift = outer, outer_shift, shift
    take.op = take.slot = take.missing = 0
    for k in range(c.child_count):
        child = take.column = &c.children[k]
        if child.role == ROLE_SKIP or child.role == ROLE_LINES:
            continue
        if child.form == FORM_NULL and not child.is_required:
            continue
        if child.form == FORM_NULL or not add_column(t, book, &take):
            return False
    return True


cdef bint add_column(TakesC* t, const BookC* book, TakeC* take) noexcept nogil:
    cdef const ColumnC* c = take.column
    if c.role == ROLE_TEXT:
        return add_text(t, book, take)
    if c.role == ROLE_WORDS:
        return add_words(t, book, take)
    if c.role == ROLE_FIELDS:
        return add_struct(t, book, take)
    if c.role == ROLE_VALUES:
        return has_none_declared(c)
    if c.role == ROLE_SHIPMENTS or c.role == ROLE_CODES:
        if take.outer != NULL or c.form != FORM_LIST or c.is_required:
            return False
        if c.role == ROLE_CODES:
            t.codes = take[0]
            return True
        t.shipments = take[0]
        return c.children.form == FORM_STRUCT
    if c.role == ROLE_INSTANT:
        return add_take(t, take, TAKE_INSTANT)
    if c.role == ROLE_NUMBER:
        return add_take(t, take, TAKE_NUMBER)
    if c.role == ROLE_EMPTY or c.role == ROLE_RAW:
        return add_take(t, take, TAKE_NOTHING)
    return False


cdef bint add_take(TakesC* t, TakeC* take, int32_t op) noexcept nogil:
    if t.count == TAKES_MAX:
        return False
    take.op = op
    t.takes[t.count] = take[0]
    t.count += 1
    return True


cdef bint add_struct(TakesC* t, const BookC* book, const TakeC* take) noexcept nogil:
    # Structs that may be null are not looked for in such structs.
    cdef const ColumnC* c = take.column
    cdef int64_t shift = take.shift + c.first
    if c.form != FORM_STRUCT or (c.validity != NULL and (take.outer != NULL or c.is_required)):
        return False
    if c.validity == NULL:
        return add_fields(t, book, c, shift, take.outer, take.outer_shift)
    return add_fields(t, book, c, shift, c, take.shift)


cdef bint has_none_declared(const ColumnC* c) noexcept nogil:
    # Whether nobody declared any of the attributes that a column has.
    cdef int32_t k
    for k in range(c.child_count):
        if c.children[k].role != ROLE_SKIP:
            return False
    return c.form == FORM_STRUCT


cdef bint add_text(TakesC* t, const BookC* book, TakeC* take) noexcept nogil:
    cdef const ColumnC* c = take.column
    cdef bint is_looked_at = is_sound(c)
    cdef int32_t k
    if c.target == ID:
        return add_take(t, take, TAKE_ID)
    if c.target == CURRENCY and not (is_looked_at and has_one(c, &book.currency)):
        if not add_take(t, take, TAKE_CURRENCY):
            return False
        is_looked_at = True
    for k in range(book.plan.cart_set_count):
        if is_prefixed(&book.cart_sets[k], c.target):
            t.sets[k].column, t.sets[k].shift = c, take.shift
            t.sets[k].outer, t.sets[k].outer_shift = take.outer, take.outer_shift
    for k in range(book.plan.cart_text_count):
        if book.cart_texts[k].offset_bytes == c.target:
            take.slot, take.missing = k, missing_symbol(book, &book.cart_texts[k])
            is_looked_at = True
            if not add_take(t, take, TAKE_SYMBOL):
                return False
    return is_looked_at or add_take(t, take, TAKE_TEXT)


cdef bint is_sound(const ColumnC* c) noexcept nogil:
    # Whether no row need be asked: all its texts were looked at with the batch.
    if c.is_required and c.validity != NULL:
        return False
    return c.known != NULL or (c.form == FORM_TEXT and not c.is_nonempty)


cdef bint is_prefixed(const SlotC* slot, int64_t target) noexcept nogil:
    return slot.first_size < slot.last_size and slot.offset_bytes == target


cdef bint has_one(const ColumnC* c, const TextC* text) noexcept nogil:
    # Whether all words are this text.
    cdef int64_t i
    if c.known == NULL:
        return False
    for i in range(c.text_count):
        if c.texts[i].size != text.size:
            return False
        if not are_equal(c.texts[i].data, text.data, text.size):
            return False
    return True


cdef bint add_words(TakesC* t, const BookC* book, TakeC* take) noexcept nogil:
    cdef const ColumnC* c = take.column
    cdef int32_t k
    cdef bint is_read = False
    if c.is_required or c.children == NULL:
        return False
    for k in range(book.plan.cart_set_count):
        if set_target(&book.cart_sets[k]) == c.target:
            t.sets[k].column, t.sets[k].shift = c, take.shift
            t.sets[k].outer, t.sets[k].outer_shift = take.outer, take.outer_shift
            is_read = True
    return is_read or add_take(t, take, TAKE_WORDS)


cdef int64_t set_target(const SlotC* slot) noexcept nogil:
    # Where a draft has the words of a set; NOTHING when it is made of something else.
    if slot.first_size < slot.last_size:
        return NOTHING
    if slot.field == FIELD_GROUPS:
        return GROUPS
    return SEGMENTS if slot.field == FIELD_SEGMENTS else NOTHING


# Some rows.


cdef int32_t take_row(
    const TakesC* t, ShelfC* shelf, DeskC* desk, const ColumnC* root, int64_t row
) noexcept nogil:
    cdef RowsC* rows = desk.rows
    cdef int32_t status
    if row - rows.first >= rows.count:
        status = take_rows(t, shelf, desk, root, row)
        if status != READ_OK:
            return status
    if rows.are_doubtful[row - rows.first]:
        point_cart(desk)
        rows.is_pointed = False
        return ROW_ALONE
    return place_row(t, desk, row, <int32_t>(row - rows.first))


cdef int32_t take_rows(
    const TakesC* t, ShelfC* shelf, DeskC* desk, const ColumnC* root, int64_t row
) noexcept nogil:
    # As many as there is room for, from one on.
    cdef RowsC* rows = desk.rows
    cdef int32_t k, status
    rows.count = 0
    if is_null(shelf.column, root.first + row):
        return READ_PLAIN
    status = fill_shelf(shelf, desk, root.first + row)
    if status != READ_OK:
        return status
    desk.is_out_of_memory = False
    begin_lists(&desk.draft)
    count_rows(t, shelf, desk, root, row)
    for k in range(t.count):
        take_column(&t.takes[k], desk, row)
    if t.shipments.column != NULL:
        take_shipments(&t.shipments, desk, row)
    if desk.book.has_calendar:
        read_clocks(desk)
    fill_numbers(desk)
    rows.is_pointed = False
    rows.set_items.count = 0
    for k in range(rows.count):
        if not rows.are_doubtful[k] and not take_sets(
            t, desk, row + k, k, &rows.set_items,
            rows.set_starts + k * desk.book.plan.cart_set_count,
        ):
            return READ_MEMORY
    return READ_OK


cdef void count_rows(
    const TakesC* t, const ShelfC* shelf, DeskC* desk, const ColumnC* root, int64_t row
) noexcept nogil:
    # Those whose lines are all on the shelf, and where these lie.
    cdef const ColumnC* c = shelf.column
    cdef RowsC* rows = desk.rows
    cdef int64_t i = root.first + row, before, end, most = t.last - row
    cdef const int64_t* sums_minor = desk.shelf_sums_minor
    cdef int32_t k
    most = ROWS_AT_ONCE if most > ROWS_AT_ONCE else most
    rows.first = row
    before = offset_at(c.values, c.width, c.first + i) - shelf.first
    rows.line_places[0] = <int32_t>before
    for k in range(<int32_t>most):
        end = offset_at(c.values, c.width, c.first + i + k + 1) - shelf.first
        if end > shelf.last - shelf.first:
            break
        rows.line_places[k + 1] = <int32_t>end
        rows.are_doubtful[k] = (
            is_null(c, i + k) or sums_minor[end] - sums_minor[before] > TOTAL_MAX
        )
        rows.count = k + 1
        before = end


cdef void read_clocks(DeskC* desk) noexcept nogil:
    cdef const BookC* book = desk.book
    cdef RowsC* rows = desk.rows
    cdef int32_t count = book.plan.cart_text_count, i, k
    cdef int64_t local_us
    for i in range(rows.count):
        if rows.are_doubtful[i]:
            continue
        if not read_clock(book, rows.placed_at_us[i], &desk.zone_place, &local_us):
            rows.are_doubtful[i] = True
            continue
        rows.days[i] = day_of(local_us)
        rows.times_us[i] = local_us - rows.days[i] * day_us()
        for k in range(count):
            if book.cart_texts[k].field == FIELD_WEEKDAY:
                rows.texts[i * count + k] = known_symbol(
                    book, &book.weekdays[weekday_of(rows.days[i])]
                )


cdef void fill_numbers(DeskC* desk) noexcept nogil:
    # The numbers that rules read of carts.
    cdef const SlotC* slot
    cdef int32_t k
    for k in range(desk.book.plan.cart_number_count):
        slot = &desk.book.cart_numbers[k]
        if slot.field == FIELD_SUBTOTAL:
            fill_sums(desk, k, desk.shelf_sums_minor)
        elif slot.field == FIELD_QUANTITY:
            fill_sums(desk, k, desk.shelf_units)
        else:
            fill_others(desk, k, slot)


cdef void fill_sums(DeskC* desk, int32_t k, const int64_t* sums) noexcept nogil:
    # What the lines of each cart come to, by sums over all lines before one.
    cdef const int32_t* places = desk.rows.line_places
    cdef int32_t stride = desk.book.plan.cart_number_count, i
    cdef int64_t* numbers = desk.rows.numbers + k
    cdef int8_t* presents = desk.rows.presents + k
    for i in range(desk.rows.count):
        numbers[i * stride] = sums[places[i + 1]] - sums[places[i]]
        presents[i * stride] = True


cdef void fill_others(DeskC* desk, int32_t k, const SlotC* slot) noexcept nogil:
    # What was not sent is as the slot says.
    cdef int32_t stride = desk.book.plan.cart_number_count, i
    cdef int64_t number
    for i in range(desk.rows.count):
        number = 0
        desk.rows.presents[i * stride + k] = True
        if not find_number(desk, slot.field, i, &number):
            desk.rows.presents[i * stride + k] = slot.has_fallback
            number = slot.fallback_number
        desk.rows.numbers[i * stride + k] = number


cdef inline bint find_number(
    const DeskC* desk, int32_t field, int32_t i, int64_t* number
) noexcept nogil:
    # A number of one of the rows, if it has that.
    cdef const RowsC* rows = desk.rows
    if field == FIELD_LINE_COUNT:
        number[0] = rows.line_places[i + 1] - rows.line_places[i]
    elif field == FIELD_SHIPPING_AMOUNT:
        number[0] = rows.shipping_minor[i]
    elif field == FIELD_PLACED_AT:
        number[0] = rows.placed_at_us[i]
    elif field == FIELD_DATE:
        number[0] = rows.days[i]
    elif field == FIELD_TIME:
        number[0] = rows.times_us[i]
    elif field == FIELD_HOUR:
        number[0] = hour_of(rows.times_us[i])
    elif field == FIELD_ORDERS and rows.orders[i] != NOTHING:
        number[0] = rows.orders[i]
    else:
        return False
    return True


# One row.


cdef int32_t place_row(
    const TakesC* t, DeskC* desk, int64_t row, int32_t k
) noexcept nogil:
    # The kernel's cart, pointed at what the rows have of one.
    cdef RowsC* rows = desk.rows
    cdef DraftC* d = &desk.draft
    cdef int32_t status = READ_OK
    begin_lists(d)
    d.id = rows.ids[k]
    d.line_count = rows.line_places[k + 1] - rows.line_places[k]
    d.shipment_count = rows.shipment_places[k + 1] - rows.shipment_places[k]
    desk.shelf_place = rows.line_places[k]
    if not rows.is_pointed:
        point_rows(desk)
    point_row(desk, k)
    if t.codes.column != NULL and has_codes(&t.codes, row):
        status = take_codes(t, desk, row, k)
    if status == READ_OK:
        status = end_lines(desk)
    if status == READ_OK and desk.book.plan.program_count > 0:
        d.store_credit_minor = rows.store_credit_minor[k]
        begin_members(desk)
    return status


cdef void point_rows(DeskC* desk) noexcept nogil:
    # What is the same for all of them.
    desk.cart.code_count = desk.cart.used_up_count = 0
    desk.cart.used_up = desk.used_up.items
    desk.cart.line_set_items = desk.line_set_items.items
    desk.cart.cart_set_items = desk.rows.set_items.items
    desk.line_id_bytes = desk.shipment_id_bytes = sizeof(TextC)
    desk.rows.is_pointed = True


cdef void point_row(DeskC* desk, int32_t k) noexcept nogil:
    cdef RowsC* rows = desk.rows
    cdef int64_t numbers = desk.book.plan.cart_number_count * k
    cdef int32_t first = rows.line_places[k], last = rows.line_places[k + 1]
    cdef int32_t shipment = rows.shipment_places[k]
    desk.cart.line_count = last - first
    desk.cart.shipment_count = rows.shipment_places[k + 1] - shipment
    desk.cart.placed_at = rows.placed_at_us[k]
    desk.cart.tax_minor = rows.tax_minor[k]
    point_lines(desk, first)
    desk.cart.shipment_amounts_minor = rows.shipment_amounts_minor + shipment
    desk.cart.shipment_methods = rows.shipment_methods + shipment
    desk.cart.shipment_ranks = rows.shipment_ranks + shipment
    desk.cart.cart_numbers = rows.numbers + numbers
    desk.cart.cart_presents = rows.presents + numbers
    desk.cart.cart_texts = rows.texts + desk.book.plan.cart_text_count * k
    desk.cart.cart_set_starts = rows.set_starts + desk.book.plan.cart_set_count * k
    desk.line_ids = <const char*>(desk.shelf_ids + first)
    desk.shipment_ids = <const char*>(rows.shipment_ids + shipment)
    desk.totals.subtotal = desk.shelf_sums_minor[last] - desk.shelf_sums_minor[first]
    desk.totals.shipping = rows.shipping_minor[k]


cdef inline bint has_codes(const TakeC* t, int64_t row) noexcept nogil:
    cdef int64_t first, last
    range_at(t.column, row + t.shift, &first, &last)
    return first < last


cdef int32_t take_codes(
    const TakesC* t, DeskC* desk, int64_t row, int32_t k
) noexcept nogil:
    # The codes of one cart, and its sets with them.
    cdef int32_t status = read_part(
        &desk.draft, desk.book, t.codes.column, row + t.codes.shift
    )
    if status == READ_OK and desk.draft.code_count and not reserve_draft(desk):
        return READ_MEMORY
    if status == READ_OK:
        status = check_codes(desk)
    if status != READ_OK:
        return status
    point_row(desk, k)  # making room points elsewhere
    desk.rows.is_pointed = False
    desk.cart.code_count = desk.draft.code_count
    desk.cart_set_items.count = 0
    if not take_sets(t, desk, row, k, &desk.cart_set_items, desk.cart_set_starts):
        return READ_MEMORY
    desk.cart.cart_set_starts = desk.cart_set_starts
    desk.cart.cart_set_items = desk.cart_set_items.items
    return READ_OK


cdef int32_t end_lines(DeskC* desk) noexcept nogil:
    # The ids that lines were not sent, and the ranks of all.
    cdef TextC* ids = desk.shelf_ids + desk.shelf_place
    cdef int32_t i
    if not desk.shelf_has_ids:
        for i in range(desk.draft.line_count):
            if ids[i].data == NULL and not count_off(&desk.draft, &ids[i], i + 1):
                return READ_MEMORY
    return rank_lines(desk)
