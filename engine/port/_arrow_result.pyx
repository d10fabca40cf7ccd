"""Priced carts in, growing columns of results out."""

from libc.stdint cimport int8_t, int32_t, int64_t, uint8_t, uint64_t
from libc.stdlib cimport calloc, free, realloc
from libc.string cimport memcpy, memset

from ..kernel._layout cimport NOTHING
from ..kernel._scratch cimport MOVE_PAYMENT, OutC
from ._arrow_places cimport stage_of, write_places
from ._book cimport BookC
from ._desk cimport BufferC, DeskC, reserve
from ._draft cimport READ_MEMORY, READ_OK, READ_PLAIN, DraftC, TextC
from ._json_scan cimport ONES, load_word

cdef enum:
    ROOM_FIRST = 64
    # LIMIT: records of a sheet and bytes of its texts, so that offsets fit 32 bits.
    RECORDS_MAX = 1 << 30
    SPARE_BYTES_MAX = 1 << 26  # of all results that are kept

# Each of eight bytes that are 0 or 1 to its bit of the highest byte, the first to the lowest.
cdef const uint64_t FLAGS_TO_BITS = 0x0102040810204080

# Bytes of the columns of each sheet.
WIDTHS = (
    (4, 1, 1, 1, 4, 4, 4, 4, 4, 4, 4, 4, 4, 8, 8, 8, 8, 8, 8, 4, 4, 4, 4, 4),
    (4, 8, 8, 8, 4),
    (4, 8, 8, 8, 4),
    (4, 4, 8),
    (4, 4, 8),
    (4, 4, 8),
    (4, 4, 8),
    (4, 4, 8, 8),
    (4, 4, 8),
    (4,),
    (4, 4, 4, 1),
    (4, 4, 4),
    (4, 1, 4, 1, 4, 1, 4, 8, 8, 8, 8, 4, 4, 1),
    (4, 8),
    (4, 4, 4, 4, 1, 8, 8, 4, 4, 4, 1, 4, 1),
    (4,),
    (4, 8),
)
cdef int32_t WIDTH_OF[SHEET_COUNT][COLUMN_COUNT]
memset(WIDTH_OF, 0, sizeof(WIDTH_OF))
for _sheet, _widths in enumerate(WIDTHS):
    for _column, _width in enumerate(_widths):
        WIDTH_OF[_sheet][_column] = _width


cdef ResultC* make_result(VocabularyC* vocabulary) noexcept nogil:
    cdef ResultC* r = take_spare(vocabulary)
    cdef int32_t sheet, column, text
    cdef bint has_room = True
    if r == NULL:
        r = <ResultC*>calloc(1, sizeof(ResultC))
    if r == NULL:
        return NULL
    r.holders = 1
    r.vocabulary = vocabulary
    hold_vocabulary(vocabulary)
    for sheet in range(SHEET_COUNT):
        if has_room:
            has_room = reserve_sheet(r, sheet, 1)
    for text in range(TEXT_COUNT):
        has_room = has_room and reserve(&r.texts[text], 1) != NULL
    if not has_room:
        drop_result(r)
        return NULL
    for sheet in range(SHEET_COUNT):
        for column in range(COLUMN_COUNT):
            if WIDTH_OF[sheet][column] == 4:
                (<int32_t*>r.sheets[sheet].data[column])[0] = 0
    return r


cdef ResultC* take_spare(VocabularyC* v) noexcept nogil:
    cdef void* spare
    cdef int32_t i
    for i in range(SPARES_MAX):
        spare = swap_spare(&v.spares[i], NULL)
        if spare != NULL:
            count_atomically(&v.spare_bytes, -bytes_of(<ResultC*>spare))
            return <ResultC*>spare
    return NULL


cdef int64_t bytes_of(const ResultC* r) noexcept nogil:
    cdef int64_t size_bytes = 0
    cdef int32_t sheet, column
    for sheet in range(SHEET_COUNT):
        for column in range(COLUMN_COUNT):
            size_bytes += (r.sheets[sheet].room + 1) * WIDTH_OF[sheet][column]
    for column in range(TEXT_COUNT):
        size_bytes += r.texts[column].room
    return size_bytes


