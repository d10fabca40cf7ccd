"""A result as plain dicts in, one row of columns out."""

from libc.stdint cimport int32_t, int64_t

from ._arrow_result cimport (
    APPLIED,
    APPLIED_DISCOUNT,
    APPLIED_ID,
    APPLIED_STAGE,
    APPLIED_UNDISTRIBUTED,
    COUPON_CODE,
    COUPON_DISCOUNT,
    COUPON_OPENED,
    COUPONS,
    GIFT_QUANTITY,
    GIFT_RULE,
    GIFT_SKU,
    GIFTS,
    LINE_DISCOUNT,
    LINE_GROSS,
    LINE_ID,
    LINE_MOVE,
    LINE_MOVES,
    LINE_NET,
    LINES,
    MOVE_AMOUNT,
    MOVE_RULE,
    MOVE_STAGE,
    OPENED,
    OPENED_ID,
    PAYMENT_MOVES,
    REJECTED,
    REJECTED_BY,
    REJECTED_CODE,
    REJECTED_HAS_BY,
    REJECTED_REASON,
    ROW_ADJUSTMENT,
    ROW_CART,
    ROW_CODE,
    ROW_DISCOUNT,
    ROW_GRAND,
    ROW_HAS_CART,
    ROW_IS_GOOD,
    ROW_IS_REFUSED,
    ROW_MESSAGE,
    ROW_PATH,
    ROW_SHIPPING,
    ROW_SUBTOTAL,
    ROW_TAX,
    ROWS,
    SHIPMENT_MOVES,
    SHIPMENTS,
    TEXT_CART,
    TEXT_CODE,
    TEXT_COUPON,
    TEXT_GIFT,
    TEXT_LINE,
    TEXT_MESSAGE,
    TEXT_PATH,
    TEXT_REJECTED,
    TEXT_SHIPMENT,
    TEXT_WARNING,
    WARNING_CONDITION,
    WARNING_PROMOTION,
    WARNING_TEXT,
    WARNINGS,
    ResultC,
    end_row,
    narrow_of,
    put_text,
    reserve_sheet,
    wide_of,
)

NO_ERROR = {"code": "", "path": "", "message": ""}
TOTALS = {
    "subtotal": ROW_SUBTOTAL,
    "shipping_total": ROW_SHIPPING,
    "discount_total": ROW_DISCOUNT,
    "tax_total": ROW_TAX,
    "grand_total": ROW_GRAND,
}


cdef int64_t begin(ResultC* r, int32_t sheet) except -1:
    if not reserve_sheet(r, sheet, 1):
        raise MemoryError("not enough memory for a row of results")
    r.sheets[sheet].count += 1
    return r.sheets[sheet].count - 1


cdef int put(
    ResultC* r, int32_t sheet, int32_t column, int64_t place, int32_t kept, str text
) except -1:
    cdef bytes encoded = text.encode()
    if not put_text(r, sheet, column, place, kept, encoded, len(encoded)):
        raise MemoryError("not enough memory for a text of results")
    return 0


cdef int write_moves(ResultC* r, int32_t sheet, list moves, dict numbers) except -1:
    cdef int64_t at
    for move in moves:
        at = begin(r, sheet)
        narrow_of(r, sheet, MOVE_RULE)[at] = numbers[move["rule"]]
        narrow_of(r, sheet, MOVE_STAGE)[at] = move["stage"]
        wide_of(r, sheet, MOVE_AMOUNT)[at] = move["amount"]
    return 0


cdef int write_places(
    ResultC* r, int32_t sheet, int32_t moves, int32_t kept, list places, dict numbers
) except -1:
    cdef int64_t at
    for place in places:
        at = begin(r, sheet)
        put(r, sheet, LINE_ID, at, kept, place["id"])
        wide_of(r, sheet, LINE_GROSS)[at] = place["gross"]
        wide_of(r, sheet, LINE_DISCOUNT)[at] = place["discount"]
        wide_of(r, sheet, LINE_NET)[at] = place["net"]
        write_moves(r, moves, place["allocations"], numbers)
        narrow_of(r, sheet, LINE_MOVE)[at + 1] = <int32_t>r.sheets[moves].count
    return 0


