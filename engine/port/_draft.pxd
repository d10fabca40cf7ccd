# One cart as it was sent: what a reader fills, what intake checks, what a writer names.
#
# Texts are UTF-8 and borrowed: from the source, which outlives the cart, or from the arena of the
# draft, which never moves within a cart. Ranges point into `words` and `values`. A field that was
# not sent, or was null, has a text without data, or the default its comment says.

from libc.stdint cimport int8_t, int32_t, int64_t

cdef enum Status:
    READ_OK = 0
    READ_PLAIN = 1  # not wrong for sure, but beyond the fast way: the plain way must read it
    READ_MEMORY = 2
    READ_STOP = 3  # what was asked for facts raised; nobody goes on

cdef enum:
    SYMBOL_UNSET = -2  # nobody has looked the text up yet

cdef enum Owner:
    OWNER_CART = 0
    OWNER_CUSTOMER = 1
    OWNER_LINE = 2

cdef struct TextC:
    const char* data  # NULL: missing
    int32_t size  # bytes
    int32_t symbol  # of the plan, NOTHING when no rule names it, SYMBOL_UNSET before the look

cdef struct RangeC:
    int32_t first
    int32_t last

# A declared attribute that was sent. What it holds is by its kind: a text (also for decimals,
# dates and the like, still to be parsed), a number (integers, money, bool) or words.
cdef struct DraftValueC:
    int32_t attribute  # into BookC.attributes
    RangeC words
    TextC text
    int64_t number
    bint is_number  # a DECIMAL may be sent as either

cdef struct DraftLineC:
    TextC id  # missing: its position, counted from 1, as intake fills in
    TextC sku
    TextC brand
    int64_t quantity
    int64_t unit_price_minor
    int64_t min_price_minor  # 0 when missing
    RangeC categories
    RangeC tags
    RangeC values

cdef struct DraftShipmentC:
    TextC id
    TextC method
    int64_t amount_minor

cdef struct ChunkC:
    ChunkC* next
    int64_t room
    # the bytes follow

cdef struct DraftC:
    TextC id
    TextC currency
    TextC placed_at  # or, from columns, the instant itself
    TextC channel
    TextC location
    TextC country
    TextC region
    TextC postal_code
    TextC payment_method
    TextC customer_id
    TextC account
    TextC tier
    TextC birthday
    TextC signed_up
    int64_t placed_at_us  # UTC; holds when has_instant
    int64_t birthday_days  # holds when has_birthday
    int64_t signed_up_days  # holds when has_signed_up
    int64_t tax_minor  # 0 when missing
    int64_t store_credit_minor  # 0 when missing
    int64_t orders  # NOTHING when missing
    bint has_instant
    bint has_birthday
    bint has_signed_up
    RangeC groups
    RangeC segments
    RangeC values  # of the cart
    RangeC customer_values
    DraftLineC* lines
    int32_t line_count
    int32_t line_room
    DraftShipmentC* shipments
    int32_t shipment_count
    int32_t shipment_room
    TextC* codes  # as sent; intake trims, upper-cases and deduplicates them in place
    int32_t code_count
    int32_t code_room
    TextC* words
    int32_t word_count
    int32_t word_room
    DraftValueC* values_sent
    int32_t value_count
    int32_t value_room
    ChunkC* chunks
    ChunkC* chunk  # the one being filled
    int64_t chunk_used
    bint is_out_of_memory
    int8_t hints[96]  # which key of JSON followed which in carts before: only ever a guess

cdef void free_draft(DraftC* d) noexcept nogil
# Whether a cart made it so large that its memory is better given back than kept for the next.
cdef bint is_oversized(const DraftC* d) noexcept nogil
cdef void begin_draft(DraftC* d) noexcept nogil
# The same, but for fields that are read of every cart anew.
cdef void begin_lists(DraftC* d) noexcept nogil
# Each returns NULL, and is_out_of_memory is set, when there is no room; what they return is zeroed
# (texts missing) and holds until the next call of the same function.
cdef DraftLineC* add_line(DraftC* d) noexcept nogil
cdef DraftShipmentC* add_shipment(DraftC* d) noexcept nogil
cdef TextC* add_code(DraftC* d) noexcept nogil
cdef TextC* add_word(DraftC* d) noexcept nogil
cdef DraftValueC* add_value(DraftC* d) noexcept nogil
cdef char* take_bytes(DraftC* d, int64_t size) noexcept nogil


cdef inline void set_text(TextC* t, const char* data, int32_t size) noexcept nogil:
    t.data = data
    t.size = size
    t.symbol = SYMBOL_UNSET


cdef inline void clear_text(TextC* t) noexcept nogil:
    # Compilers make of zeroes a call, or an instruction, that takes longer than these stores.
    set_text(t, NULL, 0)


cdef inline TextC* next_word(DraftC* d) noexcept nogil:
    # As `add_word`, at hand while there is room.
    cdef TextC* word
    if d.word_count == d.word_room:
        return add_word(d)
    word = &d.words[d.word_count]
    d.word_count += 1
    clear_text(word)
    return word


cdef inline DraftLineC* next_line(DraftC* d) noexcept nogil:
    # As `add_line`, at hand for the many lines for which there is room.
    cdef DraftLineC* line
    if d.line_count == d.line_room:
        return add_line(d)
    line = &d.lines[d.line_count]
    d.line_count += 1
    clear_text(&line.id)
    clear_text(&line.sku)
    clear_text(&line.brand)
    line.quantity = line.unit_price_minor = line.min_price_minor = 0
    line.categories = line.tags = line.values = RangeC(0, 0)
    return line
