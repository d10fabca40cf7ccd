"""A draft in, a checked cart without its slots out: what takes more than one field to check."""

from libc.stdint cimport int32_t, int64_t, uint8_t, uint64_t

cimport cython

from ..kernel._layout cimport NOTHING
from ._book cimport (
    FIELD_BIRTHDAY,
    FIELD_DATE,
    FIELD_HOUR,
    FIELD_LINE_COUNT,
    FIELD_ORDERS,
    FIELD_PLACED_AT,
    FIELD_QUANTITY,
    FIELD_SHIPPING_AMOUNT,
    FIELD_SIGNED_UP,
    FIELD_SUBTOTAL,
    FIELD_TIME,
    KIND_BOOL,
    KIND_DATE,
    KIND_DATETIME,
    KIND_DECIMAL,
    KIND_DURATION,
    KIND_INTEGER,
    KIND_MONEY,
    KIND_PERCENT,
    KIND_SET,
    KIND_STRING,
    KIND_TIME,
    BookC,
)
from ._draft cimport (
    READ_MEMORY,
    READ_OK,
    READ_PLAIN,
    DraftC,
    DraftLineC,
    DraftShipmentC,
    DraftValueC,
    TextC,
    set_text,
    take_bytes,
)
from ._instant cimport (
    FIRST_DAY,
    LAST_DAY,
    day_of,
    day_us,
    divide,
    hour_of,
    is_inside,
    read_clock,
    read_day,
    read_instant,
    weekday_of,
)
from ._literal cimport read_decimal, read_duration, read_percent, read_time
from ._rank cimport rank_texts
from ._symbols cimport are_equal, find_text

cdef enum:
    DECIMAL_BYTES = 12  # of a count in digits
    LOWER_BIT = 0x20
    PPM = 1_000_000

cdef const char* DIGITS = b"0123456789"
cdef int64_t TOTAL_MAX = 10_000_000_000_000
cdef int64_t AMOUNT_MAX = 1_000_000_000_000
cdef int64_t INTEGER_MAX = 1_000_000_000_000


cdef int32_t check_draft(DeskC* desk) noexcept nogil:
    cdef DraftC* d = &desk.draft
    cdef int32_t status = check_calendar(desk) if has_currency(desk) else READ_PLAIN
    if status == READ_OK:
        status = check_lines(desk)
    if status == READ_OK and d.shipment_count:
        status = check_shipments(desk)
    if status == READ_OK and d.code_count:
        status = check_codes(desk)
    if status == READ_OK and d.value_count:
        status = check_values(desk)
    if status == READ_OK:
        fill_cart(desk)
    return status


cdef bint has_currency(const DeskC* desk) noexcept nogil:
    cdef const TextC* currency = &desk.book.currency
    if desk.draft.currency.size != currency.size:
        return False
    return are_equal(desk.draft.currency.data, currency.data, currency.size)


cdef inline void set_field(DeskC* desk, int32_t field, int64_t number) noexcept nogil:
    desk.field_numbers[field] = number
    desk.field_presents[field] = True


cdef inline void clear_field(DeskC* desk, int32_t field) noexcept nogil:
    desk.field_numbers[field] = 0
    desk.field_presents[field] = False


