"""Anything that speaks Arrow in, its batches out, every buffer checked and bound to a field."""

from libc.stdint cimport int32_t, int64_t, uint8_t
from libc.stdlib cimport calloc, free, malloc
from libc.string cimport memset

from cpython.pycapsule cimport PyCapsule_GetPointer

from ..kernel._layout cimport NOTHING
from ._arrow cimport (
    ARROW_FLAG_NULLABLE,
    FORM_BOOL,
    FORM_DAY,
    FORM_INSTANT,
    FORM_INTEGER,
    FORM_LIST,
    FORM_LIST_FIXED,
    FORM_LIST_VIEW,
    FORM_NULL,
    FORM_STRUCT,
    FORM_TEXT,
    FORM_VIEW,
    FORM_WORDS,
    ROLE_SKIP,
    ArrowArray,
    ArrowArrayStream,
    ArrowSchema,
    ColumnC,
    is_null,
    offset_at,
)
from ._arrow_check cimport (
    are_indices,
    are_offsets,
    are_ranges,
    is_ascii,
    read_indices,
    read_texts,
    read_views,
)
from ._arrow_words cimport has_empty_word, learn_words, order_words
from ._book cimport Book, find_attribute
from ._draft cimport DraftC, DraftLineC, DraftShipmentC, TextC

from ...dsl.kinds import Kind
from ..columns.field import Field

cdef enum:
    DEPTH_MAX = 64
    COLUMNS_MAX = 100_000
    TEXT_BYTES_MAX = 16 * 1024 * 1024
    ORDERED_MAX = 1 << 16  # LIMIT: ids of lines repeat; if they do not, carts put their own in order

cdef int64_t LENGTH_MAX = <int64_t>1 << 40

KINDS = list(Kind)


# Never filled: only where their members lie is asked.
cdef DraftC blank_draft
cdef DraftLineC blank_line
cdef DraftShipmentC blank_shipment
cdef DraftC* D = &blank_draft
cdef DraftLineC* L = &blank_line
cdef DraftShipmentC* S = &blank_shipment
# Where a draft, a line or a shipment has a field, in bytes from its beginning.
TARGETS = {
    "id": <char*>&D.id - <char*>D,
    "currency": <char*>&D.currency - <char*>D,
    "placed_at": <char*>&D.placed_at - <char*>D,
    "channel": <char*>&D.channel - <char*>D,
    "location": <char*>&D.location - <char*>D,
    "shipping_address.country": <char*>&D.country - <char*>D,
    "shipping_address.region": <char*>&D.region - <char*>D,
    "shipping_address.postal_code": <char*>&D.postal_code - <char*>D,
    "payment.method": <char*>&D.payment_method - <char*>D,
    "customer.id": <char*>&D.customer_id - <char*>D,
    "customer.account": <char*>&D.account - <char*>D,
    "customer.tier": <char*>&D.tier - <char*>D,
    "customer.birthday": <char*>&D.birthday - <char*>D,
    "customer.signed_up": <char*>&D.signed_up - <char*>D,
    "customer.orders": <char*>&D.orders - <char*>D,
    "customer.groups": <char*>&D.groups - <char*>D,
    "customer.segments": <char*>&D.segments - <char*>D,
    "customer.attributes": <char*>&D.customer_values - <char*>D,
    "attributes": <char*>&D.values - <char*>D,
    "tax_total": <char*>&D.tax_minor - <char*>D,
    "store_credit": <char*>&D.store_credit_minor - <char*>D,
    "lines.id": <char*>&L.id - <char*>L,
    "lines.sku": <char*>&L.sku - <char*>L,
    "lines.brand": <char*>&L.brand - <char*>L,
    "lines.quantity": <char*>&L.quantity - <char*>L,
    "lines.unit_price": <char*>&L.unit_price_minor - <char*>L,
    "lines.min_price": <char*>&L.min_price_minor - <char*>L,
    "lines.categories": <char*>&L.categories - <char*>L,
    "lines.tags": <char*>&L.tags - <char*>L,
    "lines.attributes": <char*>&L.values - <char*>L,
    "shipments.id": <char*>&S.id - <char*>S,
    "shipments.method": <char*>&S.method - <char*>S,
    "shipments.amount": <char*>&S.amount_minor - <char*>S,
}


cdef class Loan:
    def __cinit__(self):
        memset(&self.array, 0, sizeof(ArrowArray))

    def __dealloc__(self):
        if self.array.release != NULL:
            self.array.release(&self.array)


