"""Carts in, quotes or result lines out: reader, intake, kernel and writer in one go.

What cannot be priced so for certain comes back as None, or as the place of a line: the plain way
prices it, or words its error.
"""

from libc.stdint cimport int32_t, int64_t
from libc.stdlib cimport free, malloc, realloc
from libc.string cimport memchr, memset

from cpython.bytes cimport PyBytes_AS_STRING, PyBytes_FromStringAndSize
from cpython.dict cimport PyDict_GetItem
from cpython.exc cimport PyErr_Clear
from cpython.object cimport PyObject
from cpython.unicode cimport PyUnicode_DecodeUTF8

from ..kernel._scratch cimport append32
from ._book cimport Book, find_symbol
from ._desk cimport BufferC, Desk, DeskC, make_desk, price, reserve, take_in
from ._dict_reader cimport read_dict
from ._draft cimport (
    READ_MEMORY,
    READ_OK,
    READ_PLAIN,
    READ_STOP,
    DraftC,
    TextC,
    is_oversized,
)
from ._json_reader cimport read_json
from ._json_writer cimport write_json
from ._members cimport put_members
from ._memo cimport read_memo, write_memo
from ._receipt cimport Maker, Receipt, new_receipt

from ..cart.errors import CartError

cdef extern from "Python.h":
    PyObject* PyBytes_New "PyBytes_FromStringAndSize"(const char* data, Py_ssize_t size)
    char* PyBytes_AsString(PyObject* made)
    int _PyBytes_Resize(PyObject** made, Py_ssize_t size)
    void Py_XDECREF(PyObject* made)
    void Py_CLEAR(PyObject* made)
    void Py_SET_SIZE(PyObject* made, Py_ssize_t size)
    const char* PyUnicode_AsUTF8AndSize(object text, Py_ssize_t* size)

cdef enum:
    ALONE_BYTES = 16 * 1024  # of a cart from which on the lock is let go
    ROOM_BYTES = 4 * 1024 * 1024  # that a seat keeps from one call to the next
    GROWTH_FIRST = 2048  # bytes of results for 1,024 of carts, as long as nobody knows
    GROWTH_MOST = 8192  # that is believed: one cart of many results says little of a large block
    SPARE_BYTES = 16 * 1024  # beyond what the carts before lead to expect


cdef class Seat:
    """A desk and room for its results, held by one call at a time."""

    cdef Desk desk
    cdef BufferC out
    cdef int64_t growth  # bytes of results for 1,024 of the last block of lines

    def __cinit__(self):
        self.growth = GROWTH_FIRST

    def __dealloc__(self):
        free(self.out.data)


cdef class Printer:
    """Room for results within the bytes object that they are handed out in."""

    cdef BufferC out

    def __dealloc__(self):
        Py_XDECREF(self.out.owner)

    cdef int begin(self, Py_ssize_t room) except -1:
        # More is made when it turns out to be too little.
        self.out.owner = PyBytes_New(NULL, room)
        if self.out.owner == NULL:
            raise MemoryError("not enough memory to price a block of lines")
        self.out.data = PyBytes_AsString(self.out.owner)
        self.out.room = room
        return 0

    cdef bytes take(self):
        # The bytes that were written, which are nobody else's yet. A little too much room stays
        # with them: a block that gives some of its memory back is one that the next block cannot
        # have again, and asking the system for its pages costs more than writing them.
        cdef bytes made
        if self.out.room - self.out.size > SPARE_BYTES + (self.out.size >> 2):
            if _PyBytes_Resize(&self.out.owner, self.out.size) < 0:
                raise MemoryError("not enough memory to price a block of lines")
        else:
            Py_SET_SIZE(self.out.owner, self.out.size)
            PyBytes_AsString(self.out.owner)[self.out.size] = 0
        made = <bytes>self.out.owner
        Py_CLEAR(self.out.owner)
        return made


