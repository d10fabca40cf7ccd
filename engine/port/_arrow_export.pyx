"""Finished columns of results in, Arrow streams of them out, any number of times.

Every exported array holds the batch it points into, each on its own, so that consumers may move
children out and release them in any order, from any thread. Nothing here needs the lock.
"""

from libc.stdint cimport int8_t, int32_t, int64_t
from libc.stdlib cimport calloc, free, malloc
from libc.string cimport memset

from cpython.pycapsule cimport PyCapsule_GetPointer, PyCapsule_New

from ._arrow cimport ARROW_FLAG_NULLABLE, ArrowArray, ArrowArrayStream, ArrowSchema
from ._arrow_result cimport (
    ROWS,
    LINES,
    SHIPMENTS,
    LINE_MOVES,
    SHIPMENT_MOVES,
    PAYMENT_MOVES,
    GIFTS,
    APPLIED,
    COUPONS,
    OPENED,
    REJECTED,
    WARNINGS,
    ROW_CART,
    ROW_ZERO,
    ROW_LINES,
    ROW_SHIPMENTS,
    ROW_PAYMENT,
    ROW_GIFTS,
    ROW_APPLIED,
    ROW_COUPONS,
    ROW_REJECTED,
    ROW_WARNINGS,
    ROW_ADJUSTMENT,
    ROW_SUBTOTAL,
    ROW_SHIPPING,
    ROW_DISCOUNT,
    ROW_TAX,
    ROW_GRAND,
    ROW_CODE,
    ROW_PATH,
    ROW_MESSAGE,
    LINE_ID,
    LINE_GROSS,
    LINE_DISCOUNT,
    LINE_NET,
    LINE_MOVE,
    MOVE_RULE,
    MOVE_STAGE,
    MOVE_AMOUNT,
    GIFT_RULE,
    GIFT_SKU,
    GIFT_QUANTITY,
    APPLIED_ID,
    APPLIED_STAGE,
    APPLIED_DISCOUNT,
    APPLIED_UNDISTRIBUTED,
    COUPON_CODE,
    COUPON_OPENED,
    COUPON_DISCOUNT,
    OPENED_ID,
    REJECTED_CODE,
    REJECTED_REASON,
    REJECTED_BY,
    WARNING_PROMOTION,
    WARNING_CONDITION,
    WARNING_TEXT,
    TEXT_CART,
    TEXT_LINE,
    TEXT_SHIPMENT,
    TEXT_GIFT,
    TEXT_COUPON,
    TEXT_REJECTED,
    TEXT_WARNING,
    TEXT_CODE,
    TEXT_PATH,
    TEXT_MESSAGE,
    BITMAP_GOOD,
    BITMAP_CART,
    BITMAP_REFUSED,
    BITMAP_BY,
    WORDS_IDS,
    WORDS_REASONS,
    WORDS_CURRENCY,
    WORDS_RULESET,
    ResultC,
    VocabularyC,
    count_atomically,
    drop_result,
    drop_vocabulary,
    hold_vocabulary,
)
from ._arrow_spec cimport loyalty_specs

cdef enum:
    NONE = -1
    SPECS_MAX = 128
    EINVAL_STATUS = 22
    ENOMEM_STATUS = 12

# A column of the results: where its values are, and those below it, which follow it.
cdef struct SpecC:
    const char* name
    const char* format
    int32_t sheet
    int32_t column  # values, indices or offsets; NONE of structs and flags
    int32_t text  # the bytes of texts, or NONE
    int32_t words  # the dictionary, or NONE; of flags, the bitmap that they are
    int32_t bitmap  # what is null, or NONE
    int32_t child_count


def flat(name, sheet, column, form="l", words=NONE, bitmap=NONE):
    return (name, form, sheet, column, NONE, words, bitmap, ())


def text(name, sheet, column, kept, bitmap=NONE):
    return (name, "u", sheet, column, kept, NONE, bitmap, ())


def struct(name, sheet, *children, bitmap=NONE):
    return (name, "+s", sheet, NONE, NONE, NONE, bitmap, children)


def records(name, sheet, column, item, *children, bitmap=NONE):
    return (name, "+l", sheet, column, NONE, NONE, bitmap, (struct("item", item, *children),))


def moves(sheet, column, item):
    return records(
        "allocations", sheet, column, item,
        flat("rule", item, MOVE_RULE, "i", WORDS_IDS),
        flat("stage", item, MOVE_STAGE, "i"),
        flat("amount", item, MOVE_AMOUNT),
    )


def places(name, column, item, kept, allocations):
    return records(
        name, ROWS, column, item,
        text("id", item, LINE_ID, kept),
        flat("gross", item, LINE_GROSS),
        flat("discount", item, LINE_DISCOUNT),
        flat("net", item, LINE_NET),
        moves(item, LINE_MOVE, allocations),
        bitmap=BITMAP_GOOD,
    )


