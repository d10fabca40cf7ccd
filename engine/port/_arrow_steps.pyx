"""Rows of a batch in, checked carts with their slots out, in steps that the batch is asked for once.

Most columns are texts of which rules read the symbol, or nothing at all. What takes more than that is
read to the draft, as all of a cart is where its lines are not on a shelf.
"""

from libc.stdint cimport int8_t, int32_t, int64_t

from ..kernel._layout cimport NOTHING, List32
from ._arrow cimport (
    FORM_LIST,
    FORM_NULL,
    FORM_STRUCT,
    ROLE_FIELDS,
    ROLE_LINES,
    ROLE_SKIP,
    ROLE_TEXT,
    ROLE_WORDS,
    ColumnC,
    index_at,
    is_null,
    is_set,
    range_at,
)
from ._arrow_reader cimport read_part, read_text
from ._arrow_shelf cimport fill_shelf
from ._arrow_shelf_words cimport known_symbol
from ._book cimport FIELD_GROUPS, FIELD_SEGMENTS, BookC, SlotC
from ._desk cimport make_room, point_lines, reserve_draft
from ._draft cimport (
    READ_MEMORY,
    READ_OK,
    READ_PLAIN,
    DraftC,
    TextC,
    begin_draft,
    begin_lists,
    clear_text,
)
from ._intake cimport check_parts, has_currency
from ._members cimport begin_members
from ._slots cimport add_cart_set, add_symbol, fill_cart_numbers, fill_cart_text, fill_methods
from ._symbols cimport are_equal

cdef enum:
    STEP_SYMBOL = 0  # a text to its symbol
    STEP_TEXT = 1  # a text to the draft
    STEP_PART = 2  # all else to the draft
    STEP_BYTE = 3  # as STEP_SYMBOL, of few words that were all looked up, and none null
    STEP_SLOT = 4  # what is in no column of its own, from the draft, when all else is there
    WORDS_MAX = 1 << 20  # LIMIT: longer lists go the plain way

# Never filled: only where their members lie is asked.
cdef DraftC blank
cdef DraftC* D = &blank
cdef int64_t ID = <char*>&D.id - <char*>D
cdef int64_t CURRENCY = <char*>&D.currency - <char*>D
cdef int64_t GROUPS = <char*>&D.groups - <char*>D
cdef int64_t SEGMENTS = <char*>&D.segments - <char*>D


# What is done with the columns of a batch.


cdef void begin_recipe(
    RecipeC* recipe, const ShelfC* shelf, DeskC* desk, const ColumnC* root
) noexcept nogil:
    cdef const BookC* book = desk.book
    cdef int32_t k
    recipe.is_ready = shelf.column != NULL and book.plan.cart_set_count <= SLOTS_MAX
    recipe.has_nulls = recipe.has_currency = recipe.has_slots = False
    recipe.count = 0
    if not recipe.is_ready:
        return
    begin_draft(&desk.draft)
    for k in range(book.plan.cart_set_count):
        recipe.sets[k].column = NULL
    add_fields(recipe, book, root, root.first)
    for k in range(book.plan.cart_text_count):
        if not is_taken(recipe, k):
            add_step(recipe, STEP_SLOT, NULL, 0).slot = k
            recipe.has_slots = True


cdef bint is_taken(const RecipeC* recipe, int32_t slot) noexcept nogil:
    # Whether a step fills a slot from its column; texts of a struct with nulls have none.
    cdef int32_t i
    for i in range(recipe.count):
        if recipe.steps[i].op in (STEP_SYMBOL, STEP_BYTE) and recipe.steps[i].slot == slot:
            return True
    return False


cdef int32_t missing_symbol(const BookC* book, const SlotC* slot) noexcept nogil:
    return known_symbol(book, &slot.fallback) if slot.has_fallback else NOTHING


cdef StepC* add_step(
    RecipeC* recipe, int32_t op, const ColumnC* c, int64_t shift
) noexcept nogil:
    cdef StepC* step = &recipe.steps[recipe.count]
    if recipe.count == STEPS_MAX - 1:
        recipe.is_ready = False
    else:
        recipe.count += 1
    step.op, step.column, step.shift = op, c, shift
    return step