cdef class Words:
    def __dealloc__(self):
        free(self.texts)
        free(self.known)
        free(self.orders)

    cdef int _learn(self, Book book, bint is_ordered) except -1:
        # Look all words up, once.
        cdef bint is_sound, has_room = True
        self.was_learnt = True
        self.known = <int32_t*>malloc((self.count + 1) * sizeof(int32_t))
        is_ordered = is_ordered and self.count <= ORDERED_MAX
        if is_ordered:
            self.orders = <int32_t*>malloc((self.count + 1) * sizeof(int32_t))
        if self.known == NULL or (is_ordered and self.orders == NULL):
            raise MemoryError("not enough memory for the words of a dictionary")
        with nogil:
            is_sound = learn_words(&book.c, self.texts, self.count, self.known)
            self.has_empty = has_empty_word(self.texts, self.count)
            if is_sound and is_ordered:
                has_room = order_words(self.texts, <int32_t>self.count, self.orders)
        if not has_room:
            raise MemoryError("not enough memory for the words of a dictionary")
        if not is_sound:
            free(self.known)
            free(self.orders)
            self.known = self.orders = NULL
        return 0


cdef void free_column(ColumnC* c) noexcept:
    cdef int32_t i
    for i in range(c.child_count):
        free_column(&c.children[i])
    free(c.children)


cdef object malformed(str path, str what):
    where = f"column `{path}`" if path else "a record batch"
    return ValueError(f"{where}: malformed Arrow data: {what}; tell whoever made it")


cdef int bind_column(ColumnC* c, object bound, Book book) except -1:
    # What the schema says of a column and of those below it.
    cdef bytes name
    layout = bound.layout
    c.role, c.form, c.width = bound.role, layout.form, layout.width
    c.is_signed, c.per_second = layout.is_signed, layout.per_second
    c.is_required, c.is_nonempty = bound.is_required, bound.is_nonempty
    c.low, c.high, c.owner = bound.low, bound.high, bound.owner
    c.target = TARGETS.get(bound.field, 0)
    c.attribute = NOTHING
    if bound.kind is not None:
        c.kind = KINDS.index(bound.kind)
        name = bound.field.encode()
        c.attribute = find_attribute(&book.c, c.owner, name, <int32_t>len(name))
    c.children = <ColumnC*>calloc(len(bound.children) + 1, sizeof(ColumnC))
    if c.children == NULL:
        raise MemoryError("not enough memory for the columns of carts")
    c.child_count = len(bound.children)
    for i, child in enumerate(bound.children):
        bind_column(&c.children[i], child, book)
    return 0


