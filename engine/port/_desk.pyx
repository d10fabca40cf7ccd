"""A draft in, a priced cart out: the working memory of one call, and what happens on it."""

from libc.stdint cimport int8_t, int32_t, int64_t
from libc.stdlib cimport calloc, free, realloc

from cpython.exc cimport PyErr_Clear
from cpython.object cimport PyObject

from ..kernel._layout cimport NOTHING, List32, PlanC
from ..kernel._loyalty cimport reset_loyalty
from ..kernel._scratch cimport (
    MOVE_PAYMENT,
    OutC,
    ScratchC,
    append32,
    free_scratch,
    make_scratch,
    reset_out,
)
from ..kernel._stacking cimport run_cart
from ._draft cimport READ_MEMORY, READ_OK, READ_PLAIN, free_draft
from ._intake cimport check_draft
from ._members cimport begin_members, free_programs, reserve_programs, reserve_stored_value
from ._slots cimport fill_slots

cdef extern from "Python.h":
    int _PyBytes_Resize(PyObject** owner, Py_ssize_t size)
    char* PyBytes_AS_STRING(PyObject* owner) noexcept nogil

cdef enum:
    BUFFER_FIRST_BYTES = 4096
    LIST_MAX = 1 << 29
    FIRST_ROOM = 24  # lines, shipments and codes


cdef void* again(DeskC* desk, void* old, int64_t count, size_t size) noexcept nogil:
    cdef void* made = realloc(old, <size_t>(count + 1) * size)
    if made == NULL:
        desk.is_out_of_memory = True
        return old
    return made


cdef DeskC* make_desk(const BookC* book) noexcept nogil:
    # INVARIANT: the book outlives the desk.
    cdef DeskC* desk = <DeskC*>calloc(1, sizeof(DeskC))
    if desk == NULL:
        return NULL
    desk.book = book
    desk.shelf_place = NOTHING
    desk.scratch = make_scratch(book.plan)
    desk.is_out_of_memory = desk.scratch == NULL
    reserve_cart(desk)
    if book.plan.program_count > 0:
        reserve_programs(desk)
    reserve_lines(desk, FIRST_ROOM)
    reserve_shipments(desk, FIRST_ROOM)
    reserve_codes(desk, FIRST_ROOM)
    if desk.is_out_of_memory:
        free_desk(desk)
        return NULL
    point_cart(desk)
    return desk


cdef void reserve_cart(DeskC* desk) noexcept nogil:
    cdef int64_t numbers = desk.book.plan.cart_number_count
    cdef int64_t sets = desk.book.plan.cart_set_count
    desk.cart_numbers = <int64_t*>again(desk, NULL, numbers, sizeof(int64_t))
    desk.cart_presents = <int8_t*>again(desk, NULL, numbers, sizeof(int8_t))
    desk.cart_texts = <int32_t*>again(
        desk, NULL, desk.book.plan.cart_text_count, sizeof(int32_t)
    )
    desk.cart_set_starts = <int32_t*>again(desk, NULL, sets + 1, sizeof(int32_t))
    if not (make_room(&desk.used_up, 1) and make_room(&desk.cart_set_items, 1)):
        desk.is_out_of_memory = True


cdef void reserve_lines(DeskC* desk, int32_t lines) noexcept nogil:
    cdef int64_t numbers = <int64_t>lines * desk.book.plan.line_number_count
    cdef int64_t texts = <int64_t>lines * desk.book.plan.line_text_count
    cdef int64_t sets = <int64_t>lines * desk.book.plan.line_set_count
    desk.quantities = <int64_t*>again(desk, desk.quantities, lines, sizeof(int64_t))
    desk.prices_minor = <int64_t*>again(desk, desk.prices_minor, lines, sizeof(int64_t))
    desk.gross_minor = <int64_t*>again(desk, desk.gross_minor, lines, sizeof(int64_t))
    desk.floors_minor = <int64_t*>again(desk, desk.floors_minor, lines, sizeof(int64_t))
    desk.line_ranks = <int32_t*>again(desk, desk.line_ranks, lines, sizeof(int32_t))
    desk.sku_firsts = <int32_t*>again(desk, desk.sku_firsts, lines, sizeof(int32_t))
    desk.line_numbers = <int64_t*>again(desk, desk.line_numbers, numbers, sizeof(int64_t))
    desk.line_presents = <int8_t*>again(desk, desk.line_presents, numbers, sizeof(int8_t))
    desk.line_texts = <int32_t*>again(desk, desk.line_texts, texts, sizeof(int32_t))
    desk.line_set_starts = <int32_t*>again(desk, desk.line_set_starts, sets + 1, sizeof(int32_t))
    if not make_room(&desk.line_set_items, 1):
        desk.is_out_of_memory = True
    if desk.book.plan.program_count > 0:
        reserve_stored_value(desk, lines)
    if not desk.is_out_of_memory:
        desk.line_room = lines


