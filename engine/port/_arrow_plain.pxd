from libc.stdint cimport int64_t

from ._arrow_table cimport Table

# A row as the dict that says the same; raises `CartError` for attributes that are no JSON.
cdef dict plain_row(Table table, object bound, int64_t row)
# The id of the cart in a row, if it has one.
cdef object id_in_row(Table table, object bound, int64_t row)
