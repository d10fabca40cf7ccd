"""A checked draft in, the slots that the plan reads of it out: numbers, symbols, sets of them."""

from libc.stdint cimport int32_t, int64_t, uint64_t
from libc.stdlib cimport calloc, free, realloc

from ..kernel._layout cimport NOTHING, List32
from ._book cimport (
    FIELD_ATTRIBUTE,
    FIELD_COUPONS,
    FIELD_GROUPS,
    FIELD_LINE_CATEGORIES,
    FIELD_LINE_PRICE,
    FIELD_LINE_QUANTITY,
    FIELD_LINE_SUBTOTAL,
    FIELD_LINE_TAGS,
    FIELD_METHODS,
    FIELD_SEGMENTS,
    FIELD_WEEKDAY,
    BookC,
    SlotC,
)
from ._desk cimport TextsC, make_room
from ._draft cimport (
    READ_MEMORY,
    READ_OK,
    DraftC,
    DraftLineC,
    DraftValueC,
    RangeC,
    TextC,
)
from ._symbols cimport SymbolsC, are_equal, find_text, hash_text

cdef enum:
    CELLS_FIRST = 256
    FEW = 16  # symbols of a set that are told apart by looking at each


cdef int32_t fill_slots(DeskC* desk) noexcept nogil:
    cdef const BookC* book = desk.book
    cdef int32_t i
    if book.has_distinct_skus:
        begin_texts(&desk.texts)
        fill_sku_firsts(desk)
    if book.has_same:
        begin_texts(&desk.texts)
    fill_cart_numbers(desk)
    for i in range(book.plan.cart_text_count):
        fill_cart_text(desk, i)
    if desk.draft.shipment_count:
        fill_methods(desk)
    fill_cart_sets(desk)
    if desk.shelf_place == NOTHING:
        fill_lines(desk)
    else:
        desk.cart.line_set_items = desk.line_set_items.items
    return READ_MEMORY if desk.is_out_of_memory else READ_OK


cdef void fill_lines(DeskC* desk) noexcept nogil:
    # Those of the draft; lines on a shelf have their slots.
    cdef const BookC* book = desk.book
    cdef int32_t i
    if book.plan.line_number_count:
        for i in range(desk.draft.line_count):
            fill_line_numbers(desk, i)
    if book.plan.line_text_count:
        fill_line_texts(desk)
    if book.plan.line_set_count:
        fill_line_sets(desk)


# Texts that no rule names, told apart.


cdef void begin_texts(TextsC* t) noexcept nogil:
    cdef int64_t i
    t.count = 0
    t.stamp += 1
    if t.stamp >> 31:  # before it reaches the upper end of its half of the cells
        for i in range(t.room):
            t.cells[i] = 0
        t.stamp = 1


cdef int32_t number_text(DeskC* desk, const TextC* text) noexcept nogil:
    # The number of a text in this cart, a new one if it is new.
    cdef TextsC* t = &desk.texts
    cdef uint64_t place, mask
    cdef int32_t number
    if not make_cell(t, desk.book.symbols.seed):
        desk.is_out_of_memory = True
        return 0
    mask = <uint64_t>t.room - 1
    place = hash_text(desk.book.symbols.seed, text.data, text.size) & mask
    while t.cells[place] >> 32 == t.stamp:
        number = <int32_t>(t.cells[place] & 0xFFFFFFFFU)
        if t.texts[number].size == text.size:
            if are_equal(t.texts[number].data, text.data, text.size):
                return number
        place = (place + 1) & mask
    t.cells[place] = t.stamp << 32 | <uint64_t>t.count
    t.texts[t.count] = text[0]
    t.count += 1
    return t.count - 1


cdef bint make_cell(TextsC* t, uint64_t seed) noexcept nogil:
    # Room for one text more, the table at most half full.
    cdef void* made
    if t.count == t.text_room:
        made = realloc(t.texts, (<size_t>t.text_room * 2 + CELLS_FIRST) * sizeof(TextC))
        if made == NULL:
            return False
        t.texts = <TextC*>made
        t.text_room = t.text_room * 2 + CELLS_FIRST
    return t.count * 2 < t.room or widen(t, seed)


