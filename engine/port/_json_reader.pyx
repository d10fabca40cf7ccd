"""One JSON cart in, a draft out, in one pass: every field, type and single limit is checked.

The document is copied once, with zero bytes behind it. No JSON may hold such a byte, so nothing
has to look for the end, and texts with escapes are decoded where they stand. Every `read_`
function takes the place where something begins and returns the place behind it, or NULL when the
plain way must decide. Keys are guessed from the order they had in the cart or line before.
"""

from libc.stdint cimport int8_t, int32_t, int64_t, uint32_t
from libc.string cimport memcmp, memcpy, memset

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
    add_word,
    begin_draft,
    next_line,
    take_bytes,
)
from ._json_key cimport (
    END,
    KEY_ROOM,
    KeysC,
    fill_key,
    first_key,
    next_key,
    past,
    past_space,
)
from ._json_scan cimport skip_space
from ._json_text cimport read_text
from ._json_value cimport (
    is_null,
    read_colon,
    read_count,
    read_flag,
    read_maybe,
    read_maybe_name,
    read_maybe_number,
    read_name,
    read_number,
    read_separator,
    read_signed,
    skip_value,
)

from ..cart.cart import (
    CODES_MAX,
    COUNT_MAX,
    LINES_MAX,
    SHIPMENTS_MAX,
    TOTAL_MAX,
    Address,
    Cart,
    Customer,
    Line,
    Payment,
    Shipment,
)
from ..cart.wire import JSON_MAX
from ...dsl.kinds import AMOUNT_MAX, QUANTITY_MAX

cdef enum:
    PADDING_BYTES = 32  # as far as anything reads beyond the document
    NAMES_MAX = 32  # of attributes of one object; the plain way takes more

cdef enum Form:
    FORM_CART = 0
    FORM_LINE = 1
    FORM_SHIPMENT = 2
    FORM_ADDRESS = 3
    FORM_PAYMENT = 4
    FORM_CUSTOMER = 5

# Fields in the order of the structs in `cart.cart`.
cdef enum CartField:
    CART_ID = 0
    CART_CURRENCY = 1
    CART_PLACED_AT = 2
    CART_LINES = 3
    CART_CHANNEL = 4
    CART_LOCATION = 5
    CART_SHIPMENTS = 6
    CART_ADDRESS = 7
    CART_PAYMENT = 8
    CART_TAX = 9
    CART_CREDIT = 10
    CART_COUPONS = 11
    CART_CUSTOMER = 12
    CART_REDEEM = 13
    CART_ATTRIBUTES = 14
    CART_NEEDED = 0b1111

cdef enum LineField:
    LINE_SKU = 0
    LINE_QUANTITY = 1
    LINE_PRICE = 2
    LINE_ID = 3
    LINE_CATEGORIES = 4
    LINE_BRAND = 5
    LINE_TAGS = 6
    LINE_MIN_PRICE = 7
    LINE_STORED_VALUE = 8
    LINE_ATTRIBUTES = 9
    LINE_NEEDED = 0b111

cdef enum ShipmentField:
    SHIPMENT_AMOUNT = 0
    SHIPMENT_ID = 1
    SHIPMENT_METHOD = 2
    SHIPMENT_NEEDED = 0b1

cdef enum AddressField:
    ADDRESS_COUNTRY = 0
    ADDRESS_REGION = 1
    ADDRESS_POSTAL_CODE = 2

cdef enum PaymentField:
    PAYMENT_METHOD = 0

cdef enum CustomerField:
    CUSTOMER_ID = 0
    CUSTOMER_ACCOUNT = 1
    CUSTOMER_GROUPS = 2
    CUSTOMER_SEGMENTS = 3
    CUSTOMER_TIER = 4
    CUSTOMER_ORDERS = 5
    CUSTOMER_BIRTHDAY = 6
    CUSTOMER_SIGNED_UP = 7
    CUSTOMER_ATTRIBUTES = 8

cdef struct LimitsC:
    int64_t amount
    int64_t total
    int64_t count
    int64_t quantity
    int64_t size
    int32_t lines
    int32_t shipments
    int32_t codes