cdef int32_t check_calendar(DeskC* desk) noexcept nogil:
    # The instant, the customer's days, and what a local clock shows.
    cdef DraftC* d = &desk.draft
    cdef int64_t local_us, time_us, day
    if d.has_instant:
        if not is_inside(d.placed_at_us):
            return READ_PLAIN
    elif not read_instant(d.placed_at.data, d.placed_at.size, &d.placed_at_us):
        return READ_PLAIN
    desk.cart.placed_at = d.placed_at_us
    set_field(desk, FIELD_PLACED_AT, d.placed_at_us)
    clear_field(desk, FIELD_BIRTHDAY)
    clear_field(desk, FIELD_SIGNED_UP)
    clear_field(desk, FIELD_ORDERS)
    desk.weekday = NOTHING
    if desk.book.has_calendar:
        if not read_clock(desk.book, d.placed_at_us, &desk.zone_place, &local_us):
            return READ_PLAIN
        day = day_of(local_us)
        time_us = local_us - day * day_us()
        set_field(desk, FIELD_DATE, day)
        set_field(desk, FIELD_TIME, time_us)
        set_field(desk, FIELD_HOUR, hour_of(time_us))
        desk.weekday = weekday_of(day)
    if d.birthday.data != NULL or d.has_birthday:
        if not check_day(&d.birthday, &d.birthday_days, d.has_birthday):
            return READ_PLAIN
        set_field(desk, FIELD_BIRTHDAY, d.birthday_days)
    if d.signed_up.data != NULL or d.has_signed_up:
        if not check_sign_up(desk):
            return READ_PLAIN
        set_field(desk, FIELD_SIGNED_UP, d.signed_up_days)
    return READ_OK


cdef bint check_day(const TextC* t, int64_t* days, bint is_known) noexcept nogil:
    if is_known:
        return FIRST_DAY <= days[0] <= LAST_DAY
    return read_day(t.data, t.size, days)


cdef bint check_sign_up(DeskC* desk) noexcept nogil:
    # A day, or an instant, which counts by its day in the zone; slots read that only when the book
    # has a calendar.
    cdef DraftC* d = &desk.draft
    cdef int64_t instant_us, local_us
    if d.has_signed_up or d.signed_up.size <= 10:
        return check_day(&d.signed_up, &d.signed_up_days, d.has_signed_up)
    if not read_instant(d.signed_up.data, d.signed_up.size, &instant_us):
        return False
    local_us = instant_us
    if desk.book.has_calendar:
        if not read_clock(desk.book, instant_us, &desk.zone_place, &local_us):
            return False
    d.signed_up_days = day_of(local_us)
    return True


cdef int32_t check_lines(DeskC* desk) noexcept nogil:
    cdef DraftC* d = &desk.draft
    cdef int64_t subtotal_minor = 0, quantity = 0
    cdef bint is_sound
    if desk.shelf_place == NOTHING:
        is_sound = add_lines(desk, &subtotal_minor, &quantity)
        desk.line_ids, desk.line_id_bytes = <const char*>d.lines, sizeof(DraftLineC)  # id first
    else:
        is_sound = add_shelved(desk, &subtotal_minor, &quantity)
        desk.line_ids = <const char*>(desk.shelf_ids + desk.shelf_place)
        desk.line_id_bytes = sizeof(TextC)
    if not is_sound:
        return READ_MEMORY if d.is_out_of_memory else READ_PLAIN
    desk.totals.subtotal = subtotal_minor
    set_field(desk, FIELD_SUBTOTAL, subtotal_minor)
    set_field(desk, FIELD_QUANTITY, quantity)
    set_field(desk, FIELD_LINE_COUNT, d.line_count)
    set_field(desk, FIELD_SHIPPING_AMOUNT, 0)
    desk.totals.shipping = 0
    return rank_lines(desk)


cdef bint add_lines(DeskC* desk, int64_t* subtotal_minor, int64_t* quantity) noexcept nogil:
    # The lines of the draft: their amounts, their sums, and the ids that were not sent.
    cdef DraftC* d = &desk.draft
    cdef DraftLineC* line
    cdef int64_t gross_minor, floor_minor, sum_minor = 0, units = 0
    cdef int64_t line_floor_minor = desk.book.line_floor_minor
    cdef int32_t i
    for i in range(d.line_count):
        line = &d.lines[i]
        gross_minor = line.quantity * line.unit_price_minor
        sum_minor += gross_minor
        if sum_minor > TOTAL_MAX:
            return False
        floor_minor = line.min_price_minor * line.quantity
        if floor_minor < line_floor_minor:
            floor_minor = line_floor_minor
        units += line.quantity
        desk.quantities[i] = line.quantity
        desk.prices_minor[i] = line.unit_price_minor
        desk.gross_minor[i] = gross_minor
        desk.floors_minor[i] = floor_minor
        if line.id.data == NULL and not count_off(d, &line.id, i + 1):
            return False
    subtotal_minor[0], quantity[0] = sum_minor, units
    return True


