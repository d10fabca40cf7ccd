"""A priced cart in, its result as JSON out: the bytes that the plain way's encoder would give.

Room for a whole part is reserved before it is written, as much as it could need at most, so that
nothing looks for the end of the buffer byte by byte. Titles, `"summer-20","stage":100,`, are ready
in the book.
"""

from libc.stdint cimport int32_t, int64_t, uint8_t, uint32_t, uint64_t
from libc.string cimport memcpy

from ..kernel._entry cimport LoyaltyOutC
from ..kernel._layout cimport NO_AWARD_OVER_CAP, NOTHING
from ..kernel._scratch cimport OutC
from ._book cimport BookC
from ._desk cimport BufferC, DeskC, reserve
from ._draft cimport READ_MEMORY, READ_OK, READ_PLAIN, TextC
from ._json_piece cimport (
    ESCAPED_BYTES,
    NUMBER_BYTES,
    PIECE_BYTES,
    put,
    put_number,
    put_piece,
    put_rare,
    spell_short,
)
from ._json_scan cimport EIGHT_DIGITS, load_word, special_bytes, store_word
from ._moves cimport chain_moves
from ._symbols cimport load32

from ..outcome import Reason

cdef extern from *:
    void __builtin_prefetch(const void* place) noexcept nogil

cdef enum:
    REASON_ROOM = 16
    # Punctuation, names and numbers of one line, move and so on, with something to spare.
    LINE_BYTES = 64 + 3 * NUMBER_BYTES
    MOVE_BYTES = 40 + NUMBER_BYTES + PIECE_BYTES
    APPLIED_BYTES = 64 + 2 * NUMBER_BYTES + PIECE_BYTES
    COUPON_BYTES = 64 + NUMBER_BYTES
    REJECTED_BYTES = 96
    FRAME_BYTES = 512 + 8 * NUMBER_BYTES

cdef TextC REASONS[REASON_ROOM]
cdef bytes reason_words = b"".join(reason.word.encode() for reason in Reason)


def _fill_reasons() -> None:
    cdef int64_t place = 0
    for reason in Reason:
        REASONS[<int>reason.value].data = <const char*>reason_words + place
        REASONS[<int>reason.value].size = len(reason.word)
        place += len(reason.word)


_fill_reasons()


cdef int32_t write_json(DeskC* desk, BufferC* out) noexcept nogil:
    cdef int64_t start = out.size
    if desk.scratch.out.warning_promotions.count > 0:
        return READ_PLAIN
    if (
        chain_moves(desk)
        and write_places(desk, out)
        and write_promotions(desk, out)
        and write_coupons(desk, out)
        and write_earned(desk, out)
        and write_totals(desk, out)
    ):
        return READ_OK
    out.size = start
    return READ_MEMORY


# Texts.


cdef inline char* put_text(char* p, const TextC* text) noexcept nogil:
    # With its quotes, and escapes as the plain way's encoder has them. A text of up to eight bytes
    # is looked at in one word, of its two ends.
    cdef const char* data = text.data
    cdef int32_t size = text.size
    cdef uint64_t first, last
    if 4 <= size <= 8:
        first, last = load32(data), load32(data + size - 4)
        if special_bytes(first | last << 32) == 0:
            return put_ends(p, <uint32_t>first, <uint32_t>last, size)
    elif size == 2 and not (is_special(data[0]) | is_special(data[1])):
        p[0] = p[3] = 34
        p[1], p[2] = data[0], data[1]
        return p + 4
    return put_long_text(p, data, data + size)


cdef inline bint is_special(char byte) noexcept nogil:
    return (<uint8_t>byte < 0x20) | (byte == 34) | (byte == 92)


cdef inline char* put_ends(char* p, uint32_t first, uint32_t last, int32_t size) noexcept nogil:
    # A text of four to eight bytes from its first and its last four.
    p[0] = 34
    memcpy(p + 1, &first, 4)
    memcpy(p + size - 3, &last, 4)
    p[size + 1] = 34
    return p + size + 2