cdef KeysC KEYS[6]
cdef LimitsC LIMITS

LIMITS.amount, LIMITS.total, LIMITS.count = AMOUNT_MAX, TOTAL_MAX, COUNT_MAX
LIMITS.quantity, LIMITS.size = QUANTITY_MAX, JSON_MAX
LIMITS.lines, LIMITS.shipments, LIMITS.codes = LINES_MAX, SHIPMENTS_MAX, CODES_MAX


def _fill_keys() -> None:
    cdef int32_t form, field
    for form, kind in enumerate((Cart, Line, Shipment, Address, Payment, Customer)):
        for field, name in enumerate(kind.__struct_fields__):
            fill_key(&KEYS[form].items[field], name.encode())
        KEYS[form].count = len(kind.__struct_fields__)


_fill_keys()


cdef int32_t read_json(
    DraftC* d, const BookC* book, const char* data, int64_t size
) noexcept nogil:
    cdef char* p
    cdef char* last
    begin_draft(d)
    if size > LIMITS.size:
        return READ_PLAIN
    p = take_bytes(d, size + PADDING_BYTES)
    if p == NULL:
        return READ_MEMORY
    memcpy(p, data, <size_t>size)
    memset(p + size, 0, PADDING_BYTES)
    last = p + size
    p = read_cart(d, book, skip_space(p))
    if d.is_out_of_memory:
        return READ_MEMORY
    return READ_OK if p != NULL and skip_space(p) == last else READ_PLAIN


# Texts.


cdef char* read_words(DraftC* d, char* p, RangeC* words) noexcept nogil:
    # The texts of a list as it stands where nobody puts spaces; the rest of another one.
    cdef int32_t count = d.word_count
    if p[0] != 91:
        return NULL
    words.first = words.last = count
    while p[1] == 34 and count < d.word_room:
        p = read_text(p + 1, &d.words[count])
        if p == NULL:
            return NULL
        count += 1
        if p[0] == 93:
            words.last = d.word_count = count
            return p + 1
        if p[0] != 44:
            break
    return read_other_words(d, p, words, count)


cdef char* read_other_words(DraftC* d, char* p, RangeC* words, int32_t count) noexcept nogil:
    # The same from the opening bracket, from a comma or from behind a text on; so many were read.
    cdef TextC* word
    cdef bint is_end = False
    d.word_count = count
    if count == words.first:
        p = read_separator(p + 1, 93, True, &is_end)
    elif p[0] == 44:
        p = skip_space(p + 1)
    else:
        p = read_separator(p, 93, False, &is_end)
    while not is_end:
        word = add_word(d)
        if p == NULL or word == NULL:
            return NULL
        p = read_text(p, word)
        if p == NULL:
            return NULL
        p = read_separator(p, 93, False, &is_end)
    words.last = d.word_count
    return p


cdef inline char* read_maybe_words(DraftC* d, char* p, RangeC* words) noexcept nogil:
    # Maybe with spaces before it.
    if p[0] != 91:
        p = skip_space(p)
        if is_null(p):
            return p + 4
    return read_words(d, p, words)


# Attributes.


cdef char* read_attributes(
    DraftC* d, const BookC* book, int32_t owner, char* p, RangeC* values
) noexcept nogil:
    cdef TextC names[NAMES_MAX]
    cdef int32_t count = 0, attribute
    cdef bint is_end
    if p[0] != 123:
        return p + 4 if is_null(p) else NULL
    values.first = values.last = d.value_count
    p = read_separator(p + 1, 125, True, &is_end)
    while not is_end:
        if p == NULL or count == NAMES_MAX:
            return NULL
        p = read_text(p, &names[count])
        if p == NULL or is_repeated(names, count):
            return NULL
        p = read_colon(p)
        if p == NULL:
            return NULL
        attribute = find_attribute(book, owner, names[count].data, names[count].size)
        if attribute < 0:
            p = skip_value(p)
        else:
            p = read_value(d, book, attribute, p)
        if p == NULL:
            return NULL
        count += 1
        p = read_separator(p, 125, False, &is_end)
    values.last = d.value_count
    return p


