"""A priced cart in, a memo of it out, of which its JSON can be written later; and back.

A memo is a head, rows, and texts, one after the other: the id of the cart, those of its lines and
shipments, its codes. Rows of moves, applied promotions and places come first, as they are aligned
by eight bytes; then those of rejections and codes, by four. All texts are copies, as the cart may
be a dict that changes. It has a third of the bytes of the JSON and never leaves its process.
"""

from libc.stdint cimport int32_t, int64_t, uint64_t
from libc.string cimport memcpy

from ..kernel._scratch cimport (
    OutC,
    ScratchC,
    append32,
    append64,
    grow_moves,
    reset_out,
    write_move,
)
from ._desk cimport TotalsC, reserve, reserve_draft
from ._draft cimport (
    READ_MEMORY,
    READ_OK,
    READ_PLAIN,
    DraftC,
    add_code,
    add_shipment,
    begin_draft,
    next_line,
    set_text,
)
from ._symbols cimport load32, load64

cdef enum:
    KIND_BITS = 2  # of a spot
    KIND_MASK = 3

cdef struct HeadC:
    TotalsC totals
    int32_t move_count
    int32_t applied_count
    int32_t line_count
    int32_t shipment_count
    int32_t rejection_count
    int32_t code_count
    int32_t id_bytes  # of the cart's
    int32_t padding

cdef struct MoveRowC:
    int64_t amount_minor
    int32_t promotion
    int32_t spot  # the place above the kind

cdef struct AppliedRowC:
    int64_t discount_minor
    int64_t undistributed_minor
    int64_t promotion

# A line or a shipment.
cdef struct PlaceRowC:
    int64_t gross_minor
    int64_t id_bytes

cdef struct RejectionRowC:
    int32_t code
    int32_t reason
    int32_t cause

cdef struct CodeRowC:
    int32_t symbol
    int32_t pool
    int32_t text_bytes

# Where the parts of a memo begin.
cdef struct PartsC:
    MoveRowC* moves
    AppliedRowC* applied
    PlaceRowC* places
    RejectionRowC* rejections
    CodeRowC* codes
    char* texts


cdef inline PartsC parts_of(const HeadC* head) noexcept nogil:
    cdef PartsC parts
    parts.moves = <MoveRowC*>(head + 1)
    parts.applied = <AppliedRowC*>(parts.moves + head.move_count)
    parts.places = <PlaceRowC*>(parts.applied + head.applied_count)
    parts.rejections = <RejectionRowC*>(parts.places + head.line_count + head.shipment_count)
    parts.codes = <CodeRowC*>(parts.rejections + head.rejection_count)
    parts.texts = <char*>(parts.codes + head.code_count)
    return parts


cdef TextC cart_id_of(const char* memo) noexcept nogil:
    cdef const HeadC* head = <const HeadC*>memo
    cdef TextC id
    set_text(&id, parts_of(head).texts, head.id_bytes)
    return id


# From the desk.


cdef int32_t write_memo(DeskC* desk, BufferC* out) noexcept nogil:
    cdef OutC* done = &desk.scratch.out
    cdef HeadC head
    cdef char* place
    if done.warning_promotions.count > 0:
        return READ_PLAIN
    head.totals = desk.totals
    head.move_count, head.applied_count = done.move_kinds.count, done.applied.count
    head.line_count, head.shipment_count = desk.cart.line_count, desk.cart.shipment_count
    head.rejection_count, head.code_count = done.rejection_codes.count, desk.cart.code_count
    head.id_bytes = desk.draft.id.size
    head.padding = 0
    place = reserve(out, parts_of(&head).texts - <char*>&head + bytes_of_texts(desk))
    if place == NULL:
        return READ_MEMORY
    memcpy(place, &head, sizeof(HeadC))
    put_done(parts_of(<HeadC*>place), done)
    out.size = put_sent(parts_of(<HeadC*>place), desk) - out.data
    return READ_OK


cdef inline int64_t bytes_of_texts(const DeskC* desk) noexcept nogil:
    cdef int64_t size = desk.draft.id.size
    cdef int32_t i
    for i in range(desk.cart.line_count):
        size += desk.draft.lines[i].id.size
    for i in range(desk.cart.shipment_count):
        size += desk.draft.shipments[i].id.size
    for i in range(desk.cart.code_count):
        size += desk.draft.codes[i].size
    return size


cdef inline void put_done(PartsC parts, const OutC* done) noexcept nogil:
    # What the kernel did.
    cdef int32_t i
    for i in range(done.move_kinds.count):
        parts.moves[i].amount_minor = done.move_amounts_minor.items[i]
        parts.moves[i].promotion = done.move_promotions.items[i]
        parts.moves[i].spot = done.move_places.items[i] << KIND_BITS | done.move_kinds.items[i]
    for i in range(done.applied.count):
        parts.applied[i].discount_minor = done.discounts_minor.items[i]
        parts.applied[i].undistributed_minor = done.undistributed_minor.items[i]
        parts.applied[i].promotion = done.applied.items[i]
    for i in range(done.rejection_codes.count):
        parts.rejections[i].code = done.rejection_codes.items[i]
        parts.rejections[i].reason = done.rejection_reasons.items[i]
        parts.rejections[i].cause = done.rejection_causes.items[i]


