"""One cart as it was sent: growing it, and the bytes that its decoded texts live in."""

from libc.stdint cimport int32_t, int64_t
from libc.stdlib cimport free, malloc, realloc
from libc.string cimport memset

cdef enum:
    KEPT_BYTES = 4 * 1024 * 1024
    CHUNK_BYTES = 16 * 1024
    ROOM_FIRST = 32


cdef void* grow(DraftC* d, void* old, int32_t count, int32_t* room, size_t size) noexcept nogil:
    # Room for one element more; the old address when there already is.
    cdef int32_t wanted = room[0] * 2 if room[0] else ROOM_FIRST
    cdef void* made
    if count < room[0]:
        return old
    made = realloc(old, <size_t>wanted * size)
    if made == NULL:
        d.is_out_of_memory = True
        return old
    room[0] = wanted
    return made


cdef DraftLineC* add_line(DraftC* d) noexcept nogil:
    d.lines = <DraftLineC*>grow(d, d.lines, d.line_count, &d.line_room, sizeof(DraftLineC))
    if d.line_count == d.line_room:
        return NULL
    return next_line(d)


cdef DraftShipmentC* add_shipment(DraftC* d) noexcept nogil:
    d.shipments = <DraftShipmentC*>grow(
        d, d.shipments, d.shipment_count, &d.shipment_room, sizeof(DraftShipmentC)
    )
    if d.shipment_count == d.shipment_room:
        return NULL
    d.shipment_count += 1
    memset(&d.shipments[d.shipment_count - 1], 0, sizeof(DraftShipmentC))
    return &d.shipments[d.shipment_count - 1]


cdef TextC* add_code(DraftC* d) noexcept nogil:
    d.codes = <TextC*>grow(d, d.codes, d.code_count, &d.code_room, sizeof(TextC))
    if d.code_count == d.code_room:
        return NULL
    d.code_count += 1
    memset(&d.codes[d.code_count - 1], 0, sizeof(TextC))
    return &d.codes[d.code_count - 1]


cdef TextC* add_word(DraftC* d) noexcept nogil:
    d.words = <TextC*>grow(d, d.words, d.word_count, &d.word_room, sizeof(TextC))
    if d.word_count == d.word_room:
        return NULL
    d.word_count += 1
    memset(&d.words[d.word_count - 1], 0, sizeof(TextC))
    return &d.words[d.word_count - 1]


cdef DraftValueC* add_value(DraftC* d) noexcept nogil:
    d.values_sent = <DraftValueC*>grow(
        d, d.values_sent, d.value_count, &d.value_room, sizeof(DraftValueC)
    )
    if d.value_count == d.value_room:
        return NULL
    d.value_count += 1
    memset(&d.values_sent[d.value_count - 1], 0, sizeof(DraftValueC))
    return &d.values_sent[d.value_count - 1]


cdef char* take_bytes(DraftC* d, int64_t size) noexcept nogil:
    # Bytes that stay where they are until the next cart.
    cdef ChunkC* chunk = d.chunk
    cdef int64_t room
    if chunk == NULL or d.chunk_used + size > chunk.room:
        while chunk != NULL and chunk.next != NULL and chunk.next.room < size:
            chunk = chunk.next
        if chunk == NULL or chunk.next == NULL:
            # Doubling, so that carts that grow little by little do not each leave a chunk behind.
            room = CHUNK_BYTES
            while room < size:
                room *= 2
            chunk = append_chunk(d, chunk, room)
            if chunk == NULL:
                return NULL
        else:
            chunk = chunk.next
        d.chunk = chunk
        d.chunk_used = 0
    d.chunk_used += size
    return <char*>chunk + sizeof(ChunkC) + d.chunk_used - size


cdef ChunkC* append_chunk(DraftC* d, ChunkC* last, int64_t room) noexcept nogil:
    cdef ChunkC* made = <ChunkC*>malloc(sizeof(ChunkC) + <size_t>room)
    if made == NULL:
        d.is_out_of_memory = True
        return NULL
    made.next = NULL
    made.room = room
    if last == NULL:
        d.chunks = made
    else:
        last.next = made
    return made


cdef void begin_draft(DraftC* d) noexcept nogil:
    # Forget the cart before; what was allocated, and the hints, stay.
    cdef TextC* text = &d.id
    while text <= &d.signed_up:
        clear_text(text)
        text += 1
    d.placed_at_us = d.birthday_days = d.signed_up_days = 0
    d.tax_minor = d.store_credit_minor = 0
    d.orders = -1
    d.has_instant = d.has_birthday = d.has_signed_up = False
    begin_lists(d)


cdef void begin_lists(DraftC* d) noexcept nogil:
    d.groups = d.segments = d.values = d.customer_values = RangeC(0, 0)
    d.line_count = d.shipment_count = d.code_count = d.word_count = d.value_count = 0
    d.chunk = d.chunks
    d.chunk_used = 0
    d.is_out_of_memory = False


cdef void free_draft(DraftC* d) noexcept nogil:
    cdef ChunkC* chunk = d.chunks
    cdef ChunkC* after
    while chunk != NULL:
        after = chunk.next
        free(chunk)
        chunk = after
    free(d.lines)
    free(d.shipments)
    free(d.codes)
    free(d.words)
    free(d.values_sent)
    memset(d, 0, sizeof(DraftC))


cdef bint is_oversized(const DraftC* d) noexcept nogil:
    cdef int64_t held = <int64_t>d.word_room * sizeof(TextC)
    cdef const ChunkC* chunk = d.chunks
    while chunk != NULL:
        held += chunk.room
        chunk = chunk.next
    return held > KEPT_BYTES