cdef bint is_repeated(const TextC* names, int32_t count) noexcept nogil:
    # Whether name number `count` is among those before it.
    cdef int32_t i
    for i in range(count):
        if names[i].size == names[count].size and (
            memcmp(names[i].data, names[count].data, <size_t>names[count].size) == 0
        ):
            return True
    return False


cdef char* read_value(DraftC* d, const BookC* book, int32_t attribute, char* p) noexcept nogil:
    # The value of a declared attribute; null is as good as nothing.
    cdef int32_t kind = book.attributes[attribute].kind
    cdef DraftValueC* value
    if is_null(p):
        return p + 4
    value = add_value(d)
    if value == NULL:
        return NULL
    value.attribute = attribute
    if kind == KIND_BOOL:
        value.is_number = True
        return read_flag(p, &value.number)
    if kind == KIND_INTEGER or kind == KIND_MONEY or (kind == KIND_DECIMAL and p[0] != 34):
        value.is_number = True
        return read_signed(p, &value.number)
    if kind == KIND_SET:
        return read_words(d, p, &value.words)
    return read_text(p, &value.text)


# Parts of a cart.


cdef char* read_line(DraftC* d, const BookC* book, char* p) noexcept nogil:
    cdef DraftLineC* line = next_line(d)
    cdef uint32_t seen
    cdef int64_t field
    if line == NULL or p[0] != 123:
        return NULL
    p = first_key(&KEYS[<int>FORM_LINE], &d.hints[FORM_LINE * KEY_ROOM], p + 1, &field, &seen)
    while True:
        if field == LINE_SKU:
            p = read_name(past(p, b"sku"), &line.sku)
        elif field == LINE_QUANTITY:
            p = read_count(past(p, b"quantity"), LIMITS.quantity, &line.quantity)
        elif field == LINE_PRICE:
            p = read_number(past_space(p, b"unit_price"), 0, LIMITS.amount, &line.unit_price_minor)
        elif field == LINE_ID:
            p = read_maybe_name(past(p, b"id"), &line.id)
        elif field == LINE_CATEGORIES:
            p = read_maybe_words(d, past(p, b"categories"), &line.categories)
        elif field == LINE_BRAND:
            p = read_maybe(past(p, b"brand"), &line.brand)
        elif field == LINE_TAGS:
            p = read_maybe_words(d, past(p, b"tags"), &line.tags)
        elif field == LINE_MIN_PRICE:
            p = read_maybe_number(past_space(p, b"min_price"), LIMITS.amount, &line.min_price_minor)
        elif field == LINE_STORED_VALUE:
            p = read_no(past_space(p, b"stored_value"))
        elif field == LINE_ATTRIBUTES:
            p = read_attributes(d, book, OWNER_LINE, past_space(p, b"attributes"), &line.values)
        else:
            break
        if p == NULL:
            return NULL
        p = next_key(&KEYS[<int>FORM_LINE], &d.hints[FORM_LINE * KEY_ROOM], p, &field, &seen)
    return p if (seen & LINE_NEEDED) == LINE_NEEDED else NULL


cdef char* read_lines(DraftC* d, const BookC* book, char* p) noexcept nogil:
    cdef bint is_end
    if p[0] != 91:
        return NULL
    p = read_separator(p + 1, 93, True, &is_end)
    while not is_end:
        if p == NULL or d.line_count == LIMITS.lines:
            return NULL
        p = read_line(d, book, p)
        if p == NULL:
            return NULL
        p = read_separator(p, 93, False, &is_end)
    return p


