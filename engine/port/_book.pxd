# What readers, intake and writers know of a rule set beside its plan: made once, then only read.

from libc.stdint cimport int32_t, int64_t

from ..kernel._kernel cimport Kernel
from ..kernel._layout cimport PlanC
from ._draft cimport TextC
from ._symbols cimport SymbolsC

# Kinds of attributes, in the order of `dsl.kinds.Kind`; a test compares them.
cdef enum KindOp:
    KIND_BOOL = 0
    KIND_INTEGER = 1
    KIND_DECIMAL = 2
    KIND_PERCENT = 3
    KIND_MONEY = 4
    KIND_STRING = 5
    KIND_DATE = 6
    KIND_TIME = 7
    KIND_DATETIME = 8
    KIND_DURATION = 9
    KIND_SET = 10

# Fields, as in `plan.sources.FieldOp`; a test compares them.
cdef enum FieldOp:
    FIELD_ATTRIBUTE = 0
    FIELD_SUBTOTAL = 1
    FIELD_QUANTITY = 2
    FIELD_LINE_COUNT = 3
    FIELD_PLACED_AT = 4
    FIELD_DATE = 5
    FIELD_TIME = 6
    FIELD_HOUR = 7
    FIELD_ORDERS = 8
    FIELD_BIRTHDAY = 9
    FIELD_SIGNED_UP = 10
    FIELD_SHIPPING_AMOUNT = 11
    FIELD_CURRENCY = 12
    FIELD_CHANNEL = 13
    FIELD_LOCATION = 14
    FIELD_WEEKDAY = 15
    FIELD_CUSTOMER_ID = 16
    FIELD_ACCOUNT = 17
    FIELD_TIER = 18
    FIELD_COUNTRY = 19
    FIELD_REGION = 20
    FIELD_POSTAL_CODE = 21
    FIELD_PAYMENT_METHOD = 22
    FIELD_COUPONS = 23
    FIELD_GROUPS = 24
    FIELD_SEGMENTS = 25
    FIELD_METHODS = 26
    FIELD_LINE_QUANTITY = 27
    FIELD_LINE_PRICE = 28
    FIELD_LINE_SUBTOTAL = 29
    FIELD_LINE_SKU = 30
    FIELD_LINE_BRAND = 31
    FIELD_LINE_CATEGORIES = 32
    FIELD_LINE_TAGS = 33

cdef enum:
    NUMBER_FIELDS = 12  # numbers of carts, FIELD_ATTRIBUTE counted

cdef struct AttributeC:
    TextC name  # bare
    int32_t kind

# Where a slot of the plan gets its value.
cdef struct SlotC:
    int32_t field  # FieldOp
    int32_t attribute  # into attributes, or NOTHING
    int32_t offset_bytes  # of a text within DraftC, or within DraftLineC; NOTHING: no such field
    int32_t has_fallback
    int32_t first_size  # a slot of prefixes: range of `prefix_sizes`; else equal
    int32_t last_size
    int32_t first_listed  # range of `symbols_listed`: the prefixes, or a set's fallback; sorted
    int32_t last_listed
    TextC fallback  # of a text, its symbol looked up
    int64_t fallback_number

cdef struct BookC:
    const PlanC* plan
    SymbolsC symbols
    TextC currency
    TextC weekdays[7]  # from Monday
    const AttributeC* attributes  # those of the cart, then of the customer, then of lines
    int32_t attribute_starts[4]  # by owner
    const SlotC* cart_numbers
    const SlotC* cart_texts
    const SlotC* cart_sets
    const SlotC* line_numbers
    const SlotC* line_texts
    const SlotC* line_sets
    const int32_t* prefix_sizes  # bytes
    const int32_t* symbols_listed
    int64_t line_floor_minor
    bint has_distinct_skus
    bint has_same  # whether texts that no rule names are told apart
    bint has_calendar  # whether a slot reads the local date or clock
    bint is_utc
    const int64_t* zone_starts  # microseconds UTC at which an offset begins
    const int64_t* zone_offsets  # microseconds
    int32_t zone_count  # 0 when is_utc, or when nothing reads the calendar
    int64_t zone_from  # instants outside [from, to) go the plain way
    int64_t zone_to
    const int32_t* newcomer_levels  # by program: what a new member holds; NOTHING: none
    # For writers.
    TextC head  # `,"currency":"USD","ruleset":"sha256:...","lines":[`
    const TextC* rules  # by promotion: its id as JSON, with the quotes
    const TextC* gifts  # by promotion: `{"rule":...,"sku":...,"quantity":1}`, or missing
    const TextC* ids  # by promotion: its id
    const TextC* earners  # `{"program":...,"rule":...,"kind":...,"amount":`, by row and campaign
    const TextC* layers  # by campaign: its id as JSON
    # For the JSON writer, by promotion.
    const TextC* titles  # `"summer-20","stage":100,`; 32 bytes more can be read
    const int32_t* code_starts  # range of `code_symbols`, ascending
    const int32_t* code_symbols
    const int32_t* code_pools  # the pool whose codes open it, or NOTHING

cdef class Book:
    cdef BookC c
    cdef list _kept  # what keeps the memory alive
    cdef readonly object plan
    cdef readonly object labels
    cdef readonly Kernel kernel

    cdef void* _room(self, Py_ssize_t count, Py_ssize_t size) except NULL
    cdef TextC _text(self, bytes text)
    cdef TextC* _texts(self, list encoded) except NULL
    cdef const int64_t* _numbers(self, numbers) except NULL
    cdef const int32_t* _narrow(self, numbers) except NULL
    cdef SlotC* _slots(self, slots, list sizes, list listed) except NULL
    cdef int _fill_slots(self) except -1
    cdef int _fill_attributes(self) except -1
    cdef int _fill_zone(self) except -1
    cdef int _fill_words(self) except -1
    cdef int _fill_codes(self) except -1
    cdef int _fill_loyalty(self) except -1

cdef int32_t find_symbol(const BookC* b, const char* data, int32_t size) noexcept nogil
cdef int32_t find_attribute(
    const BookC* b, int32_t owner, const char* data, int32_t size
) noexcept nogil