cdef bint widen(TextsC* t, uint64_t seed) noexcept nogil:
    # Twice the cells, and the texts of this cart filed anew.
    cdef int64_t room = t.room * 2 if t.room else CELLS_FIRST
    cdef uint64_t* made = <uint64_t*>calloc(<size_t>room, sizeof(uint64_t))
    cdef uint64_t place, mask = <uint64_t>room - 1
    cdef int32_t i
    if made == NULL:
        return False
    free(t.cells)
    t.cells, t.room, t.stamp = made, room, 1
    for i in range(t.count):
        place = hash_text(seed, t.texts[i].data, t.texts[i].size) & mask
        while made[place] != 0:
            place = (place + 1) & mask
        made[place] = t.stamp << 32 | <uint64_t>i
    return True


cdef void fill_sku_firsts(DeskC* desk) noexcept nogil:
    # The first line with the same sku, which the sku's own copy remembers in place of its symbol.
    cdef int32_t i, number, known
    for i in range(desk.draft.line_count):
        known = desk.texts.count
        number = number_text(desk, &desk.draft.lines[i].sku)
        if desk.is_out_of_memory:
            return
        if number == known:
            desk.texts.texts[number].symbol = i
        desk.sku_firsts[i] = desk.texts.texts[number].symbol


# Texts to symbols.


cdef inline int32_t symbol_of(DeskC* desk, TextC* t) noexcept nogil:
    # The symbol of a text; of texts that no rule names numbers above, told apart if rules compare.
    if t.symbol < NOTHING:
        t.symbol = find_text(&desk.book.symbols, t.data, t.size)
    if desk.book.has_same and t.symbol < 0:
        return desk.book.plan.symbol_count + number_text(desk, t)
    return t.symbol if t.symbol >= 0 else desk.book.plan.symbol_count


cdef DraftValueC* find_value(DraftC* d, RangeC values, int32_t attribute) noexcept nogil:
    cdef int32_t i
    for i in range(values.first, values.last):
        if d.values_sent[i].attribute == attribute:
            return &d.values_sent[i]
    return NULL


cdef DraftValueC* cart_value(DeskC* desk, const SlotC* slot) noexcept nogil:
    # An attribute of the cart or of the customer, or NULL when it is missing.
    cdef DraftC* d = &desk.draft
    if slot.attribute < desk.book.attribute_starts[1]:
        return find_value(d, d.values, slot.attribute)
    return find_value(d, d.customer_values, slot.attribute)


cdef inline TextC* text_at(void* base, int32_t offset_bytes) noexcept nogil:
    # NULL when it is missing.
    cdef TextC* found = <TextC*>(<char*>base + offset_bytes)
    return NULL if found.data == NULL else found


cdef inline TextC* cart_text(DeskC* desk, const SlotC* slot) noexcept nogil:
    cdef DraftValueC* value
    if slot.offset_bytes >= 0:
        return text_at(&desk.draft, slot.offset_bytes)
    if slot.field == FIELD_WEEKDAY:
        return <TextC*>&desk.book.weekdays[desk.weekday]
    value = cart_value(desk, slot)
    return NULL if value == NULL else &value.text


cdef inline TextC* line_text(DeskC* desk, DraftLineC* line, const SlotC* slot) noexcept nogil:
    cdef DraftValueC* value
    if slot.offset_bytes >= 0:
        return text_at(line, slot.offset_bytes)
    value = find_value(&desk.draft, line.values, slot.attribute)
    return NULL if value == NULL else &value.text


cdef inline int32_t text_number(DeskC* desk, const SlotC* slot, TextC* found) noexcept nogil:
    # What the column holds for a text, its fallback, or nothing.
    cdef TextC fallback
    if found != NULL:
        return symbol_of(desk, found)
    if not slot.has_fallback:
        return NOTHING
    fallback = slot.fallback
    return symbol_of(desk, &fallback)


