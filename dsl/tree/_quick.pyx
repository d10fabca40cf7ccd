"""A source in, its tree out, read in one go; None for whatever is not written in the usual way.

YAML is large, and rule files use little of it: mappings and lists by indentation, keys without
quotes, texts on one line, lists and mappings in brackets on one line. That much is read here, many
times faster than an event at a time. The reader gives up at the first sign of anything else, which
`reader` then reads, and reports if it is wrong: what is read here means the same to YAML, node by
node and place by place, and has nothing in it to report.
"""

from cpython.object cimport PyObject_GenericSetAttr
from cpython.unicode cimport (
    PyUnicode_DATA,
    PyUnicode_GET_LENGTH,
    PyUnicode_KIND,
    PyUnicode_READ,
    PyUnicode_Substring,
)

from .nodes import Mapping, Scalar, Sequence
from .quoting import is_balanced

cdef extern from "Python.h":
    object PyType_GenericAlloc(type kind, Py_ssize_t count)
    void PyObject_GC_UnTrack(object made)

cdef object new_mapping = Mapping
cdef type scalar_type = Scalar
cdef str TEXT = "text"
cdef str SOURCE = "source"
cdef str START = "start"
cdef str END = "end"
cdef str STYLE = "style"
cdef object new_sequence = Sequence

cdef enum:
    KEY_MAX = 200  # characters; YAML itself takes 1,024
    DEPTH_MAX = 40
    NODES_MAX = 400_000  # a file with more may be one that is refused
    UNUSUAL_FROM = 0xA0


class GiveUp(Exception):
    """Something that is left to the whole of YAML."""


cdef inline bint is_key(Py_UCS4 c) noexcept:
    return (
        c"a" <= c <= c"z" or c"A" <= c <= c"Z" or c"0" <= c <= c"9"
        or c == c"_" or c == c"-" or c == c"."
    )


cdef inline bint is_plain_inside(Py_UCS4 c) noexcept:
    # What an unquoted text inside brackets may be made of here, beside single blanks.
    return is_key(c) or c == c"%" or c == c"+" or c == c"/"


cdef inline bint begins_plain(Py_UCS4 c) noexcept:
    return (
        c"a" <= c <= c"z" or c"A" <= c <= c"Z" or c"0" <= c <= c"9"
        or c == c"_" or c == c"(" or (c > UNUSUAL_FROM and c.isalpha())
    )