cdef class Table:
    """One record batch. Immutable, but for symbols learnt, and shared by threads."""

    def __cinit__(self):
        memset(&self.root, 0, sizeof(ColumnC))
        self._kept = []

    def __dealloc__(self):
        free_column(&self.root)

    @property
    def row_count(self):
        """Carts in it."""
        return self.root.length

    cdef int _attach(
        self, ColumnC* c, object bound, ArrowArray* a, dict known, bint at_top
    ) except -1:
        # Point a column at its buffers, which are looked at first.
        cdef str path = bound.path
        if a == NULL or a.release == NULL:
            raise malformed(path, "an array is missing or was released")
        if not (0 <= a.length < LENGTH_MAX and 0 <= a.offset < LENGTH_MAX):
            raise malformed(path, "a length or an offset is out of range")
        if a.n_buffers < 0 or (a.n_buffers > 0 and a.buffers == NULL):
            raise malformed(path, "the buffers are missing")
        c.length, c.first = a.length, a.offset
        c.validity = NULL
        if c.role == ROLE_SKIP or c.form == FORM_NULL:
            return 0
        if a.n_children != c.child_count or (c.child_count and a.children == NULL):
            raise malformed(path, "the columns are not those of the schema")
        if a.n_buffers < 1:
            raise malformed(path, "the buffers are missing")
        c.validity = <const uint8_t*>a.buffers[0] if a.null_count != 0 else NULL
        if a.null_count > 0 and c.validity == NULL:
            raise malformed(path, "it has nulls and no bitmap that says which")
        if at_top and c.validity != NULL:
            raise malformed(path, "rows are null as a whole")
        return self._attach_values(c, bound, a, known)

    cdef int _attach_values(self, ColumnC* c, object bound, ArrowArray* a, dict known) except -1:
        cdef str path = bound.path
        cdef int64_t most = 0
        cdef int32_t i, wanted
        if c.form == FORM_VIEW:
            if a.n_buffers < 3:
                raise malformed(path, "a buffer is missing")
        else:
            wanted = 1 if c.form in (FORM_STRUCT, FORM_LIST_FIXED) else 2
            if c.form in (FORM_TEXT, FORM_LIST_VIEW):
                wanted = 3
            if a.n_buffers != wanted:
                raise malformed(path, f"it has {a.n_buffers} buffers in the place of {wanted}")
        if a.n_buffers > 1:
            c.values = <const char*>a.buffers[1]
            if c.values == NULL and c.length:
                raise malformed(path, "the values are missing")
        for i in range(c.child_count):
            self._attach(&c.children[i], bound.children[i], a.children[i], known, False)
            most = c.children[i].length
            if c.form == FORM_STRUCT and most < c.first + c.length:
                raise malformed(bound.children[i].path, "it is shorter than the rows it is part of")
        if c.length == 0:
            return 0
        if c.form == FORM_LIST:
            if not are_offsets(c.values, c.width, c.first, c.length, most):
                raise malformed(path, "the offsets of lists fall, or lie outside")
        elif c.form == FORM_LIST_VIEW:
            c.sizes = <const char*>a.buffers[2]
            if c.sizes == NULL or not are_ranges(c, most):
                raise malformed(path, "lists lie outside of their items")
        elif c.form == FORM_LIST_FIXED:
            if c.width > 0 and c.first + c.length > most // c.width:
                raise malformed(path, "lists lie outside of their items")
        elif c.form == FORM_TEXT or c.form == FORM_VIEW:
            self._attach_texts(c, a, path)
        elif c.form == FORM_WORDS:
            self._attach_words(c, bound, a, known)
        return 0

    cdef int _attach_texts(self, ColumnC* c, ArrowArray* a, str path) except -1:
        # Texts that are in doubt, and all views, are read at once.
        cdef int64_t start, end
        cdef bint is_sound
        if c.form == FORM_VIEW:
            c.texts = self._room(c.length)
            with nogil:
                is_sound = read_views(c, a.buffers, a.n_buffers, c.texts)
            if not is_sound:
                raise malformed(path, "texts lie outside of their buffers")
            return 0
        if not are_offsets(c.values, c.width, c.first, c.length, LENGTH_MAX):
            raise malformed(path, "the offsets of texts fall, or are negative")
        start = offset_at(c.values, c.width, c.first)
        end = offset_at(c.values, c.width, c.first + c.length)
        c.data = <const char*>a.buffers[2]
        if c.data == NULL and end > start:
            raise malformed(path, "the bytes of texts are missing")
        if c.data == NULL:
            c.data = b""
        with nogil:
            is_sound = end - start <= TEXT_BYTES_MAX and is_ascii(c.data + start, end - start)
        if not is_sound:
            c.texts = self._room(c.length)
            with nogil:
                read_texts(c, c.texts)
            c.form = FORM_VIEW
        return 0

    cdef int _attach_words(self, ColumnC* c, object bound, ArrowArray* a, dict known) except -1:
        # The words of a dictionary are read once for all batches that have the same.
        cdef Words words = known.get(bound.path)
        cdef ArrowArray* d = a.dictionary
        cdef ColumnC inner
        cdef str path = bound.path
        if d == NULL or d.release == NULL:
            raise malformed(path, "the dictionary is missing")
        if d.n_buffers < 2 or d.buffers == NULL:
            raise malformed(path, "the dictionary's buffers are missing")
        if (
            words is None
            or bound.words.form == FORM_VIEW  # views point into any number of buffers
            or words.validity != d.buffers[0]
            or words.values != d.buffers[1]
            or words.data != d.buffers[2 if d.n_buffers > 2 else 1]
            or words.first != d.offset
            or words.count != d.length
        ):
            words = read_words(bound, d, self.loan)
            known[path] = words
        self._kept.append(words)
        c.texts, c.text_count = words.texts, words.count
        if not are_indices(c):
            # Below a null struct numbers may be anything: whoever reads a wrong one is stopped.
            c.texts = self._room(c.length)
            read_indices(c, words.texts, c.texts)
            c.form = FORM_VIEW
            return 0
        words.use_count += c.length
        if words.use_count >= words.count and not words.was_learnt:
            # Sooner, most might be words that nobody uses.
            words._learn(self._book, bound.field == "lines.id")
        if words.known != NULL and not (words.has_empty and c.is_nonempty):
            c.known, c.orders = words.known, words.orders
        return 0

    cdef TextC* _room(self, int64_t count) except NULL:
        cdef Words made = Words()
        made.texts = <TextC*>malloc((count + 1) * sizeof(TextC))
        if made.texts == NULL:
            raise MemoryError("not enough memory for the texts of a record batch")
        self._kept.append(made)
        return made.texts


