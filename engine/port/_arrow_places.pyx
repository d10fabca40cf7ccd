"""Priced lines and shipments in, their columns of results out: ids, amounts, what came off and why.

What lines have apart from moves is written for those of many carts at once, as it was read.
"""

from libc.stdint cimport int32_t, int64_t
from libc.string cimport memcpy, memset

from ..kernel._layout cimport NOTHING
from ..kernel._scratch cimport MOVE_LINE, MOVE_SHIPMENT, OutC
from ._arrow_result cimport (
    BYTES_MAX,
    LINE_DISCOUNT,
    LINE_GROSS,
    LINE_ID,
    LINE_MOVE,
    LINE_MOVES,
    LINE_NET,
    LINES,
    MOVE_AMOUNT,
    MOVE_RULE,
    MOVE_STAGE,
    SHIPMENT_MOVES,
    SHIPMENTS,
    TEXT_LINE,
    TEXT_SHIPMENT,
    ResultC,
    narrow_of,
    wide_of,
)
from ._desk cimport BufferC, DeskC, end_totals, reserve
from ._draft cimport TextC

cdef enum:
    SHORT_BYTES = 16
    CLEARED = 1024  # lines at once


# Places.


cdef bint write_places(ResultC* r, DeskC* desk) noexcept nogil:
    cdef int32_t lines = desk.draft.line_count, shipments = desk.draft.shipment_count
    cdef bint is_shelved = desk.shelf_place != NOTHING and desk.shelf_has_ids
    if r.open_lines and not (is_shelved and r.open_place + r.open_lines == desk.shelf_place):
        if not close_lines(r, desk):
            return False
    if r.sheets[LINES].count + lines > r.cleared:
        clear_lines(r, r.sheets[LINES].count + lines)
    clear_shipments(r, shipments)
    write_moves(r, desk)
    r.sheets[LINES].count += lines
    r.sheets[SHIPMENTS].count += shipments
    if is_shelved:
        if r.open_lines == 0:
            r.open_place = desk.shelf_place
        r.open_lines += lines
    elif not close_places(
        r, LINES, TEXT_LINE, desk.line_ids, desk.line_id_bytes, desk.cart.gross_minor, lines
    ):
        return False
    return shipments == 0 or close_places(
        r, SHIPMENTS, TEXT_SHIPMENT, desk.shipment_ids, desk.shipment_id_bytes,
        desk.cart.shipment_amounts_minor, shipments,
    )


cdef bint close_lines(ResultC* r, DeskC* desk) noexcept nogil:
    cdef const TextC* ids = desk.shelf_ids + r.open_place
    cdef const int64_t* gross_minor = desk.gross_minor + r.open_place
    cdef int64_t count = r.open_lines
    r.open_lines = 0
    return count == 0 or close_places(
        r, LINES, TEXT_LINE, <const char*>ids, sizeof(TextC), gross_minor, count
    )


cdef void clear_lines(ResultC* r, int64_t wanted) noexcept nogil:
    # INVARIANT: there is room for as many as are wanted.
    cdef int64_t first = r.sheets[LINES].count, last = wanted + CLEARED
    first = r.cleared if r.cleared > first else first
    last = r.sheets[LINES].room if r.sheets[LINES].room < last else last
    memset(wide_of(r, LINES, LINE_DISCOUNT) + first, 0, <size_t>(last - first) * sizeof(int64_t))
    memset(narrow_of(r, LINES, LINE_MOVE) + first + 1, 0, <size_t>(last - first) * sizeof(int32_t))
    r.cleared = last


cdef inline void clear_shipments(ResultC* r, int32_t count) noexcept nogil:
    # INVARIANT: there is room for them.
    cdef int64_t first = r.sheets[SHIPMENTS].count
    cdef int32_t i
    if count == 0:
        return
    wide_of(r, SHIPMENTS, LINE_DISCOUNT)[first] = 0
    narrow_of(r, SHIPMENTS, LINE_MOVE)[first + 1] = 0
    for i in range(1, count):  # as most carts have one, for which loops are dear
        wide_of(r, SHIPMENTS, LINE_DISCOUNT)[first + i] = 0
        narrow_of(r, SHIPMENTS, LINE_MOVE)[first + i + 1] = 0


cdef bint close_places(
    ResultC* r, int32_t sheet, int32_t text, const char* ids, int64_t stride,
    const int64_t* gross_minor, int64_t count,
) noexcept nogil:
    # The last places of a sheet, which know what came off and how many moves they have.
    cdef int64_t first = r.sheets[sheet].count - count, i
    cdef const int64_t* discounts = wide_of(r, sheet, LINE_DISCOUNT) + first
    cdef int64_t* nets = wide_of(r, sheet, LINE_NET) + first
    cdef int32_t* ends = narrow_of(r, sheet, LINE_MOVE) + first + 1
    cdef int32_t end = narrow_of(r, sheet, LINE_MOVE)[first]
    if count == 1:  # as most carts have one shipment, for which loops are dear
        wide_of(r, sheet, LINE_GROSS)[first] = gross_minor[0]
        nets[0] = gross_minor[0] - discounts[0]
        ends[0] += end
        return write_ids(r, sheet, text, first, ids, stride, 1)
    memcpy(
        wide_of(r, sheet, LINE_GROSS) + first, gross_minor, <size_t>count * sizeof(int64_t)
    )
    for i in range(count):
        nets[i] = gross_minor[i] - discounts[i]
    for i in range(count):
        end += ends[i]
        ends[i] = end
    return write_ids(r, sheet, text, first, ids, stride, count)


# Ids.