cdef struct ItemC:
    const char* data  # NULL: not JSON
    Py_ssize_t size
    int64_t first  # of the result, in the seat's bytes
    int64_t last
    int64_t grand_minor
    int64_t discount_minor
    int32_t status

# A line that the plain way must price.
cdef struct SpanC:
    int64_t number  # of the line, from 1
    int64_t first
    int64_t last
    int64_t place  # in the result

cdef struct BlockC:
    const char* data
    int64_t first
    int64_t last
    void* lookup  # facts by cart id, or NULL
    int64_t cart_count
    int64_t line_count
    int64_t discount_minor
    SpanC* spans
    int64_t span_count
    int64_t span_room


cdef int32_t finish(DeskC* desk, BufferC* out, bint is_brief) noexcept nogil:
    # From the checked cart to its result, or to a memo of it if that will do.
    cdef int32_t status = price(desk)
    if status != READ_OK:
        return status
    return write_memo(desk, out) if is_brief else write_json(desk, out)


cdef int32_t serve(
    DeskC* desk, BufferC* out, const char* data, int64_t size, void* lookup, bint is_brief
) noexcept nogil:
    # From JSON to the result. `lookup` finds the facts, or is NULL.
    cdef int32_t status = read_json(&desk.draft, desk.book, data, size)
    if status == READ_OK:
        status = take_in(desk)
    if status == READ_OK and lookup != NULL:
        status = look_up(desk, lookup)
    if status == READ_OK:
        status = finish(desk, out, is_brief)
    return status


cdef void serve_all(
    DeskC* desk, BufferC* out, ItemC* items, Py_ssize_t count, void* lookup
) noexcept nogil:
    cdef Py_ssize_t i
    cdef ItemC* item
    for i in range(count):
        item = &items[i]
        if item.data == NULL:
            continue
        item.first = out.size
        item.status = serve(desk, out, item.data, item.size, lookup, False)
        if item.status >= READ_MEMORY:
            return
        item.last = out.size
        item.grand_minor = desk.totals.grand
        item.discount_minor = desk.totals.discount


# Lines.


cdef bint is_blank(const char* data, int64_t size) noexcept nogil:
    # As `bytes.isspace` has it.
    cdef int64_t i
    for i in range(size):
        if data[i] != c" " and not c"\t" <= data[i] <= c"\r":
            return False
    return True


cdef bint leave_line(BlockC* b, int64_t first, int64_t last, int64_t place) noexcept nogil:
    # Note a line for the plain way; whether memory sufficed.
    cdef SpanC* spans
    cdef int64_t room = b.span_room * 2 + 16
    if b.span_count == b.span_room:
        spans = <SpanC*>realloc(b.spans, <size_t>room * sizeof(SpanC))
        if spans == NULL:
            return False
        b.spans = spans
        b.span_room = room
    b.spans[b.span_count] = SpanC(b.line_count, first, last, place)
    b.span_count += 1
    return True


cdef int32_t serve_lines(BlockC* b, DeskC* desk, BufferC* out) noexcept nogil:
    cdef const char* end
    cdef int64_t first = b.first, last, before
    cdef int32_t status
    while first < b.last:
        end = <const char*>memchr(b.data + first, c"\n", <size_t>(b.last - first))
        last = b.last if end == NULL else end - b.data + 1
        b.line_count += 1
        before = out.size
        if b.data[first] == c"{" or not is_blank(b.data + first, last - first):
            b.cart_count += 1
            status = serve(desk, out, b.data + first, last - first, b.lookup, False)
            if status == READ_OK:
                b.discount_minor += desk.totals.discount
                status = end_line(out)
            elif status == READ_PLAIN:
                status = READ_OK if leave_line(b, first, last, before) else READ_MEMORY
            if status != READ_OK:
                return status
        first = last
    return READ_OK


cdef int32_t end_line(BufferC* out) noexcept nogil:
    cdef char* place = reserve(out, 1)
    if place == NULL:
        return READ_MEMORY
    place[0] = c"\n"
    out.size += 1
    return READ_OK


