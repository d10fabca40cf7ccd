"""What a cart redeemed and earned in, two lists of its row of columns out.

A row is written first, and ends where these lists begin; they are added behind it, and its ends
moved. A cart that redeems is for the plain way, so that only records have redemptions.
"""

from libc.stdint cimport int32_t, int64_t

from ..kernel._entry cimport LoyaltyOutC
from ..kernel._layout cimport NOTHING
from ._arrow_record cimport begin, put
from ._arrow_result cimport (
    EARNED,
    EARNED_AMOUNT,
    EARNED_BASE,
    EARNED_CARD,
    EARNED_HAS_CARD,
    EARNED_HAS_REASON,
    EARNED_IS_CLIPPED,
    EARNED_KIND,
    EARNED_LAYER,
    EARNED_LAYERS,
    EARNED_MULTIPLIER,
    EARNED_PART,
    EARNED_PARTS,
    EARNED_PROGRAM,
    EARNED_REASON,
    EARNED_RULE,
    LAYER_ID,
    PART_AMOUNT,
    PART_ID,
    REDEMPTIONS,
    REDEMPTION_AMOUNT,
    REDEMPTION_HAS_ISSUED,
    REDEMPTION_HAS_PROGRAM,
    REDEMPTION_HAS_REASON,
    REDEMPTION_HAS_RULE,
    REDEMPTION_ISSUED,
    REDEMPTION_PART,
    REDEMPTION_PARTS,
    REDEMPTION_POINTS,
    REDEMPTION_PROGRAM,
    REDEMPTION_REASON,
    REDEMPTION_RULE,
    REDEMPTION_STATUS,
    REDEMPTION_TIMES,
    REDEMPTION_WANTED,
    ROWS,
    ROW_EARNED,
    ROW_REDEMPTIONS,
    TEXT_EARNED_CARD,
    TEXT_EARNED_KIND,
    TEXT_EARNED_LAYER,
    TEXT_EARNED_MULTIPLIER,
    TEXT_EARNED_PART,
    TEXT_EARNED_PROGRAM,
    TEXT_EARNED_REASON,
    TEXT_EARNED_RULE,
    TEXT_REDEMPTION_ISSUED,
    TEXT_REDEMPTION_PART,
    TEXT_REDEMPTION_PROGRAM,
    TEXT_REDEMPTION_REASON,
    TEXT_REDEMPTION_RULE,
    TEXT_REDEMPTION_STATUS,
    WORDS_CAMPAIGNS,
    WORDS_CARDS,
    WORDS_EARNING,
    WORDS_KINDS,
    WORDS_NO_AWARD,
    WORDS_PROGRAMS,
    WRITE_FULL,
    ResultC,
    VocabularyC,
    narrow_of,
    put_text,
    reserve_sheet,
    wide_of,
)
from ._desk cimport DeskC
from ._draft cimport READ_MEMORY, READ_OK, TextC
from ._json_piece cimport NUMBER_BYTES, put_number

cdef enum:
    # LIMIT: bytes of a text, or records of a sheet, behind which no row begins.
    FULL = 1 << 30


cdef int32_t reserve_earned(DeskC* desk, ResultC* r) noexcept nogil:
    cdef const LoyaltyOutC* out
    cdef int32_t text
    cdef bint has_room
    if desk.scratch.loyalty == NULL:
        return READ_OK
    out = &desk.scratch.loyalty.out
    for text in range(TEXT_EARNED_PROGRAM, TEXT_EARNED_PART + 1):
        if r.texts[text].size >= FULL:
            r.is_crowded = True
            return WRITE_FULL
    has_room = (
        reserve_sheet(r, EARNED, out.earned_programs.count)
        and reserve_sheet(r, EARNED_LAYERS, out.earned_layers.count)
        and reserve_sheet(r, EARNED_PARTS, out.earned_places.count)
    )
    if has_room:
        return READ_OK
    return WRITE_FULL if r.is_crowded else READ_MEMORY


cdef bint write_earned(DeskC* desk, ResultC* r) noexcept nogil:
    cdef const LoyaltyOutC* out
    cdef int32_t i
    if desk.scratch.loyalty == NULL:
        return True
    out = &desk.scratch.loyalty.out
    for i in range(out.earned_programs.count):
        if not (
            write_names(r, out, i)
            and write_multiplier(r, out, i)
            and write_layers(r, out, i)
            and write_parts(desk, r, out, i)
        ):
            return False
        write_numbers(r, out, i)
        r.sheets[EARNED].count += 1
    end_lists(r)
    return True


cdef inline void end_lists(ResultC* r) noexcept nogil:
    # Where the lists of the last row end.
    cdef int64_t row = r.sheets[ROWS].count
    narrow_of(r, ROWS, ROW_REDEMPTIONS)[row] = <int32_t>r.sheets[REDEMPTIONS].count
    narrow_of(r, ROWS, ROW_EARNED)[row] = <int32_t>r.sheets[EARNED].count


