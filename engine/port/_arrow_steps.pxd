from libc.stdint cimport int8_t, int32_t, int64_t

from ._arrow cimport ColumnC
from ._arrow_shelf cimport SLOTS_MAX, ShelfC
from ._desk cimport DeskC

cdef enum:
    STEPS_MAX = 48  # LIMIT: columns of carts beside lines; with more, carts go by way of the draft

# What is done with one column of a cart. Its value is at the row of the batch and `shift` more.
cdef struct StepC:
    int32_t op
    int32_t slot
    int32_t missing  # the symbol where nothing was sent
    const ColumnC* column
    int64_t shift
    const int8_t* bytes  # of words, by row

# How rows of a batch become carts, when their lines are on a shelf: straight to the slots that rules
# read, and past what is known to be sound.
cdef struct RecipeC:
    bint is_ready  # else rows go by way of the draft
    bint has_nulls  # fields that a row may leave as they were
    bint has_slots  # whether a step is for a slot that has no column
    bint has_currency  # whether rows are asked for theirs
    int32_t count
    StepC steps[STEPS_MAX]
    StepC sets[SLOTS_MAX]  # of carts, by slot; without a column: as the draft has it

# Before some rows of a batch are read.
cdef void begin_recipe(
    RecipeC* recipe, const ShelfC* shelf, DeskC* desk, const ColumnC* root
) noexcept nogil
# One row to a checked cart with its slots: a Status. `is_ready` is what it takes.
cdef int32_t take_row(
    const RecipeC* recipe, ShelfC* shelf, DeskC* desk, const ColumnC* root, int64_t row
) noexcept nogil