cdef char* read_shipment(DraftC* d, char* p) noexcept nogil:
    cdef DraftShipmentC* shipment = add_shipment(d)
    cdef uint32_t seen
    cdef int64_t field
    if shipment == NULL or p[0] != 123:
        return NULL
    p = first_key(&KEYS[<int>FORM_SHIPMENT], &d.hints[FORM_SHIPMENT * KEY_ROOM], p + 1, &field, &seen)
    while True:
        if field == SHIPMENT_AMOUNT:
            p = read_number(past_space(p, b"amount"), 0, LIMITS.amount, &shipment.amount_minor)
        elif field == SHIPMENT_ID:
            p = read_maybe_name(past(p, b"id"), &shipment.id)
        elif field == SHIPMENT_METHOD:
            p = read_maybe(past(p, b"method"), &shipment.method)
        else:
            break
        if p == NULL:
            return NULL
        p = next_key(&KEYS[<int>FORM_SHIPMENT], &d.hints[FORM_SHIPMENT * KEY_ROOM], p, &field, &seen)
    return p if (seen & SHIPMENT_NEEDED) == SHIPMENT_NEEDED else NULL


cdef char* read_shipments(DraftC* d, char* p) noexcept nogil:
    cdef bint is_end
    if p[0] != 91:
        return p + 4 if is_null(p) else NULL
    p = read_separator(p + 1, 93, True, &is_end)
    while not is_end:
        if p == NULL or d.shipment_count == LIMITS.shipments:
            return NULL
        p = read_shipment(d, p)
        if p == NULL:
            return NULL
        p = read_separator(p, 93, False, &is_end)
    return p


cdef char* read_codes(DraftC* d, char* p) noexcept nogil:
    cdef TextC* code
    cdef bint is_end
    if p[0] != 91:
        return p + 4 if is_null(p) else NULL
    p = read_separator(p + 1, 93, True, &is_end)
    while not is_end:
        if p == NULL or d.code_count == LIMITS.codes:
            return NULL
        code = add_code(d)
        if code == NULL:
            return NULL
        p = read_name(p, code)
        if p == NULL:
            return NULL
        p = read_separator(p, 93, False, &is_end)
    return p


cdef char* read_address(DraftC* d, char* p) noexcept nogil:
    cdef uint32_t seen
    cdef int64_t field
    if p[0] != 123:
        return p + 4 if is_null(p) else NULL
    p = first_key(&KEYS[<int>FORM_ADDRESS], &d.hints[FORM_ADDRESS * KEY_ROOM], p + 1, &field, &seen)
    while True:
        if field == ADDRESS_COUNTRY:
            p = read_maybe(past(p, b"country"), &d.country)
        elif field == ADDRESS_REGION:
            p = read_maybe(past(p, b"region"), &d.region)
        elif field == ADDRESS_POSTAL_CODE:
            p = read_maybe(past(p, b"postal_code"), &d.postal_code)
        else:
            break
        if p == NULL:
            return NULL
        p = next_key(&KEYS[<int>FORM_ADDRESS], &d.hints[FORM_ADDRESS * KEY_ROOM], p, &field, &seen)
    return p


cdef char* read_payment(DraftC* d, char* p) noexcept nogil:
    cdef uint32_t seen
    cdef int64_t field
    if p[0] != 123:
        return p + 4 if is_null(p) else NULL
    p = first_key(&KEYS[<int>FORM_PAYMENT], &d.hints[FORM_PAYMENT * KEY_ROOM], p + 1, &field, &seen)
    while True:
        if field == PAYMENT_METHOD:
            p = read_maybe(past(p, b"method"), &d.payment_method)
        else:
            break
        if p == NULL:
            return NULL
        p = next_key(&KEYS[<int>FORM_PAYMENT], &d.hints[FORM_PAYMENT * KEY_ROOM], p, &field, &seen)
    return p