cdef bint add_shelved(DeskC* desk, int64_t* subtotal_minor, int64_t* quantity) noexcept nogil:
    # The same for lines whose amounts are there, and are sums already.
    cdef int64_t first = desk.shelf_place, last = first + desk.draft.line_count
    cdef TextC* ids = desk.shelf_ids + first
    cdef int32_t i
    subtotal_minor[0] = desk.shelf_sums_minor[last] - desk.shelf_sums_minor[first]
    quantity[0] = desk.shelf_units[last] - desk.shelf_units[first]
    if subtotal_minor[0] > TOTAL_MAX:
        return False
    if not desk.shelf_has_ids:
        for i in range(desk.draft.line_count):
            if ids[i].data == NULL and not count_off(&desk.draft, &ids[i], i + 1):
                return False
    return True


cdef inline bint is_in_order(const DeskC* desk) noexcept nogil:
    # Whether the ids of a cart on the shelf came in order; then the ranks there are good for it.
    cdef int64_t last = desk.shelf_place + desk.draft.line_count
    return desk.shelf_has_ids and desk.shelf_falls[last - 1] <= desk.shelf_place


cdef int32_t rank_lines(DeskC* desk) noexcept nogil:
    # On the shelf ids may come in order; then the ranks there are good for the cart.
    if desk.draft.line_count == 0 or (desk.shelf_place != NOTHING and is_in_order(desk)):
        return READ_OK
    return rank_texts(
        desk, <const TextC*>desk.line_ids, desk.line_id_bytes, desk.draft.line_count,
        <int32_t*>desk.cart.line_ranks,
    )


cdef bint count_off(DraftC* d, TextC* id, int32_t position) noexcept nogil:
    # The id of what has none: its position in digits.
    cdef char* end
    cdef int32_t size = 0
    cdef uint64_t rest = <uint64_t>position, tenth
    if position < 10:
        set_text(id, DIGITS + position, 1)
        return True
    end = take_bytes(d, DECIMAL_BYTES)
    if end == NULL:
        return False
    end += DECIMAL_BYTES
    while rest > 0:
        tenth = divide(rest, 10)
        end -= 1
        end[0] = <char>(c"0" + <int32_t>(rest - tenth * 10))
        rest = tenth
        size += 1
    set_text(id, end, size)
    return True


cdef int32_t check_shipments(DeskC* desk) noexcept nogil:
    cdef DraftC* d = &desk.draft
    cdef DraftShipmentC* shipment
    cdef int64_t sum_minor = 0
    cdef int32_t i
    for i in range(d.shipment_count):
        shipment = &d.shipments[i]
        sum_minor += shipment.amount_minor
        desk.shipment_amounts_minor[i] = shipment.amount_minor
        if shipment.id.data == NULL and not count_off(d, &shipment.id, i + 1):
            return READ_MEMORY
    set_field(desk, FIELD_SHIPPING_AMOUNT, sum_minor)
    desk.totals.shipping = sum_minor
    desk.shipment_ids = <const char*>&d.shipments[0].id
    desk.shipment_id_bytes = sizeof(DraftShipmentC)
    return rank_texts(
        desk, &d.shipments[0].id, sizeof(DraftShipmentC), d.shipment_count, desk.shipment_ranks
    )


cdef int32_t check_codes(DeskC* desk) noexcept nogil:
    # Trimmed, upper-cased, each once, in the order in which they first came.
    cdef DraftC* d = &desk.draft
    cdef TextC* code
    cdef int32_t i, kept = 0, status
    for i in range(d.code_count):
        code = &d.codes[kept]
        code[0] = d.codes[i]
        status = normalise(d, code)
        if status != READ_OK:
            return status
        if is_repeated(d.codes, kept):
            continue
        if code.symbol < NOTHING:
            code.symbol = find_text(&desk.book.symbols, code.data, code.size)
        desk.code_symbols[kept] = code.symbol
        desk.pool_symbols[kept] = NOTHING
        kept += 1
    d.code_count = kept
    return READ_OK