cdef class Scan:
    """One reading of one text."""

    cdef object source
    cdef str text
    cdef void* data
    cdef int kind
    cdef Py_ssize_t size
    cdef Py_ssize_t at  # where to go on: at the first character of what comes next
    cdef Py_ssize_t column  # its column; -1 at the end of the text
    cdef Py_ssize_t reach  # where the last thing read ends
    cdef Py_ssize_t nodes
    cdef int depth

    def __init__(self, source):
        self.source = source
        self.text = source.text
        self.data = PyUnicode_DATA(self.text)
        self.kind = PyUnicode_KIND(self.text)
        self.size = PyUnicode_GET_LENGTH(self.text)

    cdef inline Py_UCS4 char_at(self, Py_ssize_t at) noexcept:
        # A line end stands behind the last character.
        return PyUnicode_READ(self.kind, self.data, at) if at < self.size else c"\n"

    cdef object read(self):
        # The root, a mapping at the margin.
        self.at = self.reach = 0
        self.next_line(0)
        if self.column != 0:
            raise GiveUp
        root = self.block_mapping(0)
        if self.column != -1:
            raise GiveUp
        return root

    cdef int next_line(self, Py_ssize_t at) except -1:
        # From the beginning of a line to the next thing that is no comment.
        cdef Py_ssize_t start
        cdef Py_UCS4 c
        while at < self.size:
            start = at
            c = self.char_at(at)
            while c == c" ":
                at += 1
                c = self.char_at(at)
            if c == c"#":
                at = self.line_end(at)
            elif c != c"\n":
                self.at = at
                self.column = at - start
                return 0
            at += 1
        self.at = self.size
        self.column = -1
        return 0

    cdef inline Py_ssize_t line_end(self, Py_ssize_t at) noexcept:
        while self.char_at(at) != c"\n":
            at += 1
        return at

    cdef int end_line(self, Py_ssize_t at) except -1:
        # Behind a value nothing follows in its line but blanks and a comment.
        cdef Py_ssize_t start = at
        while self.char_at(at) == c" ":
            at += 1
        if self.char_at(at) == c"#" and at > start:
            at = self.line_end(at)
        if self.char_at(at) != c"\n":
            raise GiveUp
        return self.next_line(at + 1)

    cdef int enter(self) except -1:
        self.depth += 1
        self.nodes += 1
        if self.depth > DEPTH_MAX or self.nodes > NODES_MAX:
            raise GiveUp
        return 0

    cdef Py_ssize_t key_end(self) noexcept:
        # Where the key here ends, at its colon; -1 when here is none.
        cdef Py_ssize_t at = self.at
        cdef Py_UCS4 c = self.char_at(at)
        if c == c"-" or c == c".":
            return -1
        while is_key(c):
            at += 1
            c = self.char_at(at)
        if c != c":" or at == self.at or at - self.at > KEY_MAX:
            return -1
        c = self.char_at(at + 1)
        return at if c == c" " or c == c"\n" else -1

    cdef object scalar(self, Py_ssize_t start, Py_ssize_t end, str style):
        # The text between two places, quotes left out; a `'` in single quotes is written twice.
        cdef str text
        self.nodes += 1
        if self.nodes > NODES_MAX:
            raise GiveUp
        self.reach = end
        if not style:
            text = PyUnicode_Substring(self.text, start, end)
        else:
            text = PyUnicode_Substring(self.text, start + 1, end - 1)
            if style == "'" and "''" in text:
                text = text.replace("''", "'")
        # There are more of these than of anything else. No way leads from one back to itself, so
        # that the garbage collector need not know of it.
        made = PyType_GenericAlloc(scalar_type, 0)
        PyObject_GC_UnTrack(made)
        PyObject_GenericSetAttr(made, TEXT, text)
        PyObject_GenericSetAttr(made, SOURCE, self.source)
        PyObject_GenericSetAttr(made, START, start)
        PyObject_GenericSetAttr(made, END, end)
        PyObject_GenericSetAttr(made, STYLE, style)
        return made

    cdef object block_mapping(self, Py_ssize_t indent):
        # Keys in one column; the first stands here.
        cdef Py_ssize_t colon
        mapping = new_mapping(self.source, self.at, self.at, False)
        cdef dict keys = mapping.keys, values = mapping.values
        self.enter()
        while self.column == indent:
            colon = self.key_end()
            if colon < 0:
                raise GiveUp
            key = self.scalar(self.at, colon, "")
            name = key.text
            if name in keys:
                raise GiveUp
            keys[name] = key
            values[name] = self.value_after(colon + 1, indent)
        if self.column > indent:
            raise GiveUp
        mapping.end = self.reach
        self.depth -= 1
        return mapping

    cdef object value_after(self, Py_ssize_t at, Py_ssize_t indent):
        # What follows a colon: in its line, or below it and further in.
        while self.char_at(at) == c" ":
            at += 1
        cdef Py_UCS4 c = self.char_at(at)
        if c != c"\n" and c != c"#":
            self.at = at
            return self.value_here(indent)
        if c == c"#":
            at = self.line_end(at)
        self.next_line(at + 1)
        if self.column >= indent and self.is_dash():
            return self.block_sequence(self.column)
        if self.column > indent:
            return self.block_mapping(self.column)
        raise GiveUp

    cdef inline bint is_dash(self) noexcept:
        return self.char_at(self.at) == c"-" and self.char_at(self.at + 1) == c" "

    cdef object block_sequence(self, Py_ssize_t indent):
        # Items in one column; the first dash stands here.
        cdef Py_ssize_t dash, inner
        sequence = new_sequence(self.source, self.at, self.at, False)
        cdef list items = sequence.items
        self.enter()
        while self.column == indent and self.is_dash():
            dash = self.at
            self.at += 1
            while self.char_at(self.at) == c" ":
                self.at += 1
            inner = indent + self.at - dash
            if self.key_end() >= 0:
                self.column = inner
                items.append(self.block_mapping(inner))
            else:
                items.append(self.value_here(indent))
        if self.column > indent:
            raise GiveUp
        sequence.end = self.reach
        self.depth -= 1
        return sequence

    cdef object value_here(self, Py_ssize_t indent):
        # A text, or brackets, and the end of its line; the next line is not further in.
        cdef Py_UCS4 c = self.char_at(self.at)
        if c == c"{" or c == c"[":
            value = self.flow()
            self.end_line(self.at)
        elif c == c"'" or c == c'"':
            value = self.quoted(c)
            self.end_line(self.at)
        else:
            value = self.plain_line()
        if self.column > indent:
            raise GiveUp
        return value

    cdef object plain_line(self):
        # An unquoted text to the end of its line, or to a comment.
        cdef Py_ssize_t start = self.at, at = start, end = start
        cdef Py_UCS4 c = self.char_at(at), before = c" "
        cdef bint is_suspect = False
        if c == c"-" and c"0" <= self.char_at(at + 1) <= c"9":
            at += 1
        elif not begins_plain(c):
            raise GiveUp
        while True:
            c = self.char_at(at)
            if c == c"\n" or (c == c"#" and before == c" "):
                break
            if c == c":" and (self.char_at(at + 1) == c" " or self.char_at(at + 1) == c"\n"):
                raise GiveUp
            if c == c"(" or c == c'"':
                is_suspect = True
            at += 1
            if c != c" ":
                end = at
            before = c
        value = self.scalar(start, end, "")
        if is_suspect and not self.is_closed(start, end) and not is_balanced(value.text):
            raise GiveUp
        self.end_line(end)
        return value

    cdef bint is_closed(self, Py_ssize_t start, Py_ssize_t end) noexcept:
        # Whether brackets and quotes are surely closed, as `quoting.is_balanced` sees them.
        cdef Py_UCS4 closers[16]
        cdef Py_UCS4 c
        cdef Py_ssize_t at = start
        cdef int count = 0
        while at < end:
            c = self.char_at(at)
            if c == c'"':
                if at > start and self.char_at(at - 1).isalnum():
                    return False
                at += 1
                while at < end and self.char_at(at) != c'"':
                    if self.char_at(at) == c"\\":
                        return False
                    at += 1
                if at >= end:
                    return False
            elif c == c"(" or c == c"[" or c == c"{":
                if count == 16:
                    return False
                closers[count] = c")" if c == c"(" else c"]" if c == c"[" else c"}"
                count += 1
            elif c == c")" or c == c"]" or c == c"}":
                count -= 1
                if count < 0 or closers[count] != c:
                    return False
            elif c == c"#":
                return False
            at += 1
        return count == 0

    cdef object quoted(self, Py_UCS4 mark):
        # A text in quotes on one line, without escapes.
        cdef Py_ssize_t start = self.at, at = start + 1
        cdef Py_UCS4 c
        while True:
            c = self.char_at(at)
            if c == c"\n" or (c == c"\\" and mark == c'"'):
                raise GiveUp
            at += 1
            if c == mark:
                if mark == c'"' or self.char_at(at) != c"'":
                    break
                at += 1
        self.at = at
        return self.scalar(start, at, "'" if mark == c"'" else '"')

    cdef inline void skip_blanks(self) noexcept:
        while self.char_at(self.at) == c" ":
            self.at += 1

    cdef object flow(self):
        # A list or a mapping in brackets on one line.
        cdef Py_ssize_t start = self.at, colon
        cdef bint is_mapping = self.char_at(start) == c"{"
        cdef Py_UCS4 closer = c"}" if is_mapping else c"]"
        cdef dict keys, values
        cdef list items
        if is_mapping:
            made = new_mapping(self.source, start, start, True)
            keys, values, items = made.keys, made.values, None
        else:
            made = new_sequence(self.source, start, start, True)
            keys, values, items = None, None, made.items
        self.enter()
        self.at += 1
        self.skip_blanks()
        while self.char_at(self.at) != closer:
            if is_mapping:
                colon = self.key_end()
                if colon < 0:
                    raise GiveUp
                key = self.scalar(self.at, colon, "")
                if key.text in keys:
                    raise GiveUp
                keys[key.text] = key
                self.at = colon + 1
                self.skip_blanks()
                values[key.text] = self.flow_value()
            else:
                items.append(self.flow_value())
            self.skip_blanks()
            if self.char_at(self.at) == c",":
                self.at += 1
                self.skip_blanks()
                if self.char_at(self.at) == closer:
                    raise GiveUp
            elif self.char_at(self.at) != closer:
                raise GiveUp
        self.at += 1
        self.reach = made.end = self.at
        self.depth -= 1
        return made

    cdef object flow_value(self):
        # A text or brackets inside brackets.
        cdef Py_UCS4 c = self.char_at(self.at)
        cdef Py_ssize_t start = self.at, at = start, end
        if c == c"{" or c == c"[":
            return self.flow()
        if c == c"'" or c == c'"':
            return self.quoted(c)
        if c == c"-" and c"0" <= self.char_at(at + 1) <= c"9":
            at += 1
        elif not is_key(c) or c == c"-" or c == c".":
            raise GiveUp
        while True:
            end = at
            while is_plain_inside(self.char_at(end)):
                end += 1
            if self.char_at(end) != c" " or not is_plain_inside(self.char_at(end + 1)):
                break
            at = end + 1
        self.at = end
        return self.scalar(start, end, "")


def read_quickly(source):
    """The root node of a file, or None when it is left to the whole of YAML to read it."""
    cdef str text = source.text
    if "\t" in text or "\r" in text or "\ufeff" in text:
        return None
    cdef Scan scan = Scan(source)
    try:
        return scan.read()
    except GiveUp:
        return None
