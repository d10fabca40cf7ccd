from ._desk cimport DeskC

# Chain the moves of a priced cart by place, in order of application: lines, then shipments, then
# the payment. `desk.move_heads[place]` is the first move of a place and `desk.move_nexts[move]` the
# one after, NOTHING at the end. False when there is no memory.
cdef bint chain_moves(DeskC* desk) noexcept nogil
