"""A frozen dataclass in, what makes its instances in one go out: thousands are made of some.

The `__init__` of a frozen dataclass sets each field through a call of `object.__setattr__`. A maker
sets the same slots to the same values, and nothing else: it is for classes with slots, whose
fields have plain defaults, and which have nothing more to do when one is made.

INVARIANT: what is made is of values that were there before and that nobody changes, so that no
way leads from it back to itself. The garbage collector therefore need not know of it, and does not
walk a rule set again and again; like any object it goes when nobody has it any more.
"""

from cpython.dict cimport PyDict_GetItem
from cpython.object cimport PyObject, PyObject_GenericSetAttr
from cpython.tuple cimport PyTuple_GET_ITEM, PyTuple_GET_SIZE

from dataclasses import MISSING, fields

cdef extern from "Python.h":
    object PyType_GenericAlloc(type kind, Py_ssize_t count)
    void PyObject_GC_UnTrack(object made)


cdef class Maker:
    """Makes instances of one class; called as the class is."""

    cdef type kind
    cdef tuple names
    cdef tuple defaults  # by field; MISSING for those without
    cdef Py_ssize_t count

    def __cinit__(self, kind):
        made = [field for field in fields(kind) if field.init]
        assert kind.__slots__ == tuple([field.name for field in made])
        assert not hasattr(kind, "__post_init__")
        assert all([field.default_factory is MISSING for field in made])
        self.kind = kind
        self.names = kind.__slots__
        self.defaults = tuple([field.default for field in made])
        self.count = len(made)

    def __call__(self, *args, **kwargs):
        cdef Py_ssize_t given = PyTuple_GET_SIZE(args), left = len(kwargs), place
        cdef PyObject* found
        if given > self.count:
            return self.kind(*args, **kwargs)  # which says what is wrong
        made = PyType_GenericAlloc(self.kind, 0)
        for place in range(self.count):
            name = <object>PyTuple_GET_ITEM(self.names, place)
            if place < given:
                value = <object>PyTuple_GET_ITEM(args, place)
            else:
                found = PyDict_GetItem(kwargs, name) if left else NULL
                if found != NULL:
                    value = <object>found
                    left -= 1
                else:
                    value = <object>PyTuple_GET_ITEM(self.defaults, place)
                    if value is MISSING:
                        return self.kind(*args, **kwargs)
            PyObject_GenericSetAttr(made, name, value)
        if left:
            return self.kind(*args, **kwargs)
        PyObject_GC_UnTrack(made)
        return made


def maker_of(kind):
    """What makes instances of a frozen dataclass with slots, and is called as the class is."""
    return Maker(kind)
