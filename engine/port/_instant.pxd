# Dates and instants as carts spell them. Each reader says whether it is sure of what it read.

from libc.stdint cimport int32_t, int64_t, uint64_t

cimport cython

from ._book cimport BookC

cdef enum:
    DAY_S = 86_400
    SECOND_US = 1_000_000
    WEEK = 7
    EPOCH_WEEKDAY = 3  # 1970-01-01 was a Thursday
    FIRST_DAY = -719_162  # 0001-01-01, in days since 1970-01-01
    LAST_DAY = 2_932_896  # 9999-12-31

cdef bint read_day(const char* data, int32_t size, int64_t* days) noexcept nogil
cdef bint read_instant(const char* data, int32_t size, int64_t* instant_us) noexcept nogil
# Whether an instant is so far from the ends of the calendar that no zone's clock leaves it.
cdef bint is_inside(int64_t instant_us) noexcept nogil
# What a clock of the rule set's zone shows; `place` remembers the offset from cart to cart.
cdef bint read_clock(
    const BookC* book, int64_t instant_us, int32_t* place, int64_t* local_us
) noexcept nogil


cdef inline int64_t day_us() noexcept nogil:
    return <int64_t>DAY_S * SECOND_US


@cython.cdivision(True)
cdef inline int64_t day_of(int64_t us) noexcept nogil:
    # Rounded towards the past.
    cdef int64_t days = us // day_us()
    return days - (days * day_us() > us)


cdef inline int32_t hour_of(int64_t time_us) noexcept nogil:
    cdef uint64_t hour_us = <uint64_t>3600 * SECOND_US
    return <int32_t>divide(<uint64_t>time_us, hour_us)


cdef inline int32_t weekday_of(int64_t day) noexcept nogil:
    # From Monday. Years of the past have negative days: shift them by whole weeks.
    cdef uint64_t shifted = <uint64_t>(day + <int64_t>WEEK * 1_000_000 + EPOCH_WEEKDAY)
    return <int32_t>(shifted - divide(shifted, WEEK) * WEEK)


@cython.cdivision(True)
cdef inline uint64_t divide(uint64_t a, uint64_t b) noexcept nogil:
    return a // b