def codes():
    opened = (
        "promotions", "+l", COUPONS, COUPON_OPENED, NONE, NONE, NONE,
        (flat("item", OPENED, OPENED_ID, "i", WORDS_IDS),),
    )
    return (
        records(
            "applied_coupons", ROWS, ROW_COUPONS, COUPONS,
            text("code", COUPONS, COUPON_CODE, TEXT_COUPON),
            opened,
            flat("discount_amount", COUPONS, COUPON_DISCOUNT),
            bitmap=BITMAP_GOOD,
        ),
        records(
            "rejected_coupons", ROWS, ROW_REJECTED, REJECTED,
            text("code", REJECTED, REJECTED_CODE, TEXT_REJECTED),
            flat("reason", REJECTED, REJECTED_REASON, "i", WORDS_REASONS),
            flat("by", REJECTED, REJECTED_BY, "i", WORDS_IDS, BITMAP_BY),
            bitmap=BITMAP_GOOD,
        ),
    )


def promotions():
    return (
        records(
            "gifts", ROWS, ROW_GIFTS, GIFTS,
            flat("rule", GIFTS, GIFT_RULE, "i", WORDS_IDS),
            text("sku", GIFTS, GIFT_SKU, TEXT_GIFT),
            flat("quantity", GIFTS, GIFT_QUANTITY),
            bitmap=BITMAP_GOOD,
        ),
        records(
            "applied_promotions", ROWS, ROW_APPLIED, APPLIED,
            flat("id", APPLIED, APPLIED_ID, "i", WORDS_IDS),
            flat("stage", APPLIED, APPLIED_STAGE, "i"),
            flat("discount_amount", APPLIED, APPLIED_DISCOUNT),
            flat("undistributed", APPLIED, APPLIED_UNDISTRIBUTED),
            bitmap=BITMAP_GOOD,
        ),
    )


def results():
    return struct(
        "", ROWS,
        text("cart", ROWS, ROW_CART, TEXT_CART, BITMAP_CART),
        flat("currency", ROWS, ROW_ZERO, "i", WORDS_CURRENCY, BITMAP_GOOD),
        flat("ruleset", ROWS, ROW_ZERO, "i", WORDS_RULESET, BITMAP_GOOD),
        places("lines", ROW_LINES, LINES, TEXT_LINE, LINE_MOVES),
        places("shipments", ROW_SHIPMENTS, SHIPMENTS, TEXT_SHIPMENT, SHIPMENT_MOVES),
        struct(
            "payment", ROWS,
            flat("adjustment", ROWS, ROW_ADJUSTMENT),
            moves(ROWS, ROW_PAYMENT, PAYMENT_MOVES),
            bitmap=BITMAP_GOOD,
        ),
        *promotions(),
        *codes(),
        records(
            "warnings", ROWS, ROW_WARNINGS, WARNINGS,
            flat("promotion", WARNINGS, WARNING_PROMOTION, "i", WORDS_IDS),
            flat("condition", WARNINGS, WARNING_CONDITION, "i"),
            text("text", WARNINGS, WARNING_TEXT, TEXT_WARNING),
            bitmap=BITMAP_GOOD,
        ),
        *loyalty_specs(BITMAP_GOOD),
        flat("subtotal", ROWS, ROW_SUBTOTAL, bitmap=BITMAP_GOOD),
        flat("shipping_total", ROWS, ROW_SHIPPING, bitmap=BITMAP_GOOD),
        flat("discount_total", ROWS, ROW_DISCOUNT, bitmap=BITMAP_GOOD),
        flat("tax_total", ROWS, ROW_TAX, bitmap=BITMAP_GOOD),
        flat("grand_total", ROWS, ROW_GRAND, bitmap=BITMAP_GOOD),
        struct(
            "error", ROWS,
            text("code", ROWS, ROW_CODE, TEXT_CODE),
            text("path", ROWS, ROW_PATH, TEXT_PATH),
            text("message", ROWS, ROW_MESSAGE, TEXT_MESSAGE),
            bitmap=BITMAP_REFUSED,
        ),
    )


cdef SpecC SPECS[SPECS_MAX]
cdef list NAMES = []  # what the specs point to lives as long as the module


cdef int32_t lay_out(object spec, int32_t at):
    # A column and those below it, one after the other; the place behind them.
    cdef bytes name, form
    name, form = spec[0].encode(), spec[1].encode()
    NAMES.append((name, form))
    SPECS[at].name, SPECS[at].format = name, form
    SPECS[at].sheet, SPECS[at].column, SPECS[at].text = spec[2], spec[3], spec[4]
    SPECS[at].words, SPECS[at].bitmap, SPECS[at].child_count = spec[5], spec[6], len(spec[7])
    at += 1
    for child in spec[7]:
        at = lay_out(child, at)
    return at