# Facts. A *standing* is a tuple of `engine.plan.standing`: cart, used up, by group, pools, members.


cdef class Asker:
    """Whom to ask for facts, and what they raised."""

    cdef object ask
    cdef object trouble

    cdef int go_on(self) except -1:
        # Raise what was raised while the lock was with others.
        if self.trouble is not None:
            raise self.trouble
        return 0


cdef Asker asker_of(lookup):
    cdef Asker asker = Asker()
    asker.ask = lookup
    return asker


cdef int32_t look_up(DeskC* desk, void* lookup) noexcept with gil:
    # Find the facts of the desk's cart. What is wrong with them is for the plain way to say.
    cdef TextC* id = &desk.draft.id
    cdef Asker asker = <Asker>lookup
    try:
        standing = asker.ask(PyUnicode_DecodeUTF8(id.data, id.size, NULL))
        return READ_OK if standing is None else put_facts(desk, standing)
    except CartError:
        return READ_PLAIN
    except BaseException as trouble:
        asker.trouble = trouble
        return READ_STOP


cdef inline bytes bytes_of(const TextC* text):
    return PyBytes_FromStringAndSize(text.data, text.size)


cdef int32_t put_facts(DeskC* desk, tuple standing) except -1:
    # Write facts into the desk's cart. Nothing here makes an object that the garbage collector
    # knows: a draft may borrow from a dict.
    cdef object cart = standing[0]
    cdef DraftC* d = &desk.draft
    cdef PyObject* found
    cdef int32_t i
    if cart is not None and cart != bytes_of(&d.id):
        return READ_PLAIN
    for number in <list>standing[1]:
        append32(desk.scratch, &desk.used_up, number)
    for entry in <list>standing[2]:
        put_by_group(desk, <tuple>entry)
    for i in range(d.code_count if <dict>standing[3] else 0):
        code = bytes_of(&d.codes[i])
        found = PyDict_GetItem(<dict>standing[3], code)
        if found != NULL:
            desk.pool_symbols[i] = <object>found
    if desk.scratch.is_out_of_memory:
        return READ_MEMORY
    desk.cart.used_up = desk.used_up.items
    desk.cart.used_up_count = desk.used_up.count
    if standing[4] is None:
        return READ_OK
    return READ_PLAIN if standing[4] is False else put_members(desk, standing[4])


cdef int put_by_group(DeskC* desk, tuple entry) except -1:
    # A promotion is used up when one of the customer's groups has come to its limit.
    cdef DraftC* d = &desk.draft
    cdef int64_t limit = entry[1]
    cdef PyObject* found
    cdef int32_t i
    for i in range(d.groups.first, d.groups.last):
        name = bytes_of(&d.words[i])
        found = PyDict_GetItem(<dict>entry[2], name)
        if found != NULL and <int64_t>(<object>found) >= limit:
            append32(desk.scratch, &desk.used_up, entry[0])
            return 0
    return 0


