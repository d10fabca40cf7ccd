# The columns `redemptions` and `earned`, of which `bitmap` says which rows have none.
cdef tuple loyalty_specs(int bitmap)