cdef Words read_words(object bound, ArrowArray* d, Loan loan):
    # A dictionary as texts: those that no text stands for are broken.
    cdef Table table = Table()
    cdef Words words = Words()
    cdef ColumnC c
    cdef int64_t i
    memset(&c, 0, sizeof(c))
    c.form, c.width, c.is_signed = bound.words.form, bound.words.width, True
    table._attach(&c, bound, d, {}, False)
    words.texts = <TextC*>malloc((c.length + 1) * sizeof(TextC))
    if words.texts == NULL:
        raise MemoryError("not enough memory for the words of a dictionary")
    words.count, words.first, words.loan = c.length, d.offset, loan
    words.validity = d.buffers[0]
    words.values, words.data = d.buffers[1], d.buffers[2 if d.n_buffers > 2 else 1]
    if c.form == FORM_VIEW:
        for i in range(c.length):
            words.texts[i] = c.texts[i]
    elif c.form == FORM_TEXT:
        read_texts(&c, words.texts)
    return words


cdef object read_field(ArrowSchema* s, int32_t depth):
    # A column as its schema describes it.
    if s == NULL or s.format == NULL or depth > DEPTH_MAX:
        raise ValueError("malformed Arrow schema: a column has no format, or lies too deep")
    if not 0 <= s.n_children < COLUMNS_MAX or (s.n_children and s.children == NULL):
        raise ValueError("malformed Arrow schema: the children of a column are missing")
    name = b"" if s.name == NULL else <bytes>s.name
    return Field(
        name.decode(errors="replace"),
        (<bytes>s.format).decode(errors="replace"),
        bool(s.flags & ARROW_FLAG_NULLABLE),
        tuple([read_field(s.children[i], depth + 1) for i in range(s.n_children)]),
        None if s.dictionary == NULL else read_field(s.dictionary, depth + 1),
    )


cdef class Source:
    """The batches of an object with `__arrow_c_stream__` or `__arrow_c_array__`, taken once."""

    def __cinit__(self):
        memset(&self.stream, 0, sizeof(ArrowArrayStream))
        self._words = {}

    def __init__(self, source):
        self._open(source)

    def __dealloc__(self):
        if self.stream.release != NULL:
            self.stream.release(&self.stream)

    cdef int _open(self, object source) except -1:
        cdef ArrowArrayStream* stream
        cdef ArrowArray* array
        cdef ArrowSchema* schema
        cdef ArrowSchema own
        cdef int status
        if hasattr(source, "__arrow_c_stream__"):
            capsule = source.__arrow_c_stream__()
            stream = <ArrowArrayStream*>PyCapsule_GetPointer(capsule, "arrow_array_stream")
            if stream.release == NULL:
                raise ValueError("this source of columns was already read: pass a fresh one")
            self.stream = stream[0]
            stream.release = NULL
            memset(&own, 0, sizeof(own))
            with nogil:
                status = self.stream.get_schema(&self.stream, &own)
            if status != 0:
                raise failed(&self.stream, status)
            try:
                self.field = read_field(&own, 0)
            finally:
                if own.release != NULL:
                    own.release(&own)
        elif hasattr(source, "__arrow_c_array__"):
            schema_capsule, array_capsule = source.__arrow_c_array__()
            schema = <ArrowSchema*>PyCapsule_GetPointer(schema_capsule, "arrow_schema")
            array = <ArrowArray*>PyCapsule_GetPointer(array_capsule, "arrow_array")
            if array.release == NULL or schema.release == NULL:
                raise ValueError("this source of columns was already read: pass a fresh one")
            self.lone = Loan()
            self.lone.array = array[0]
            array.release = NULL
            self.field = read_field(schema, 0)
        else:
            raise TypeError(
                "quote_columns takes carts as Arrow columns (a table or batch of pyarrow, a frame "
                f"of Polars, a relation of DuckDB), not {type(source).__name__}: call quote_batch "
                "for dicts and JSON"
            )
        return 0

    cdef int _next(self, Loan loan) except -1:
        # The next batch into a loan; its release stays NULL behind the last.
        cdef int status
        cdef Loan lone = self.lone
        if lone is not None:
            loan.array = lone.array
            lone.array.release = NULL
            self.lone = None
            return 0
        if self.stream.release == NULL:
            return 0
        with nogil:
            status = self.stream.get_next(&self.stream, &loan.array)
        if status != 0:
            loan.array.release = NULL
            raise failed(&self.stream, status)
        return 0

    def next(self, bound, Book book):
        """The next batch, bound to the fields of carts, or None behind the last.

        Raises `ValueError` when the source fails, or when its buffers make no sense.
        """
        cdef Loan loan = Loan()
        cdef Table table = Table()
        self._next(loan)
        if loan.array.release == NULL:
            return None
        table.loan, table._book = loan, book
        bind_column(&table.root, bound, book)
        table._attach(&table.root, bound, &loan.array, self._words, True)
        return table


cdef object failed(ArrowArrayStream* stream, int status):
    cdef const char* said = NULL
    if stream.get_last_error != NULL:
        said = stream.get_last_error(stream)
    why = f"error {status}" if said == NULL else (<bytes>said).decode(errors="replace")
    return ValueError(f"the source of columns failed: {why}")