cdef char* read_customer(DraftC* d, const BookC* book, char* p) noexcept nogil:
    cdef uint32_t seen
    cdef int64_t field
    if p[0] != 123:
        return p + 4 if is_null(p) else NULL
    p = first_key(&KEYS[<int>FORM_CUSTOMER], &d.hints[FORM_CUSTOMER * KEY_ROOM], p + 1, &field, &seen)
    while True:
        if field == CUSTOMER_ID:
            p = read_maybe_name(past(p, b"id"), &d.customer_id)
        elif field == CUSTOMER_ACCOUNT:
            p = read_maybe(past(p, b"account"), &d.account)
        elif field == CUSTOMER_GROUPS:
            p = read_maybe_words(d, past(p, b"groups"), &d.groups)
        elif field == CUSTOMER_SEGMENTS:
            p = read_maybe_words(d, past(p, b"segments"), &d.segments)
        elif field == CUSTOMER_TIER:
            p = read_maybe(past(p, b"tier"), &d.tier)
        elif field == CUSTOMER_ORDERS:
            p = read_maybe_number(past_space(p, b"orders"), LIMITS.count, &d.orders)
        elif field == CUSTOMER_BIRTHDAY:
            p = read_maybe(past(p, b"birthday"), &d.birthday)
        elif field == CUSTOMER_SIGNED_UP:
            p = read_maybe(past(p, b"signed_up"), &d.signed_up)
        elif field == CUSTOMER_ATTRIBUTES:
            p = read_attributes(d, book, OWNER_CUSTOMER, past_space(p, b"attributes"), &d.customer_values)
        else:
            break
        if p == NULL:
            return NULL
        p = next_key(&KEYS[<int>FORM_CUSTOMER], &d.hints[FORM_CUSTOMER * KEY_ROOM], p, &field, &seen)
    return p


cdef char* read_no(char* p) noexcept nogil:
    # A flag that is not set; one that is leads to the plain way.
    cdef int64_t flag = 0
    if is_null(p):
        return p + 4
    p = read_flag(p, &flag)
    return NULL if flag else p


cdef char* read_redeem(char* p) noexcept nogil:
    # Nothing to redeem; all else is for the plain way.
    if p[0] != 91:
        return p + 4 if is_null(p) else NULL
    p = skip_space(p + 1)
    return p + 1 if p[0] == 93 else NULL


cdef char* read_cart(DraftC* d, const BookC* book, char* p) noexcept nogil:
    cdef uint32_t seen
    cdef int64_t field
    if p[0] != 123:
        return NULL
    p = first_key(&KEYS[<int>FORM_CART], &d.hints[FORM_CART * KEY_ROOM], p + 1, &field, &seen)
    while True:
        if field == END:
            break
        p = read_field(d, book, <int32_t>field, p)
        if p == NULL:
            return NULL
        p = next_key(&KEYS[<int>FORM_CART], &d.hints[FORM_CART * KEY_ROOM], p, &field, &seen)
    return p if (seen & CART_NEEDED) == CART_NEEDED else NULL


cdef inline char* read_field(DraftC* d, const BookC* book, int32_t field, char* p) noexcept nogil:
    if field == CART_ID:
        return read_name(past(p, b"id"), &d.id)
    if field == CART_CURRENCY:
        return read_text(past_space(p, b"currency"), &d.currency)
    if field == CART_PLACED_AT:
        return read_text(past_space(p, b"placed_at"), &d.placed_at)
    if field == CART_LINES:
        return read_lines(d, book, past_space(p, b"lines"))
    if field == CART_CHANNEL:
        return read_maybe(past(p, b"channel"), &d.channel)
    if field == CART_LOCATION:
        return read_maybe(past(p, b"location"), &d.location)
    if field == CART_SHIPMENTS:
        return read_shipments(d, past_space(p, b"shipments"))
    if field == CART_ADDRESS:
        return read_address(d, past_space(p, b"shipping_address"))
    if field == CART_PAYMENT:
        return read_payment(d, past_space(p, b"payment"))
    if field == CART_TAX:
        return read_maybe_number(past_space(p, b"tax_total"), LIMITS.total, &d.tax_minor)
    if field == CART_CREDIT:
        return read_maybe_number(past_space(p, b"store_credit"), LIMITS.total, &d.store_credit_minor)
    if field == CART_COUPONS:
        return read_codes(d, past_space(p, b"coupons"))
    if field == CART_CUSTOMER:
        return read_customer(d, book, past_space(p, b"customer"))
    if field == CART_REDEEM:
        return read_redeem(past_space(p, b"redeem"))
    return read_attributes(d, book, OWNER_CART, past_space(p, b"attributes"), &d.values)