cdef void fill_cart_numbers(DeskC* desk) noexcept nogil:
    cdef const BookC* book = desk.book
    cdef const SlotC* slot
    cdef DraftValueC* value
    cdef int32_t i
    for i in range(book.plan.cart_number_count):
        slot = &book.cart_numbers[i]
        if slot.field == FIELD_ATTRIBUTE:
            value = cart_value(desk, slot)
            desk.cart_presents[i] = value != NULL
            desk.cart_numbers[i] = 0 if value == NULL else value.number
        else:
            desk.cart_presents[i] = desk.field_presents[slot.field]
            desk.cart_numbers[i] = desk.field_numbers[slot.field]
        if not desk.cart_presents[i]:
            desk.cart_presents[i] = slot.has_fallback
            desk.cart_numbers[i] = slot.fallback_number


cdef void fill_cart_text(DeskC* desk, int32_t i) noexcept nogil:
    cdef const SlotC* slot = &desk.book.cart_texts[i]
    desk.cart_texts[i] = text_number(desk, slot, cart_text(desk, slot))


cdef void fill_methods(DeskC* desk) noexcept nogil:
    cdef TextC* method
    cdef int32_t i
    for i in range(desk.draft.shipment_count):
        method = &desk.draft.shipments[i].method
        desk.shipment_methods[i] = NOTHING if method.data == NULL else symbol_of(desk, method)


cdef void fill_line_numbers(DeskC* desk, int32_t line) noexcept nogil:
    cdef int32_t count = desk.book.plan.line_number_count, i
    cdef int64_t place = <int64_t>line * count
    cdef const SlotC* slot
    cdef DraftValueC* value
    for i in range(count):
        slot = &desk.book.line_numbers[i]
        desk.line_presents[place + i] = True
        if slot.field == FIELD_LINE_QUANTITY:
            desk.line_numbers[place + i] = desk.quantities[line]
        elif slot.field == FIELD_LINE_PRICE:
            desk.line_numbers[place + i] = desk.prices_minor[line]
        elif slot.field == FIELD_LINE_SUBTOTAL:
            desk.line_numbers[place + i] = desk.gross_minor[line]
        else:
            value = find_value(&desk.draft, desk.draft.lines[line].values, slot.attribute)
            desk.line_presents[place + i] = value != NULL or slot.has_fallback
            desk.line_numbers[place + i] = slot.fallback_number if value == NULL else value.number


cdef void fill_line_texts(DeskC* desk) noexcept nogil:
    cdef const BookC* book = desk.book
    cdef int32_t count = book.plan.line_text_count, k
    cdef bint is_plain = not book.has_same
    for k in range(count):
        if book.has_same or book.line_texts[k].offset_bytes < 0:
            is_plain = False
        else:
            fill_plain_texts(desk, &book.line_texts[k], desk.line_texts + k)
    if not is_plain:
        fill_other_texts(desk)


cdef void fill_other_texts(DeskC* desk) noexcept nogil:
    # Attributes, and all texts if those that no rule names are told apart: these are numbered line
    # by line.
    cdef const BookC* book = desk.book
    cdef int32_t count = book.plan.line_text_count, i, k
    cdef int32_t* into = desk.line_texts
    cdef const SlotC* slot
    for i in range(desk.draft.line_count):
        for k in range(count):
            slot = &book.line_texts[k]
            if book.has_same or slot.offset_bytes < 0:
                into[k] = text_number(desk, slot, line_text(desk, &desk.draft.lines[i], slot))
        into += count


