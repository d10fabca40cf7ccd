# What readers, intake and writers know of a rule set beside its plan: made once, then only read.

from libc.stdint cimport int32_t, int64_t

from ..kernel._layout cimport PlanC
from ._draft cimport TextC

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

cdef struct AttributeC:
    TextC name  # bare
    int32_t kind

# The texts that rules name, by hash: open addressing, linear probing, at most half full.
cdef struct SymbolsC:
    const char* texts  # all of them, one after the other
    const int32_t* starts  # symbol_count + 1
    int64_t* cells  # hash in the upper half, symbol + 1 in the lower; 0 when free
    int64_t mask

# Where a slot of the plan gets its value.
cdef struct SlotC:
    int32_t field  # FieldOp, or FIELD_ATTRIBUTE
    int32_t attribute  # into attributes, or NOTHING
    int32_t has_fallback
    int32_t fallback_symbol
    int64_t fallback_number
    int32_t first_prefix  # a slot of prefixes: range of prefix_sizes; else equal
    int32_t last_prefix
    int32_t first_fallback  # a set slot's fallback: range of `symbols_listed`
    int32_t last_fallback

cdef struct BookC:
    const PlanC* plan
    SymbolsC symbols
    TextC currency
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
    int32_t zone_count  # 0 when is_utc
    int64_t zone_from  # instants outside [from, to) go the plain way
    int64_t zone_to
    # For writers.
    TextC head  # `,"currency":"USD","ruleset":"sha256:...","lines":[`
    const TextC* rules  # by promotion: its id as JSON, with the quotes
    const TextC* gifts  # by promotion: `{"rule":...,"sku":...,"quantity":1}`, or missing
    const TextC* ids  # by promotion: its id

cdef class Book:
    cdef BookC c
    cdef object _kept  # what keeps the memory alive
    cdef readonly object plan
    cdef readonly object labels

cdef int32_t find_symbol(const BookC* b, const char* data, int32_t size) noexcept nogil
cdef int32_t find_attribute(
    const BookC* b, int32_t owner, const char* data, int32_t size
) noexcept nogil
