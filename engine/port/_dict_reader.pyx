"""A cart as a dict in, a draft out: one walk over each dict, with no Python code run on the way.

Keys are found by the hash that every key of a dict already has. Nothing is owned: the lock is held
during the walk, and what is borrowed is used before anybody else can have it.
"""

from libc.stdint cimport int32_t, int64_t, uintptr_t
from libc.string cimport memcmp, memset

from cpython.object cimport PyObject

from ._book cimport (
    KIND_BOOL,
    KIND_DECIMAL,
    KIND_INTEGER,
    KIND_MONEY,
    KIND_SET,
    BookC,
    find_attribute,
)
from ._draft cimport (
    OWNER_CART,
    OWNER_CUSTOMER,
    OWNER_LINE,
    READ_MEMORY,
    READ_OK,
    READ_PLAIN,
    DraftC,
    DraftLineC,
    DraftShipmentC,
    DraftValueC,
    RangeC,
    TextC,
    add_code,
    add_shipment,
    add_value,
    begin_draft,
    next_line,
    next_word,
    set_text,
)

cdef extern from "Python.h":
    ctypedef struct PyASCIIObject:
        Py_hash_t hash
    void Py_INCREF(PyObject* o)
    void Py_XDECREF(PyObject* o)
    PyObject* Py_None
    PyObject* Py_True
    PyObject* Py_False
    bint PyUnicode_CheckExact(PyObject* o)
    bint PyLong_CheckExact(PyObject* o)
    bint PyFloat_CheckExact(PyObject* o)
    bint PyDict_CheckExact(PyObject* o)
    bint PyList_CheckExact(PyObject* o)
    bint PyTuple_CheckExact(PyObject* o)
    Py_ssize_t PyList_GET_SIZE(PyObject* o)
    PyObject* PyList_GET_ITEM(PyObject* o, Py_ssize_t i)
    Py_ssize_t PyTuple_GET_SIZE(PyObject* o)
    PyObject* PyTuple_GET_ITEM(PyObject* o, Py_ssize_t i)
    bint PyUnicode_IS_COMPACT_ASCII(PyObject* o)
    Py_ssize_t PyUnicode_GET_LENGTH(PyObject* o)
    void* PyUnicode_DATA(PyObject* o)
    const char* PyUnicode_AsUTF8AndSize(PyObject* o, Py_ssize_t* size)
    long long PyLong_AsLongLongAndOverflow(PyObject* o, int* overflow)
    int PyDict_Next(PyObject* o, Py_ssize_t* place, PyObject** key, PyObject** value)
    void PyErr_Clear()

cdef enum:
    CELL_COUNT = 128  # of the table of names: a power of two, more than twice as many as those
    SEEN_COUNT = 512  # of the table of keys: a power of two
    ADDRESS_BITS = 4  # of an object's address that are always zero
    TEXT_MAX = 1 << 30  # bytes

cdef enum Limit:  # as in engine/cart/cart.py
    LINES_MAX = 10000
    SHIPMENTS_MAX = 1000
    CODES_MAX = 100
    QUANTITY_MAX = 1000000

cdef int64_t AMOUNT_MAX = 1000000000000
cdef int64_t TOTAL_MAX = 10000000000000
cdef int64_t COUNT_MAX = 1000000000000

cdef enum Field:
    F_UNKNOWN = 0
    F_ACCOUNT
    F_AMOUNT
    F_ATTRIBUTES
    F_BIRTHDAY
    F_BRAND
    F_CATEGORIES
    F_CHANNEL
    F_COUNTRY
    F_COUPONS
    F_CURRENCY
    F_CUSTOMER
    F_GROUPS
    F_ID
    F_LINES
    F_LOCATION
    F_METHOD
    F_MIN_PRICE
    F_ORDERS
    F_PAYMENT
    F_PLACED_AT
    F_POSTAL_CODE
    F_QUANTITY
    F_REDEEM
    F_REGION
    F_SEGMENTS
    F_SHIPMENTS
    F_SHIPPING_ADDRESS
    F_SIGNED_UP
    F_SKU
    F_STORE_CREDIT
    F_STORED_VALUE
    F_TAGS
    F_TAX_TOTAL
    F_TIER
    F_UNIT_PRICE

