"""Nothing in, what the columns of loyalty are made of out, for the schema of results.

A spec is its name and format, sheet and column, the bytes of its text, the dictionary, what is
null, and those below it.
"""

from ._arrow_result cimport (
    ROWS,
    REDEMPTIONS,
    REDEMPTION_PARTS,
    EARNED,
    EARNED_LAYERS,
    EARNED_PARTS,
    ROW_REDEMPTIONS,
    ROW_EARNED,
    REDEMPTION_PROGRAM,
    REDEMPTION_RULE,
    REDEMPTION_ISSUED,
    REDEMPTION_STATUS,
    REDEMPTION_WANTED,
    REDEMPTION_TIMES,
    REDEMPTION_POINTS,
    REDEMPTION_AMOUNT,
    REDEMPTION_PART,
    REDEMPTION_REASON,
    EARNED_PROGRAM,
    EARNED_RULE,
    EARNED_KIND,
    EARNED_CARD,
    EARNED_AMOUNT,
    EARNED_BASE,
    EARNED_MULTIPLIER,
    EARNED_LAYER,
    EARNED_PART,
    EARNED_REASON,
    LAYER_ID,
    PART_ID,
    PART_AMOUNT,
    TEXT_REDEMPTION_PROGRAM,
    TEXT_REDEMPTION_RULE,
    TEXT_REDEMPTION_ISSUED,
    TEXT_REDEMPTION_STATUS,
    TEXT_REDEMPTION_REASON,
    TEXT_REDEMPTION_PART,
    TEXT_EARNED_PROGRAM,
    TEXT_EARNED_RULE,
    TEXT_EARNED_KIND,
    TEXT_EARNED_CARD,
    TEXT_EARNED_MULTIPLIER,
    TEXT_EARNED_REASON,
    TEXT_EARNED_LAYER,
    TEXT_EARNED_PART,
    BITMAP_REDEMPTION_PROGRAM,
    BITMAP_REDEMPTION_RULE,
    BITMAP_REDEMPTION_ISSUED,
    BITMAP_REDEMPTION_REASON,
    BITMAP_EARNED_CARD,
    BITMAP_EARNED_REASON,
    BITMAP_EARNED_CLIPPED,
)

cdef enum:
    NONE = -1


cdef tuple number(str name, int sheet, int column):
    return (name, "l", sheet, column, NONE, NONE, NONE, ())


cdef tuple text(str name, int sheet, int column, int kept, int bitmap=NONE):
    return (name, "u", sheet, column, kept, NONE, bitmap, ())


cdef tuple records(str name, int sheet, int column, int item, tuple children, int bitmap=NONE):
    inner = ("item", "+s", item, NONE, NONE, NONE, NONE, children)
    return (name, "+l", sheet, column, NONE, NONE, bitmap, (inner,))


cdef tuple parts(int sheet, int column, int item, int kept, str amount):
    # Lines, with what was redeemed or is earned on each.
    children = (text("id", item, PART_ID, kept), number(amount, item, PART_AMOUNT))
    return records("lines", sheet, column, item, children)


cdef tuple redeemed():
    cdef int sheet = REDEMPTIONS
    return (
        text(
            "program", sheet, REDEMPTION_PROGRAM, TEXT_REDEMPTION_PROGRAM,
            BITMAP_REDEMPTION_PROGRAM,
        ),
        text("rule", sheet, REDEMPTION_RULE, TEXT_REDEMPTION_RULE, BITMAP_REDEMPTION_RULE),
        text("issued", sheet, REDEMPTION_ISSUED, TEXT_REDEMPTION_ISSUED, BITMAP_REDEMPTION_ISSUED),
        text("status", sheet, REDEMPTION_STATUS, TEXT_REDEMPTION_STATUS),
        number("wanted", sheet, REDEMPTION_WANTED),
        number("times", sheet, REDEMPTION_TIMES),
        number("points", sheet, REDEMPTION_POINTS),
        number("amount", sheet, REDEMPTION_AMOUNT),
        parts(sheet, REDEMPTION_PART, REDEMPTION_PARTS, TEXT_REDEMPTION_PART, "amount"),
        text("reason", sheet, REDEMPTION_REASON, TEXT_REDEMPTION_REASON, BITMAP_REDEMPTION_REASON),
    )


cdef tuple gained():
    cdef int sheet = EARNED
    layer = text("item", EARNED_LAYERS, LAYER_ID, TEXT_EARNED_LAYER)
    return (
        text("program", sheet, EARNED_PROGRAM, TEXT_EARNED_PROGRAM),
        text("rule", sheet, EARNED_RULE, TEXT_EARNED_RULE),
        text("kind", sheet, EARNED_KIND, TEXT_EARNED_KIND),
        text("card", sheet, EARNED_CARD, TEXT_EARNED_CARD, BITMAP_EARNED_CARD),
        number("amount", sheet, EARNED_AMOUNT),
        number("base", sheet, EARNED_BASE),
        text("multiplier", sheet, EARNED_MULTIPLIER, TEXT_EARNED_MULTIPLIER),
        ("campaigns", "+l", sheet, EARNED_LAYER, NONE, NONE, NONE, (layer,)),
        parts(sheet, EARNED_PART, EARNED_PARTS, TEXT_EARNED_PART, "share"),
        # The bits of a flag are where others have their dictionary.
        ("clipped", "b", sheet, NONE, NONE, BITMAP_EARNED_CLIPPED, NONE, ()),
        text("reason", sheet, EARNED_REASON, TEXT_EARNED_REASON, BITMAP_EARNED_REASON),
    )


cdef tuple loyalty_specs(int bitmap):
    return (
        records("redemptions", ROWS, ROW_REDEMPTIONS, REDEMPTIONS, redeemed(), bitmap),
        records("earned", ROWS, ROW_EARNED, EARNED, gained(), bitmap),
    )