cdef inline bint is_flag(const SpecC* spec) noexcept nogil:
    return spec.format[0] == 98  # b


cdef int32_t SPEC_COUNT = lay_out(results(), 0)


# What an exported array owns.
cdef struct ArrayC:
    ResultC* result  # one of these two is held
    VocabularyC* vocabulary
    const void* buffers[3]
    ArrowArray* children  # their memory; `pointers` point into it
    ArrowArray** pointers
    ArrowArray dictionary


cdef void release_array(ArrowArray* a) noexcept nogil:
    cdef ArrayC* own = <ArrayC*>a.private_data
    cdef int64_t i
    for i in range(a.n_children):
        if a.children[i].release != NULL:
            a.children[i].release(a.children[i])
    if a.dictionary != NULL and a.dictionary.release != NULL:
        a.dictionary.release(a.dictionary)
    if own.result != NULL:
        drop_result(own.result)
    if own.vocabulary != NULL:
        drop_vocabulary(own.vocabulary)
    free(own.children)
    free(own.pointers)
    free(own)
    a.release = NULL


cdef ArrayC* begin_array(ArrowArray* a, int32_t child_count) noexcept nogil:
    # An array that can be released from here on, or NULL.
    cdef ArrayC* own = <ArrayC*>calloc(1, sizeof(ArrayC))
    cdef int32_t i
    memset(a, 0, sizeof(ArrowArray))
    if own == NULL:
        return NULL
    own.children = <ArrowArray*>calloc(<size_t>child_count + 1, sizeof(ArrowArray))
    own.pointers = <ArrowArray**>calloc(<size_t>child_count + 1, sizeof(ArrowArray*))
    if own.children == NULL or own.pointers == NULL:
        free(own.children)
        free(own.pointers)
        free(own)
        return NULL
    for i in range(child_count):
        own.pointers[i] = &own.children[i]
    a.private_data, a.release = own, release_array
    a.buffers, a.children, a.n_children = own.buffers, own.pointers, child_count
    return own


cdef bint export_words(ArrowArray* a, VocabularyC* v, int32_t words) noexcept nogil:
    cdef ArrayC* own = begin_array(a, 0)
    if own == NULL:
        return False
    hold_vocabulary(v)
    own.vocabulary = v
    a.length, a.n_buffers = v.counts[words], 3
    own.buffers[1], own.buffers[2] = v.starts[words], v.bytes[words]
    return True


cdef bint export_column(ArrowArray* a, ResultC* r, int32_t* at) noexcept nogil:
    # A column and those below it; when memory is short, what there is can be released.
    cdef const SpecC* spec = &SPECS[at[0]]
    cdef ArrayC* own = begin_array(a, spec.child_count)
    cdef int32_t i
    at[0] += 1
    if own == NULL:
        return False
    count_atomically(&r.holders, 1)
    own.result = r
    a.length = r.sheets[spec.sheet].count
    a.n_buffers = 1 if spec.column == NONE else 3 if spec.text != NONE else 2
    if is_flag(spec):
        a.n_buffers, own.buffers[1] = 2, r.bitmaps[spec.words]
    if spec.bitmap != NONE and r.null_counts[spec.bitmap]:
        a.null_count = r.null_counts[spec.bitmap]
        own.buffers[0] = r.bitmaps[spec.bitmap]
    if spec.column != NONE:
        own.buffers[1] = r.sheets[spec.sheet].data[spec.column]
    if spec.text != NONE:
        own.buffers[2] = r.texts[spec.text].data
    if spec.words != NONE and not is_flag(spec):
        a.dictionary = &own.dictionary
        if not export_words(a.dictionary, r.vocabulary, spec.words):
            return False
    for i in range(spec.child_count):
        if not export_column(a.children[i], r, at):
            return False
    return True


# What an exported schema owns.
cdef struct FieldC:
    ArrowSchema* children
    ArrowSchema** pointers
    ArrowSchema dictionary


cdef void release_schema(ArrowSchema* s) noexcept nogil:
    cdef FieldC* own = <FieldC*>s.private_data
    cdef int64_t i
    for i in range(s.n_children):
        if s.children[i].release != NULL:
            s.children[i].release(s.children[i])
    if s.dictionary != NULL and s.dictionary.release != NULL:
        s.dictionary.release(s.dictionary)
    free(own.children)
    free(own.pointers)
    free(own)
    s.release = NULL