cdef inline bint put_word(
    ResultC* r, int32_t sheet, int32_t column, int32_t text, int32_t words, int32_t number
) noexcept nogil:
    # A word of the vocabulary, as the text of a sheet's next record.
    cdef const VocabularyC* v = r.vocabulary
    cdef const int32_t* starts = v.starts[words]
    return put_text(
        r, sheet, column, r.sheets[sheet].count, text, v.bytes[words] + starts[number],
        starts[number + 1] - starts[number],
    )


cdef inline bint is_empty(ResultC* r, int32_t words, int32_t number) noexcept nogil:
    return r.vocabulary.starts[words][number + 1] == r.vocabulary.starts[words][number]


cdef bint write_names(ResultC* r, const LoyaltyOutC* out, int32_t i) noexcept nogil:
    # A bonus has the id of its campaign, and no card.
    cdef int32_t rule = out.earned_rules.items[i], reason = out.earned_reasons.items[i]
    cdef int64_t at = r.sheets[EARNED].count
    cdef bint is_done
    if rule != NOTHING:
        is_done = put_word(r, EARNED, EARNED_RULE, TEXT_EARNED_RULE, WORDS_EARNING, rule)
        is_done = is_done and put_word(
            r, EARNED, EARNED_CARD, TEXT_EARNED_CARD, WORDS_CARDS, rule
        )
        r.sheets[EARNED].data[EARNED_HAS_CARD][at] = not is_empty(r, WORDS_CARDS, rule)
    else:
        is_done = put_word(
            r, EARNED, EARNED_RULE, TEXT_EARNED_RULE, WORDS_CAMPAIGNS,
            out.earned_bonuses.items[i],
        )
        is_done = is_done and put_text(r, EARNED, EARNED_CARD, at, TEXT_EARNED_CARD, "", 0)
        r.sheets[EARNED].data[EARNED_HAS_CARD][at] = False
    r.sheets[EARNED].data[EARNED_HAS_REASON][at] = reason != 0
    return (
        is_done
        and put_word(
            r, EARNED, EARNED_PROGRAM, TEXT_EARNED_PROGRAM, WORDS_PROGRAMS,
            out.earned_programs.items[i],
        )
        and put_word(
            r, EARNED, EARNED_KIND, TEXT_EARNED_KIND, WORDS_KINDS, out.earned_kinds.items[i]
        )
        and put_word(r, EARNED, EARNED_REASON, TEXT_EARNED_REASON, WORDS_NO_AWARD, reason)
    )


cdef void write_numbers(ResultC* r, const LoyaltyOutC* out, int32_t i) noexcept nogil:
    cdef int64_t at = r.sheets[EARNED].count
    wide_of(r, EARNED, EARNED_AMOUNT)[at] = out.earned_amounts.items[i]
    wide_of(r, EARNED, EARNED_BASE)[at] = out.earned_bases_minor.items[i]
    r.sheets[EARNED].data[EARNED_IS_CLIPPED][at] = out.earned_clipped.items[i] != 0


cdef bint write_multiplier(ResultC* r, const LoyaltyOutC* out, int32_t i) noexcept nogil:
    # A fraction, `3/2`, or a whole number.
    cdef char spelled[2 * NUMBER_BYTES + 1]
    cdef char* p = put_number(spelled, out.earned_numerators.items[i])
    if out.earned_denominators.items[i] != 1:
        p[0] = 47
        p = put_number(p + 1, out.earned_denominators.items[i])
    return put_text(
        r, EARNED, EARNED_MULTIPLIER, r.sheets[EARNED].count, TEXT_EARNED_MULTIPLIER, spelled,
        p - spelled,
    )


cdef bint write_layers(ResultC* r, const LoyaltyOutC* out, int32_t i) noexcept nogil:
    # The campaigns that multiplied.
    cdef int32_t k
    for k in range(out.earned_layer_starts.items[i], out.earned_layer_starts.items[i + 1]):
        if not put_word(
            r, EARNED_LAYERS, LAYER_ID, TEXT_EARNED_LAYER, WORDS_CAMPAIGNS,
            out.earned_layers.items[k],
        ):
            return False
        r.sheets[EARNED_LAYERS].count += 1
    narrow_of(r, EARNED, EARNED_LAYER)[r.sheets[EARNED].count + 1] = (
        <int32_t>r.sheets[EARNED_LAYERS].count
    )
    return True