cdef void fill_plain_texts(DeskC* desk, const SlotC* slot, int32_t* into) noexcept nogil:
    # Texts that lines have themselves, and that need not be told apart if no rule names them.
    cdef SymbolsC symbols = desk.book.symbols  # a copy, which no store can change
    cdef int32_t unknown = desk.book.plan.symbol_count, count = desk.book.plan.line_text_count
    cdef int32_t missing = text_number(desk, slot, NULL), i, symbol
    cdef const TextC* text = <const TextC*>(<char*>desk.draft.lines + slot.offset_bytes)
    for i in range(desk.draft.line_count):
        if text.data == NULL:
            into[0] = missing
        else:
            symbol = text.symbol
            if symbol < NOTHING:
                symbol = find_text(&symbols, text.data, text.size)
            into[0] = symbol if symbol >= 0 else unknown
        text = <const TextC*>(<const char*>text + sizeof(DraftLineC))
        into += count


# Sets of symbols.


cdef inline bint has_room(DeskC* desk, List32* l, int32_t more) noexcept nogil:
    if l.count + more > l.room and not make_room(l, more):
        desk.is_out_of_memory = True
        return False
    return True


cdef inline bint contains(
    const int32_t* items, int32_t first, int32_t last, int32_t item
) noexcept nogil:
    cdef int32_t i
    for i in range(first, last):
        if items[i] == item:
            return True
    return False


cdef void add_symbol(DeskC* desk, List32* l, int32_t first, int32_t symbol) noexcept nogil:
    # One symbol more of the set that begins at `first`, unless it is there. There is room.
    cdef int32_t i
    if symbol < 0:
        return
    if l.count - first < FEW:
        if contains(l.items, first, l.count, symbol):
            return
    else:
        if l.count - first == FEW:
            begin_marks(desk)
            if desk.is_out_of_memory:
                return
            for i in range(first, l.count):
                desk.symbol_marks[l.items[i]] = desk.symbol_mark
        if desk.symbol_marks[symbol] == desk.symbol_mark:
            return
        desk.symbol_marks[symbol] = desk.symbol_mark
    l.items[l.count] = symbol
    l.count += 1


cdef void begin_marks(DeskC* desk) noexcept nogil:
    if desk.symbol_marks == NULL:
        desk.symbol_marks = <int64_t*>calloc(
            <size_t>desk.book.plan.symbol_count + 1, sizeof(int64_t)
        )
        if desk.symbol_marks == NULL:
            desk.is_out_of_memory = True
            return
    desk.symbol_mark += 1


cdef inline void add_words(DeskC* desk, List32* l, RangeC words) noexcept nogil:
    # To a set that is empty so far. The first symbol stays only if it is one; nobody can guess.
    cdef int32_t first = l.count, count = words.last - words.first, symbol
    if count == 0 or not has_room(desk, l, count):
        return
    symbol = word_symbol(desk, &desk.draft.words[words.first])
    l.items[first] = symbol
    l.count = first + (symbol >= 0)
    if count > 1:
        add_more_words(desk, l, first, words)


cdef void add_more_words(DeskC* desk, List32* l, int32_t first, RangeC words) noexcept nogil:
    # Those behind the first word.
    cdef int32_t i
    for i in range(words.first + 1, words.last):
        add_symbol(desk, l, first, word_symbol(desk, &desk.draft.words[i]))


cdef inline int32_t word_symbol(DeskC* desk, const TextC* word) noexcept nogil:
    if word.symbol >= NOTHING:
        return word.symbol
    return find_text(&desk.book.symbols, word.data, word.size)


cdef void add_prefixes(
    DeskC* desk, List32* l, const SlotC* slot, const TextC* found
) noexcept nogil:
    # The prefixes of the slot that a text starts with: one look for each size they have.
    cdef const BookC* book = desk.book
    cdef const TextC* text = &slot.fallback if found == NULL else found
    cdef int32_t i, symbol
    if found == NULL and not slot.has_fallback:
        return
    if not has_room(desk, l, slot.last_size - slot.first_size):
        return
    for i in range(slot.first_size, slot.last_size):
        if book.prefix_sizes[i] > text.size:
            return
        symbol = find_text(&book.symbols, text.data, book.prefix_sizes[i])
        if symbol >= 0 and is_listed(book.symbols_listed, slot, symbol):
            l.items[l.count] = symbol
            l.count += 1


