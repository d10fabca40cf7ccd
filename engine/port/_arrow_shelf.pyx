"""The lines of many carts in, what the kernel reads of them out, column by column.

A cart has few lines, and those of the next cart lie beside them: all skus of some lines are read,
then all quantities, straight to where the kernel has them on the desk. The carts that follow take
theirs from there. What rules rarely ask for is left to the draft, and so to one cart at a time.
"""

from libc.stdint cimport INT32_MAX, INT32_MIN, int32_t, int64_t
from libc.stdlib cimport realloc
from libc.string cimport memset

from ..kernel._layout cimport NOTHING
from ._arrow cimport (
    FORM_LIST,
    FORM_NULL,
    FORM_STRUCT,
    ROLE_LINES,
    ROLE_NUMBER,
    ROLE_RAW,
    ROLE_TEXT,
    ROLE_VALUES,
    ROLE_WORDS,
    ColumnC,
    index_at,
    is_null,
    offset_at,
    range_at,
)
from ._arrow_reader cimport (
    PlaceC,
    has_null_items,
    read_cart,
    read_numbers,
    read_texts,
)
from ._arrow_places cimport close_lines
from ._arrow_result cimport ResultC
from ._arrow_shelf_words cimport check_others, fill_sets, fill_texts
from ._book cimport (
    FIELD_ATTRIBUTE,
    FIELD_LINE_CATEGORIES,
    FIELD_LINE_PRICE,
    FIELD_LINE_QUANTITY,
    FIELD_LINE_TAGS,
    BookC,
    SlotC,
)
from ._desk cimport point_cart, reserve_lines
from ._draft cimport READ_MEMORY, READ_OK, READ_PLAIN, DraftLineC, TextC, begin_draft
from ._rank cimport is_behind

cdef enum:
    LINES_MAX = 10_000
    IDS_BYTES = 1 << 28  # LIMIT: of all lines on the shelf; carts with more go the plain way
    SHELF_LINES = 256  # read at once: few enough to stay near until they are priced

cdef int64_t TOTAL_MAX = 10_000_000_000_000
cdef int64_t AMOUNT_BITS = (<int64_t>1 << 44) - 1  # so that sums hold even of amounts too large

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
    ShelfC* shelf, DeskC* desk, ResultC* result, const ColumnC* root, int64_t last
) noexcept nogil:
    cdef const ColumnC* c
    cdef int32_t k
    shelf.column = NULL
    shelf.result = result
    shelf.first = shelf.last = shelf.end = 0
    for k in range(root.child_count):
        c = &root.children[k]
        if c.role == ROLE_LINES and c.form == FORM_LIST and can_share(desk.book, c.children):
            if not reserve_shelf(desk, 1):  # also carts without lines are asked for their sums
                return
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
        if not close_lines(shelf.result, desk):
            return READ_MEMORY
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
        if not reserve_sums(desk, room):
            return False
        desk.shelf_room = room
    return not desk.is_out_of_memory


cdef bint reserve_sums(DeskC* desk, int32_t room) noexcept nogil:
    cdef size_t wanted = (<size_t>room + 1) * sizeof(int64_t)
    cdef void* sums = realloc(desk.shelf_sums_minor, wanted)
    cdef void* units = NULL
    cdef void* falls = NULL
    if sums != NULL:
        desk.shelf_sums_minor = <int64_t*>sums
        units = realloc(desk.shelf_units, wanted)
    if units != NULL:
        desk.shelf_units = <int64_t*>units
        falls = realloc(desk.shelf_falls, wanted)
    if falls != NULL:
        desk.shelf_falls = <int32_t*>falls
        desk.shelf_sums_minor[0] = desk.shelf_units[0] = 0  # before the first line
    return falls != NULL


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
            floors_minor[i] = line_floor_minor
    else:
        for i in range(p.count):
            floor_minor = floors_minor[i] * quantities[i]
            floors_minor[i] = line_floor_minor if floor_minor < line_floor_minor else floor_minor
    return add_up(desk, p.count)