# The fields by number, in the order above: interned once and never let go.
NAMES = tuple(
    (
        "account amount attributes birthday brand categories channel country coupons currency "
        "customer groups id lines location method min_price orders payment placed_at postal_code "
        "quantity redeem region segments shipments shipping_address signed_up sku store_credit "
        "stored_value tags tax_total tier unit_price"
    ).split()
)

cdef struct CellC:
    PyObject* name  # NULL: free
    Py_hash_t hash
    int32_t field

cdef CellC CELLS[CELL_COUNT]

# Keys of dicts before, by their address. Only ever used with the lock held, as dicts are.
cdef struct SeenC:
    PyObject* key  # NULL: none; else a reference
    int32_t field

cdef SeenC SEEN[SEEN_COUNT]


cdef void fill_cells():
    cdef Py_ssize_t cell
    memset(CELLS, 0, sizeof(CELLS))
    for field, name in enumerate(NAMES, 1):
        cell = hash(name) & (CELL_COUNT - 1)
        while CELLS[cell].name != NULL:
            cell = (cell + 1) & (CELL_COUNT - 1)
        CELLS[cell].name = <PyObject*>name
        CELLS[cell].hash = hash(name)
        CELLS[cell].field = field


fill_cells()


cdef inline int32_t field_of(PyObject* key) noexcept:
    # The field of a key, most of the time the very object that was one before.
    cdef const SeenC* seen = &SEEN[(<uintptr_t>key >> ADDRESS_BITS) & (SEEN_COUNT - 1)]
    return seen.field if seen.key == key else look_for_field(key)


cdef int32_t look_for_field(PyObject* key) noexcept:
    # The same for any object. What is found is kept, held so that no other text can get its place.
    cdef SeenC* seen = &SEEN[(<uintptr_t>key >> ADDRESS_BITS) & (SEEN_COUNT - 1)]
    cdef int32_t field = find_field(key)
    if field != F_UNKNOWN:
        Py_INCREF(key)
        Py_XDECREF(seen.key)
        seen.key, seen.field = key, field
    return field


cdef int32_t find_field(PyObject* key) noexcept:
    # By its hash, which a key of a dict has already.
    cdef Py_hash_t hash
    cdef Py_ssize_t cell, size
    if not PyUnicode_CheckExact(key) or not PyUnicode_IS_COMPACT_ASCII(key):
        return F_UNKNOWN
    hash = (<PyASCIIObject*>key).hash
    cell = hash & (CELL_COUNT - 1)
    while CELLS[cell].name != NULL:
        if CELLS[cell].name == key:
            return CELLS[cell].field
        if CELLS[cell].hash == hash:
            size = PyUnicode_GET_LENGTH(key)
            if size == PyUnicode_GET_LENGTH(CELLS[cell].name) and not memcmp(
                PyUnicode_DATA(key), PyUnicode_DATA(CELLS[cell].name), size
            ):
                return CELLS[cell].field
        cell = (cell + 1) & (CELL_COUNT - 1)
    return F_UNKNOWN


# Single values. Each says whether it was what is expected.


cdef inline bint take_text(TextC* t, PyObject* value) noexcept:
    cdef Py_ssize_t size
    cdef const char* data
    if not PyUnicode_CheckExact(value):
        return False
    if PyUnicode_IS_COMPACT_ASCII(value):
        data = <const char*>PyUnicode_DATA(value)
        size = PyUnicode_GET_LENGTH(value)
    else:
        data = PyUnicode_AsUTF8AndSize(value, &size)
        if data == NULL:  # half of a surrogate pair, or no memory
            PyErr_Clear()
            return False
    if size > TEXT_MAX:
        return False
    set_text(t, data, <int32_t>size)
    return True


cdef inline bint take_name(TextC* t, PyObject* value) noexcept:
    # A text that is not empty.
    return take_text(t, value) and t.size > 0