cdef bint is_listed(const int32_t* listed, const SlotC* slot, int32_t symbol) noexcept nogil:
    cdef int32_t low = slot.first_listed, high = slot.last_listed, middle
    while low < high:
        middle = (low + high) >> 1
        if listed[middle] < symbol:
            low = middle + 1
        else:
            high = middle
    return low < slot.last_listed and listed[low] == symbol


cdef void add_value(
    DeskC* desk, List32* l, const SlotC* slot, const DraftValueC* value
) noexcept nogil:
    # The words of an attribute, or its fallback.
    cdef int32_t i
    if value != NULL:
        add_words(desk, l, value.words)
    elif has_room(desk, l, slot.last_listed - slot.first_listed):
        for i in range(slot.first_listed, slot.last_listed):
            l.items[l.count] = desk.book.symbols_listed[i]
            l.count += 1


cdef void add_all(DeskC* desk, List32* l, const int32_t* symbols, int32_t count) noexcept nogil:
    # Symbols that were looked up already.
    cdef int32_t first = l.count, i
    if not has_room(desk, l, count):
        return
    for i in range(count):
        if symbols[i] < desk.book.plan.symbol_count:
            add_symbol(desk, l, first, symbols[i])


cdef void add_methods(DeskC* desk, List32* l) noexcept nogil:
    # An empty text is no method.
    cdef int32_t first = l.count, i
    if not has_room(desk, l, desk.draft.shipment_count):
        return
    for i in range(desk.draft.shipment_count):
        if desk.draft.shipments[i].method.size > 0:
            if desk.shipment_methods[i] < desk.book.plan.symbol_count:
                add_symbol(desk, l, first, desk.shipment_methods[i])


cdef void fill_cart_sets(DeskC* desk) noexcept nogil:
    cdef List32* l = &desk.cart_set_items
    cdef int32_t i
    l.count = 0
    desk.cart_set_starts[0] = 0
    for i in range(desk.book.plan.cart_set_count):
        add_cart_set(desk, &desk.book.cart_sets[i])
        desk.cart_set_starts[i + 1] = l.count
    desk.cart.cart_set_items = l.items


cdef void add_cart_set(DeskC* desk, const SlotC* slot) noexcept nogil:
    cdef List32* l = &desk.cart_set_items
    if slot.first_size < slot.last_size:
        add_prefixes(desk, l, slot, cart_text(desk, slot))
    elif slot.field == FIELD_COUPONS:
        add_all(desk, l, desk.code_symbols, desk.draft.code_count)
    elif slot.field == FIELD_GROUPS:
        add_words(desk, l, desk.draft.groups)
    elif slot.field == FIELD_SEGMENTS:
        add_words(desk, l, desk.draft.segments)
    elif slot.field == FIELD_METHODS:
        add_methods(desk, l)
    else:
        add_value(desk, l, slot, cart_value(desk, slot))


cdef void fill_line_sets(DeskC* desk) noexcept nogil:
    cdef List32* l = &desk.line_set_items
    cdef DraftLineC* line
    cdef const SlotC* slot
    cdef int32_t count = desk.book.plan.line_set_count, i, k
    cdef int32_t* starts = desk.line_set_starts
    l.count = 0
    starts[0] = 0
    for i in range(desk.draft.line_count):
        line = &desk.draft.lines[i]
        for k in range(count):
            slot = &desk.book.line_sets[k]
            if slot.first_size < slot.last_size:
                add_prefixes(desk, l, slot, line_text(desk, line, slot))
            elif slot.field == FIELD_LINE_CATEGORIES:
                add_words(desk, l, line.categories)
            elif slot.field == FIELD_LINE_TAGS:
                add_words(desk, l, line.tags)
            else:
                add_value(desk, l, slot, find_value(&desk.draft, line.values, slot.attribute))
            starts += 1
            starts[0] = l.count
    desk.cart.line_set_items = l.items