cdef void reserve_shipments(DeskC* desk, int32_t shipments) noexcept nogil:
    desk.shipment_amounts_minor = <int64_t*>again(
        desk, desk.shipment_amounts_minor, shipments, sizeof(int64_t)
    )
    desk.shipment_methods = <int32_t*>again(
        desk, desk.shipment_methods, shipments, sizeof(int32_t)
    )
    desk.shipment_ranks = <int32_t*>again(desk, desk.shipment_ranks, shipments, sizeof(int32_t))
    if not desk.is_out_of_memory:
        desk.shipment_room = shipments


cdef void reserve_codes(DeskC* desk, int32_t codes) noexcept nogil:
    desk.code_symbols = <int32_t*>again(desk, desk.code_symbols, codes, sizeof(int32_t))
    desk.pool_symbols = <int32_t*>again(desk, desk.pool_symbols, codes, sizeof(int32_t))
    if not desk.is_out_of_memory:
        desk.code_room = codes


cdef void point_cart(DeskC* desk) noexcept nogil:
    # Those to lists are set for each cart.
    point_lines(desk, 0)
    desk.cart.sku_firsts = desk.sku_firsts
    desk.cart.shipment_amounts_minor = desk.shipment_amounts_minor
    desk.cart.shipment_methods = desk.shipment_methods
    desk.cart.shipment_ranks = desk.shipment_ranks
    desk.cart.code_symbols = desk.code_symbols
    desk.cart.pool_symbols = desk.pool_symbols
    desk.cart.cart_numbers = desk.cart_numbers
    desk.cart.cart_presents = desk.cart_presents
    desk.cart.cart_texts = desk.cart_texts
    desk.cart.cart_set_starts = desk.cart_set_starts


cdef void point_lines(DeskC* desk, int64_t first) noexcept nogil:
    # To the lines from one on. Places of sets are into the items of all that were read together.
    cdef const PlanC* plan = desk.book.plan
    desk.cart.quantities = desk.quantities + first
    desk.cart.prices_minor = desk.prices_minor + first
    desk.cart.gross_minor = desk.gross_minor + first
    desk.cart.floors_minor = desk.floors_minor + first
    desk.cart.line_ranks = desk.line_ranks + first
    desk.cart.line_numbers = desk.line_numbers + first * plan.line_number_count
    desk.cart.line_presents = desk.line_presents + first * plan.line_number_count
    desk.cart.line_texts = desk.line_texts + first * plan.line_text_count
    desk.cart.line_set_starts = desk.line_set_starts + first * plan.line_set_count


cdef bint reserve_draft(DeskC* desk) noexcept nogil:
    # Room for all that the draft has; whether there is.
    cdef int32_t lines = desk.draft.line_count, shipments = desk.draft.shipment_count
    cdef int32_t codes = desk.draft.code_count
    if (
        lines <= desk.line_room
        and shipments <= desk.shipment_room
        and codes <= desk.code_room
    ):
        return True
    if lines > desk.line_room:
        reserve_lines(desk, lines + (lines >> 1))
    if shipments > desk.shipment_room:
        reserve_shipments(desk, shipments + (shipments >> 1))
    if codes > desk.code_room:
        reserve_codes(desk, codes + (codes >> 1))
    point_cart(desk)
    return not desk.is_out_of_memory


