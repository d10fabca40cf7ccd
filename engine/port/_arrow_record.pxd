from libc.stdint cimport int32_t, int64_t

from ._arrow_result cimport ResultC

# The record of a quote, or of an error, as one row more. `numbers` are promotions by id, `reasons`
# the numbers of reasons by word.
cdef int write_record(ResultC* r, dict record, dict numbers, dict reasons) except -1
# The place of a new record, which counts at once.
cdef int64_t begin(ResultC* r, int32_t sheet) except -1
# A text of a record.
cdef int put(
    ResultC* r, int32_t sheet, int32_t column, int64_t place, int32_t kept, str text
) except -1
