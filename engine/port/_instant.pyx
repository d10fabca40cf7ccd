"""Dates and instants as carts spell them in, days and microseconds out."""

from libc.stdint cimport int8_t, int32_t, int64_t, uint8_t, uint32_t

cimport cython

cdef enum:
    DATE_BYTES = 10
    CLOCK_BYTES = 19  # with the date before it
    FRACTION_DIGITS = 6
    FIRST_SURE_DAY = FIRST_DAY + 367  # years 1 and 9999 are for the plain way: zones lead out of them
    LAST_SURE_DAY = LAST_DAY - 366

cdef int8_t[13] MONTH_DAYS = [0, 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]


cdef inline uint32_t two_digits(const char* data) noexcept nogil:
    # 0 to 99; a number far too large when they are no digits.
    cdef uint8_t tens = <uint8_t>(data[0] - c"0"), ones = <uint8_t>(data[1] - c"0")
    return tens * 10 + ones + (<uint32_t>((tens > 9) | (ones > 9)) << 16)


@cython.cdivision(True)
cdef inline int64_t days_before(uint32_t year, uint32_t month, uint32_t day) noexcept nogil:
    # Days since 1970-01-01. The year begins in March, so that leap days come last.
    cdef uint32_t y = year - (month <= 2), centuries = y // 100
    cdef uint32_t m = month - 3 if month > 2 else month + 9
    cdef uint32_t leaps = (y >> 2) - centuries + (centuries >> 2)
    return <int64_t>(y * 365 + leaps + (153 * m + 2) // 5 + day) - 719_469


@cython.cdivision(True)
cdef bint read_day(const char* data, int32_t size, int64_t* days) noexcept nogil:
    cdef uint32_t year, month, day
    if size != DATE_BYTES or (data[4] ^ c"-") | (data[7] ^ c"-"):
        return False
    year = two_digits(data) * 100 + two_digits(data + 2)
    month, day = two_digits(data + 5), two_digits(data + 8)
    # Zero less one is as large as can be, so that one comparison looks at both ends.
    if (year - 1 > 9998) | (month - 1 > 11) | (day - 1 > 30):
        return False
    if day > 28 and day > <uint32_t>MONTH_DAYS[month]:
        return False
    if month == 2 and day == 29 and (year % 4 != 0 or (year % 100 == 0 and year % 400 != 0)):
        return False
    days[0] = days_before(year, month, day)
    return True


cdef bint read_instant(const char* data, int32_t size, int64_t* instant_us) noexcept nogil:
    cdef int32_t place = CLOCK_BYTES, digits = 0
    cdef uint32_t hour, minute, second
    cdef int64_t days, fraction = 0, offset_s
    if size <= CLOCK_BYTES or not read_day(data, DATE_BYTES, &days):
        return False
    if ((data[10] | 0x20) ^ c"t") | (data[13] ^ c":") | (data[16] ^ c":"):
        return False
    hour, minute, second = two_digits(data + 11), two_digits(data + 14), two_digits(data + 17)
    if (hour > 23) | (minute > 59) | (second > 59):
        return False
    if data[place] == c".":
        place += 1
        while place < size and <uint8_t>(data[place] - c"0") <= 9:
            # What is finer than a microsecond is cut off.
            if digits < FRACTION_DIGITS:
                fraction = fraction * 10 + (data[place] - c"0")
            digits += 1
            place += 1
        if digits == 0:
            return False
        while digits < FRACTION_DIGITS:
            fraction *= 10
            digits += 1
    if not read_offset(data + place, size - place, &offset_s):
        return False
    second += (hour * 60 + minute) * 60
    instant_us[0] = (days * DAY_S + <int64_t>second - offset_s) * SECOND_US + fraction
    return is_inside(instant_us[0])


cdef bint read_offset(const char* data, int32_t size, int64_t* offset_s) noexcept nogil:
    # `Z`, or `+02:00`: the end of an instant.
    cdef uint32_t hours, minutes
    if size == 1:
        offset_s[0] = 0
        return (data[0] | 0x20) == c"z"
    if size != 6 or data[3] != c":" or (data[0] != c"+" and data[0] != c"-"):
        return False
    hours, minutes = two_digits(data + 1), two_digits(data + 4)
    if hours > 23 or minutes > 59:
        return False
    offset_s[0] = <int64_t>(hours * 60 + minutes) * 60
    if data[0] == c"-":
        offset_s[0] = -offset_s[0]
    return True


cdef bint is_inside(int64_t instant_us) noexcept nogil:
    return FIRST_SURE_DAY * day_us() <= instant_us < LAST_SURE_DAY * day_us()


cdef bint read_clock(
    const BookC* book, int64_t instant_us, int32_t* place, int64_t* local_us
) noexcept nogil:
    cdef int32_t low, high, middle, last = book.zone_count - 1
    if book.is_utc:
        local_us[0] = instant_us
        return True
    if instant_us < book.zone_from or instant_us >= book.zone_to:
        return False
    low = place[0]
    if instant_us < book.zone_starts[low] or (
        low < last and instant_us >= book.zone_starts[low + 1]
    ):
        low, high = 0, last
        while low < high:
            middle = (low + high + 1) >> 1
            if book.zone_starts[middle] <= instant_us:
                low = middle
            else:
                high = middle - 1
        place[0] = low
    local_us[0] = instant_us + book.zone_offsets[low]
    return True