cdef int write_applied(ResultC* r, dict record, dict numbers) except -1:
    cdef int64_t at
    for gift in record["gifts"]:
        at = begin(r, GIFTS)
        narrow_of(r, GIFTS, GIFT_RULE)[at] = numbers[gift["rule"]]
        put(r, GIFTS, GIFT_SKU, at, TEXT_GIFT, gift["sku"])
        wide_of(r, GIFTS, GIFT_QUANTITY)[at] = gift["quantity"]
    for one in record["applied_promotions"]:
        at = begin(r, APPLIED)
        narrow_of(r, APPLIED, APPLIED_ID)[at] = numbers[one["id"]]
        narrow_of(r, APPLIED, APPLIED_STAGE)[at] = one["stage"]
        wide_of(r, APPLIED, APPLIED_DISCOUNT)[at] = one["discount_amount"]
        wide_of(r, APPLIED, APPLIED_UNDISTRIBUTED)[at] = one["undistributed"]
    for one in record["warnings"]:
        at = begin(r, WARNINGS)
        narrow_of(r, WARNINGS, WARNING_PROMOTION)[at] = numbers[one["promotion"]]
        narrow_of(r, WARNINGS, WARNING_CONDITION)[at] = one["condition"]
        put(r, WARNINGS, WARNING_TEXT, at, TEXT_WARNING, one["text"])
    return 0


cdef int write_codes(ResultC* r, dict record, dict numbers, dict reasons) except -1:
    cdef int64_t at
    for one in record["applied_coupons"]:
        at = begin(r, COUPONS)
        put(r, COUPONS, COUPON_CODE, at, TEXT_COUPON, one["code"])
        for id in one["promotions"]:
            narrow_of(r, OPENED, OPENED_ID)[begin(r, OPENED)] = numbers[id]
        narrow_of(r, COUPONS, COUPON_OPENED)[at + 1] = <int32_t>r.sheets[OPENED].count
        wide_of(r, COUPONS, COUPON_DISCOUNT)[at] = one["discount_amount"]
    for one in record["rejected_coupons"]:
        at = begin(r, REJECTED)
        put(r, REJECTED, REJECTED_CODE, at, TEXT_REJECTED, one["code"])
        narrow_of(r, REJECTED, REJECTED_REASON)[at] = reasons[one["reason"]]
        narrow_of(r, REJECTED, REJECTED_BY)[at] = numbers[one["by"]] if "by" in one else 0
        r.sheets[REJECTED].data[REJECTED_HAS_BY][at] = "by" in one
    return 0


cdef int write_record(ResultC* r, dict record, dict numbers, dict reasons) except -1:
    cdef int64_t row = r.sheets[ROWS].count
    cdef int32_t column
    cdef bint is_good = "error" not in record
    error = NO_ERROR if is_good else record["error"]
    r.spare = 0
    if not reserve_sheet(r, ROWS, 1):
        raise MemoryError("not enough memory for a row of results")
    r.sheets[ROWS].data[ROW_IS_GOOD][row] = is_good
    r.sheets[ROWS].data[ROW_IS_REFUSED][row] = not is_good
    r.sheets[ROWS].data[ROW_HAS_CART][row] = record["cart"] is not None
    put(r, ROWS, ROW_CART, row, TEXT_CART, record["cart"] or "")
    put(r, ROWS, ROW_CODE, row, TEXT_CODE, error["code"])
    put(r, ROWS, ROW_PATH, row, TEXT_PATH, error["path"])
    put(r, ROWS, ROW_MESSAGE, row, TEXT_MESSAGE, error["message"])
    for name, column in TOTALS.items():
        wide_of(r, ROWS, column)[row] = record[name] if is_good else 0
    wide_of(r, ROWS, ROW_ADJUSTMENT)[row] = record["payment"]["adjustment"] if is_good else 0
    if is_good:
        write_places(r, LINES, LINE_MOVES, TEXT_LINE, record["lines"], numbers)
        write_places(r, SHIPMENTS, SHIPMENT_MOVES, TEXT_SHIPMENT, record["shipments"], numbers)
        write_moves(r, PAYMENT_MOVES, record["payment"]["allocations"], numbers)
        write_applied(r, record, numbers)
        write_codes(r, record, numbers, reasons)
        r.discount_minor += record["discount_total"]
    r.refused_count += not is_good
    end_row(r)
    return 0