cdef FieldC* begin_schema(
    ArrowSchema* s, const char* name, const char* form, int32_t child_count
) noexcept nogil:
    cdef FieldC* own = <FieldC*>calloc(1, sizeof(FieldC))
    cdef int32_t i
    memset(s, 0, sizeof(ArrowSchema))
    if own == NULL:
        return NULL
    own.children = <ArrowSchema*>calloc(<size_t>child_count + 1, sizeof(ArrowSchema))
    own.pointers = <ArrowSchema**>calloc(<size_t>child_count + 1, sizeof(ArrowSchema*))
    if own.children == NULL or own.pointers == NULL:
        free(own.children)
        free(own.pointers)
        free(own)
        return NULL
    for i in range(child_count):
        own.pointers[i] = &own.children[i]
    s.private_data, s.release = own, release_schema
    s.name, s.format, s.flags = name, form, ARROW_FLAG_NULLABLE
    s.children, s.n_children = own.pointers, child_count
    return own


cdef bint export_field(ArrowSchema* s, int32_t* at) noexcept nogil:
    cdef const SpecC* spec = &SPECS[at[0]]
    cdef FieldC* own = begin_schema(s, spec.name, spec.format, spec.child_count)
    cdef int32_t i
    at[0] += 1
    if own == NULL:
        return False
    if spec.words != NONE and not is_flag(spec):
        s.dictionary = &own.dictionary
        if begin_schema(s.dictionary, "", "u", 0) == NULL:
            return False
    for i in range(spec.child_count):
        if not export_field(s.children[i], at):
            return False
    return True


cdef int export_schema(ArrowSchema* out) noexcept nogil:
    cdef int32_t at = 0
    if export_field(out, &at):
        out.flags = 0
        return 0
    if out.release != NULL:
        out.release(out)
    return ENOMEM_STATUS


# What an exported stream owns.
cdef struct StreamC:
    ResultC** parts
    int64_t count
    int64_t next
    bint has_failed


cdef int stream_schema(ArrowArrayStream* s, ArrowSchema* out) noexcept nogil:
    cdef int status = export_schema(out)
    (<StreamC*>s.private_data).has_failed = status != 0
    return status


cdef int stream_next(ArrowArrayStream* s, ArrowArray* out) noexcept nogil:
    cdef StreamC* own = <StreamC*>s.private_data
    cdef int32_t at = 0
    if own.next == own.count:
        memset(out, 0, sizeof(ArrowArray))
        return 0
    if export_column(out, own.parts[own.next], &at):
        own.next += 1
        return 0
    if out.release != NULL:
        out.release(out)
    own.has_failed = True
    return ENOMEM_STATUS


cdef const char* stream_error(ArrowArrayStream* s) noexcept nogil:
    if (<StreamC*>s.private_data).has_failed:
        return "not enough memory to export results"
    return NULL


cdef void release_stream(ArrowArrayStream* s) noexcept nogil:
    cdef StreamC* own = <StreamC*>s.private_data
    cdef int64_t i
    for i in range(own.count):
        drop_result(own.parts[i])
    free(own.parts)
    free(own)
    s.release = NULL


cdef void free_stream_capsule(object capsule) noexcept:
    cdef ArrowArrayStream* s = <ArrowArrayStream*>PyCapsule_GetPointer(
        capsule, "arrow_array_stream"
    )
    if s.release != NULL:
        s.release(s)
    free(s)


cdef void free_schema_capsule(object capsule) noexcept:
    cdef ArrowSchema* s = <ArrowSchema*>PyCapsule_GetPointer(capsule, "arrow_schema")
    if s.release != NULL:
        s.release(s)
    free(s)


cdef class Part:
    def __dealloc__(self):
        if self.c != NULL:
            drop_result(self.c)


def schema_capsule():
    """The schema of results, for whoever takes Arrow schemas."""
    cdef ArrowSchema* s = <ArrowSchema*>malloc(sizeof(ArrowSchema))
    if s == NULL or export_schema(s) != 0:
        free(s)
        raise MemoryError("not enough memory to export a schema")
    return PyCapsule_New(s, "arrow_schema", free_schema_capsule)


def stream_capsule(list parts):
    """A stream of finished parts, which it holds for as long as anybody reads them."""
    cdef ArrowArrayStream* s = <ArrowArrayStream*>calloc(1, sizeof(ArrowArrayStream))
    cdef StreamC* own = <StreamC*>calloc(1, sizeof(StreamC))
    cdef Part part
    if s != NULL and own != NULL:
        own.parts = <ResultC**>calloc(len(parts) + 1, sizeof(ResultC*))
    if s == NULL or own == NULL or own.parts == NULL:
        free(s)
        free(own)
        raise MemoryError("not enough memory to export results")
    for part in parts:
        count_atomically(&part.c.holders, 1)
        own.parts[own.count] = part.c
        own.count += 1
    s.get_schema, s.get_next, s.get_last_error = stream_schema, stream_next, stream_error
    s.release, s.private_data = release_stream, own
    return PyCapsule_New(s, "arrow_array_stream", free_stream_capsule)