cdef bint keep_spare(VocabularyC* v, ResultC* r) noexcept nogil:
    # Whether a result that nobody holds is kept, emptied; not if all would be too large then.
    cdef int64_t size_bytes = bytes_of(r)
    cdef int32_t i
    if count_atomically(&v.spare_bytes, size_bytes) > SPARE_BYTES_MAX:
        count_atomically(&v.spare_bytes, -size_bytes)
        return False
    for i in range(SHEET_COUNT):
        r.sheets[i].count = 0
    for i in range(TEXT_COUNT):
        r.texts[i].size = 0
        r.texts[i].is_out_of_memory = False
    for i in range(BITMAP_COUNT):
        free(r.bitmaps[i])
        r.bitmaps[i] = NULL
        r.null_counts[i] = 0
    r.refused_count = r.discount_minor = r.spare = r.cleared = r.open_lines = r.open_rows = 0
    r.is_out_of_memory = r.is_crowded = False
    for i in range(SPARES_MAX):
        if give_spare(&v.spares[i], r):
            return True
    count_atomically(&v.spare_bytes, -size_bytes)
    return False


cdef void hold_vocabulary(VocabularyC* v) noexcept nogil:
    count_atomically(&v.holders, 1)


cdef void drop_vocabulary(VocabularyC* v) noexcept nogil:
    cdef int32_t i
    if count_atomically(&v.holders, -1):
        return
    for i in range(SPARES_MAX):
        free_result(<ResultC*>v.spares[i])
    for i in range(WORDS_COUNT):
        free(v.starts[i])
        free(v.bytes[i])
    free(v.gift_skus)
    free(v.gift_quantities)
    free(v.gift_bytes)
    free(v)


cdef void drop_result(ResultC* r) noexcept nogil:
    cdef VocabularyC* v = r.vocabulary
    if count_atomically(&r.holders, -1):
        return
    if not keep_spare(v, r):
        free_result(r)
    drop_vocabulary(v)


cdef void free_result(ResultC* r) noexcept nogil:
    cdef int32_t sheet, column
    if r == NULL:
        return
    for sheet in range(SHEET_COUNT):
        for column in range(COLUMN_COUNT):
            free(r.sheets[sheet].data[column])
    for column in range(TEXT_COUNT):
        free(r.texts[column].data)
    for column in range(BITMAP_COUNT):
        free(r.bitmaps[column])
    free(r.cursors)
    free(r)


cdef bint grow_sheet(ResultC* r, int32_t sheet, int64_t wanted) noexcept nogil:
    cdef SheetC* s = &r.sheets[sheet]
    cdef int32_t column
    cdef int64_t room = s.room * 2
    cdef void* made
    if wanted > RECORDS_MAX:
        r.is_crowded = True
        return False
    if room < wanted:
        room = wanted
    if room < ROOM_FIRST:
        room = ROOM_FIRST
    for column in range(COLUMN_COUNT):
        if WIDTH_OF[sheet][column] == 0:
            continue
        made = realloc(s.data[column], <size_t>(room + 1) * WIDTH_OF[sheet][column])
        if made == NULL:
            r.is_out_of_memory = True
            return False
        s.data[column] = <char*>made
    s.room = room
    return True


cdef bint reserve_sheet(ResultC* r, int32_t sheet, int64_t more) noexcept nogil:
    cdef int64_t wanted = r.sheets[sheet].count + more
    return wanted <= r.sheets[sheet].room or grow_sheet(r, sheet, wanted)


cdef bint put_text(
    ResultC* r, int32_t sheet, int32_t column, int64_t place, int32_t text, const char* data,
    int64_t size,
) noexcept nogil:
    cdef BufferC* b = &r.texts[text]
    cdef char* to
    if size > BYTES_MAX - b.size:
        r.is_out_of_memory = True
        return False
    to = reserve(b, size)
    if to == NULL:
        r.is_out_of_memory = True
        return False
    if size:
        memcpy(to, data, <size_t>size)
    b.size += size
    narrow_of(r, sheet, column)[place + 1] = <int32_t>b.size
    return True


