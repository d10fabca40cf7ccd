"""Decimals, percentages, times and durations as text in, integers out."""

from libc.stdint cimport int32_t, int64_t, uint8_t
from libc.string cimport memcmp

from ._instant cimport SECOND_US, day_us

cdef enum:
    DIGITS_MAX = 12  # before the point; longer numbers are left to the plain way
    DECIMALS = 6
    PERCENT_DECIMALS = 4
    PPM = 1_000_000
    DAYS_MAX = 3_660_000  # of a duration


cdef inline bint is_digit(char byte) noexcept nogil:
    return <uint8_t>(byte - c"0") <= 9


cdef int32_t read_whole(const char* data, int32_t size, int64_t* number) noexcept nogil:
    # The digits at the beginning; how many there are, or -1 when they are none or too many.
    cdef int32_t place = 0
    number[0] = 0
    while place < size and is_digit(data[place]):
        if place == DIGITS_MAX:
            return -1
        number[0] = number[0] * 10 + (data[place] - c"0")
        place += 1
    return place if place > 0 else -1


cdef int32_t read_scaled(
    const char* data, int32_t size, int32_t decimals, int64_t* number
) noexcept nogil:
    # A decimal number times 10**decimals; how many bytes it took, or -1.
    cdef int32_t sign = size > 0 and data[0] == c"-", place, count = 0, taken
    place = read_whole(data + sign, size - sign, number)
    if place < 0:
        return -1
    place += sign
    if place < size and data[place] == c".":
        place += 1
        while place < size and is_digit(data[place]):
            if count < decimals:
                number[0] = number[0] * 10 + (data[place] - c"0")
            elif data[place] != c"0":
                return -1
            count += 1
            place += 1
        if count == 0:
            return -1
    for taken in range(count, decimals):
        number[0] *= 10
    if sign:
        number[0] = -number[0]
    return place


cdef bint read_decimal(const char* data, int32_t size, int64_t* millionths) noexcept nogil:
    return read_scaled(data, size, DECIMALS, millionths) == size


cdef bint read_percent(const char* data, int32_t size, int64_t* ppm) noexcept nogil:
    cdef int32_t place = read_scaled(data, size, PERCENT_DECIMALS, ppm)
    if place < 0:
        return False
    while place < size and data[place] == c" ":
        place += 1
    return place + 1 == size and data[place] == c"%" and 0 <= ppm[0] <= PPM


cdef bint read_time(const char* data, int32_t size, int64_t* time_us) noexcept nogil:
    # `17:30` or `17:30:15`.
    cdef int32_t hour, minute, second = 0, i
    if (size != 5 and size != 8) or data[2] != c":" or (size == 8 and data[5] != c":"):
        return False
    for i in range(0, size, 3):
        if not (is_digit(data[i]) and is_digit(data[i + 1])):
            return False
    hour, minute = pair(data), pair(data + 3)
    if size == 8:
        second = pair(data + 6)
    time_us[0] = <int64_t>((hour * 60 + minute) * 60 + second) * SECOND_US
    return hour < 24 and minute < 60 and second < 60


cdef inline int32_t pair(const char* data) noexcept nogil:
    return (data[0] - c"0") * 10 + (data[1] - c"0")


cdef bint read_duration(const char* data, int32_t size, int64_t* duration_us) noexcept nogil:
    # `30 days`: weeks, days, hours and minutes, with or without the last letter.
    cdef int64_t count, unit_us
    cdef int32_t place = read_whole(data, size, &count)
    if place < 0 or place == size or data[place] != c" ":
        return False
    while place < size and data[place] == c" ":
        place += 1
    if size > place and data[size - 1] == c"s":
        size -= 1
    unit_us = unit_of(data + place, size - place)
    # The first limit keeps the product within 64 bits: no unit has more than seven days.
    if unit_us == 0 or count > DAYS_MAX:
        return False
    duration_us[0] = count * unit_us
    return duration_us[0] <= DAYS_MAX * day_us()


cdef inline int64_t unit_of(const char* data, int32_t size) noexcept nogil:
    if size == 6 and memcmp(data, b"minute", 6) == 0:
        return <int64_t>60 * SECOND_US
    if size == 4 and memcmp(data, b"hour", 4) == 0:
        return <int64_t>3600 * SECOND_US
    if size == 3 and memcmp(data, b"day", 3) == 0:
        return day_us()
    if size == 4 and memcmp(data, b"week", 4) == 0:
        return 7 * day_us()
    return 0
