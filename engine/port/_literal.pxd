# Decimals, percentages, times and durations as carts spell them, in the units of `dsl.kinds`. Each
# reader says whether it is sure of what it read.

from libc.stdint cimport int32_t, int64_t

cdef bint read_decimal(const char* data, int32_t size, int64_t* millionths) noexcept nogil
cdef bint read_percent(const char* data, int32_t size, int64_t* ppm) noexcept nogil
cdef bint read_time(const char* data, int32_t size, int64_t* time_us) noexcept nogil
cdef bint read_duration(const char* data, int32_t size, int64_t* duration_us) noexcept nogil