cdef bint is_full(const ResultC* r, int64_t more) noexcept nogil:
    cdef int32_t k
    for k in range(SHEET_COUNT):
        if r.sheets[k].count + more > RECORDS_MAX:
            return True
    for k in range(TEXT_COUNT):
        if r.texts[k].size > RECORDS_MAX:
            return True
    return False


cdef bint reserve_row(ResultC* r, DeskC* desk) noexcept nogil:
    # Room in all sheets for one cart; none is left when records or texts near 32 bits.
    cdef int64_t moves = desk.scratch.out.move_kinds.count, codes = desk.draft.code_count
    cdef int64_t places = most(desk.draft.line_count, desk.draft.shipment_count)
    cdef int64_t wanted = most(most(places, moves), 1)
    cdef int64_t sizes = r.texts[TEXT_CART].size | r.texts[TEXT_LINE].size
    sizes |= r.texts[TEXT_SHIPMENT].size | r.texts[TEXT_GIFT].size
    sizes |= r.texts[TEXT_COUPON].size | r.texts[TEXT_REJECTED].size
    if sizes >= RECORDS_MAX:
        r.is_crowded = True
        return False
    wanted = most(wanted, desk.scratch.out.applied.count * most(codes, 1))
    wanted = most(wanted, codes)
    if wanted <= r.spare:
        r.spare -= wanted
        return True
    return reserve_cursors(r, places) and reserve_sheets(r, desk, wanted)


cdef inline int64_t most(int64_t a, int64_t b) noexcept nogil:
    return a if a > b else b


cdef bint reserve_cursors(ResultC* r, int64_t places) noexcept nogil:
    # For so many places of a cart, and for all that are known to find room without a look.
    cdef void* made
    if places + ROOM_FIRST > r.cursor_room:
        made = realloc(r.cursors, <size_t>(places + ROOM_FIRST) * 2 * sizeof(int32_t))
        if made == NULL:
            r.is_out_of_memory = True
            return False
        r.cursors = <int32_t*>made
        r.cursor_room = (places + ROOM_FIRST) * 2
    return True


cdef bint reserve_sheets(ResultC* r, DeskC* desk, int64_t wanted) noexcept nogil:
    # Room for a cart, no list of which has more records than are wanted; and how many more have.
    cdef int64_t moves = desk.scratch.out.move_kinds.count, codes = desk.draft.code_count
    cdef int64_t applied = desk.scratch.out.applied.count, spare
    cdef int32_t sheet
    if not (
        reserve_sheet(r, ROWS, 1)
        and reserve_sheet(r, LINES, desk.draft.line_count)
        and reserve_sheet(r, SHIPMENTS, desk.draft.shipment_count)
        and reserve_sheet(r, LINE_MOVES, moves)
        and reserve_sheet(r, SHIPMENT_MOVES, moves)
        and reserve_sheet(r, PAYMENT_MOVES, moves)
        and reserve_sheet(r, GIFTS, applied)
        and reserve_sheet(r, APPLIED, applied)
        and reserve_sheet(r, COUPONS, codes)
        and reserve_sheet(r, OPENED, codes * applied)
        and reserve_sheet(r, REJECTED, codes)
    ):
        return False
    r.spare = ROOM_FIRST  # so that cursors suffice for every cart that takes from it
    for sheet in range(REJECTED + 1):
        spare = r.sheets[sheet].room - r.sheets[sheet].count - wanted
        r.spare = spare if spare < r.spare else r.spare
    return True


