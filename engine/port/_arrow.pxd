# The Arrow C data interface, and the columns of carts as the reader walks them.
#
# A ColumnC tree is made for each record batch: what the schema says of a column, and where the
# batch has its buffers. Everything it points to was checked when the batch came in, so that the
# reader follows offsets, indices and views without looking at them twice.

from libc.stdint cimport int32_t, int64_t, uint8_t, uint32_t, uint64_t

from ._draft cimport TextC

cdef extern from *:
    """
    #ifndef ARROW_C_DATA_INTERFACE
    #define ARROW_C_DATA_INTERFACE
    #define ARROW_FLAG_DICTIONARY_ORDERED 1
    #define ARROW_FLAG_NULLABLE 2
    #define ARROW_FLAG_MAP_KEYS_SORTED 4
    typedef struct ArrowSchema {
        const char* format;
        const char* name;
        const char* metadata;
        int64_t flags;
        int64_t n_children;
        struct ArrowSchema** children;
        struct ArrowSchema* dictionary;
        void (*release)(struct ArrowSchema*);
        void* private_data;
    } ArrowSchema;
    typedef struct ArrowArray {
        int64_t length;
        int64_t null_count;
        int64_t offset;
        int64_t n_buffers;
        int64_t n_children;
        const void** buffers;
        struct ArrowArray** children;
        struct ArrowArray* dictionary;
        void (*release)(struct ArrowArray*);
        void* private_data;
    } ArrowArray;
    #endif
    #ifndef ARROW_C_STREAM_INTERFACE
    #define ARROW_C_STREAM_INTERFACE
    typedef struct ArrowArrayStream {
        int (*get_schema)(struct ArrowArrayStream*, struct ArrowSchema* out);
        int (*get_next)(struct ArrowArrayStream*, struct ArrowArray* out);
        const char* (*get_last_error)(struct ArrowArrayStream*);
        void (*release)(struct ArrowArrayStream*);
        void* private_data;
    } ArrowArrayStream;
    #endif
    /* The symbol of a dictionary's word is learnt by whichever thread needs it first: all write
       the same number. */
    static inline int32_t load_symbol(const int32_t* place) {
        return __atomic_load_n(place, __ATOMIC_RELAXED);
    }
    static inline void store_symbol(int32_t* place, int32_t symbol) {
        __atomic_store_n(place, symbol, __ATOMIC_RELAXED);
    }
    """
    ctypedef struct ArrowSchema:
        const char* format
        const char* name
        const char* metadata
        int64_t flags
        int64_t n_children
        ArrowSchema** children
        ArrowSchema* dictionary
        void (*release)(ArrowSchema*) noexcept nogil
        void* private_data
    ctypedef struct ArrowArray:
        int64_t length
        int64_t null_count
        int64_t offset
        int64_t n_buffers
        int64_t n_children
        const void** buffers
        ArrowArray** children
        ArrowArray* dictionary
        void (*release)(ArrowArray*) noexcept nogil
        void* private_data
    ctypedef struct ArrowArrayStream:
        int (*get_schema)(ArrowArrayStream*, ArrowSchema* out) noexcept nogil
        int (*get_next)(ArrowArrayStream*, ArrowArray* out) noexcept nogil
        const char* (*get_last_error)(ArrowArrayStream*) noexcept nogil
        void (*release)(ArrowArrayStream*) noexcept nogil
        void* private_data
    int64_t ARROW_FLAG_NULLABLE
    int32_t load_symbol(const int32_t* place) nogil
    void store_symbol(int32_t* place, int32_t symbol) nogil

# What a column is to a cart, as in `columns.schema.Role`; a test compares them.
cdef enum RoleOp:
    ROLE_TEXT = 0
    ROLE_NUMBER = 1
    ROLE_WORDS = 2
    ROLE_CODES = 3
    ROLE_FIELDS = 4
    ROLE_LINES = 5
    ROLE_SHIPMENTS = 6
    ROLE_INSTANT = 7
    ROLE_BIRTHDAY = 8
    ROLE_SIGNED_UP = 9
    ROLE_VALUES = 10
    ROLE_VALUE = 11
    ROLE_EMPTY = 12  # a list that is for the plain way, if anything is in it
    ROLE_RAW = 13  # attributes as a text of JSON: the plain way reads them
    ROLE_SKIP = 14  # an attribute that nobody declared
    ROLE_ITEM = 15  # the words of a list
    ROLE_FLAG = 16  # of a line; for the plain way, if true

