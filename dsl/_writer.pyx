"""Checked data in, the digest of its one canonical text out: `fingerprint` says what it is for.

The text grows in one buffer. A part is written behind what is there already; when it has become
longer than its own digest it is cut off again and the digest stands in its place.

    part       text
    null       null
    numbers    12, truth values and enumerations of integers too
    texts      "twelve", as in JSON, enumerations of texts too
    tuples     [1,2]
    sets       ["a","b"], sorted
    mappings   {"a":1,"b":2}, sorted
    dataclass  its name, which tells `And` from `Or`, and its fields: Term["line.sku","string",null]
"""

from cpython.bytes cimport PyBytes_AS_STRING, PyBytes_FromStringAndSize, PyBytes_GET_SIZE
from cpython.mem cimport PyMem_Free, PyMem_Malloc, PyMem_Realloc
from cpython.unicode cimport PyUnicode_AsUTF8AndSize
from libc.stdio cimport snprintf
from libc.string cimport memcpy

from dataclasses import fields
from hashlib import sha256
from json.encoder import encode_basestring

from .rule import Condition

cdef enum:
    SHORT = 64  # characters
    DIGEST = 65  # bytes of `#` and the digits
    ROOM = 1 << 16  # bytes to begin with
    LISTED_MAX = 8  # longer tuples are remembered, as they may stand in many dataclasses

cdef object make_digest = sha256
cdef object quote = encode_basestring
cdef object condition_type = Condition
cdef bytes HEX = b"0123456789abcdef"


