"""What was priced in, its totals at once and its result when somebody asks out."""

from libc.string cimport memchr

from cpython.bytes cimport PyBytes_AS_STRING
from cpython.object cimport PyObject, PyTypeObject
from cpython.unicode cimport PyUnicode_DecodeUTF8

from ._draft cimport TextC
from ._memo cimport cart_id_of

cdef enum:
    NAME_FIRST = 9  # bytes of `{"cart":"`, with which every result begins

cdef tuple NO_ARGUMENTS = ()


cdef class Maker:
    """Who makes receipts, and writes their results: a pricer."""

    cdef make(self, source, tuple standing):
        return None

    cdef bytes write(self, bytes memo):
        raise TypeError(f"a {type(self).__name__} writes no results")


cdef class Receipt:
    """What a quote is before anybody looks: a memo of its result, and its totals.

    `_source` is the cart as it came, `_home` what can read it again. A quote that came the plain
    way has neither result nor totals, but what `_plain` holds.
    """

    @property
    def _json(self):
        """The result as JSON, written when it is first asked for; None on the plain way."""
        cdef bytes memo = self._memo
        cdef Maker maker = self._maker  # held, as another thread may get here meanwhile
        if memo is not None:
            self._written = maker.write(memo)
            self._memo = self._maker = None
        return self._written

    @property
    def grand_total(self):
        """What is to be paid, in minor units."""
        return self._grand_minor if self._plain is None else self.result.grand_total

    @property
    def discount_total(self):
        """What came off lines and shipments, in minor units."""
        return self._discount_minor if self._plain is None else self.result.discount_total

    @property
    def cart_id(self):
        """The id of the cart."""
        cdef TextC id
        cdef const char* data
        cdef const char* end
        if self._plain is not None:
            return self._plain.cart.id
        if self._memo is not None:
            id = cart_id_of(PyBytes_AS_STRING(self._memo))
            return PyUnicode_DecodeUTF8(id.data, id.size, NULL)
        data = PyBytes_AS_STRING(self._written) + NAME_FIRST
        end = <const char*>memchr(data, c'"', len(self._written) - NAME_FIRST)
        if memchr(data, c"\\", end - data) != NULL:
            return self.result.cart
        return PyUnicode_DecodeUTF8(data, end - data, NULL)

    def __reduce__(self):
        """Quotes can be pickled: where they arrive the result is written."""
        totals = self._grand_minor, self._discount_minor
        parts = self._source, self._home, self._plain, self._result, self._explanation
        return receipt_of, (type(self), self._json, totals, parts)


def receipt_of(type kind not None, bytes written, tuple totals, tuple parts):
    """A receipt of a kind that was sent from elsewhere."""
    cdef Receipt made = new_receipt(kind)
    made._written = written
    made._grand_minor, made._discount_minor = totals
    made._source, made._home, made._plain, made._result, made._explanation = parts
    return made


cdef Receipt new_receipt(type kind):
    return (<PyTypeObject*>kind).tp_new(kind, <PyObject*>NO_ARGUMENTS, NULL)
