from ._arrow_result cimport ResultC

# The record of a quote, or of an error, as one row more. `numbers` are promotions by id, `reasons`
# the numbers of reasons by word.
cdef int write_record(ResultC* r, dict record, dict numbers, dict reasons) except -1