cdef class Writer:
    """Writes one rule set; what is shared is written once.

    `left_out` names the fields that do not count, by the name of the dataclass.
    """

    cdef char* text
    cdef Py_ssize_t size
    cdef Py_ssize_t room
    cdef dict written  # by identity: the rule set keeps every part alive
    cdef dict openings  # by type: `Name[` of a dataclass
    cdef dict names  # by type: the fields that count of a dataclass
    cdef object left_out

    def __cinit__(self, left_out):
        self.text = <char*>PyMem_Malloc(ROOM)
        if self.text == NULL:
            raise MemoryError
        self.size = 0
        self.room = ROOM
        self.written = {}
        self.openings = {}
        self.names = {}
        self.left_out = left_out

    def __dealloc__(self):
        PyMem_Free(self.text)

    cdef int reserve(self, Py_ssize_t count) except -1:
        # Makes sure that so many bytes more can be written.
        cdef char* text
        if self.size + count > self.room:
            self.room = 2 * (self.size + count)
            text = <char*>PyMem_Realloc(self.text, self.room)
            if text == NULL:
                raise MemoryError
            self.text = text
        return 0

    cdef int put(self, const char* piece, Py_ssize_t count) except -1:
        self.reserve(count)
        memcpy(self.text + self.size, piece, count)
        self.size += count
        return 0

    cdef inline int put_mark(self, char mark) except -1:
        self.reserve(1)
        self.text[self.size] = mark
        self.size += 1
        return 0

    cdef int put_bytes(self, bytes piece) except -1:
        return self.put(PyBytes_AS_STRING(piece), PyBytes_GET_SIZE(piece))

    cdef int put_text(self, object text) except -1:
        # A text in quotes, its characters escaped as in JSON where that must be.
        cdef Py_ssize_t count, at
        cdef const char* source = PyUnicode_AsUTF8AndSize(text, &count)
        cdef unsigned char c
        for at in range(count):
            c = source[at]
            if c < 0x20 or c == c'"' or c == c"\\":
                text = quote(text)
                source = PyUnicode_AsUTF8AndSize(text, &count)
                return self.put(source, count)
        self.reserve(count + 2)
        self.text[self.size] = c'"'
        memcpy(self.text + self.size + 1, source, count)
        self.text[self.size + 1 + count] = c'"'
        self.size += count + 2
        return 0

    cdef int put_number(self, object number) except -1:
        cdef char digits[24]
        if -(2**62) < number < 2**62:
            return self.put(digits, snprintf(digits, sizeof(digits), b"%lld", <long long>number))
        return self.put_bytes(str(int(number)).encode())

    cdef int put_part(self, object part) except -1:
        # Any part, a long one as its digest.
        cdef Py_ssize_t start
        if part is None:
            return self.put(b"null", 4)
        kind = type(part)
        if kind is str:
            return self.put_text(part)
        if kind is int:
            return self.put_number(part)
        cdef bint is_kept = kind is not tuple or len(<tuple>part) > LISTED_MAX
        if is_kept:
            known = self.written.get(<size_t><void*>part)
            if known is not None:
                return self.put_bytes(known)
        start = self.size
        self.put_whole(part, kind)
        self.shorten(start)
        if is_kept:
            known = PyBytes_FromStringAndSize(self.text + start, self.size - start)
            self.written[<size_t><void*>part] = known
        return 0

    cdef int put_whole(self, object part, object kind) except -1:
        if kind is tuple:
            return self.put_tuple(<tuple>part)
        names = self.names.get(kind)
        if names is not None:
            return self.put_fields(part, kind, <tuple>names)
        if isinstance(part, str):
            return self.put_text(part)
        if isinstance(part, int):
            return self.put_number(part)
        if kind is frozenset:
            return self.put_sorted([self.taken(each) for each in part], b"[", b"]")
        if kind is dict:
            entries = [
                self.taken(key) + b":" + self.taken(value) for key, value in part.items()
            ]
            return self.put_sorted(entries, b"{", b"}")
        left_out = self.left_out.get(kind.__name__, ())
        names = tuple([field.name for field in fields(part) if field.name not in left_out])
        self.names[kind] = names
        self.openings[kind] = kind.__name__.encode() + b"["
        return self.put_fields(part, kind, names)

    cdef int put_tuple(self, tuple part) except -1:
        cdef bint is_first = True
        self.put_mark(c"[")
        for each in part:
            if not is_first:
                self.put_mark(c",")
            is_first = False
            self.put_part(each)
        return self.put_mark(c"]")

    cdef int put_sorted(self, list pieces, bytes opening, bytes closing) except -1:
        # UTF-8 sorts as the characters do.
        pieces.sort()
        self.put_bytes(opening)
        self.put_bytes(b",".join(pieces))
        return self.put_bytes(closing)

    cdef bytes taken(self, object part):
        # The text of a part, taken out of the buffer again.
        cdef Py_ssize_t start = self.size
        self.put_part(part)
        text = PyBytes_FromStringAndSize(self.text + start, self.size - start)
        self.size = start
        return text

    cdef int put_fields(self, object part, object kind, tuple names) except -1:
        cdef bint is_first = True
        self.put_bytes(<bytes>self.openings[kind])
        if kind is condition_type:
            return self.put_condition(part)
        for name in names:
            if not is_first:
                self.put_mark(c",")
            is_first = False
            self.put_part(getattr(part, name))
        return self.put_mark(c"]")

    cdef int put_condition(self, object part) except -1:
        # The text of a condition counts only when it can stand in a warning.
        self.put_part(part.formula)
        if part.is_soft:
            self.put(b",1,", 3)
            self.put_text(part.text)
        else:
            self.put(b",0,null", 7)
        return self.put_mark(c"]")

    cdef int shorten(self, Py_ssize_t start) except -1:
        # Puts the digest in the place of what begins here when that is shorter.
        cdef Py_ssize_t count = self.size - start, at, characters = 0
        cdef const unsigned char* digest
        cdef const char* digits = HEX
        if count <= SHORT:
            return 0
        for at in range(start, self.size):
            characters += (self.text[at] & 0xC0) != 0x80
        if characters <= SHORT:
            return 0
        made = make_digest(PyBytes_FromStringAndSize(self.text + start, count)).digest()
        digest = <const unsigned char*>PyBytes_AS_STRING(made)
        self.text[start] = c"#"
        for at in range(32):
            self.text[start + 1 + 2 * at] = digits[digest[at] >> 4]
            self.text[start + 2 + 2 * at] = digits[digest[at] & 15]
        self.size = start + DIGEST
        return 0


def write_digest(part, left_out):
    """The hexadecimal digits of the digest of some checked data."""
    cdef Writer writer = Writer(left_out)
    return make_digest(writer.taken(part)).hexdigest()
