"""A cart in, what the fast way made of it out as lists: the window that tests look through."""

from libc.stdint cimport int8_t, int32_t, int64_t

from ._book cimport Book
from ._desk cimport DeskC, Desk, make_desk, price, take_in
from ._dict_reader cimport read_dict
from ._draft cimport READ_MEMORY, READ_OK, TextC, begin_draft
from ._json_reader cimport read_json


cdef list wides(const int64_t* items, int64_t count):
    return [items[i] for i in range(count)]


cdef list narrows(const int32_t* items, int64_t count):
    return [items[i] for i in range(count)]


cdef list flags(const int8_t* items, int64_t count):
    return [items[i] for i in range(count)]


cdef object text_of(const TextC* t):
    return None if t.data == NULL else t.data[:t.size].decode()


cdef bint read_cart(DeskC* desk, source) except -1:
    # Whether the fast way takes the cart.
    cdef int32_t status
    begin_draft(&desk.draft)
    if isinstance(source, bytes):
        status = read_json(&desk.draft, desk.book, source, len(source))
    else:
        status = read_dict(&desk.draft, desk.book, source)
    if status == READ_OK:
        status = take_in(desk)
    if status == READ_MEMORY:
        raise MemoryError("not enough memory to read a cart")
    return status == READ_OK


def look(Book book, list sources):
    """What the fast way makes of some carts, on one desk; None for those it leaves alone."""
    cdef Desk desk = Desk()
    desk.c = make_desk(&book.c)
    if desk.c == NULL:
        raise MemoryError("not enough memory for a desk")
    return [
        {**columns_of(desk.c), **texts_of(desk.c)} if read_cart(desk.c, source) else None
        for source in sources
    ]


def total(Book book, list sources):
    """The grand totals of some carts that the fast way takes."""
    cdef Desk desk = Desk()
    cdef list totals = []
    desk.c = make_desk(&book.c)
    if desk.c == NULL:
        raise MemoryError("not enough memory for a desk")
    for source in sources:
        if not read_cart(desk.c, source):
            totals.append(None)
        elif price(desk.c) != READ_OK:
            raise MemoryError("not enough memory to price a cart")
        else:
            totals.append(desk.c.totals.grand)
    return totals


cdef dict columns_of(DeskC* desk):
    # By the names of `plan.columns.Columns`.
    cdef int64_t lines = desk.cart.line_count, shipments = desk.cart.shipment_count
    cdef int64_t codes = desk.cart.code_count, numbers = desk.book.plan.cart_number_count
    cdef int64_t sets = desk.book.plan.cart_set_count
    cdef int64_t line_numbers = desk.book.plan.line_number_count * lines
    cdef int64_t line_sets = desk.book.plan.line_set_count * lines
    made = {
        "placed_at": [desk.cart.placed_at],
        "tax_minor": [desk.cart.tax_minor],
        "quantities": wides(desk.cart.quantities, lines),
        "prices_minor": wides(desk.cart.prices_minor, lines),
        "gross_minor": wides(desk.cart.gross_minor, lines),
        "floors_minor": wides(desk.cart.floors_minor, lines),
        "line_ranks": narrows(desk.cart.line_ranks, lines),
        "sku_firsts": narrows(desk.cart.sku_firsts, lines if desk.book.has_distinct_skus else 0),
        "shipment_amounts_minor": wides(desk.cart.shipment_amounts_minor, shipments),
        "shipment_methods": narrows(desk.cart.shipment_methods, shipments),
        "shipment_ranks": narrows(desk.cart.shipment_ranks, shipments),
        "code_symbols": narrows(desk.cart.code_symbols, codes),
        "pool_symbols": narrows(desk.cart.pool_symbols, codes),
        "used_up": narrows(desk.cart.used_up, desk.cart.used_up_count),
        "cart_numbers": wides(desk.cart.cart_numbers, numbers),
        "cart_presents": flags(desk.cart.cart_presents, numbers),
        "cart_texts": narrows(desk.cart.cart_texts, desk.book.plan.cart_text_count),
        "cart_set_starts": narrows(desk.cart.cart_set_starts, sets + 1),
        "line_numbers": wides(desk.cart.line_numbers, line_numbers),
        "line_presents": flags(desk.cart.line_presents, line_numbers),
        "line_texts": narrows(desk.cart.line_texts, desk.book.plan.line_text_count * lines),
        "line_set_starts": narrows(desk.cart.line_set_starts, line_sets + 1) if line_sets else [0],
    }
    made["cart_set_items"] = narrows(desk.cart.cart_set_items, made["cart_set_starts"][sets])
    last = made["line_set_starts"][line_sets] if line_sets else 0
    made["line_set_items"] = narrows(desk.cart.line_set_items, last)
    return made


cdef dict texts_of(DeskC* desk):
    # What writers need beside the columns.
    cdef int32_t i
    return {
        "ids": [text_of(&desk.draft.lines[i].id) for i in range(desk.draft.line_count)],
        "shipment_ids": [
            text_of(&desk.draft.shipments[i].id) for i in range(desk.draft.shipment_count)
        ],
        "codes": [text_of(&desk.draft.codes[i]) for i in range(desk.draft.code_count)],
    }
