"""Rows of columns in, finished columns of results out: reader, intake, kernel and writer in turn.

A row that the fast way is not certain of is priced the plain way, as a dict, in its place.
"""

from libc.stdint cimport int32_t, int64_t
from libc.stdlib cimport calloc, malloc
from libc.string cimport memcpy

from ._arrow cimport ColumnC
from ._arrow_export cimport Part
from ._arrow_loyalty cimport reserve_earned, write_earned, write_loyalty
from ._arrow_plain cimport id_in_row, plain_row
from ._arrow_places cimport close_lines
from ._arrow_record cimport write_record
from ._arrow_result cimport (
    ROWS,
    WORDS_CAMPAIGNS,
    WORDS_CARDS,
    WORDS_CURRENCY,
    WORDS_EARNING,
    WORDS_IDS,
    WORDS_KINDS,
    WORDS_NO_AWARD,
    WORDS_PROGRAMS,
    WORDS_REASONS,
    WORDS_RULESET,
    WRITE_FULL,
    ResultC,
    VocabularyC,
    close_good,
    drop_vocabulary,
    finish_result,
    is_full,
    make_result,
    write_columns,
)
from ._arrow_rows cimport ROW_ALONE, TakesC, begin_takes, take_row
from ._arrow_shelf cimport ShelfC, begin_shelf, end_shelf, read_row
from ._arrow_table cimport Table
from ._book cimport Book
from ._desk cimport Desk, DeskC, make_desk, run, take_in
from ._draft cimport READ_MEMORY, READ_OK, READ_PLAIN, TextC, set_text

from ...dsl.kinds import AwardKind
from ..cart.errors import CartError
from ..columns.loyalty import fitting
from ..outcome import NoAward, Reason

cdef enum:
    SPARE_RECORDS = 1 << 28  # that one row priced the plain way may add


cdef int32_t price_rows(
    DeskC* desk, const ColumnC* root, int64_t* row, int64_t last, ResultC* r
) noexcept nogil:
    # Price rows until one cannot be: `row` says which.
    cdef ShelfC shelf
    cdef int32_t status = READ_OK
    cdef TakesC takes
    begin_shelf(&shelf, desk, r, root, last)
    begin_takes(&takes, &shelf, desk, root, last)
    while row[0] < last and status == READ_OK:
        status = ROW_ALONE
        if takes.is_ready:
            status = take_row(&takes, &shelf, desk, root, row[0])
        if status == ROW_ALONE:
            status = read_row(&shelf, desk, root, row[0])
            if status == READ_OK:
                status = take_in(desk)
        if status == READ_OK:
            status = run(desk)
        if status == READ_OK:
            status = reserve_earned(desk, r)
        if status == READ_OK:
            status = write_columns(desk, r)
        if status == READ_OK and not write_earned(desk, r):
            status = READ_MEMORY
        if status == READ_OK:
            row[0] += 1
    if not close_lines(r, desk):
        status = READ_MEMORY
    close_good(r)
    end_shelf(&shelf, desk)
    return status


cdef int fill_words(VocabularyC* v, int32_t words, texts) except -1:
    # A dictionary of texts, as Arrow keeps them.
    encoded = [text.encode() for text in texts]
    cdef bytes joined = b"".join(encoded)
    cdef int32_t end = 0
    v.counts[words] = len(encoded)
    v.starts[words] = <int32_t*>calloc(len(encoded) + 2, sizeof(int32_t))
    v.bytes[words] = <char*>malloc(len(joined) + 8)
    if v.starts[words] == NULL or v.bytes[words] == NULL:
        raise MemoryError("not enough memory for the names of promotions")
    memcpy(v.bytes[words], <const char*>joined, len(joined))
    for i, text in enumerate(encoded):
        end += <int32_t>len(text)
        v.starts[words][i + 1] = end
    return 0


cdef int fill_gifts(VocabularyC* v, labels) except -1:
    cdef bytes joined = b"".join(sku.encode() for sku, _ in labels.gifts.values())
    cdef char* place
    cdef Py_ssize_t number, size
    v.gift_skus = <TextC*>calloc(len(labels.ids) + 1, sizeof(TextC))
    v.gift_quantities = <int64_t*>calloc(len(labels.ids) + 1, sizeof(int64_t))
    v.gift_bytes = place = <char*>malloc(len(joined) + 8)
    if v.gift_skus == NULL or v.gift_quantities == NULL or place == NULL:
        raise MemoryError("not enough memory for the gifts of promotions")
    memcpy(place, <const char*>joined, len(joined))
    for number, (sku, quantity) in labels.gifts.items():
        size = len(sku.encode())
        set_text(&v.gift_skus[number], place, <int32_t>size)
        v.gift_quantities[number] = quantity
        place += size
    return 0