cdef void write_payment(ResultC* r, DeskC* desk) noexcept nogil:
    cdef OutC* out = &desk.scratch.out
    cdef int32_t i, rule
    cdef int64_t to
    for i in range(out.move_kinds.count):
        if out.move_kinds.items[i] != MOVE_PAYMENT:
            continue
        to = r.sheets[PAYMENT_MOVES].count
        rule = out.move_promotions.items[i]
        narrow_of(r, PAYMENT_MOVES, MOVE_RULE)[to] = rule
        narrow_of(r, PAYMENT_MOVES, MOVE_STAGE)[to] = stage_of(desk.book.plan, rule)
        wide_of(r, PAYMENT_MOVES, MOVE_AMOUNT)[to] = out.move_amounts_minor.items[i]
        r.sheets[PAYMENT_MOVES].count += 1


cdef bint write_applied(ResultC* r, DeskC* desk) noexcept nogil:
    # What applied, and the gifts among it.
    cdef OutC* out = &desk.scratch.out
    cdef const TextC* sku
    cdef int64_t to = r.sheets[APPLIED].count, gift
    cdef int32_t i, number
    for i in range(out.applied.count):
        number = out.applied.items[i]
        narrow_of(r, APPLIED, APPLIED_ID)[to + i] = number
        narrow_of(r, APPLIED, APPLIED_STAGE)[to + i] = stage_of(desk.book.plan, number)
        wide_of(r, APPLIED, APPLIED_DISCOUNT)[to + i] = out.discounts_minor.items[i]
        wide_of(r, APPLIED, APPLIED_UNDISTRIBUTED)[to + i] = out.undistributed_minor.items[i]
        sku = &r.vocabulary.gift_skus[number]
        if sku.data != NULL:
            gift = r.sheets[GIFTS].count
            narrow_of(r, GIFTS, GIFT_RULE)[gift] = number
            wide_of(r, GIFTS, GIFT_QUANTITY)[gift] = r.vocabulary.gift_quantities[number]
            if not put_text(r, GIFTS, GIFT_SKU, gift, TEXT_GIFT, sku.data, sku.size):
                return False
            r.sheets[GIFTS].count += 1
    r.sheets[APPLIED].count += out.applied.count
    return True


cdef bint is_opened(DeskC* desk, int32_t number, int32_t code) noexcept nogil:
    # Whether a code of the cart is one of a promotion's, or of its pool.
    cdef const BookC* book = desk.book
    cdef int32_t symbol = desk.cart.code_symbols[code], pool = desk.cart.pool_symbols[code]
    cdef int32_t low = book.code_starts[number], high = book.code_starts[number + 1], middle
    if pool != NOTHING and pool == book.code_pools[number]:
        return True
    while low < high:
        middle = (low + high) >> 1
        if book.code_symbols[middle] < symbol:
            low = middle + 1
        else:
            high = middle
    return low < book.code_starts[number + 1] and book.code_symbols[low] == symbol


cdef bint write_coupon(ResultC* r, DeskC* desk, int32_t index) noexcept nogil:
    # A code with the applied promotions that it opened.
    cdef OutC* out = &desk.scratch.out
    cdef const TextC* code = &desk.draft.codes[index]
    cdef int64_t to = r.sheets[COUPONS].count, discount = 0
    cdef int32_t i, number
    for i in range(out.applied.count):
        number = out.applied.items[i]
        if is_opened(desk, number, index):
            narrow_of(r, OPENED, OPENED_ID)[r.sheets[OPENED].count] = number
            r.sheets[OPENED].count += 1
            discount += out.discounts_minor.items[i]
    narrow_of(r, COUPONS, COUPON_OPENED)[to + 1] = <int32_t>r.sheets[OPENED].count
    wide_of(r, COUPONS, COUPON_DISCOUNT)[to] = discount
    r.sheets[COUPONS].count += 1
    return put_text(r, COUPONS, COUPON_CODE, to, TEXT_COUPON, code.data, code.size)