cdef inline bint take_number(
    int64_t* number, PyObject* value, int64_t least, int64_t most
) noexcept:
    cdef int overflow = 0
    cdef long long found
    if not PyLong_CheckExact(value):
        return False
    found = PyLong_AsLongLongAndOverflow(value, &overflow)
    if overflow or found < least or found > most:
        return False
    number[0] = found
    return True


cdef inline Py_ssize_t list_size(PyObject* value) noexcept:
    # Of a list or a tuple; -1 of anything else.
    if PyList_CheckExact(value):
        return PyList_GET_SIZE(value)
    if PyTuple_CheckExact(value):
        return PyTuple_GET_SIZE(value)
    return -1


cdef inline PyObject* list_item(PyObject* value, Py_ssize_t i) noexcept:
    if PyList_CheckExact(value):
        return PyList_GET_ITEM(value, i)
    return PyTuple_GET_ITEM(value, i)


cdef bint take_words(DraftC* d, RangeC* r, PyObject* value) noexcept:
    # A list or a tuple of texts. A set is for the plain way: to walk it takes an object that the
    # garbage collector knows, and so may run anybody's code.
    cdef Py_ssize_t i, size = list_size(value)
    cdef TextC* word
    if size < 0:
        return False
    r.first = d.word_count
    for i in range(size):
        word = next_word(d)
        if word == NULL or not take_text(word, list_item(value, i)):
            return False
    r.last = d.word_count
    return True


# Attributes.


cdef bint take_attributes(
    DraftC* d, const BookC* book, int32_t owner, RangeC* r, PyObject* value
) noexcept:
    cdef Py_ssize_t place = 0
    cdef int32_t attribute
    cdef PyObject* key
    cdef PyObject* item
    cdef TextC name
    if not PyDict_CheckExact(value):
        return False
    r.first = d.value_count
    while PyDict_Next(value, &place, &key, &item):
        if not take_text(&name, key):
            return False
        attribute = find_attribute(book, owner, name.data, name.size)
        if attribute < 0:
            if not is_scalar(item):
                return False
        elif item != Py_None and not take_value(d, book, attribute, item):
            return False
    r.last = d.value_count
    return True


cdef bint is_scalar(PyObject* value) noexcept:
    # What an attribute that no rule set declares may be without another look.
    cdef TextC text
    if PyUnicode_CheckExact(value):
        return take_text(&text, value)
    return (
        PyLong_CheckExact(value)
        or value == Py_None
        or value == Py_True
        or value == Py_False
        or PyFloat_CheckExact(value)
    )


cdef bint take_value(
    DraftC* d, const BookC* book, int32_t attribute, PyObject* value
) noexcept:
    cdef DraftValueC* v = add_value(d)
    cdef int32_t kind = book.attributes[attribute].kind
    if v == NULL:
        return False
    v.attribute = attribute
    if kind == KIND_BOOL:
        v.is_number = True
        v.number = value == Py_True
        return value == Py_True or value == Py_False
    if kind == KIND_SET:
        return take_words(d, &v.words, value)
    if kind == KIND_INTEGER or kind == KIND_MONEY or kind == KIND_DECIMAL:
        if PyLong_CheckExact(value):
            v.is_number = True
            return take_number(&v.number, value, -AMOUNT_MAX, AMOUNT_MAX)
        if kind != KIND_DECIMAL:
            return False
    return take_text(&v.text, value)


# The objects of a cart.


cdef bint take_line_field(
    DraftC* d, const BookC* book, DraftLineC* line, int32_t field, PyObject* value
) noexcept:
    # A field of a line that may be null, or left out.
    cdef bint is_null = value == Py_None
    if field == F_ID:
        return is_null or take_name(&line.id, value)
    if field == F_CATEGORIES:
        return is_null or take_words(d, &line.categories, value)
    if field == F_BRAND:
        return is_null or take_text(&line.brand, value)
    if field == F_TAGS:
        return is_null or take_words(d, &line.tags, value)
    if field == F_MIN_PRICE:
        return is_null or take_number(&line.min_price_minor, value, 0, AMOUNT_MAX)
    if field == F_ATTRIBUTES:
        return is_null or take_attributes(d, book, OWNER_LINE, &line.values, value)
    if field == F_STORED_VALUE:
        return is_null or value == Py_False  # what is true is for the plain way
    return False