cdef char* put_long_text(char* p, const char* data, const char* last) noexcept nogil:
    cdef uint64_t word
    cdef int64_t left = last - data
    p[0] = 34
    p += 1
    while left >= 8:
        word = load_word(data)
        if special_bytes(word) != 0:
            return put_special_text(p, data, last)
        memcpy(p, data, 8)
        p += 8
        data += 8
        left -= 8
        if 0 < left < 8:  # the last eight, of which some were written
            p -= 8 - left
            data = last - 8
            left = 8
    return put_special_text(p, data, last)


cdef char* put_special_text(char* p, const char* data, const char* last) noexcept nogil:
    # What is left of a text, and its closing quote.
    while data != last:
        if is_special(data[0]):
            p = put_escape(p, data[0])
        else:
            p[0] = data[0]
            p += 1
        data += 1
    p[0] = 34
    return p + 1


cdef char* put_escape(char* p, char byte) noexcept nogil:
    cdef char letter = 0
    if byte == 34 or byte == 92:
        letter = byte
    elif byte == 8:
        letter = 98
    elif byte == 9:
        letter = 116
    elif byte == 10:
        letter = 110
    elif byte == 12:
        letter = 102
    elif byte == 13:
        letter = 114
    if letter == 0:
        p = put(p, b"\\u00")
        p[0] = 48 + (byte >> 4)
        p[1] = 48 + (byte & 15) if (byte & 15) < 10 else 87 + (byte & 15)
        return p + 2
    p[0] = 92
    p[1] = letter
    return p + 2


cdef char* put_words(char* p, const TextC* text) noexcept nogil:
    memcpy(p, text.data, <size_t>text.size)
    return p + text.size


# Lines, shipments and the payment.


cdef int64_t room_of_places(DeskC* desk) noexcept nogil:
    # Bytes that the lines, shipments and the payment take at most.
    cdef OutC* moves = &desk.scratch.out
    cdef const TextC* titles = desk.book.titles
    cdef int64_t texts = desk.draft.id.size
    cdef int64_t room = FRAME_BYTES + desk.book.head.size
    cdef int32_t i
    for i in range(desk.cart.line_count):
        texts += desk.draft.lines[i].id.size
    for i in range(desk.cart.shipment_count):
        texts += desk.draft.shipments[i].id.size
    for i in range(moves.move_promotions.count):
        room += titles[moves.move_promotions.items[i]].size
        __builtin_prefetch(titles[moves.move_promotions.items[i]].data)
    room += <int64_t>moves.move_promotions.count * MOVE_BYTES
    room += (<int64_t>desk.cart.line_count + desk.cart.shipment_count) * LINE_BYTES
    return room + texts * ESCAPED_BYTES


cdef bint write_places(DeskC* desk, BufferC* out) noexcept nogil:
    cdef const BookC* book = desk.book
    cdef int32_t lines = desk.cart.line_count, shipments = desk.cart.shipment_count, i
    cdef char* p = reserve(out, room_of_places(desk))
    if p == NULL:
        return False
    p = put_text(put(p, b'{"cart":'), &desk.draft.id)
    p = put_words(p, &book.head)
    for i in range(lines):
        p = put_place(p, desk, &desk.draft.lines[i].id, desk.cart.gross_minor[i], i)
    p = put(p - (lines > 0), b'],"shipments":[')
    for i in range(shipments):
        p = put_place(
            p,
            desk,
            &desk.draft.shipments[i].id,
            desk.cart.shipment_amounts_minor[i],
            lines + i,
        )
    p = put(p - (shipments > 0), b'],"payment":{"adjustment":')
    p = put(put_rare(p, desk.totals.adjustment), b',"allocations":')
    p = put(put_moves(p, desk, lines + shipments), b'},"gifts":[')
    out.size = p - out.data
    return True