cdef int fill_loyalty(VocabularyC* v, labels) except -1:
    fill_words(v, WORDS_PROGRAMS, labels.programs)
    fill_words(v, WORDS_EARNING, labels.rules)
    fill_words(v, WORDS_CARDS, [card or "" for card in labels.cards])
    fill_words(v, WORDS_CAMPAIGNS, labels.campaigns)
    fill_words(v, WORDS_KINDS, [kind.value for kind in AwardKind])
    fill_words(v, WORDS_NO_AWARD, ["", *[reason.word for reason in NoAward]])
    return 0


cdef class RowPricer:
    """Prices rows for one rule set. Immutable but for its pool of desks; shared by threads."""

    cdef Book _book
    cdef VocabularyC* _vocabulary
    cdef object _quote
    cdef bint _is_plain
    cdef list _pool
    cdef dict _numbers
    cdef dict _reasons

    def __cinit__(self):
        self._vocabulary = <VocabularyC*>calloc(1, sizeof(VocabularyC))
        if self._vocabulary == NULL:
            raise MemoryError("not enough memory for the names of promotions")
        self._vocabulary.holders = 1

    def __init__(self, Book book, quote, bint is_plain, others):
        labels = book.labels
        names = (*labels.ids, *others)
        self._book, self._quote, self._is_plain = book, quote, is_plain
        self._pool = []
        words = [reason.word for reason in Reason]
        self._numbers = {id: number for number, id in enumerate(names)}
        self._reasons = {word: number for number, word in enumerate(words)}
        fill_words(self._vocabulary, WORDS_IDS, names)
        fill_words(self._vocabulary, WORDS_REASONS, words)
        fill_words(self._vocabulary, WORDS_CURRENCY, [labels.currency])
        fill_words(self._vocabulary, WORDS_RULESET, [labels.hash])
        fill_gifts(self._vocabulary, labels)
        fill_loyalty(self._vocabulary, labels.loyalty)

    def __dealloc__(self):
        if self._vocabulary != NULL:
            drop_vocabulary(self._vocabulary)

    def price(self, Table table, bound, int64_t first, int64_t last, facts):
        """Price a range of rows: finished parts, with the counts of refused carts and discounts.

        `facts` are by cart id; None when there are none.
        """
        cdef Desk desk = self._take_desk()
        cdef Part part = self._begin()
        cdef int64_t row = first, end
        cdef int32_t status
        parts = [part]
        while row < last:
            status, end = READ_OK, last
            known = None
            if facts is not None:
                # One by one: only Python can ask for facts.
                known = facts.get(id_in_row(table, bound, row))
                end = row + 1
            if self._is_plain or known is not None:
                status = READ_PLAIN
            else:
                with nogil:
                    status = price_rows(desk.c, &table.root, &row, end, part.c)
            if status == READ_MEMORY or (status == WRITE_FULL and part.c.sheets[ROWS].count == 0):
                raise MemoryError("not enough memory for results as columns")
            if status == WRITE_FULL or (status == READ_PLAIN and is_full(part.c, SPARE_RECORDS)):
                part = self._begin()
                parts.append(part)
            if status == READ_PLAIN:
                self._price_plain(part.c, table, bound, row, known)
                row += 1
        self._pool.append(desk)
        for part in parts:
            with nogil:
                status = READ_OK if finish_result(part.c) else READ_MEMORY
            if status == READ_MEMORY:
                raise MemoryError("not enough memory for results as columns")
        return parts, [count_of(each) for each in parts]

    cdef int _price_plain(
        self, ResultC* r, Table table, object bound, int64_t row, object facts
    ) except -1:
        try:
            record = fitting(self._quote(plain_row(table, bound, row), facts).to_dict())
        except CartError as error:
            if error.cart_id is None:
                error.cart_id = named(id_in_row(table, bound, row))
            record = error.as_record()
        write_record(r, record, self._numbers, self._reasons)
        if "error" not in record:
            write_loyalty(r, record)
        return 0

    cdef Part _begin(self):
        cdef Part part = Part()
        part.c = make_result(self._vocabulary)
        if part.c == NULL:
            raise MemoryError("not enough memory for results as columns")
        return part

    cdef Desk _take_desk(self):
        # A desk whose call failed is not given back.
        cdef Desk desk
        try:
            return self._pool.pop()
        except IndexError:
            pass
        desk = Desk()
        desk.c = make_desk(&self._book.c)
        if desk.c == NULL:
            raise MemoryError("not enough memory for the working memory of a thread")
        return desk


cdef tuple count_of(Part part):
    # Rows, refused ones among them, and the discounts of the others.
    return part.c.sheets[ROWS].count, part.c.refused_count, part.c.discount_minor


cdef object named(id):
    # An id that an error can carry: empty ones, and those that no UTF-8 holds, name nothing.
    try:
        return id if id and id.encode() else None
    except UnicodeEncodeError:
        return None