cdef inline bint is_space(char byte) noexcept nogil:
    return byte == c" " or c"\t" <= byte <= c"\r" or 0x1C <= byte <= 0x1F


cdef int32_t normalise(DraftC* d, TextC* code) noexcept nogil:
    # What is not ASCII has its own rules of case and white space, which the plain way knows.
    cdef const char* first = code.data
    cdef const char* last = first + code.size
    cdef char* made
    cdef bint has_lower = False
    cdef int32_t i, size
    while first < last and is_space(first[0]):
        first += 1
    while first < last and is_space((last - 1)[0]):
        last -= 1
    size = <int32_t>(last - first)
    if size == 0:
        return READ_PLAIN
    for i in range(size):
        if <uint8_t>first[i] > 0x7F:
            return READ_PLAIN
        has_lower |= c"a" <= first[i] <= c"z"
    if size != code.size:
        set_text(code, first, size)
    if not has_lower:
        return READ_OK
    made = take_bytes(d, size)
    if made == NULL:
        return READ_MEMORY
    for i in range(size):
        made[i] = first[i] ^ LOWER_BIT if c"a" <= first[i] <= c"z" else first[i]
    set_text(code, made, size)
    return READ_OK


cdef bint is_repeated(const TextC* codes, int32_t last) noexcept nogil:
    # Whether the last code is one of those before it; there are a hundred at most.
    cdef int32_t i
    for i in range(last):
        if codes[i].size == codes[last].size:
            if are_equal(codes[i].data, codes[last].data, codes[i].size):
                return True
    return False


cdef int32_t check_values(DeskC* desk) noexcept nogil:
    # Every declared attribute that was sent, whether or not a slot reads it.
    cdef DraftC* d = &desk.draft
    cdef int32_t i
    for i in range(d.value_count):
        if not check_value(desk.book, &d.values_sent[i]):
            return READ_PLAIN
    return READ_OK


cdef bint check_value(const BookC* book, DraftValueC* v) noexcept nogil:
    # The value in the unit of its kind.
    cdef int32_t kind = book.attributes[v.attribute].kind
    cdef const char* data = v.text.data
    cdef int32_t size = v.text.size
    if kind == KIND_STRING or kind == KIND_SET or kind == KIND_BOOL:
        return True
    if kind == KIND_INTEGER:
        return -INTEGER_MAX <= v.number <= INTEGER_MAX
    if kind == KIND_MONEY:
        return 0 <= v.number <= AMOUNT_MAX
    if v.is_number:
        if kind != KIND_DECIMAL or not -INTEGER_MAX <= v.number <= INTEGER_MAX:
            return False
        v.number *= PPM
        return True
    if data == NULL:
        return False
    if kind == KIND_DECIMAL:
        return read_decimal(data, size, &v.number)
    if kind == KIND_PERCENT:
        return read_percent(data, size, &v.number)
    if kind == KIND_DATE:
        return read_day(data, size, &v.number)
    if kind == KIND_TIME:
        return read_time(data, size, &v.number)
    if kind == KIND_DATETIME:
        return read_instant(data, size, &v.number)
    return kind == KIND_DURATION and read_duration(data, size, &v.number)


cdef void fill_cart(DeskC* desk) noexcept nogil:
    # The counts, the tax, and nothing used up until facts say otherwise.
    cdef DraftC* d = &desk.draft
    desk.cart.line_count = d.line_count
    desk.cart.shipment_count = d.shipment_count
    desk.cart.code_count = d.code_count
    desk.cart.used_up_count = 0
    desk.cart.tax_minor = d.tax_minor
    desk.used_up.count = 0
    desk.cart.used_up = desk.used_up.items
    if d.orders != NOTHING:
        set_field(desk, FIELD_ORDERS, d.orders)
