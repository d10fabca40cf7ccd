# Dates and instants of columns, as numbers and as the texts that carts spell them with.

from libc.stdint cimport int32_t, int64_t

from ._arrow cimport ColumnC
from ._draft cimport DraftC, TextC

cdef enum:
    DAY_BYTES = 10  # 2026-07-10
    INSTANT_BYTES = 27  # 2026-07-10T12:00:00.000000Z

# The day of a date that is not null; False when it is none of the years 1 to 9999.
cdef bint day_at(const ColumnC* c, int64_t i, int64_t* days) noexcept nogil
# The instant of a timestamp that is not null, cut off at microseconds; False when it is none of
# the years 1 to 9999.
cdef bint instant_at(const ColumnC* c, int64_t i, int64_t* instant_us) noexcept nogil
cdef void spell_day(int64_t days, char* out) noexcept nogil
cdef void spell_instant(int64_t instant_us, char* out) noexcept nogil
# A date or timestamp that is not null as text in the draft's arena: a Status.
cdef int32_t spell_at(DraftC* d, const ColumnC* c, int64_t i, TextC* text) noexcept nogil