cdef bint write_codes(ResultC* r, DeskC* desk) noexcept nogil:
    # The codes that gave something, and those that were rejected; both stand in their order.
    cdef OutC* out = &desk.scratch.out
    cdef const TextC* code
    cdef int64_t to
    cdef int32_t i, at = 0, cause
    for i in range(desk.cart.code_count):
        if at == out.rejection_codes.count or out.rejection_codes.items[at] != i:
            if not write_coupon(r, desk, i):
                return False
            continue
        to = r.sheets[REJECTED].count
        code = &desk.draft.codes[i]
        cause = out.rejection_causes.items[at]
        narrow_of(r, REJECTED, REJECTED_REASON)[to] = out.rejection_reasons.items[at] - 1
        narrow_of(r, REJECTED, REJECTED_BY)[to] = cause if cause != NOTHING else 0
        r.sheets[REJECTED].data[REJECTED_HAS_BY][to] = cause != NOTHING
        r.sheets[REJECTED].count += 1
        if not put_text(r, REJECTED, REJECTED_CODE, to, TEXT_REJECTED, code.data, code.size):
            return False
        at += 1
    return True


cdef void write_totals(ResultC* r, DeskC* desk) noexcept nogil:
    cdef int64_t row = r.sheets[ROWS].count
    wide_of(r, ROWS, ROW_ADJUSTMENT)[row] = desk.totals.adjustment
    wide_of(r, ROWS, ROW_SUBTOTAL)[row] = desk.totals.subtotal
    wide_of(r, ROWS, ROW_SHIPPING)[row] = desk.totals.shipping
    wide_of(r, ROWS, ROW_DISCOUNT)[row] = desk.totals.discount
    wide_of(r, ROWS, ROW_TAX)[row] = desk.totals.tax
    wide_of(r, ROWS, ROW_GRAND)[row] = desk.totals.grand
    r.discount_minor += desk.totals.discount


cdef void end_row(ResultC* r) noexcept nogil:
    end_lists(r)
    close_rows(r)


cdef inline void end_lists(ResultC* r) noexcept nogil:
    # What differs from row to row; the rest waits for `close_rows`.
    cdef int64_t row = r.sheets[ROWS].count
    narrow_of(r, ROWS, ROW_LINES)[row + 1] = <int32_t>r.sheets[LINES].count
    narrow_of(r, ROWS, ROW_SHIPMENTS)[row + 1] = <int32_t>r.sheets[SHIPMENTS].count
    narrow_of(r, ROWS, ROW_PAYMENT)[row + 1] = <int32_t>r.sheets[PAYMENT_MOVES].count
    narrow_of(r, ROWS, ROW_GIFTS)[row + 1] = <int32_t>r.sheets[GIFTS].count
    narrow_of(r, ROWS, ROW_APPLIED)[row + 1] = <int32_t>r.sheets[APPLIED].count
    narrow_of(r, ROWS, ROW_COUPONS)[row + 1] = <int32_t>r.sheets[COUPONS].count
    narrow_of(r, ROWS, ROW_REJECTED)[row + 1] = <int32_t>r.sheets[REJECTED].count
    narrow_of(r, ROWS, ROW_REDEMPTIONS)[row + 1] = <int32_t>r.sheets[REDEMPTIONS].count
    narrow_of(r, ROWS, ROW_EARNED)[row + 1] = <int32_t>r.sheets[EARNED].count
    r.sheets[ROWS].count += 1
    r.open_rows += 1


cdef void close_rows(ResultC* r) noexcept nogil:
    cdef int64_t last = r.sheets[ROWS].count, row
    cdef int32_t warnings = <int32_t>r.sheets[WARNINGS].count
    for row in range(last - r.open_rows, last):
        narrow_of(r, ROWS, ROW_ZERO)[row] = 0
        narrow_of(r, ROWS, ROW_WARNINGS)[row + 1] = warnings
    r.open_rows = 0


cdef void close_good(ResultC* r) noexcept nogil:
    # The same of rows none of which has an error.
    cdef int64_t last = r.sheets[ROWS].count, count = r.open_rows, row
    cdef int32_t code = <int32_t>r.texts[TEXT_CODE].size
    cdef int32_t path = <int32_t>r.texts[TEXT_PATH].size
    cdef int32_t message = <int32_t>r.texts[TEXT_MESSAGE].size
    for row in range(last - count, last):
        narrow_of(r, ROWS, ROW_CODE)[row + 1] = code
        narrow_of(r, ROWS, ROW_PATH)[row + 1] = path
        narrow_of(r, ROWS, ROW_MESSAGE)[row + 1] = message
    memset(r.sheets[ROWS].data[ROW_IS_GOOD] + last - count, 1, <size_t>count)
    memset(r.sheets[ROWS].data[ROW_HAS_CART] + last - count, 1, <size_t>count)
    memset(r.sheets[ROWS].data[ROW_IS_REFUSED] + last - count, 0, <size_t>count)
    close_rows(r)