cdef bint take_line(DraftC* d, const BookC* book, PyObject* source) noexcept:
    cdef Py_ssize_t place = 0
    cdef bint is_fine, has_price = False
    cdef PyObject* key
    cdef PyObject* value
    cdef DraftLineC* line = next_line(d)
    cdef int32_t field
    if line == NULL or not PyDict_CheckExact(source):
        return False
    while PyDict_Next(source, &place, &key, &value):
        field = field_of(key)
        if field == F_SKU:
            is_fine = take_name(&line.sku, value)
        elif field == F_QUANTITY:
            is_fine = take_number(&line.quantity, value, 1, QUANTITY_MAX)
        elif field == F_UNIT_PRICE:
            is_fine = has_price = take_number(&line.unit_price_minor, value, 0, AMOUNT_MAX)
        else:
            is_fine = take_line_field(d, book, line, field, value)
        if not is_fine:
            return False
    return line.sku.data != NULL and line.quantity > 0 and has_price


cdef bint take_lines(DraftC* d, const BookC* book, PyObject* source) noexcept:
    cdef Py_ssize_t i, size = list_size(source)
    if size < 0 or size > LINES_MAX:
        return False
    for i in range(size):
        if not take_line(d, book, list_item(source, i)):
            return False
    return True


cdef bint take_shipment(DraftC* d, PyObject* source) noexcept:
    cdef Py_ssize_t place = 0
    cdef bint is_fine, has_amount = False
    cdef PyObject* key
    cdef PyObject* value
    cdef DraftShipmentC* shipment = add_shipment(d)
    cdef int32_t field
    if shipment == NULL or not PyDict_CheckExact(source):
        return False
    while PyDict_Next(source, &place, &key, &value):
        field = field_of(key)
        if field == F_AMOUNT:
            is_fine = has_amount = take_number(&shipment.amount_minor, value, 0, AMOUNT_MAX)
        elif field == F_ID:
            is_fine = value == Py_None or take_name(&shipment.id, value)
        elif field == F_METHOD:
            is_fine = value == Py_None or take_text(&shipment.method, value)
        else:
            is_fine = False
        if not is_fine:
            return False
    return has_amount


cdef bint take_shipments(DraftC* d, PyObject* source) noexcept:
    cdef Py_ssize_t i, size = list_size(source)
    if size < 0 or size > SHIPMENTS_MAX:
        return False
    for i in range(size):
        if not take_shipment(d, list_item(source, i)):
            return False
    return True


cdef bint take_codes(DraftC* d, PyObject* source) noexcept:
    cdef Py_ssize_t i, size = list_size(source)
    cdef TextC* code
    if size < 0 or size > CODES_MAX:
        return False
    for i in range(size):
        code = add_code(d)
        if code == NULL or not take_name(code, list_item(source, i)):
            return False
    return True


cdef bint take_address(DraftC* d, PyObject* source) noexcept:
    cdef Py_ssize_t place = 0
    cdef PyObject* key
    cdef PyObject* value
    cdef TextC* text
    cdef int32_t field
    if not PyDict_CheckExact(source):
        return False
    while PyDict_Next(source, &place, &key, &value):
        field = field_of(key)
        if field == F_COUNTRY:
            text = &d.country
        elif field == F_REGION:
            text = &d.region
        elif field == F_POSTAL_CODE:
            text = &d.postal_code
        else:
            return False
        if value != Py_None and not take_text(text, value):
            return False
    return True