cdef inline char* put_place(
    char* p, DeskC* desk, const TextC* id, int64_t gross_minor, int32_t place
) noexcept nogil:
    # A line or a shipment, and a comma behind it.
    cdef int64_t discount_minor = 0
    cdef int32_t move = desk.move_heads[place]
    p = put(put_text(put(p, b'{"id":'), id), b',"gross":')
    if move == NOTHING and <uint64_t>gross_minor < EIGHT_DIGITS:
        return put_untouched(p, <uint64_t>gross_minor)
    while move != NOTHING:
        discount_minor += desk.scratch.out.move_amounts_minor.items[move]
        move = desk.move_nexts[move]
    p = put_number(p, gross_minor)
    p = put_number(put(p, b',"discount":'), discount_minor)
    p = put_number(put(p, b',"net":'), gross_minor - discount_minor)
    p = put_moves(put(p, b',"allocations":'), desk, place)
    return put(p, b"},")


cdef inline char* put_untouched(char* p, uint64_t gross_minor) noexcept nogil:
    # What stands behind `"gross":` where nothing was taken off: the same number twice.
    cdef int64_t size
    cdef uint64_t digits = spell_short(gross_minor, &size)
    store_word(p, digits)
    p = put(p + size, b',"discount":0,"net":')
    store_word(p, digits)
    return put(p + size, b',"allocations":[]},')


cdef inline char* put_moves(char* p, DeskC* desk, int32_t place) noexcept nogil:
    cdef OutC* moves = &desk.scratch.out
    cdef int32_t move = desk.move_heads[place]
    if move == NOTHING:
        return put(p, b"[]")
    p = put(p, b"[")
    while move != NOTHING:
        p = put_piece(put(p, b'{"rule":'), &desk.book.titles[moves.move_promotions.items[move]])
        p = put_number(put(p, b'"amount":'), moves.move_amounts_minor.items[move])
        p = put(p, b"},")
        move = desk.move_nexts[move]
    return put(p - 1, b"]")


# Promotions.


cdef bint write_promotions(DeskC* desk, BufferC* out) noexcept nogil:
    # Gifts and all that applied.
    cdef const BookC* book = desk.book
    cdef OutC* moves = &desk.scratch.out
    cdef int64_t room = FRAME_BYTES
    cdef bint has_gifts = False
    cdef int32_t i, number
    cdef char* p
    for i in range(moves.applied.count):
        number = moves.applied.items[i]
        has_gifts |= book.gifts[number].data != NULL
        room += APPLIED_BYTES + book.titles[number].size + book.gifts[number].size
    p = reserve(out, room)
    if p == NULL:
        return False
    if has_gifts:
        for i in range(moves.applied.count):
            number = moves.applied.items[i]
            if book.gifts[number].data != NULL:
                p = put(put_words(p, &book.gifts[number]), b",")
    p = put(p - has_gifts, b'],"applied_promotions":[')
    for i in range(moves.applied.count):
        p = put_piece(put(p, b'{"id":'), &book.titles[moves.applied.items[i]])
        p = put_number(put(p, b'"discount_amount":'), moves.discounts_minor.items[i])
        p = put_rare(put(p, b',"undistributed":'), moves.undistributed_minor.items[i])
        p = put(p, b"},")
    p = put(p - (moves.applied.count > 0), b'],"applied_coupons":[')
    out.size = p - out.data
    return True


# Codes.


cdef bint write_coupons(DeskC* desk, BufferC* out) noexcept nogil:
    cdef OutC* moves = &desk.scratch.out
    cdef int32_t rejected = 0, i
    cdef bint is_first = True
    for i in range(desk.cart.code_count):
        if rejected < moves.rejection_codes.count and moves.rejection_codes.items[rejected] == i:
            rejected += 1
            continue
        if not write_applied_coupon(desk, out, i, is_first):
            return False
        is_first = False
    return write_rejected_coupons(desk, out)


