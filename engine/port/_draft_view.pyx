"""JSON carts in, their drafts and results as plain data out: how tests look at reader and writer."""

from libc.stdint cimport int32_t
from libc.stdlib cimport free
from libc.string cimport memset

from ._book cimport Book
from ._desk cimport BufferC, Desk, DeskC, make_desk, price, take_in
from ._draft cimport READ_MEMORY, READ_OK, DraftC, DraftValueC, RangeC, TextC
from ._json_piece cimport NUMBER_BYTES, put_number
from ._json_reader cimport read_json
from ._json_writer cimport write_json


cdef Desk open_desk(Book book):
    cdef Desk desk = Desk()
    desk.c = make_desk(&book.c)
    if desk.c == NULL:
        raise MemoryError("not enough memory for a desk")
    return desk


cdef bint is_taken(int32_t status) except -1:
    if status == READ_MEMORY:
        raise MemoryError("not enough memory for a cart")
    return status == READ_OK


def view_drafts(Book book not None, list documents not None):
    """What the reader made of each JSON cart, on one desk; None where it leaves it to others."""
    cdef Desk desk = open_desk(book)
    cdef list views = []
    cdef bytes document
    for document in documents:
        if is_taken(read_json(&desk.c.draft, &book.c, document, len(document))):
            views.append(view_draft(book, &desk.c.draft))
        else:
            views.append(None)
    return views


def view_results(Book book not None, list documents not None):
    """The result of each JSON cart as JSON; None where the fast way leaves it to others."""
    cdef Desk desk = open_desk(book)
    cdef DeskC* c = desk.c
    cdef list views = []
    cdef bytes document
    cdef BufferC out
    memset(&out, 0, sizeof(BufferC))
    try:
        for document in documents:
            out.size = 0
            if (
                is_taken(read_json(&c.draft, &book.c, document, len(document)))
                and is_taken(take_in(c))
                and is_taken(price(c))
                and is_taken(write_json(c, &out))
            ):
                views.append(out.data[:out.size])
            else:
                views.append(None)
    finally:
        free(out.data)
    return views


def view_number(number):
    """A number as the writer spells it."""
    cdef char room[NUMBER_BYTES]
    cdef char* last = put_number(room, number)
    return room[:last - room]


cdef dict view_draft(Book book, DraftC* d):
    cdef int32_t i
    return {
        "id": text_of(&d.id),
        "currency": text_of(&d.currency),
        "placed_at": text_of(&d.placed_at),
        "channel": text_of(&d.channel),
        "location": text_of(&d.location),
        "address": [text_of(&d.country), text_of(&d.region), text_of(&d.postal_code)],
        "payment": text_of(&d.payment_method),
        "tax_total": d.tax_minor,
        "store_credit": d.store_credit_minor,
        "attributes": values_of(book, d, d.values),
        "customer": {
            "id": text_of(&d.customer_id),
            "account": text_of(&d.account),
            "groups": words_of(d, d.groups),
            "segments": words_of(d, d.segments),
            "tier": text_of(&d.tier),
            "orders": None if d.orders < 0 else d.orders,
            "birthday": text_of(&d.birthday),
            "signed_up": text_of(&d.signed_up),
            "attributes": values_of(book, d, d.customer_values),
        },
        "coupons": [text_of(&d.codes[i]) for i in range(d.code_count)],
        "lines": [line_of(book, d, i) for i in range(d.line_count)],
        "shipments": [shipment_of(d, i) for i in range(d.shipment_count)],
    }


cdef dict line_of(Book book, DraftC* d, int32_t i):
    return {
        "id": text_of(&d.lines[i].id),
        "sku": text_of(&d.lines[i].sku),
        "brand": text_of(&d.lines[i].brand),
        "quantity": d.lines[i].quantity,
        "unit_price": d.lines[i].unit_price_minor,
        "min_price": d.lines[i].min_price_minor,
        "categories": words_of(d, d.lines[i].categories),
        "tags": words_of(d, d.lines[i].tags),
        "attributes": values_of(book, d, d.lines[i].values),
    }


cdef list shipment_of(DraftC* d, int32_t i):
    return [
        text_of(&d.shipments[i].id),
        text_of(&d.shipments[i].method),
        d.shipments[i].amount_minor,
    ]


cdef text_of(const TextC* text):
    return None if text.data == NULL else text.data[:text.size].decode()


cdef list words_of(DraftC* d, RangeC words):
    return sorted({text_of(&d.words[i]) for i in range(words.first, words.last)})


cdef dict values_of(Book book, DraftC* d, RangeC values):
    cdef dict found = {}
    cdef DraftValueC* value
    cdef int32_t i
    for i in range(values.first, values.last):
        value = &d.values_sent[i]
        name = text_of(&book.c.attributes[value.attribute].name)
        if value.is_number:
            found[name] = value.number
        elif value.text.data != NULL:
            found[name] = text_of(&value.text)
        else:
            found[name] = words_of(d, value.words)
    return found
