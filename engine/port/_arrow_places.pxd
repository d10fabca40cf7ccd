from libc.stdint cimport int32_t

from ..kernel._layout cimport PlanC
from ._arrow_result cimport ResultC
from ._desk cimport DeskC

cdef enum:
    STAGE_STEP = 100

# The lines and shipments of the desk's cart with what came off them, and its totals: whether memory
# sufficed. Lines of a shelf stay open until `close_lines`.
cdef bint write_places(ResultC* r, DeskC* desk) noexcept nogil
cdef bint close_lines(ResultC* r, DeskC* desk) noexcept nogil


cdef inline int32_t stage_of(const PlanC* plan, int32_t promotion) noexcept nogil:
    return (plan.promotions[promotion].stage + 1) * STAGE_STEP