cdef void free_desk(DeskC* desk) noexcept nogil:
    if desk == NULL:
        return
    free_scratch(desk.scratch)
    free_draft(&desk.draft)
    free(desk.quantities)
    free(desk.prices_minor)
    free(desk.gross_minor)
    free(desk.floors_minor)
    free(desk.line_ranks)
    free(desk.sku_firsts)
    free(desk.line_numbers)
    free(desk.line_presents)
    free(desk.line_texts)
    free(desk.line_set_starts)
    free(desk.line_set_items.items)
    free(desk.shelf_ids)
    free(desk.shelf_sums_minor)
    free(desk.shelf_units)
    free(desk.shelf_falls)
    free_rows(desk.rows)
    free(desk.shipment_amounts_minor)
    free(desk.shipment_methods)
    free(desk.shipment_ranks)
    free(desk.code_symbols)
    free(desk.pool_symbols)
    free(desk.used_up.items)
    free(desk.cart_numbers)
    free(desk.cart_presents)
    free(desk.cart_texts)
    free(desk.cart_set_starts)
    free(desk.cart_set_items.items)
    free_programs(desk)
    free(desk.texts.cells)
    free(desk.texts.texts)
    free(desk.rank_rows)
    free(desk.symbol_marks)
    free(desk.move_heads)
    free(desk.move_tails)
    free(desk.move_nexts)
    free(desk)


cdef void free_rows(RowsC* rows) noexcept nogil:
    if rows == NULL:
        return
    free(rows.numbers)
    free(rows.presents)
    free(rows.texts)
    free(rows.set_starts)
    free(rows.set_items.items)
    free(rows.shipment_ids)
    free(rows.shipment_amounts_minor)
    free(rows.shipment_methods)
    free(rows.shipment_ranks)
    free(rows)


cdef class Desk:
    """One desk, held by one call at a time."""

    def __dealloc__(self):
        free_desk(self.c)


cdef int32_t take_in(DeskC* desk) noexcept nogil:
    cdef int32_t status
    desk.is_out_of_memory = False
    if desk.draft.is_out_of_memory or not reserve_draft(desk):
        return READ_MEMORY
    if desk.shelf_place != NOTHING:
        point_lines(desk, desk.shelf_place)
    status = check_draft(desk)
    if status != READ_OK:
        return status
    if desk.book.plan.program_count > 0:
        begin_members(desk)
    return fill_slots(desk)


cdef int32_t price(DeskC* desk) noexcept nogil:
    cdef OutC* out = &desk.scratch.out
    cdef int64_t discount_minor = 0, adjustment_minor = 0
    cdef int32_t i, status = run(desk)
    if status != READ_OK:
        return status
    for i in range(out.move_kinds.count):
        if out.move_kinds.items[i] == MOVE_PAYMENT:
            adjustment_minor += out.move_amounts_minor.items[i]
        else:
            discount_minor += out.move_amounts_minor.items[i]
    end_totals(desk, discount_minor, adjustment_minor)
    return READ_OK


cdef int32_t run(DeskC* desk) noexcept nogil:
    cdef ScratchC* s = desk.scratch
    cdef OutC* out = &s.out
    reset_out(out)
    append32(s, &out.applied_starts, 0)
    append32(s, &out.move_starts, 0)
    append32(s, &out.warning_starts, 0)
    append32(s, &out.rejection_starts, 0)
    if s.loyalty != NULL:
        reset_loyalty(s)
    s.cart = &desk.cart
    run_cart(s)
    s.cart = NULL
    if s.is_out_of_memory:
        return READ_MEMORY
    return READ_PLAIN if s.loyalty != NULL and s.loyalty.is_wide else READ_OK


cdef bint make_room(List32* l, int64_t more) noexcept nogil:
    cdef int64_t wanted = l.count + more
    cdef void* made
    if wanted <= l.room:
        return True
    wanted = wanted + (wanted >> 1) + FIRST_ROOM
    if wanted > LIST_MAX:
        return False
    made = realloc(l.items, <size_t>wanted * sizeof(int32_t))
    if made == NULL:
        return False
    l.items = <int32_t*>made
    l.room = <int32_t>wanted
    return True


cdef bint grow_buffer(BufferC* b, int64_t size) noexcept nogil:
    cdef int64_t wanted = b.size + size
    cdef void* made
    wanted = wanted + (wanted >> 1) + BUFFER_FIRST_BYTES
    if b.owner != NULL:
        b.room = resize_bytes(&b.owner, wanted)
        b.data = NULL if b.owner == NULL else PyBytes_AS_STRING(b.owner)
        b.is_out_of_memory = b.owner == NULL
        return b.owner != NULL
    made = realloc(b.data, <size_t>wanted)
    if made == NULL:
        b.is_out_of_memory = True
        return False
    b.data = <char*>made
    b.room = wanted
    return True


cdef int64_t resize_bytes(PyObject** owner, int64_t size) noexcept with gil:
    # Its new size; none when there is no memory, when the object is gone.
    if _PyBytes_Resize(owner, size) < 0:
        PyErr_Clear()
        return 0
    return size
