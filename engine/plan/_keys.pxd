# What the filing of promotions knows of keys and of what formulas say of texts.

cdef class Key:
    cdef readonly int rank  # of the least selective field
    cdef readonly Py_ssize_t size  # how many texts it has
    cdef readonly tuple places
    cdef readonly int line_places  # how many of them are of lines

    cdef bint is_same(self, Key other) except -1
    cdef bint is_before(self, Key other) except -1
    cdef bint of_lines(self)
    cdef bint of_one(self)


cdef class Answer:
    cdef readonly Key key
    cdef readonly bint is_exact
    cdef readonly object units
    cdef readonly tuple needed

    cdef bint is_exactly(self, Key key) except -1


cdef class KeyFinder:
    cdef dict known  # answers by identity: hashing a formula walks all of it
    cdef list kept  # the formulas, which must stay alive for that
    cdef bint has_prefixes

    cdef Answer look_up(self, object formula)
    cdef Answer make(self, object formula)
    cdef Answer answer_of_and(self, object formula)
    cdef Answer answer_of_or(self, object formula)
    cdef Answer answer_of_any_line(self, object formula)
    cdef Answer answer_of_compare(self, object formula)


cpdef Key best_key(keys)