cdef bint write_parts(DeskC* desk, ResultC* r, const LoyaltyOutC* out, int32_t i) noexcept nogil:
    # The lines, with their shares.
    cdef const TextC* id
    cdef int64_t at
    cdef int32_t k
    for k in range(out.earned_line_starts.items[i], out.earned_line_starts.items[i + 1]):
        id = <const TextC*>(desk.line_ids + out.earned_places.items[k] * desk.line_id_bytes)
        at = r.sheets[EARNED_PARTS].count
        if not put_text(r, EARNED_PARTS, PART_ID, at, TEXT_EARNED_PART, id.data, id.size):
            return False
        wide_of(r, EARNED_PARTS, PART_AMOUNT)[at] = out.earned_shares.items[k]
        r.sheets[EARNED_PARTS].count += 1
    narrow_of(r, EARNED, EARNED_PART)[r.sheets[EARNED].count + 1] = (
        <int32_t>r.sheets[EARNED_PARTS].count
    )
    return True


# The plain way.


cdef int write_loyalty(ResultC* r, dict record) except -1:
    for one in record["redemptions"]:
        write_redemption(r, one)
    for one in record["earned"]:
        write_entry(r, one)
    end_lists(r)
    return 0


cdef int put_maybe(
    ResultC* r, int32_t sheet, int32_t column, int32_t flags, int64_t at, int32_t kept, text
) except -1:
    r.sheets[sheet].data[flags][at] = text is not None
    return put(r, sheet, column, at, kept, text or "")


cdef int put_parts(ResultC* r, int32_t sheet, int32_t kept, list lines, str name) except -1:
    cdef int64_t at
    for line in lines:
        at = begin(r, sheet)
        put(r, sheet, PART_ID, at, kept, line["id"])
        wide_of(r, sheet, PART_AMOUNT)[at] = line[name]
    return 0


cdef int write_redemption(ResultC* r, dict one) except -1:
    cdef int32_t sheet = REDEMPTIONS
    cdef int64_t at = begin(r, sheet)
    put_maybe(
        r, sheet, REDEMPTION_PROGRAM, REDEMPTION_HAS_PROGRAM, at, TEXT_REDEMPTION_PROGRAM,
        one["program"],
    )
    put_maybe(r, sheet, REDEMPTION_RULE, REDEMPTION_HAS_RULE, at, TEXT_REDEMPTION_RULE, one["rule"])
    put_maybe(
        r, sheet, REDEMPTION_ISSUED, REDEMPTION_HAS_ISSUED, at, TEXT_REDEMPTION_ISSUED,
        one["issued"],
    )
    put(r, sheet, REDEMPTION_STATUS, at, TEXT_REDEMPTION_STATUS, one["status"])
    wide_of(r, sheet, REDEMPTION_WANTED)[at] = one["wanted"]
    wide_of(r, sheet, REDEMPTION_TIMES)[at] = one["times"]
    wide_of(r, sheet, REDEMPTION_POINTS)[at] = one["points"]
    wide_of(r, sheet, REDEMPTION_AMOUNT)[at] = one["amount"]
    put_parts(r, REDEMPTION_PARTS, TEXT_REDEMPTION_PART, one["lines"], "amount")
    narrow_of(r, sheet, REDEMPTION_PART)[at + 1] = <int32_t>r.sheets[REDEMPTION_PARTS].count
    return put_maybe(
        r, sheet, REDEMPTION_REASON, REDEMPTION_HAS_REASON, at, TEXT_REDEMPTION_REASON,
        one.get("reason"),
    )


cdef int write_entry(ResultC* r, dict one) except -1:
    cdef int32_t sheet = EARNED
    cdef int64_t at = begin(r, sheet)
    put(r, sheet, EARNED_PROGRAM, at, TEXT_EARNED_PROGRAM, one["program"])
    put(r, sheet, EARNED_RULE, at, TEXT_EARNED_RULE, one["rule"])
    put(r, sheet, EARNED_KIND, at, TEXT_EARNED_KIND, one["kind"])
    put_maybe(r, sheet, EARNED_CARD, EARNED_HAS_CARD, at, TEXT_EARNED_CARD, one.get("card"))
    wide_of(r, sheet, EARNED_AMOUNT)[at] = one["amount"]
    wide_of(r, sheet, EARNED_BASE)[at] = one["base"]
    put(r, sheet, EARNED_MULTIPLIER, at, TEXT_EARNED_MULTIPLIER, one["multiplier"])
    for id in one["campaigns"]:
        put(r, EARNED_LAYERS, LAYER_ID, begin(r, EARNED_LAYERS), TEXT_EARNED_LAYER, id)
    narrow_of(r, sheet, EARNED_LAYER)[at + 1] = <int32_t>r.sheets[EARNED_LAYERS].count
    put_parts(r, EARNED_PARTS, TEXT_EARNED_PART, one["lines"], "share")
    narrow_of(r, sheet, EARNED_PART)[at + 1] = <int32_t>r.sheets[EARNED_PARTS].count
    r.sheets[sheet].data[EARNED_IS_CLIPPED][at] = one["clipped"]
    return put_maybe(
        r, sheet, EARNED_REASON, EARNED_HAS_REASON, at, TEXT_EARNED_REASON, one.get("reason")
    )
