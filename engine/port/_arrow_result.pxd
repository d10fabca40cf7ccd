# Results as columns while they grow: one sheet of columns for carts, one for lines, and so on.
#
# A result is counted by those who hold it: the batch it became, and every array that was exported
# from it. No count needs the lock.

from libc.stdint cimport int8_t, int32_t, int64_t, uint8_t

from ._desk cimport BufferC, DeskC
from ._draft cimport TextC

cdef extern from *:
    """
    static inline int64_t count_atomically(int64_t* counter, int64_t by) {
        return __atomic_add_fetch(counter, by, __ATOMIC_ACQ_REL);
    }
    static inline void* swap_spare(void** place, void* spare) {
        return __atomic_exchange_n(place, spare, __ATOMIC_ACQ_REL);
    }
    static inline int give_spare(void** place, void* spare) {  /* whether the place was free */
        void* none = NULL;
        return __atomic_compare_exchange_n(
            place, &none, spare, 0, __ATOMIC_ACQ_REL, __ATOMIC_RELAXED);
    }
    """
    int64_t count_atomically(int64_t* counter, int64_t by) nogil
    void* swap_spare(void** place, void* spare) nogil
    bint give_spare(void** place, void* spare) nogil

# Sheets.
cdef enum:
    ROWS = 0
    LINES = 1
    SHIPMENTS = 2
    LINE_MOVES = 3
    SHIPMENT_MOVES = 4
    PAYMENT_MOVES = 5
    GIFTS = 6
    APPLIED = 7
    COUPONS = 8
    OPENED = 9
    REJECTED = 10
    WARNINGS = 11
    SHEET_COUNT = 12

# Columns of sheets. Offsets have one entry more than there are records.
cdef enum:
    ROW_CART = 0  # offsets of texts
    ROW_IS_GOOD = 1
    ROW_HAS_CART = 2
    ROW_IS_REFUSED = 3
    ROW_ZERO = 4  # indices into dictionaries of one word
    ROW_LINES = 5  # offsets of lists, and so on
    ROW_SHIPMENTS = 6
    ROW_PAYMENT = 7
    ROW_GIFTS = 8
    ROW_APPLIED = 9
    ROW_COUPONS = 10
    ROW_REJECTED = 11
    ROW_WARNINGS = 12
    ROW_ADJUSTMENT = 13
    ROW_SUBTOTAL = 14
    ROW_SHIPPING = 15
    ROW_DISCOUNT = 16
    ROW_TAX = 17
    ROW_GRAND = 18
    ROW_CODE = 19
    ROW_PATH = 20
    ROW_MESSAGE = 21
    LINE_ID = 0  # of lines and shipments
    LINE_GROSS = 1
    LINE_DISCOUNT = 2
    LINE_NET = 3
    LINE_MOVE = 4
    MOVE_RULE = 0
    MOVE_STAGE = 1
    MOVE_AMOUNT = 2
    GIFT_RULE = 0
    GIFT_SKU = 1
    GIFT_QUANTITY = 2
    APPLIED_ID = 0
    APPLIED_STAGE = 1
    APPLIED_DISCOUNT = 2
    APPLIED_UNDISTRIBUTED = 3
    COUPON_CODE = 0
    COUPON_OPENED = 1
    COUPON_DISCOUNT = 2
    OPENED_ID = 0
    REJECTED_CODE = 0
    REJECTED_REASON = 1
    REJECTED_BY = 2
    REJECTED_HAS_BY = 3
    WARNING_PROMOTION = 0
    WARNING_CONDITION = 1
    WARNING_TEXT = 2
    COLUMN_COUNT = 22

# Texts of sheets.
cdef enum:
    TEXT_CART = 0
    TEXT_LINE = 1
    TEXT_SHIPMENT = 2
    TEXT_GIFT = 3
    TEXT_COUPON = 4
    TEXT_REJECTED = 5
    TEXT_WARNING = 6
    TEXT_CODE = 7
    TEXT_PATH = 8
    TEXT_MESSAGE = 9
    TEXT_COUNT = 10

# What can be null.
cdef enum:
    BITMAP_GOOD = 0
    BITMAP_CART = 1
    BITMAP_REFUSED = 2
    BITMAP_BY = 3
    BITMAP_COUNT = 4

# Dictionaries.
cdef enum:
    WORDS_IDS = 0
    WORDS_REASONS = 1
    WORDS_CURRENCY = 2
    WORDS_RULESET = 3
    WORDS_COUNT = 4

cdef enum:
    WRITE_FULL = 3  # a Status of its own: what there is must go out first

cdef enum:
    SPARES_MAX = 32  # those of a call by several threads, while the results of the last are held

# Texts that results name by number, and what gifts are: made once for a rule set. Results that
# nobody holds any more are kept for those that follow: fresh memory costs a good part of a cart.
cdef struct VocabularyC:
    int64_t holders
    int64_t spare_bytes
    void* spares[SPARES_MAX]  # ResultC, or NULL
    int32_t* starts[WORDS_COUNT]
    char* bytes[WORDS_COUNT]
    int64_t counts[WORDS_COUNT]
    TextC* gift_skus  # by promotion, missing when it is no gift
    int64_t* gift_quantities
    char* gift_bytes

cdef struct SheetC:
    int64_t count
    int64_t room
    char* data[COLUMN_COUNT]

cdef struct ResultC:
    int64_t holders
    VocabularyC* vocabulary
    SheetC sheets[SHEET_COUNT]
    BufferC texts[TEXT_COUNT]
    uint8_t* bitmaps[BITMAP_COUNT]  # made at the end
    int64_t null_counts[BITMAP_COUNT]
    int32_t* cursors
    int64_t cursor_room
    int64_t refused_count
    int64_t discount_minor
    bint is_out_of_memory
    bint is_crowded  # no room is left within 32 bits

cdef ResultC* make_result(VocabularyC* vocabulary) noexcept nogil
cdef void hold_vocabulary(VocabularyC* v) noexcept nogil
cdef void drop_vocabulary(VocabularyC* v) noexcept nogil
cdef void drop_result(ResultC* r) noexcept nogil
# Whether records or texts are near the end of 32 bits, with so many records more.
cdef bint is_full(const ResultC* r, int64_t more) noexcept nogil
# Room for so many records more in a sheet: whether there is.
cdef bint reserve_sheet(ResultC* r, int32_t sheet, int64_t more) noexcept nogil
# Add a text, whose end goes to record `place` of an offset column.
cdef bint put_text(
    ResultC* r, int32_t sheet, int32_t column, int64_t place, int32_t text, const char* data,
    int64_t size,
) noexcept nogil
# The result of the desk's cart as one row more: a Status, or WRITE_FULL and nothing written.
cdef int32_t write_columns(DeskC* desk, ResultC* r) noexcept nogil
# Close a row: the ends of all its lists.
cdef void end_row(ResultC* r) noexcept nogil
# Make the bitmaps: whether memory sufficed.
cdef bint finish_result(ResultC* r) noexcept nogil


cdef inline int64_t* wide_of(ResultC* r, int32_t sheet, int32_t column) noexcept nogil:
    return <int64_t*>r.sheets[sheet].data[column]


cdef inline int32_t* narrow_of(ResultC* r, int32_t sheet, int32_t column) noexcept nogil:
    return <int32_t*>r.sheets[sheet].data[column]
