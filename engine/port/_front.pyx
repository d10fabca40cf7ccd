"""One cart in, its quote out: what most callers want of an engine, without a step in between."""

from ._receipt cimport Maker


cdef class Front:
    """The face of an engine as far as it is compiled."""

    cdef object till  # replaced with its pricer as one: every call looks at them once
    cdef Maker pricer

    @property
    def _till(self):
        """Everything there is for the rule set of the next cart."""
        return self.till

    @_till.setter
    def _till(self, till):
        before = self.till, self.pricer  # let go when both are replaced
        cdef Maker pricer = till.pricer
        self.till, self.pricer = till, pricer

    def quote(self, cart, facts=None, explain=False):
        """Price one cart; raises `CartError`, naming the field, when it is no valid cart."""
        cdef Maker pricer = self.pricer
        till = self.till
        if facts is None and pricer is not None and not explain:
            quote = pricer.make(cart, None)
            if quote is not None:
                return quote
        return till.quote(cart, facts, explain)
