"""Dates and timestamps of Arrow columns in, days, microseconds and RFC 3339 text out."""

from libc.stdint cimport int32_t, int64_t

cimport cython

from ._arrow cimport FORM_DAY, ColumnC, index_at
from ._draft cimport READ_MEMORY, READ_OK, READ_PLAIN, DraftC, TextC, set_text, take_bytes
from ._instant cimport DAY_S, FIRST_DAY, LAST_DAY, SECOND_US, day_of, day_us

cdef enum:
    SECOND_MS = 1_000
    SECOND_NS = 1_000_000_000
    ERA_DAYS = 146_097  # of 400 years
    EPOCH_SHIFT = 719_468  # days from 0000-03-01 to 1970-01-01


cdef bint day_at(const ColumnC* c, int64_t i, int64_t* days) noexcept nogil:
    cdef int64_t sent = index_at(c.values, c.width, True, c.first + i)
    cdef int64_t day_ms = <int64_t>DAY_S * SECOND_MS
    if c.width == 8:
        if sent % day_ms:
            return False
        sent //= day_ms
    days[0] = sent
    return FIRST_DAY <= sent <= LAST_DAY


cdef bint instant_at(const ColumnC* c, int64_t i, int64_t* instant_us) noexcept nogil:
    cdef int64_t sent = (<const int64_t*>c.values)[c.first + i]
    cdef int64_t scale = SECOND_US, day = <int64_t>DAY_S * c.per_second
    if c.per_second > SECOND_US:
        # Towards the past: what is finer than a microsecond is cut off, as from text.
        instant_us[0] = sent // (c.per_second // SECOND_US)
        return True
    if not FIRST_DAY * day <= sent < (<int64_t>LAST_DAY + 1) * day:
        return False
    if c.per_second != 1:
        scale = SECOND_US // c.per_second
    instant_us[0] = sent * scale
    return True


cdef inline void put_digits(char* out, int64_t number, int32_t count) noexcept nogil:
    while count > 0:
        count -= 1
        out[count] = <char>(48 + number % 10)
        number //= 10


@cython.cdivision(True)
cdef void spell_day(int64_t days, char* out) noexcept nogil:
    # INVARIANT: a day of the years 1 to 9999, so that nothing below is negative. Years are counted
    # from March on, so that the day that some years lack is their last.
    cdef int64_t since = days + EPOCH_SHIFT
    cdef int64_t era = since // ERA_DAYS, day = since % ERA_DAYS
    cdef int64_t year = (day - day // 1_460 + day // 36_524 - day // 146_096) // 365
    cdef int64_t month
    day -= 365 * year + year // 4 - year // 100
    month = (5 * day + 2) // 153
    day -= (153 * month + 2) // 5
    month = month + 3 if month < 10 else month - 9
    put_digits(out, year + era * 400 + (month <= 2), 4)
    out[4] = out[7] = 45
    put_digits(out + 5, month, 2)
    put_digits(out + 8, day + 1, 2)


cdef void spell_instant(int64_t instant_us, char* out) noexcept nogil:
    cdef int64_t days = day_of(instant_us)
    cdef int64_t us = instant_us - days * day_us()
    cdef int64_t second = us // SECOND_US
    spell_day(days, out)
    out[10] = 84
    put_digits(out + 11, second // 3_600, 2)
    put_digits(out + 14, second // 60 % 60, 2)
    put_digits(out + 17, second % 60, 2)
    out[13] = out[16] = 58
    out[19] = 46
    put_digits(out + 20, us % SECOND_US, 6)
    out[26] = 90


cdef int32_t spell_at(DraftC* d, const ColumnC* c, int64_t i, TextC* text) noexcept nogil:
    cdef int64_t number
    cdef int32_t size = DAY_BYTES if c.form == FORM_DAY else INSTANT_BYTES
    cdef char* out
    if not (day_at(c, i, &number) if c.form == FORM_DAY else instant_at(c, i, &number)):
        return READ_PLAIN
    out = take_bytes(d, size)
    if out == NULL:
        return READ_MEMORY
    if c.form == FORM_DAY:
        spell_day(number, out)
    else:
        spell_instant(number, out)
    set_text(text, out, size)
    return READ_OK
