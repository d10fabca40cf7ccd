"""Facts about members in, what they change of the desk's cart out.

Carts that redeem and lines of stored value are for the plain way, so that balances, stock and
issued rewards do not matter here.
"""

from libc.stdint cimport int8_t, int32_t, int64_t
from libc.stdlib cimport free, realloc
from libc.string cimport memcpy, memmove, memset

from cpython.bytes cimport PyBytes_AS_STRING, PyBytes_GET_SIZE

from ..kernel._layout cimport NOTHING, List32
from ._desk cimport DeskC, make_room
from ._draft cimport READ_MEMORY, READ_OK

cdef enum:
    ROOMS_FIRST = 16


cdef void* again(DeskC* desk, void* old, int64_t count, size_t size) noexcept nogil:
    cdef void* made = realloc(old, <size_t>(count + 1) * size)
    if made == NULL:
        desk.is_out_of_memory = True
        return old
    return made


cdef void reserve_programs(DeskC* desk) noexcept nogil:
    # What stays as it is for every cart: no event, nothing to redeem, and so no balance.
    cdef int64_t count = desk.book.plan.program_count
    desk.are_members = <int8_t*>again(desk, NULL, count, sizeof(int8_t))
    desk.balances = <int64_t*>again(desk, NULL, count, sizeof(int64_t))
    desk.member_levels = <int32_t*>again(desk, NULL, count, sizeof(int32_t))
    desk.qualifying = <int64_t*>again(desk, NULL, count, sizeof(int64_t))
    reserve_rooms(desk, ROOMS_FIRST)
    if desk.is_out_of_memory:
        return
    memset(desk.balances, 0, <size_t>count * sizeof(int64_t))
    memset(&desk.loyal, 0, sizeof(desk.loyal))
    desk.loyal.event_points = NOTHING
    desk.loyal.are_members = desk.are_members
    desk.loyal.balances = desk.balances
    desk.loyal.levels = desk.member_levels
    desk.loyal.qualifying = desk.qualifying
    point_rooms(desk)
    desk.cart.loyalty = &desk.loyal


cdef void reserve_rooms(DeskC* desk, int32_t rooms) noexcept nogil:
    cdef int32_t i
    desk.room_rules = <int32_t*>again(desk, desk.room_rules, rooms, sizeof(int32_t))
    desk.room_times = <int64_t*>again(desk, desk.room_times, rooms, sizeof(int64_t))
    desk.room_points = <int64_t*>again(desk, desk.room_points, rooms, sizeof(int64_t))
    desk.room_stocks = <int64_t*>again(desk, desk.room_stocks, rooms, sizeof(int64_t))
    if desk.is_out_of_memory:
        return
    for i in range(rooms):
        desk.room_stocks[i] = NOTHING
    desk.room_room = rooms


cdef void point_rooms(DeskC* desk) noexcept nogil:
    desk.loyal.room_rules = desk.room_rules
    desk.loyal.room_times = desk.room_times
    desk.loyal.room_points = desk.room_points
    desk.loyal.room_stocks = desk.room_stocks


cdef void reserve_stored_value(DeskC* desk, int32_t lines) noexcept nogil:
    # No line is of stored value.
    desk.are_stored_value = <int8_t*>again(desk, desk.are_stored_value, lines, sizeof(int8_t))
    if not desk.is_out_of_memory:
        memset(desk.are_stored_value, 0, <size_t>lines)
        desk.loyal.are_stored_value = desk.are_stored_value


cdef void free_programs(DeskC* desk) noexcept nogil:
    free(desk.are_members)
    free(desk.balances)
    free(desk.member_levels)
    free(desk.qualifying)
    free(desk.room_rules)
    free(desk.room_times)
    free(desk.room_points)
    free(desk.room_stocks)
    free(desk.are_stored_value)


cdef void begin_members(DeskC* desk) noexcept nogil:
    # A new member of every program, whose slots are filled so already.
    cdef int32_t i
    for i in range(desk.book.plan.program_count):
        desk.are_members[i] = True
        desk.member_levels[i] = desk.book.newcomer_levels[i]
        desk.qualifying[i] = 0
    desk.loyal.room_count = 0
    desk.loyal.store_credit_minor = desk.draft.store_credit_minor


# Facts: `members` is a tuple of `plan.membership.Members`.


cdef int32_t put_members(DeskC* desk, tuple members) except -1:
    cdef bytes rules = members[3]
    cdef int32_t rooms = <int32_t>(PyBytes_GET_SIZE(rules) // <Py_ssize_t>sizeof(int32_t))
    if rooms > desk.room_room:
        reserve_rooms(desk, rooms + (rooms >> 1))
        if desk.is_out_of_memory:
            return READ_MEMORY
        point_rooms(desk)
    copy_bytes(desk.are_members, members[0])
    copy_bytes(desk.member_levels, members[1])
    copy_bytes(desk.qualifying, members[2])
    copy_bytes(desk.room_rules, rules)
    copy_bytes(desk.room_times, members[4])
    copy_bytes(desk.room_points, members[5])
    desk.loyal.room_count = rooms
    put_slots(desk, members[6], members[7])
    for entry in <list>members[8]:
        if not put_set(desk, entry[0], entry[1]):
            return READ_MEMORY
    return READ_OK


cdef void copy_bytes(void* into, bytes content) noexcept:
    # INVARIANT: there is one item for each program, or for each room.
    memcpy(into, PyBytes_AS_STRING(content), <size_t>PyBytes_GET_SIZE(content))


cdef int put_slots(DeskC* desk, list numbers, list texts) except -1:
    cdef int32_t slot
    for entry in numbers:
        slot = (<tuple>entry)[0]
        desk.cart_presents[slot] = (<tuple>entry)[1]
        desk.cart_numbers[slot] = (<tuple>entry)[2]
    for entry in texts:
        slot = (<tuple>entry)[0]
        desk.cart_texts[slot] = (<tuple>entry)[1]
    return 0


cdef int put_set(DeskC* desk, int32_t slot, list symbols) except -1:
    # Another set in a slot: those behind it move. Whether there is memory.
    cdef List32* l = &desk.cart_set_items
    cdef int32_t* starts = desk.cart_set_starts
    cdef int32_t count = <int32_t>len(symbols), sets = desk.book.plan.cart_set_count, i
    cdef int32_t first = starts[slot], last = starts[slot + 1], behind = l.count - last
    cdef int32_t more = count - (last - first)
    if more > 0 and not make_room(l, more):
        return False
    memmove(l.items + first + count, l.items + last, <size_t>behind * sizeof(int32_t))
    for i in range(count):
        l.items[first + i] = symbols[i]
    for i in range(slot + 1, sets + 1):
        starts[i] += more
    l.count += more
    desk.cart.cart_set_items = l.items
    return True