cdef void add_fields(
    RecipeC* recipe, const BookC* book, const ColumnC* c, int64_t shift
) noexcept nogil:
    # The columns of the cart, or of a struct in it that is never null.
    cdef const ColumnC* child
    cdef int32_t k
    for k in range(c.child_count):
        child = &c.children[k]
        if child.role == ROLE_SKIP or child.role == ROLE_LINES:
            continue
        if child.form == FORM_NULL and not child.is_required:
            continue
        if child.role == ROLE_FIELDS and child.form == FORM_STRUCT and child.validity == NULL:
            add_fields(recipe, book, child, shift + child.first)
        elif child.role == ROLE_TEXT and child.form != FORM_NULL:
            add_text(recipe, book, child, shift)
        elif child.role != ROLE_WORDS or not add_sets(recipe, book, child, shift):
            recipe.has_nulls |= child.validity != NULL or child.role == ROLE_FIELDS
            add_step(recipe, STEP_PART, child, shift)


cdef void add_text(
    RecipeC* recipe, const BookC* book, const ColumnC* c, int64_t shift
) noexcept nogil:
    cdef bint is_safe = c.known != NULL and (c.validity == NULL or not c.is_required)
    cdef StepC* step
    cdef int32_t k
    for k in range(book.plan.cart_text_count):
        if book.cart_texts[k].offset_bytes == c.target:
            step = add_step(recipe, STEP_SYMBOL, c, shift)
            step.slot, step.missing = k, missing_symbol(book, &book.cart_texts[k])
            if c.known != NULL and c.validity == NULL and c.width == 1 and c.is_signed:
                step.op, step.bytes = STEP_BYTE, <const int8_t*>c.values + c.first + shift
            is_safe = True
    for k in range(book.plan.cart_set_count):
        if is_prefixed(&book.cart_sets[k], c.target):
            is_safe = False
    if c.target == CURRENCY:
        is_safe = is_safe and c.validity == NULL and has_one(c, &book.currency)
        recipe.has_currency = not is_safe
    if c.target == ID or not is_safe:
        add_step(recipe, STEP_TEXT, c, shift)


cdef bint is_prefixed(const SlotC* slot, int64_t target) noexcept nogil:
    return slot.first_size < slot.last_size and slot.offset_bytes == target


cdef bint has_one(const ColumnC* c, const TextC* text) noexcept nogil:
    # Whether all words are this text.
    cdef int64_t i
    for i in range(c.text_count):
        if c.texts[i].size != text.size:
            return False
        if not are_equal(c.texts[i].data, text.data, text.size):
            return False
    return True


cdef bint add_sets(
    RecipeC* recipe, const BookC* book, const ColumnC* c, int64_t shift
) noexcept nogil:
    # Whether the draft need not have the words of a cart.
    cdef const ColumnC* items = c.children
    cdef int32_t k
    if c.form != FORM_LIST or items.known == NULL or items.validity != NULL:
        return False
    for k in range(book.plan.cart_set_count):
        if set_target(&book.cart_sets[k]) == c.target:
            recipe.sets[k].column, recipe.sets[k].shift = c, shift
    return True


cdef int64_t set_target(const SlotC* slot) noexcept nogil:
    # Where a draft has the words of a set; NOTHING when it is made of something else.
    if slot.first_size < slot.last_size:
        return NOTHING
    if slot.field == FIELD_GROUPS:
        return GROUPS
    return SEGMENTS if slot.field == FIELD_SEGMENTS else NOTHING


# Rows.


cdef int32_t take_row(
    const RecipeC* recipe, ShelfC* shelf, DeskC* desk, const ColumnC* root, int64_t row
) noexcept nogil:
    cdef int32_t status
    if recipe.has_nulls:
        begin_draft(&desk.draft)
    else:
        begin_lists(&desk.draft)
    desk.is_out_of_memory = False
    if is_null(shelf.column, root.first + row):
        return READ_PLAIN
    status = fill_shelf(shelf, desk, root.first + row)
    if status == READ_OK:
        status = run_steps(recipe, desk, row)
    if status != READ_OK:
        return status
    if recipe.has_currency and not has_currency(desk):
        return READ_PLAIN
    if desk.draft.is_out_of_memory or not reserve_draft(desk):
        return READ_MEMORY
    point_lines(desk, desk.shelf_place)
    status = check_parts(desk)
    if status == READ_OK and desk.book.plan.program_count > 0:
        begin_members(desk)
    return fill_rest(recipe, desk, row) if status == READ_OK else status


