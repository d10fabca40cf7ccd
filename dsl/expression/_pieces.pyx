"""An expression's text in, its mould and its literals out; literals in, what they say out.

What a literal is stands in `mould`. A text of literals has no quote and no escape in it, so that
it says what stands between its quotes.
"""

from cpython.unicode cimport (
    PyUnicode_DATA,
    PyUnicode_GET_LENGTH,
    PyUnicode_KIND,
    PyUnicode_READ,
    PyUnicode_Substring,
)

cdef extern from "Python.h":
    void PyObject_GC_UnTrack(object made)


class Odd(Exception):
    """A text that has to go the ordinary way."""


cdef inline bint is_digit(Py_UCS4 c) noexcept:
    return c"0" <= c <= c"9"


cdef inline bint is_beside_name(Py_UCS4 c) noexcept:
    # What a number that is a piece of something else has before or behind it.
    return c.isalnum() or c == c"_" or c == c"." or c == c":" or c == c"-"


cdef Py_ssize_t quoted_end(int kind, void* data, Py_ssize_t size, Py_ssize_t at) noexcept:
    # Where the text in quotes that begins here ends; -1 for one with an escape, or without an end.
    cdef Py_UCS4 mark = PyUnicode_READ(kind, data, at), c
    at += 1
    while at < size:
        c = PyUnicode_READ(kind, data, at)
        at += 1
        if c == mark:
            return at
        if c == c"\\" or c == c"\n":
            return -1
    return -1


cdef Py_ssize_t number_end(int kind, void* data, Py_ssize_t size, Py_ssize_t at) noexcept:
    # Where the number that begins here ends; -1 for a piece of something else.
    cdef Py_UCS4 c
    if at:
        c = PyUnicode_READ(kind, data, at - 1)
        if is_beside_name(c) or c == c",":
            return -1
    while at < size and is_digit(PyUnicode_READ(kind, data, at)):
        at += 1
    if at + 1 < size and PyUnicode_READ(kind, data, at) == c".":
        if is_digit(PyUnicode_READ(kind, data, at + 1)):
            at += 1
            while at < size and is_digit(PyUnicode_READ(kind, data, at)):
                at += 1
    if at < size:
        c = PyUnicode_READ(kind, data, at)
        if is_beside_name(c):
            return -1
        if c == c"," and at + 1 < size and is_digit(PyUnicode_READ(kind, data, at + 1)):
            return -1
    return at


def take_apart(str text):
    """The text around its literals, and the literals as written."""
    cdef int kind = PyUnicode_KIND(text)
    cdef void* data = PyUnicode_DATA(text)
    cdef Py_ssize_t size = PyUnicode_GET_LENGTH(text), at = 0, start = 0, end
    cdef list stays = [], literals = []
    cdef Py_UCS4 c
    while at < size:
        c = PyUnicode_READ(kind, data, at)
        if c == c'"' or c == c"'":
            end = quoted_end(kind, data, size, at)
        elif is_digit(c):
            end = number_end(kind, data, size, at)
        else:
            end = -1
        if end < 0:
            at += 1
            continue
        stays.append(PyUnicode_Substring(text, start, at))
        literals.append(PyUnicode_Substring(text, at, end))
        at = start = end
    stays.append(PyUnicode_Substring(text, start, size))
    return tuple(stays), literals


cdef inline object said(str literal):
    # What stands between quotes.
    cdef Py_UCS4 c = literal[0]
    if c != c'"' and c != c"'":
        raise Odd
    return PyUnicode_Substring(literal, 1, PyUnicode_GET_LENGTH(literal) - 1)


def read_quoted(str literal):
    """What stands between quotes; raises Odd for a number."""
    return said(literal)


def pick_texts(list values, tuple places):
    """Texts among the literals, sorted and distinct."""
    cdef list texts = []
    cdef Py_ssize_t place
    cdef bint is_sorted = True
    cdef object last = None
    for place in places:
        text = said(<str>values[place])
        if last is not None and not last < text:
            is_sorted = False
        texts.append(text)
        last = text
    cdef tuple picked = tuple(texts) if is_sorted else tuple(sorted(set(texts)))
    PyObject_GC_UnTrack(picked)  # as the garbage collector itself would do with texts alone
    return picked


cdef object printed(str literal, object print_text):
    # The canonical text of a text in quotes; `print_text` prints the unusual ones.
    if literal[0] == c'"' and literal.isprintable():
        return literal
    cdef str text = said(literal)
    if not text.isprintable() or '"' in text:
        return print_text(text)
    return f'"{text}"'


def fill_in(list stays, list shows, list values, print_text):
    """A text around its literals: `shows` are the place of each, and what prints it.

    What prints texts in quotes is None.
    """
    cdef list pieces = [stays[0]]
    cdef Py_ssize_t at = 1, place
    for place, show in shows:
        literal = values[place]
        pieces.append(printed(<str>literal, print_text) if show is None else show(literal))
        pieces.append(stays[at])
        at += 1
    return "".join(pieces)