cdef int32_t add_up(DeskC* desk, int32_t count) noexcept nogil:
    # The gross amount of each line, and the sums up to it: a cart's are the difference of two.
    cdef const int64_t* quantities = desk.quantities
    cdef const int64_t* prices_minor = desk.prices_minor
    cdef int64_t* gross_minor = desk.gross_minor
    cdef int64_t* sums_minor = desk.shelf_sums_minor
    cdef int64_t* units = desk.shelf_units
    cdef int64_t sum_minor = 0, unit_sum = 0, amount_minor, largest = 0
    cdef int32_t i
    sums_minor[0] = units[0] = 0
    for i in range(count):
        amount_minor = quantities[i] * prices_minor[i]
        largest = amount_minor if amount_minor > largest else largest
        gross_minor[i] = amount_minor
        sum_minor += amount_minor & AMOUNT_BITS
        unit_sum += quantities[i]
        sums_minor[i + 1] = sum_minor
        units[i + 1] = unit_sum
    return READ_OK if largest <= TOTAL_MAX else READ_PLAIN


cdef int32_t read_ids(DeskC* desk, const ColumnC* items, const PlaceC* p) noexcept nogil:
    # The ids, and where they do not come in order; where they do, lines rank as they lie.
    cdef const ColumnC* c = column_at(items, ID)
    cdef PlaceC place
    cdef int32_t status, i
    if c == NULL or c.validity != NULL:
        memset(desk.shelf_ids, 0, <size_t>p.count * sizeof(TextC))
    desk.shelf_has_ids = c != NULL and c.validity == NULL
    if c == NULL:
        return READ_OK
    for i in range(p.count):
        desk.line_ranks[i] = i
    if c.orders != NULL and c.validity == NULL:
        copy_ids(desk, c, p)
        return READ_OK if are_short(desk, p.count) else READ_PLAIN
    place = place_at(c, p, desk.shelf_ids, sizeof(TextC))
    status = read_texts(desk.book, c, &place)
    if status == READ_OK and desk.shelf_has_ids:
        find_falls(desk, p.count)
    if status == READ_OK and not are_short(desk, p.count):
        return READ_PLAIN
    return status


cdef bint are_short(const DeskC* desk, int32_t count) noexcept nogil:
    cdef int64_t size_bytes = 0
    cdef int32_t i
    for i in range(count):
        size_bytes += desk.shelf_ids[i].size
    return size_bytes <= IDS_BYTES


cdef void copy_ids(DeskC* desk, const ColumnC* c, const PlaceC* p) noexcept nogil:
    if c.width == 1:
        copy_words(desk, c, p, 1, c.is_signed)
    elif c.width == 2:
        copy_words(desk, c, p, 2, c.is_signed)
    else:
        copy_words(desk, c, p, c.width, c.is_signed)


cdef inline void copy_words(
    DeskC* desk, const ColumnC* c, const PlaceC* p, int32_t width, bint is_signed
) noexcept nogil:
    # Words that are in order already. Inlined with what its last two arguments are.
    cdef int64_t first = c.first + p.first, place
    cdef const TextC* texts = c.texts
    cdef const int32_t* orders = c.orders
    cdef TextC* into = desk.shelf_ids
    cdef int32_t* falls = desk.shelf_falls
    cdef int32_t i, before = -1, fall = 0
    for i in range(p.count):
        place = index_at(c.values, width, is_signed, first + i)
        into[i].data, into[i].size = texts[place].data, texts[place].size
        fall = i if orders[place] <= before else fall
        before = orders[place]
        falls[i] = fall


cdef void find_falls(DeskC* desk, int32_t count) noexcept nogil:
    cdef int32_t i, fall = 0
    for i in range(count):
        if i > 0 and not is_behind(&desk.shelf_ids[i], &desk.shelf_ids[i - 1]):
            fall = i
        desk.shelf_falls[i] = fall


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
    memset(desk.line_presents, True, <size_t>lines * count)
