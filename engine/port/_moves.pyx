"""The moves of a cart in order of application in, a chain for each line and shipment out."""

from libc.stdint cimport int32_t
from libc.stdlib cimport realloc

from ..kernel._layout cimport NOTHING
from ..kernel._scratch cimport MOVE_LINE, MOVE_SHIPMENT, OutC


cdef bint grow(int32_t** rows, int32_t wanted, int32_t* room) noexcept nogil:
    cdef void* made
    if wanted <= room[0]:
        return True
    wanted += wanted >> 1
    made = realloc(rows[0], <size_t>wanted * sizeof(int32_t))
    if made == NULL:
        return False
    rows[0] = <int32_t*>made
    room[0] = wanted
    return True


cdef bint chain_moves(DeskC* desk) noexcept nogil:
    # From the last move to the first, so that each becomes the head of its chain.
    cdef OutC* out = &desk.scratch.out
    cdef int32_t lines = desk.cart.line_count, shipments = desk.cart.shipment_count
    cdef int32_t count = out.move_places.count, place, i
    if not (
        grow(&desk.move_heads, lines + shipments + 1, &desk.place_room)
        and grow(&desk.move_nexts, count, &desk.move_room)
    ):
        return False
    for place in range(lines + shipments + 1):
        desk.move_heads[place] = NOTHING
    for i in range(count - 1, -1, -1):
        if out.move_kinds.items[i] == MOVE_LINE:
            place = out.move_places.items[i]
        elif out.move_kinds.items[i] == MOVE_SHIPMENT:
            place = lines + out.move_places.items[i]
        else:
            place = lines + shipments
        desk.move_nexts[i] = desk.move_heads[place]
        desk.move_heads[place] = i
    return True
