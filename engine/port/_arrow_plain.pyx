"""One row of a batch of columns in, the same cart as a dict out: the plain way's way in."""

from libc.stdint cimport int32_t, int64_t, uint64_t

from ._arrow cimport (
    FORM_BOOL,
    FORM_DAY,
    FORM_INSTANT,
    FORM_INTEGER,
    FORM_STRUCT,
    ROLE_CODES,
    ROLE_EMPTY,
    ROLE_FIELDS,
    ROLE_LINES,
    ROLE_RAW,
    ROLE_SHIPMENTS,
    ROLE_SKIP,
    ROLE_VALUE,
    ROLE_VALUES,
    ROLE_WORDS,
    SYMBOL_BROKEN,
    ColumnC,
    index_at,
    is_null,
    is_set,
    range_at,
    text_at,
)
from ._arrow_table cimport Table
from ._arrow_time cimport (
    DAY_BYTES,
    INSTANT_BYTES,
    day_at,
    instant_at,
    spell_day,
    spell_instant,
)
from ._book cimport KIND_SET
from ._draft cimport TextC

from ..cart.errors import refusal
from ..columns.embedded import read_embedded

cdef enum:
    ITEMS_MAX = 4_000_000  # of the lists of a cart; as JSON it could hardly have more


cdef object plain_text(const ColumnC* c, int64_t i, str path):
    # Bytes that are no UTF-8 become halves of surrogate pairs, which the plain way refuses.
    cdef TextC t = text_at(c, i)
    if t.data == NULL and t.symbol == SYMBOL_BROKEN:
        raise ValueError(
            f"column `{path}`: malformed Arrow data: a number is that of no word of the "
            "dictionary; tell whoever made it"
        )
    if t.data == NULL:
        return None
    return t.data[:t.size].decode("utf-8", "surrogateescape")


cdef object plain_number(const ColumnC* c, int64_t i):
    cdef const char* place
    i += c.first
    if c.width == 16:
        place = c.values + 16 * i
        return int.from_bytes(place[:16], "little", signed=True)
    if c.width == 8 and not c.is_signed:
        return (<const uint64_t*>c.values)[i]
    return index_at(c.values, c.width, c.is_signed, i)


cdef object plain_time(const ColumnC* c, int64_t i):
    cdef char out[INSTANT_BYTES]
    cdef int64_t number
    if c.form == FORM_DAY:
        if not day_at(c, i, &number):
            return f"day {plain_number(c, i)} of 1970"
        spell_day(number, out)
        return out[:DAY_BYTES].decode()
    if not instant_at(c, i, &number):
        return f"{plain_number(c, i)} / {c.per_second} seconds of 1970"
    spell_instant(number, out)
    return out[:INSTANT_BYTES].decode()


cdef list plain_items(const ColumnC* c, object bound, int64_t i, str path):
    cdef const ColumnC* items = c.children
    cdef int64_t first, last, k
    range_at(c, i, &first, &last)
    if c.child_count == 0 or first == last:
        return []
    within = bound.children[0]
    return [
        plain_value(items, within, k, f"{path}[{k - first}]") for k in range(first, last)
    ]


cdef dict plain_fields(const ColumnC* c, object bound, int64_t i, str path):
    cdef dict fields = {}
    cdef int32_t k
    i += c.first
    for k, child in enumerate(bound.children):
        if c.children[k].role == ROLE_SKIP:
            continue
        name = child.field if c.children[k].role == ROLE_VALUE else child.path.rpartition(".")[2]
        place = f"{path}.{name}" if path else name
        fields[name] = plain_value(&c.children[k], child, i, place)
    return fields


cdef object plain_value(const ColumnC* c, object bound, int64_t i, str path):
    if is_null(c, i):
        return None
    if c.form == FORM_STRUCT:
        return plain_fields(c, bound, i, path)
    if c.role in (ROLE_WORDS, ROLE_CODES, ROLE_LINES, ROLE_SHIPMENTS, ROLE_EMPTY) or (
        c.role == ROLE_VALUE and c.kind == KIND_SET
    ):
        return plain_items(c, bound, i, path)
    if c.form == FORM_INTEGER:
        return plain_number(c, i)
    if c.form == FORM_BOOL:
        return is_set(<const unsigned char*>c.values, c.first + i)
    if c.form == FORM_DAY or c.form == FORM_INSTANT:
        return plain_time(c, i)
    text = plain_text(c, i, path)
    return read_embedded(text, path) if c.role == ROLE_RAW and text is not None else text


cdef int64_t count_items(const ColumnC* c, int64_t i) noexcept nogil:
    # The items of all lists in a row; lists that overlap make far more than lie in memory.
    cdef int64_t first, last, k, count = 0
    if is_null(c, i):
        return 0
    if c.form == FORM_STRUCT:
        for k in range(c.child_count):
            count += count_items(&c.children[k], c.first + i)
        return count
    if c.role not in (
        ROLE_WORDS, ROLE_CODES, ROLE_LINES, ROLE_SHIPMENTS, ROLE_VALUE, ROLE_EMPTY
    ):
        return 0
    if c.role == ROLE_VALUE and c.kind != KIND_SET:
        return 0
    range_at(c, i, &first, &last)
    count = last - first
    if c.child_count and c.children[0].form == FORM_STRUCT:
        for k in range(first, last):
            if count > ITEMS_MAX:
                break
            count += count_items(&c.children[0], k)
    return count


cdef dict plain_row(Table table, object bound, int64_t row):
    if count_items(&table.root, row) > ITEMS_MAX:
        raise refusal("too_many", "", most=ITEMS_MAX, things="items in all lists", got="more")
    return plain_fields(&table.root, bound, row, "")


cdef object id_in_row(Table table, object bound, int64_t row):
    cdef int32_t k
    for k, child in enumerate(bound.children):
        if child.field == "id" and not is_null(&table.root.children[k], row + table.root.first):
            return plain_text(&table.root.children[k], row + table.root.first, "id")
    return None