cdef bint write_applied_coupon(
    DeskC* desk, BufferC* out, int32_t code, bint is_first
) noexcept nogil:
    # A code with what it opened, of what applied.
    cdef OutC* moves = &desk.scratch.out
    cdef const TextC* text = &desk.draft.codes[code]
    cdef int64_t discount_minor = 0
    cdef int32_t i, number, opened = 0
    cdef char* p = reserve(out, COUPON_BYTES + <int64_t>text.size * ESCAPED_BYTES)
    if p == NULL:
        return False
    p = put_text(put(p, b'{"code":' if is_first else b',{"code":'), text)
    p = put(p, b',"promotions":[')
    out.size = p - out.data
    for i in range(moves.applied.count):
        number = moves.applied.items[i]
        if not is_opened(desk, number, code):
            continue
        p = reserve(out, desk.book.rules[number].size + COUPON_BYTES)
        if p == NULL:
            return False
        if opened > 0:
            p = put(p, b",")
        p = put_words(p, &desk.book.rules[number])
        out.size = p - out.data
        discount_minor += moves.discounts_minor.items[i]
        opened += 1
    p = reserve(out, COUPON_BYTES)
    if p == NULL:
        return False
    p = put_number(put(p, b'],"discount_amount":'), discount_minor)
    out.size = put(p, b"}") - out.data
    return True


cdef bint is_opened(DeskC* desk, int32_t number, int32_t code) noexcept nogil:
    # Whether a code of the cart is one of a promotion's, or of its pool.
    cdef const BookC* book = desk.book
    cdef int32_t symbol = desk.cart.code_symbols[code], pool = desk.cart.pool_symbols[code]
    cdef int32_t low = book.code_starts[number], high = book.code_starts[number + 1], middle
    if pool != NOTHING and book.code_pools[number] == pool:
        return True
    while low < high:
        middle = low + ((high - low) >> 1)
        if book.code_symbols[middle] < symbol:
            low = middle + 1
        else:
            high = middle
    return low < book.code_starts[number + 1] and book.code_symbols[low] == symbol


cdef bint write_rejected_coupons(DeskC* desk, BufferC* out) noexcept nogil:
    cdef OutC* moves = &desk.scratch.out
    cdef const TextC* text
    cdef int64_t room = FRAME_BYTES
    cdef int32_t i, cause
    cdef char* p
    for i in range(moves.rejection_codes.count):
        cause = moves.rejection_causes.items[i]
        text = &desk.draft.codes[moves.rejection_codes.items[i]]
        room += REJECTED_BYTES + <int64_t>text.size * ESCAPED_BYTES
        if cause != NOTHING:
            room += desk.book.rules[cause].size
    p = reserve(out, room)
    if p == NULL:
        return False
    p = put(p, b'],"rejected_coupons":[')
    for i in range(moves.rejection_codes.count):
        cause = moves.rejection_causes.items[i]
        text = &desk.draft.codes[moves.rejection_codes.items[i]]
        p = put(put_text(put(p, b'{"code":'), text), b',"reason":"')
        p = put(put_words(p, &REASONS[moves.rejection_reasons.items[i]]), b'"')
        if cause != NOTHING:
            p = put_words(put(p, b',"by":'), &desk.book.rules[cause])
        p = put(p, b"},")
    out.size = p - (moves.rejection_codes.count > 0) - out.data
    return True


# What is earned. A cart that redeems is for the plain way.