# How a column keeps its values, as in `columns.form.Form`; a test compares them.
cdef enum FormOp:
    FORM_NULL = 0
    FORM_INTEGER = 1
    FORM_BOOL = 2
    FORM_TEXT = 3  # offsets of `width` bytes
    FORM_VIEW = 4  # read once, into `texts`
    FORM_WORDS = 5  # indices of `width` bytes into `texts`
    FORM_INSTANT = 6
    FORM_DAY = 7
    FORM_LIST = 8  # offsets of `width` bytes
    FORM_LIST_VIEW = 9
    FORM_LIST_FIXED = 10  # `width` items each
    FORM_STRUCT = 11

cdef enum:
    SYMBOL_BROKEN = -3  # the text is not UTF-8, or too long: the plain way must look at it

cdef struct ColumnC:
    int32_t role
    int32_t form
    int32_t width
    bint is_signed
    bint is_required
    bint is_nonempty  # an empty text is refused
    int32_t owner  # of attributes
    int32_t attribute  # into BookC.attributes
    int32_t kind
    int32_t child_count
    int64_t target  # where a draft, a line or a shipment has it, in bytes
    int64_t low
    int64_t high
    int64_t per_second  # of an instant's unit
    ColumnC* children
    # Of the batch.
    int64_t first  # index of the first value
    int64_t length
    const uint8_t* validity  # NULL: nothing is null
    const char* values
    const char* sizes  # of list views
    const char* data  # of texts
    TextC* texts  # of words and views
    int64_t text_count
    # Of words all of which are sound, and none empty where that is refused; else NULL.
    const int32_t* known  # symbols as the kernel has them
    const int32_t* orders  # places in the order of ids, for a column of ids


cdef inline bint is_set(const uint8_t* bits, int64_t i) noexcept nogil:
    return (bits[i >> 3] >> (i & 7)) & 1


cdef inline bint is_null(const ColumnC* c, int64_t i) noexcept nogil:
    # Whether the value at an index, counted from the batch's first, is null.
    if c.form == FORM_NULL:
        return True
    return c.validity != NULL and not is_set(c.validity, c.first + i)


cdef inline int64_t offset_at(const char* offsets, int32_t width, int64_t i) noexcept nogil:
    if width == 4:
        return (<const int32_t*>offsets)[i]
    return (<const int64_t*>offsets)[i]


cdef inline void range_at(
    const ColumnC* c, int64_t i, int64_t* first, int64_t* last
) noexcept nogil:
    # The items of a list that is not null.
    i += c.first
    if c.form == FORM_LIST:
        first[0] = offset_at(c.values, c.width, i)
        last[0] = offset_at(c.values, c.width, i + 1)
    elif c.form == FORM_LIST_VIEW:
        first[0] = offset_at(c.values, c.width, i)
        last[0] = first[0] + offset_at(c.sizes, c.width, i)
    else:
        first[0] = i * c.width
        last[0] = first[0] + c.width


cdef inline int64_t index_at(
    const char* values, int32_t width, bint is_signed, int64_t i
) noexcept nogil:
    # A whole number; one beyond 64 signed bits is the largest there is.
    cdef uint64_t wide
    if width == 8:
        if is_signed:
            return (<const int64_t*>values)[i]
        wide = (<const uint64_t*>values)[i]
        return <int64_t>wide if wide <= <uint64_t>0x7FFFFFFFFFFFFFFF else 0x7FFFFFFFFFFFFFFF
    if width == 4:
        if is_signed:
            return (<const int32_t*>values)[i]
        return (<const uint32_t*>values)[i]
    if width == 2:
        if is_signed:
            return (<const short*>values)[i]
        return (<const unsigned short*>values)[i]
    if width == 1:
        if is_signed:
            return (<const signed char*>values)[i]
        return (<const unsigned char*>values)[i]
    # A decimal of 128 bits without places.
    wide = (<const uint64_t*>values)[2 * i]
    if (<const int64_t*>values)[2 * i + 1] == (<int64_t>wide >> 63):
        return <int64_t>wide
    return 0x7FFFFFFFFFFFFFFF


cdef inline TextC text_at(const ColumnC* c, int64_t i) noexcept nogil:
    # A text that is not null. One of a dictionary may know its symbol.
    cdef TextC t
    cdef int64_t start
    if c.form == FORM_VIEW:
        return c.texts[i]
    i += c.first
    if c.form == FORM_WORDS:
        return c.texts[index_at(c.values, c.width, c.is_signed, i)]
    start = offset_at(c.values, c.width, i)
    t.data = c.data + start
    t.size = <int32_t>(offset_at(c.values, c.width, i + 1) - start)
    t.symbol = -2
    return t