cdef bint take_payment(DraftC* d, PyObject* source) noexcept:
    cdef Py_ssize_t place = 0
    cdef PyObject* key
    cdef PyObject* value
    if not PyDict_CheckExact(source):
        return False
    while PyDict_Next(source, &place, &key, &value):
        if field_of(key) != F_METHOD:
            return False
        if value != Py_None and not take_text(&d.payment_method, value):
            return False
    return True


cdef bint take_customer(DraftC* d, const BookC* book, PyObject* source) noexcept:
    cdef Py_ssize_t place = 0
    cdef PyObject* key
    cdef PyObject* value
    if not PyDict_CheckExact(source):
        return False
    while PyDict_Next(source, &place, &key, &value):
        if not take_customer_field(d, book, field_of(key), value):
            return False
    return True


cdef bint take_customer_field(
    DraftC* d, const BookC* book, int32_t field, PyObject* value
) noexcept:
    cdef bint is_null = value == Py_None
    if field == F_ID:
        return is_null or take_name(&d.customer_id, value)
    if field == F_GROUPS:
        return is_null or take_words(d, &d.groups, value)
    if field == F_TIER:
        return is_null or take_text(&d.tier, value)
    if field == F_SEGMENTS:
        return is_null or take_words(d, &d.segments, value)
    if field == F_ACCOUNT:
        return is_null or take_text(&d.account, value)
    if field == F_ORDERS:
        return is_null or take_number(&d.orders, value, 0, COUNT_MAX)
    if field == F_BIRTHDAY:
        return is_null or take_text(&d.birthday, value)
    if field == F_SIGNED_UP:
        return is_null or take_text(&d.signed_up, value)
    if field == F_ATTRIBUTES:
        return is_null or take_attributes(d, book, OWNER_CUSTOMER, &d.customer_values, value)
    return False


cdef bint take_cart_field(DraftC* d, const BookC* book, int32_t field, PyObject* value) noexcept:
    # A field of the cart that may be null, or left out.
    cdef bint is_null = value == Py_None
    if field == F_CUSTOMER:
        return is_null or take_customer(d, book, value)
    if field == F_SHIPMENTS:
        return is_null or take_shipments(d, value)
    if field == F_CHANNEL:
        return is_null or take_text(&d.channel, value)
    if field == F_COUPONS:
        return is_null or take_codes(d, value)
    if field == F_SHIPPING_ADDRESS:
        return is_null or take_address(d, value)
    if field == F_PAYMENT:
        return is_null or take_payment(d, value)
    if field == F_LOCATION:
        return is_null or take_text(&d.location, value)
    if field == F_TAX_TOTAL:
        return is_null or take_number(&d.tax_minor, value, 0, TOTAL_MAX)
    if field == F_STORE_CREDIT:
        return is_null or take_number(&d.store_credit_minor, value, 0, TOTAL_MAX)
    if field == F_ATTRIBUTES:
        return is_null or take_attributes(d, book, OWNER_CART, &d.values, value)
    if field == F_REDEEM:
        return is_null or list_size(value) == 0
    return False


cdef int32_t read_dict(DraftC* d, const BookC* book, object source) noexcept:
    cdef Py_ssize_t place = 0
    cdef bint is_fine, has_lines = False
    cdef PyObject* key
    cdef PyObject* value
    cdef int32_t field
    if not PyDict_CheckExact(<PyObject*>source):
        return READ_PLAIN
    begin_draft(d)
    while PyDict_Next(<PyObject*>source, &place, &key, &value):
        field = field_of(key)
        if field == F_ID:
            is_fine = take_name(&d.id, value)
        elif field == F_CURRENCY:
            is_fine = take_text(&d.currency, value)
        elif field == F_PLACED_AT:
            is_fine = take_text(&d.placed_at, value)
        elif field == F_LINES:
            is_fine = has_lines = take_lines(d, book, value)
        else:
            is_fine = take_cart_field(d, book, field, value)
        if not is_fine:
            return READ_MEMORY if d.is_out_of_memory else READ_PLAIN
    if d.id.data == NULL or d.currency.data == NULL or d.placed_at.data == NULL or not has_lines:
        return READ_PLAIN
    return READ_OK