cdef int32_t write_columns(DeskC* desk, ResultC* r) noexcept nogil:
    cdef DraftC* d = &desk.draft
    cdef int64_t moves = desk.scratch.out.move_kinds.count
    cdef bint is_done
    moves += r.sheets[LINE_MOVES].count + r.sheets[SHIPMENT_MOVES].count
    if desk.scratch.out.warning_promotions.count:
        return READ_PLAIN
    if not reserve_row(r, desk):
        return WRITE_FULL if r.is_crowded else READ_MEMORY
    is_done = put_text(
        r, ROWS, ROW_CART, r.sheets[ROWS].count, TEXT_CART, d.id.data, d.id.size
    )
    if not (is_done and write_places(r, desk)):
        return READ_MEMORY
    if r.sheets[LINE_MOVES].count + r.sheets[SHIPMENT_MOVES].count < moves:
        write_payment(r, desk)
    if not (write_applied(r, desk) and write_codes(r, desk)):
        return READ_MEMORY
    write_totals(r, desk)
    end_lists(r)
    return READ_OK


cdef bint pack_bits(
    ResultC* r, int32_t bitmap, int32_t sheet, int32_t column
) noexcept nogil:
    # Flags of a byte each as a bitmap, eight at a time, and how many are not set.
    cdef int64_t count = r.sheets[sheet].count, i, unset = count
    cdef const char* flags = r.sheets[sheet].data[column]
    cdef uint64_t eight
    cdef uint8_t* bits = <uint8_t*>calloc(<size_t>(count // 8 + 8), 1)
    if bits == NULL:
        r.is_out_of_memory = True
        return False
    for i in range(count >> 3):
        eight = load_word(flags + 8 * i)
        bits[i] = <uint8_t>((eight * FLAGS_TO_BITS) >> 56)
        unset -= (eight * ONES) >> 56
    for i in range(count & ~<int64_t>7, count):
        bits[i >> 3] |= <uint8_t>(flags[i] << (i & 7))
        unset -= flags[i]
    r.bitmaps[bitmap] = bits
    r.null_counts[bitmap] = unset
    return True


cdef bint finish_result(ResultC* r) noexcept nogil:
    return (
        pack_bits(r, BITMAP_GOOD, ROWS, ROW_IS_GOOD)
        and pack_bits(r, BITMAP_CART, ROWS, ROW_HAS_CART)
        and pack_bits(r, BITMAP_REFUSED, ROWS, ROW_IS_REFUSED)
        and pack_bits(r, BITMAP_BY, REJECTED, REJECTED_HAS_BY)
        and pack_bits(r, BITMAP_REDEMPTION_PROGRAM, REDEMPTIONS, REDEMPTION_HAS_PROGRAM)
        and pack_bits(r, BITMAP_REDEMPTION_RULE, REDEMPTIONS, REDEMPTION_HAS_RULE)
        and pack_bits(r, BITMAP_REDEMPTION_ISSUED, REDEMPTIONS, REDEMPTION_HAS_ISSUED)
        and pack_bits(r, BITMAP_REDEMPTION_REASON, REDEMPTIONS, REDEMPTION_HAS_REASON)
        and pack_bits(r, BITMAP_EARNED_CARD, EARNED, EARNED_HAS_CARD)
        and pack_bits(r, BITMAP_EARNED_REASON, EARNED, EARNED_HAS_REASON)
        and pack_bits(r, BITMAP_EARNED_CLIPPED, EARNED, EARNED_IS_CLIPPED)
    )
