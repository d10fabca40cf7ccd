# What a cart has of loyalty on the fast way: a purchase by somebody new to every program, until
# facts say otherwise.

from libc.stdint cimport int32_t

from ._desk cimport DeskC


cdef void reserve_programs(DeskC* desk) noexcept nogil
cdef void reserve_stored_value(DeskC* desk, int32_t lines) noexcept nogil
cdef void free_programs(DeskC* desk) noexcept nogil
cdef void begin_members(DeskC* desk) noexcept nogil
cdef int32_t put_members(DeskC* desk, tuple members) except -1
