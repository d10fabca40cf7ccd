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
    REDEMPTIONS = 12
    REDEMPTION_PARTS = 13
    EARNED = 14
    EARNED_LAYERS = 15
    EARNED_PARTS = 16
    SHEET_COUNT = 17

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
    ROW_REDEMPTIONS = 22
    ROW_EARNED = 23
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
    REDEMPTION_PROGRAM = 0
    REDEMPTION_HAS_PROGRAM = 1
    REDEMPTION_RULE = 2
    REDEMPTION_HAS_RULE = 3
    REDEMPTION_ISSUED = 4
    REDEMPTION_HAS_ISSUED = 5
    REDEMPTION_STATUS = 6
    REDEMPTION_WANTED = 7
    REDEMPTION_TIMES = 8
    REDEMPTION_POINTS = 9
    REDEMPTION_AMOUNT = 10
    REDEMPTION_PART = 11
    REDEMPTION_REASON = 12
    REDEMPTION_HAS_REASON = 13
    EARNED_PROGRAM = 0
    EARNED_RULE = 1
    EARNED_KIND = 2
    EARNED_CARD = 3
    EARNED_HAS_CARD = 4
    EARNED_AMOUNT = 5
    EARNED_BASE = 6
    EARNED_MULTIPLIER = 7
    EARNED_LAYER = 8
    EARNED_PART = 9
    EARNED_IS_CLIPPED = 10
    EARNED_REASON = 11
    EARNED_HAS_REASON = 12
    LAYER_ID = 0
    PART_ID = 0  # of lines, in redemptions and in what is earned
    PART_AMOUNT = 1
    COLUMN_COUNT = 24

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
    TEXT_REDEMPTION_PROGRAM = 10
    TEXT_REDEMPTION_RULE = 11
    TEXT_REDEMPTION_ISSUED = 12
    TEXT_REDEMPTION_STATUS = 13
    TEXT_REDEMPTION_REASON = 14
    TEXT_REDEMPTION_PART = 15
    TEXT_EARNED_PROGRAM = 16
    TEXT_EARNED_RULE = 17
    TEXT_EARNED_KIND = 18
    TEXT_EARNED_CARD = 19
    TEXT_EARNED_MULTIPLIER = 20
    TEXT_EARNED_REASON = 21
    TEXT_EARNED_LAYER = 22
    TEXT_EARNED_PART = 23
    TEXT_COUNT = 24

# What can be null, and flags.
cdef enum:
    BITMAP_GOOD = 0
    BITMAP_CART = 1
    BITMAP_REFUSED = 2
    BITMAP_BY = 3
    BITMAP_REDEMPTION_PROGRAM = 4
    BITMAP_REDEMPTION_RULE = 5
    BITMAP_REDEMPTION_ISSUED = 6
    BITMAP_REDEMPTION_REASON = 7
    BITMAP_EARNED_CARD = 8
    BITMAP_EARNED_REASON = 9
    BITMAP_EARNED_CLIPPED = 10
    BITMAP_COUNT = 11

# Dictionaries, and words that texts are copied from.
cdef enum:
    WORDS_IDS = 0
    WORDS_REASONS = 1
    WORDS_CURRENCY = 2
    WORDS_RULESET = 3
    WORDS_PROGRAMS = 4
    WORDS_EARNING = 5  # rules
    WORDS_CARDS = 6  # by earning rule, empty where it has none
    WORDS_CAMPAIGNS = 7
    WORDS_KINDS = 8
    WORDS_NO_AWARD = 9  # by reason, empty for none
    WORDS_COUNT = 10

cdef enum:
    WRITE_FULL = 3  # a Status of its own: what there is must go out first

cdef enum:
    BYTES_MAX = 0x7FFFFFFF  # of the texts of a column, whose ends are 32 bits wide

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
    int64_t spare  # records that each sheet a cart is written to has room for, or more
    int32_t* cursors
    int64_t cursor_room
    int64_t cleared  # lines up to this one have no discount and no moves, if they are not written
    # What the last carts have yet to be given: their lines, which lie on the shelf from `open_place`
    # on, have no ids, amounts and ends; their rows lack what is the same in all.
    int64_t open_lines
    int64_t open_place
    int64_t open_rows
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
# The result of the desk's cart as one row more: a Status, or WRITE_FULL and nothing written. It stays
# open: `close_lines` goes before the shelf is filled anew, and that and `close_good` before all else.
cdef int32_t write_columns(DeskC* desk, ResultC* r) noexcept nogil
cdef void close_good(ResultC* r) noexcept nogil
# Close a row: the ends of all its lists.
cdef void end_row(ResultC* r) noexcept nogil
# Make the bitmaps: whether memory sufficed.
cdef bint finish_result(ResultC* r) noexcept nogil


cdef inline int64_t* wide_of(ResultC* r, int32_t sheet, int32_t column) noexcept nogil:
    return <int64_t*>r.sheets[sheet].data[column]


cdef inline int32_t* narrow_of(ResultC* r, int32_t sheet, int32_t column) noexcept nogil:
    return <int32_t*>r.sheets[sheet].data[column]