cdef class Pricer(Maker):
    """All that prices carts without Python. Immutable but for its seats."""

    cdef Book _book
    cdef type _kind
    cdef object _home
    cdef Seat _seat  # the one that was left last; None while it is taken
    cdef list _pool  # the others
    cdef bint _is_brief  # whether memos hold all that a result shows: without loyalty programs

    def __init__(self, Book book, type kind not None, object home):
        """Make quotes of a kind, which is a `Receipt`; each keeps `home`."""
        self._book = book
        self._kind = kind
        self._home = home
        self._pool = []
        self._is_brief = book.c.plan.program_count == 0

    def pool_symbols(self):
        """The symbol of each pool of codes."""
        symbols = {}
        for pool in self._book.labels.pools:
            text = pool.encode()
            symbols[pool] = find_symbol(&self._book.c, text, len(text))
        return symbols

    def quote(self, source, tuple standing=None):
        """The quote of one cart; None when it is for the plain way."""
        return self.make(source, standing)

    cdef make(self, source, tuple standing):
        cdef Seat seat
        cdef Py_ssize_t size = 0
        cdef const char* data = NULL
        cdef int32_t status
        cdef ItemC item
        if type(source) is not dict:
            data = json_of(source, &size)
            if data == NULL:
                return None
        seat = self._take_seat()
        if data == NULL:
            status = self._serve_dict(seat, source, standing)
        elif standing is not None:
            status = self._serve_known(seat, data, size, standing)
        elif size < ALONE_BYTES:
            status = serve(seat.desk.c, &seat.out, data, size, NULL, self._is_brief)
        else:
            with nogil:
                status = serve(seat.desk.c, &seat.out, data, size, NULL, self._is_brief)
        if status == READ_MEMORY:
            raise MemoryError("not enough memory to price a cart")
        quote = None
        if status == READ_OK:
            item.first, item.last = 0, seat.out.size
            item.grand_minor = seat.desk.c.totals.grand
            item.discount_minor = seat.desk.c.totals.discount
            quote = self._receipt(seat, &item, source, self._is_brief)
        self._leave_seat(seat)
        return quote

    def quote_many(self, list sources not None, lookup=None):
        """The quotes of some carts; None for each that is for the plain way.

        `lookup` gives the standing of a cart, or None.
        """
        cdef Py_ssize_t i, count = len(sources)
        cdef Seat seat = self._take_seat()
        cdef ItemC* items = <ItemC*>malloc((count + 1) * sizeof(ItemC))
        cdef Asker asker = asker_of(lookup)
        cdef void* found = NULL if lookup is None else <void*>asker
        cdef list quotes = []
        if items == NULL:
            raise MemoryError("not enough memory to price a batch of carts")
        try:
            for i in range(count):
                items[i].status = READ_PLAIN
                items[i].data = NULL
                if type(sources[i]) is not dict:
                    items[i].data = json_of(sources[i], &items[i].size)
            with nogil:
                serve_all(seat.desk.c, &seat.out, items, count, found)
            asker.go_on()
            for i in range(count):
                if items[i].status == READ_MEMORY:
                    raise MemoryError("not enough memory to price a batch of carts")
                if items[i].status == READ_OK:
                    quotes.append(self._receipt(seat, &items[i], sources[i], False))
                elif type(sources[i]) is dict:
                    quotes.append(self._quote_dict(sources[i], lookup))
                else:
                    quotes.append(None)
        finally:
            free(items)
        self._leave_seat(seat)
        return quotes

    def price_lines(self, bytes data not None, Py_ssize_t first, Py_ssize_t last, lookup=None):
        """JSON lines of a block in; their result lines, how much they come to, and the rest out.

        The rest is for the plain way: number, first and last byte of each such line, and its place
        in the result. `lookup` gives the standing of a cart, or None.
        """
        cdef Seat seat = self._take_seat()
        cdef Asker asker = asker_of(lookup)
        cdef Printer printer = Printer()
        cdef BlockC block
        cdef int32_t status
        cdef int64_t i
        assert 0 <= first <= last <= len(data)
        memset(&block, 0, sizeof(BlockC))
        block.data = PyBytes_AS_STRING(data)
        block.first, block.last = first, last
        block.lookup = NULL if lookup is None else <void*>asker
        printer.begin(((last - first) * seat.growth >> 10) + SPARE_BYTES)
        try:
            with nogil:
                status = serve_lines(&block, seat.desk.c, &printer.out)
            asker.go_on()
            if status == READ_MEMORY:
                raise MemoryError("not enough memory to price a block of lines")
            rest = [
                (
                    block.spans[i].number,
                    block.spans[i].first,
                    block.spans[i].last,
                    block.spans[i].place,
                )
                for i in range(block.span_count)
            ]
        finally:
            free(block.spans)
        if last > first:
            seat.growth = min((printer.out.size << 10) // (last - first), <int64_t>GROWTH_MOST)
        self._leave_seat(seat)
        return printer.take(), block.cart_count, block.line_count, block.discount_minor, rest

    cdef _quote_dict(self, dict source, lookup):
        # INVARIANT: the facts are there before the dict is read, as finding them runs Python code.
        standing = None
        if lookup is not None:
            name = source.get("id")
            try:
                standing = lookup(name) if type(name) is str else None
            except CartError:
                return None  # for the plain way to say
        return self.make(source, standing)

    cdef int32_t _serve_dict(self, Seat seat, source, tuple standing) except -1:
        # INVARIANT: nothing here runs Python code, as the draft borrows from the dict.
        cdef DeskC* desk = seat.desk.c
        cdef int32_t status = read_dict(&desk.draft, desk.book, source)
        if status == READ_OK:
            status = take_in(desk)
        if status == READ_OK and standing is not None:
            status = put_facts(desk, standing)
        return finish(desk, &seat.out, self._is_brief) if status == READ_OK else status

    cdef int32_t _serve_known(
        self, Seat seat, const char* data, Py_ssize_t size, tuple standing
    ) except -1:
        cdef DeskC* desk = seat.desk.c
        cdef int32_t status = read_json(&desk.draft, desk.book, data, size)
        if status == READ_OK:
            status = take_in(desk)
        if status == READ_OK:
            status = put_facts(desk, standing)
        return finish(desk, &seat.out, self._is_brief) if status == READ_OK else status

    cdef Receipt _receipt(self, Seat seat, const ItemC* item, source, bint is_brief):
        cdef Receipt made = new_receipt(self._kind)
        cdef bytes result = PyBytes_FromStringAndSize(
            seat.out.data + item.first, item.last - item.first
        )
        if is_brief:
            made._memo, made._maker = result, self
        else:
            made._written = result
        made._grand_minor = item.grand_minor
        made._discount_minor = item.discount_minor
        made._source = source
        made._home = self._home
        return made

    cdef bytes write(self, bytes memo):
        # The result that a memo is of.
        cdef Seat seat = self._take_seat()
        cdef bytes written
        if (
            read_memo(seat.desk.c, PyBytes_AS_STRING(memo)) != READ_OK
            or write_json(seat.desk.c, &seat.out) != READ_OK
        ):
            raise MemoryError("not enough memory to write a result")
        written = PyBytes_FromStringAndSize(seat.out.data, seat.out.size)
        self._leave_seat(seat)
        return written

    cdef Seat _take_seat(self):
        # A seat whose call ended in an error is not given back.
        cdef Seat seat = self._seat
        if seat is not None:
            self._seat = None
            return seat
        if self._pool:
            try:
                return <Seat>self._pool.pop()
            except IndexError:
                pass
        seat = Seat()
        seat.desk = Desk()
        seat.desk.c = make_desk(&self._book.c)
        if seat.desk.c == NULL:
            raise MemoryError("not enough memory for the working memory of a thread")
        return seat

    cdef int _leave_seat(self, Seat seat) except -1:
        seat.out.size = 0
        if seat.out.room > ROOM_BYTES:
            free(seat.out.data)
            memset(&seat.out, 0, sizeof(BufferC))
        if is_oversized(&seat.desk.c.draft):
            return 0
        if self._seat is None:
            self._seat = seat
        else:
            self._pool.append(seat)
        return 0


cdef const char* json_of(source, Py_ssize_t* size) noexcept:
    # The bytes of JSON that cannot change under us; NULL for all else. They live in `source`.
    cdef const char* data
    if type(source) is bytes:
        size[0] = len(<bytes>source)
        return PyBytes_AS_STRING(source)
    if type(source) is str:
        data = PyUnicode_AsUTF8AndSize(source, size)
        if data == NULL:
            PyErr_Clear()
        return data
    return NULL