cdef int32_t run_steps(const RecipeC* recipe, DeskC* desk, int64_t row) noexcept nogil:
    cdef const StepC* step = &recipe.steps[0]
    cdef const StepC* end = step + recipe.count
    cdef int32_t status = READ_OK
    while step < end and status == READ_OK:
        if step.op == STEP_BYTE:
            desk.cart_texts[step.slot] = step.column.known[step.bytes[row]]
        elif step.op == STEP_SYMBOL:
            status = take_symbol(step, desk, row + step.shift)
        elif step.op == STEP_TEXT:
            status = take_text(step, desk, row + step.shift)
        elif step.op == STEP_PART:
            status = read_part(&desk.draft, desk.book, step.column, row + step.shift)
        step += 1
    return status


cdef inline int32_t take_symbol(const StepC* step, DeskC* desk, int64_t i) noexcept nogil:
    cdef const ColumnC* c = step.column
    cdef TextC text
    cdef int32_t status
    if c.known != NULL and (c.validity == NULL or is_set(c.validity, c.first + i)):
        desk.cart_texts[step.slot] = c.known[
            index_at(c.values, c.width, c.is_signed, c.first + i)
        ]
        return READ_OK
    clear_text(&text)
    status = read_text(desk.book, c, i, &text)
    desk.cart_texts[step.slot] = step.missing
    if status == READ_OK and text.data != NULL:
        desk.cart_texts[step.slot] = known_symbol(desk.book, &text)
    return status


cdef inline int32_t take_text(const StepC* step, DeskC* desk, int64_t i) noexcept nogil:
    cdef TextC* into = <TextC*>(<char*>&desk.draft + step.column.target)
    clear_text(into)
    return read_text(desk.book, step.column, i, into)


cdef int32_t fill_rest(const RecipeC* recipe, DeskC* desk, int64_t row) noexcept nogil:
    # What rules read of the cart besides texts of its own.
    cdef const BookC* book = desk.book
    cdef List32* l = &desk.cart_set_items
    cdef int32_t k, status = READ_OK
    fill_cart_numbers(desk)
    if desk.draft.shipment_count:
        fill_methods(desk)
    for k in range(recipe.count if recipe.has_slots else 0):
        if recipe.steps[k].op == STEP_SLOT:
            fill_cart_text(desk, recipe.steps[k].slot)
    l.count = 0
    desk.cart_set_starts[0] = 0
    for k in range(book.plan.cart_set_count):
        if recipe.sets[k].column == NULL:
            add_cart_set(desk, &book.cart_sets[k])
        else:
            status = add_known(&recipe.sets[k], desk, row + recipe.sets[k].shift)
        if status != READ_OK:
            return status
        desk.cart_set_starts[k + 1] = l.count
    desk.cart.cart_set_items = l.items
    desk.cart.line_set_items = desk.line_set_items.items
    return READ_MEMORY if desk.is_out_of_memory else READ_OK


cdef int32_t add_known(const StepC* step, DeskC* desk, int64_t i) noexcept nogil:
    # The symbols of one list of words that were looked up already.
    cdef const ColumnC* items = step.column.children
    cdef List32* l = &desk.cart_set_items
    cdef int64_t first, last, k
    cdef int32_t before = l.count, symbol, unknown = desk.book.plan.symbol_count
    if is_null(step.column, i):
        return READ_PLAIN if step.column.is_required else READ_OK
    range_at(step.column, i, &first, &last)
    if last - first > WORDS_MAX:
        return READ_PLAIN
    if before + (last - first) > l.room and not make_room(l, last - first):
        return READ_MEMORY
    for k in range(first, last):
        symbol = items.known[index_at(items.values, items.width, items.is_signed, items.first + k)]
        if l.count == before:
            l.items[before] = symbol  # stays only if it is one
            l.count += symbol < unknown
        elif symbol < unknown:
            add_symbol(desk, l, before, symbol)
    return READ_OK