cdef inline char* put_sent(PartsC parts, const DeskC* desk) noexcept nogil:
    # What the result repeats of the cart; the place behind it.
    cdef char* p = put_text(parts.texts, &desk.draft.id)
    cdef PlaceRowC* row = parts.places
    cdef int32_t i
    for i in range(desk.cart.line_count):
        row.gross_minor = desk.cart.gross_minor[i]
        row.id_bytes = desk.draft.lines[i].id.size
        p = put_text(p, &desk.draft.lines[i].id)
        row += 1
    for i in range(desk.cart.shipment_count):
        row.gross_minor = desk.cart.shipment_amounts_minor[i]
        row.id_bytes = desk.draft.shipments[i].id.size
        p = put_text(p, &desk.draft.shipments[i].id)
        row += 1
    for i in range(desk.cart.code_count):
        parts.codes[i].symbol = desk.cart.code_symbols[i]
        parts.codes[i].pool = desk.cart.pool_symbols[i]
        parts.codes[i].text_bytes = desk.draft.codes[i].size
        p = put_text(p, &desk.draft.codes[i])
    return p


cdef inline char* put_text(char* p, const TextC* text) noexcept nogil:
    # Most are a few bytes long: two words, or three bytes, that overlap.
    cdef const char* data = text.data
    cdef int64_t size = text.size
    cdef uint64_t first, last
    if size > 16:
        memcpy(p, data, <size_t>size)
    elif size >= 8:
        first, last = load64(data), load64(data + size - 8)
        memcpy(p, &first, 8)
        memcpy(p + size - 8, &last, 8)
    elif size >= 4:
        first, last = load32(data), load32(data + size - 4)
        memcpy(p, &first, 4)
        memcpy(p + size - 4, &last, 4)
    elif size > 0:
        p[0], p[size >> 1], p[size - 1] = data[0], data[size >> 1], data[size - 1]
    return p + size


# And back.


cdef int32_t read_memo(DeskC* desk, const char* memo) noexcept nogil:
    cdef const HeadC* head = <const HeadC*>memo
    cdef PartsC parts = parts_of(head)
    desk.totals = head.totals
    desk.is_out_of_memory = False
    if not (lay_done(desk.scratch, head, parts) and reserve_sent(desk, head)):
        return READ_MEMORY
    lay_sent(desk, head, parts)
    return READ_OK


cdef bint lay_done(ScratchC* s, const HeadC* head, PartsC parts) noexcept nogil:
    # Whether memory sufficed.
    cdef OutC* done = &s.out
    cdef int32_t i, spot
    reset_out(done)
    grow_moves(s, head.move_count)
    if s.is_out_of_memory:
        return False
    for i in range(head.move_count):
        spot = parts.moves[i].spot
        write_move(
            done,
            spot & KIND_MASK,
            spot >> KIND_BITS,
            parts.moves[i].promotion,
            parts.moves[i].amount_minor,
        )
    for i in range(head.applied_count):
        append64(s, &done.discounts_minor, parts.applied[i].discount_minor)
        append64(s, &done.undistributed_minor, parts.applied[i].undistributed_minor)
        append32(s, &done.applied, <int32_t>parts.applied[i].promotion)
    for i in range(head.rejection_count):
        append32(s, &done.rejection_codes, parts.rejections[i].code)
        append32(s, &done.rejection_reasons, parts.rejections[i].reason)
        append32(s, &done.rejection_causes, parts.rejections[i].cause)
    return not s.is_out_of_memory


cdef bint reserve_sent(DeskC* desk, const HeadC* head) noexcept nogil:
    # Room for what the result repeats of the cart; whether memory sufficed.
    cdef DraftC* d = &desk.draft
    begin_draft(d)
    while d.line_count < head.line_count and next_line(d) != NULL:
        pass
    while d.shipment_count < head.shipment_count and add_shipment(d) != NULL:
        pass
    while d.code_count < head.code_count and add_code(d) != NULL:
        pass
    desk.cart.line_count = head.line_count
    desk.cart.shipment_count = head.shipment_count
    desk.cart.code_count = head.code_count
    return not d.is_out_of_memory and reserve_draft(desk)


cdef void lay_sent(DeskC* desk, const HeadC* head, PartsC parts) noexcept nogil:
    cdef char* p = take_text(&desk.draft.id, parts.texts, head.id_bytes)
    cdef const PlaceRowC* row = parts.places
    cdef int32_t i
    for i in range(head.line_count):
        desk.gross_minor[i] = row.gross_minor
        p = take_text(&desk.draft.lines[i].id, p, <int32_t>row.id_bytes)
        row += 1
    for i in range(head.shipment_count):
        desk.shipment_amounts_minor[i] = row.gross_minor
        p = take_text(&desk.draft.shipments[i].id, p, <int32_t>row.id_bytes)
        row += 1
    for i in range(head.code_count):
        desk.code_symbols[i] = parts.codes[i].symbol
        desk.pool_symbols[i] = parts.codes[i].pool
        p = take_text(&desk.draft.codes[i], p, parts.codes[i].text_bytes)


cdef inline char* take_text(TextC* text, char* p, int32_t size) noexcept nogil:
    set_text(text, p, size)
    return p + size