cdef bint write_earned(DeskC* desk, BufferC* out) noexcept nogil:
    # The rest of the rejected codes' frame, and all entries.
    cdef const LoyaltyOutC* earned
    cdef int32_t i, count = 0
    cdef char* p = reserve(out, FRAME_BYTES)
    if p == NULL:
        return False
    out.size = put(p, b'],"warnings":[],"redemptions":[],"earned":[') - out.data
    if desk.scratch.loyalty == NULL:
        return True
    earned = &desk.scratch.loyalty.out
    count = earned.earned_programs.count
    for i in range(count):
        p = reserve(out, room_of_entry(desk, earned, i))
        if p == NULL:
            return False
        p = put_lines(put_entry(p, desk, earned, i), desk, earned, i)
        p = put(p, b',"clipped":true' if earned.earned_clipped.items[i] else b',"clipped":false')
        if earned.earned_reasons.items[i] == NO_AWARD_OVER_CAP:
            p = put(p, b',"reason":"over_cap"')
        out.size = put(p, b"},") - out.data
    out.size -= count > 0
    return True


cdef int64_t room_of_entry(DeskC* desk, const LoyaltyOutC* earned, int32_t i) noexcept nogil:
    # Bytes that an entry takes at most.
    cdef int64_t room = FRAME_BYTES + begun(desk, earned, i).size, texts = 0
    cdef int32_t k
    for k in range(earned.earned_layer_starts.items[i], earned.earned_layer_starts.items[i + 1]):
        room += desk.book.layers[earned.earned_layers.items[k]].size + 1
    for k in range(earned.earned_line_starts.items[i], earned.earned_line_starts.items[i + 1]):
        texts += desk.draft.lines[earned.earned_places.items[k]].id.size
        room += LINE_BYTES
    return room + texts * ESCAPED_BYTES


cdef inline const TextC* begun(DeskC* desk, const LoyaltyOutC* earned, int32_t i) noexcept nogil:
    # How an entry begins.
    cdef int32_t rule = earned.earned_rules.items[i]
    if rule == NOTHING:
        rule = desk.book.plan.earning_count + earned.earned_bonuses.items[i]
    return &desk.book.earners[rule]


cdef char* put_entry(char* p, DeskC* desk, const LoyaltyOutC* earned, int32_t i) noexcept nogil:
    # As far as its lines.
    cdef int32_t first = earned.earned_layer_starts.items[i]
    cdef int32_t last = earned.earned_layer_starts.items[i + 1], k
    p = put_number(put_words(p, begun(desk, earned, i)), earned.earned_amounts.items[i])
    p = put_number(put(p, b',"base":'), earned.earned_bases_minor.items[i])
    p = put_number(put(p, b',"multiplier":"'), earned.earned_numerators.items[i])
    if earned.earned_denominators.items[i] != 1:
        p = put_number(put(p, b"/"), earned.earned_denominators.items[i])
    p = put(p, b'","campaigns":[')
    for k in range(first, last):
        p = put(put_words(p, &desk.book.layers[earned.earned_layers.items[k]]), b",")
    return put(p - (first < last), b'],"lines":[')


cdef char* put_lines(char* p, DeskC* desk, const LoyaltyOutC* earned, int32_t i) noexcept nogil:
    cdef int32_t first = earned.earned_line_starts.items[i]
    cdef int32_t last = earned.earned_line_starts.items[i + 1], k
    for k in range(first, last):
        p = put_text(put(p, b'{"id":'), &desk.draft.lines[earned.earned_places.items[k]].id)
        p = put_number(put(p, b',"share":'), earned.earned_shares.items[k])
        p = put(p, b"},")
    return put(p - (first < last), b"]")


cdef bint write_totals(DeskC* desk, BufferC* out) noexcept nogil:
    cdef char* p = reserve(out, FRAME_BYTES)
    if p == NULL:
        return False
    p = put(p, b'],"subtotal":')
    p = put(put_number(p, desk.totals.subtotal), b',"shipping_total":')
    p = put(put_number(p, desk.totals.shipping), b',"discount_total":')
    p = put(put_number(p, desk.totals.discount), b',"tax_total":')
    p = put(put_rare(p, desk.totals.tax), b',"grand_total":')
    out.size = put(put_number(p, desk.totals.grand), b"}") - out.data
    return True