cdef bint write_ids(
    ResultC* r, int32_t sheet, int32_t text, int64_t first, const char* ids, int64_t stride,
    int64_t count,
) noexcept nogil:
    # The ids of lines or shipments, which lie `stride` bytes apart. Few are longer than SHORT_BYTES.
    cdef BufferC* b = &r.texts[text]
    cdef int32_t* ends = narrow_of(r, sheet, LINE_ID) + first + 1
    cdef int64_t short_bytes = count * SHORT_BYTES, end = b.size, i
    cdef const TextC* id = <const TextC*>ids
    cdef char* data = reserve(b, short_bytes)
    if data == NULL:
        r.is_out_of_memory = True
        return False
    data = b.data
    for i in range(count):
        if id.size <= SHORT_BYTES:
            copy_short(data + end, id.data, id.size)
        else:
            b.size = end
            if id.size > BYTES_MAX - end or reserve(b, id.size + short_bytes) == NULL:
                r.is_out_of_memory = True
                return False
            data = b.data
            memcpy(data + end, id.data, <size_t>id.size)
        end += id.size
        ends[i] = <int32_t>end
        id = <const TextC*>(<const char*>id + stride)
    b.size = end
    return True


cdef inline void copy_short(char* to, const char* data, int32_t size) noexcept nogil:
    # At most SHORT_BYTES, without a call: both ends, which overlap.
    if size >= 8:
        copy_ends(to, data, size, 8)
    elif size >= 4:
        copy_ends(to, data, size, 4)
    elif size >= 2:
        copy_ends(to, data, size, 2)
    elif size == 1:
        to[0] = data[0]


cdef inline void copy_ends(char* to, const char* data, int32_t size, size_t width) noexcept nogil:
    # The width is known when compiling.
    memcpy(to, data, width)
    memcpy(to + size - width, data + size - width, width)


# Moves.


# What is counted of the moves of one kind, by place.
cdef struct TallyC:
    int64_t* discounts_minor
    int32_t* counts
    int32_t before  # the place of the last move
    int32_t total
    bint is_sorted


cdef inline TallyC begin_tally(ResultC* r, int32_t sheet) noexcept nogil:
    # Of the places that follow in a sheet.
    cdef TallyC t
    t.discounts_minor = wide_of(r, sheet, LINE_DISCOUNT) + r.sheets[sheet].count
    t.counts = narrow_of(r, sheet, LINE_MOVE) + r.sheets[sheet].count + 1
    t.before = t.total = 0
    t.is_sorted = True
    return t


cdef inline void count_move(TallyC* t, int32_t place, int64_t amount_minor) noexcept nogil:
    t.is_sorted &= place >= t.before
    t.before = place
    t.counts[place] += 1
    t.discounts_minor[place] += amount_minor
    t.total += 1


cdef void write_moves(ResultC* r, DeskC* desk) noexcept nogil:
    # Allocations on the places that follow in their sheets, gathered by place; how many each place
    # has, and what all come to.
    cdef OutC* out = &desk.scratch.out
    cdef const int32_t* kinds = out.move_kinds.items
    cdef const int32_t* places = out.move_places.items
    cdef const int64_t* amounts_minor = out.move_amounts_minor.items
    cdef TallyC lines = begin_tally(r, LINES), shipments = begin_tally(r, SHIPMENTS)
    cdef int64_t discount_minor = 0, adjustment_minor = 0
    cdef int32_t i
    for i in range(out.move_kinds.count):
        if kinds[i] == MOVE_LINE:
            count_move(&lines, places[i], amounts_minor[i])
            discount_minor += amounts_minor[i]
        elif kinds[i] == MOVE_SHIPMENT:
            count_move(&shipments, places[i], amounts_minor[i])
            discount_minor += amounts_minor[i]
        else:
            adjustment_minor += amounts_minor[i]
    end_totals(desk, discount_minor, adjustment_minor)
    if lines.total:
        if not lines.is_sorted:
            set_cursors(r, LINE_MOVES, lines.counts, desk.draft.line_count)
        place_moves(r, desk, LINE_MOVES, MOVE_LINE, lines.is_sorted)
        r.sheets[LINE_MOVES].count += lines.total
    if shipments.total:
        if not shipments.is_sorted:
            set_cursors(r, SHIPMENT_MOVES, shipments.counts, desk.draft.shipment_count)
        place_moves(r, desk, SHIPMENT_MOVES, MOVE_SHIPMENT, shipments.is_sorted)
        r.sheets[SHIPMENT_MOVES].count += shipments.total


cdef void set_cursors(
    ResultC* r, int32_t moves, const int32_t* counts, int32_t count
) noexcept nogil:
    # Where the moves of each place begin.
    cdef int32_t i, to = <int32_t>r.sheets[moves].count
    for i in range(count):
        r.cursors[i] = to
        to += counts[i]


cdef void place_moves(
    ResultC* r, DeskC* desk, int32_t moves, int32_t kind, bint is_sorted
) noexcept nogil:
    # Each behind that before it, or where its place has its own.
    cdef OutC* out = &desk.scratch.out
    cdef int32_t* rules = narrow_of(r, moves, MOVE_RULE)
    cdef int32_t* stages = narrow_of(r, moves, MOVE_STAGE)
    cdef int64_t* amounts_minor = wide_of(r, moves, MOVE_AMOUNT)
    cdef int32_t* cursors = r.cursors
    cdef int32_t i, to, end = <int32_t>r.sheets[moves].count
    for i in range(out.move_kinds.count):
        if out.move_kinds.items[i] != kind:
            continue
        if is_sorted:
            to = end
            end += 1
        else:
            to = cursors[out.move_places.items[i]]
            cursors[out.move_places.items[i]] += 1
        rules[to] = out.move_promotions.items[i]
        stages[to] = stage_of(desk.book.plan, rules[to])
        amounts_minor[to] = out.move_amounts_minor.items[i]
