"""A plan in, what the fast way knows of its rule set out, as C structs."""

from libc.stdint cimport int32_t, int64_t, uint64_t
from libc.stdlib cimport free
from libc.string cimport memset

from ..kernel._kernel cimport Kernel
from ..kernel._layout cimport NOTHING
from ._draft cimport DraftC, DraftLineC, TextC, set_text
from ._symbols cimport are_equal, build_symbols, find_text

import msgspec
import numpy as np

from ...dsl.expression.vocabulary import WEEKDAYS
from ...dsl.kinds import AwardKind, Stage
from ..plan.openers import openers_of
from ..plan.sources import (
    KINDS,
    OWNERS,
    compares_texts,
    declared,
    reads_calendar,
    sources_of,
)
from ..plan.zone import offsets_of

AWARD_KINDS = [kind.value for kind in AwardKind]

cdef enum:
    TITLE_PADDING_BYTES = 32  # what writers may read behind a title


cdef int32_t find_symbol(const BookC* b, const char* data, int32_t size) noexcept nogil:
    # The number of a text that a rule names, or NOTHING.
    return find_text(&b.symbols, data, size)


cdef int32_t find_attribute(
    const BookC* b, int32_t owner, const char* data, int32_t size
) noexcept nogil:
    # The declared attribute of that bare name, or NOTHING.
    cdef const AttributeC* each
    cdef int32_t i
    for i in range(b.attribute_starts[owner], b.attribute_starts[owner + 1]):
        each = &b.attributes[i]
        if each.name.size == size and are_equal(each.name.data, data, size):
            return i
    return NOTHING


cdef int32_t offset_of(int32_t field) noexcept nogil:
    # Where a draft, or one of its lines, has the text of a field; NOTHING for what is not there.
    cdef DraftC d
    cdef DraftLineC line
    cdef TextC* found = NULL
    if field == FIELD_LINE_SKU:
        return <int32_t>(<char*>&line.sku - <char*>&line)
    if field == FIELD_LINE_BRAND:
        return <int32_t>(<char*>&line.brand - <char*>&line)
    if field == FIELD_CURRENCY:
        found = &d.currency
    elif field == FIELD_CHANNEL:
        found = &d.channel
    elif field == FIELD_LOCATION:
        found = &d.location
    elif field == FIELD_CUSTOMER_ID:
        found = &d.customer_id
    elif field == FIELD_ACCOUNT:
        found = &d.account
    elif field == FIELD_TIER:
        found = &d.tier
    elif field == FIELD_COUNTRY:
        found = &d.country
    elif field == FIELD_REGION:
        found = &d.region
    elif field == FIELD_POSTAL_CODE:
        found = &d.postal_code
    elif field == FIELD_PAYMENT_METHOD:
        found = &d.payment_method
    return NOTHING if found == NULL else <int32_t>(<char*>found - <char*>&d)


cdef class Book:
    """What readers, intake and writers know of a rule set. Immutable, and shared by threads.

    It points into memory that `_kept` holds, and into the plan's own.
    """

    def __cinit__(self):
        memset(&self.c, 0, sizeof(BookC))

    def __init__(self, plan, Kernel kernel=None):
        self.plan, self.labels = plan, plan.labels
        self.kernel = Kernel(plan) if kernel is None else kernel
        self._kept = []
        self.c.plan = &self.kernel.plan
        self.c.line_floor_minor = plan.line_floor_minor
        self.c.has_distinct_skus = plan.layout.has_distinct_skus
        self.c.has_same = compares_texts(plan)
        starts = np.ascontiguousarray(plan.symbols.starts, np.int32)
        cdef const int32_t[::1] view = starts
        cdef bytes texts = plan.symbols.texts
        cdef uint64_t seed = <uint64_t>hash(b"texts that rules name")
        self._kept += [starts, texts]
        if not build_symbols(&self.c.symbols, texts, &view[0], len(plan.symbols), seed):
            raise MemoryError("not enough memory for the texts of a rule set")
        self._fill_attributes()
        self._fill_slots()
        self._fill_zone()
        self._fill_words()
        self._fill_codes()
        self._fill_loyalty()

    def __dealloc__(self):
        free(self.c.symbols.cells)

    cdef void* _room(self, Py_ssize_t count, Py_ssize_t size) except NULL:
        # Zeroed memory that lives as long as the book.
        cdef bytearray made = bytearray(count * size + size)
        self._kept.append(made)
        return <void*><char*>made

    cdef TextC _text(self, bytes text):
        # The text with its symbol.
        cdef TextC made
        self._kept.append(text)
        set_text(&made, text, <int32_t>len(text))
        made.symbol = find_symbol(&self.c, made.data, made.size)
        return made

    cdef TextC* _texts(self, list encoded) except NULL:
        # Some texts, of which empty ones are missing.
        cdef TextC* made = <TextC*>self._room(len(encoded), sizeof(TextC))
        cdef bytes joined = b"".join(encoded), text
        cdef const char* place = joined
        cdef Py_ssize_t i
        self._kept.append(joined)
        for i, text in enumerate(encoded):
            set_text(&made[i], place if text else NULL, <int32_t>len(text))
            place += len(text)
        return made

    cdef const int64_t* _numbers(self, numbers) except NULL:
        cdef bytes made = np.array([*numbers, 0], np.int64).tobytes()
        self._kept.append(made)
        return <const int64_t*><const char*>made

    cdef const int32_t* _narrow(self, numbers) except NULL:
        # One number more, so that there is an address to point at.
        cdef bytes made = np.append(numbers, 0).astype(np.int32).tobytes()
        self._kept.append(made)
        return <const int32_t*><const char*>made

    cdef SlotC* _slots(self, slots, list sizes, list listed) except NULL:
        # Where some slots get their values; prefix sizes and symbols are added to the lists.
        cdef SlotC* made = <SlotC*>self._room(len(slots), sizeof(SlotC))
        for i, source in enumerate(sources_of(self.plan, slots)):
            made[i].field, made[i].attribute = source.field, source.attribute
            made[i].offset_bytes = offset_of(source.field)
            made[i].has_fallback = source.fallback is not None
            if isinstance(source.fallback, str):
                made[i].fallback = self._text(source.fallback.encode())
            elif isinstance(source.fallback, int):
                made[i].fallback_number = int(source.fallback)
            made[i].first_size, made[i].first_listed = len(sizes), len(listed)
            sizes.extend(source.prefix_sizes)
            listed.extend(source.listed)
            made[i].last_size, made[i].last_listed = len(sizes), len(listed)
        return made

    cdef int _fill_slots(self) except -1:
        layout = self.plan.layout
        sizes, listed = [], []
        self.c.cart_numbers = self._slots(layout.cart_numbers, sizes, listed)
        self.c.cart_texts = self._slots(layout.cart_texts, sizes, listed)
        self.c.cart_sets = self._slots(layout.cart_sets, sizes, listed)
        self.c.line_numbers = self._slots(layout.line_numbers, sizes, listed)
        self.c.line_texts = self._slots(layout.line_texts, sizes, listed)
        self.c.line_sets = self._slots(layout.line_sets, sizes, listed)
        self.c.prefix_sizes = self._narrow(sizes)
        self.c.symbols_listed = self._narrow(listed)
        return 0

    cdef int _fill_attributes(self) except -1:
        known = declared(self.plan)
        cdef AttributeC* made = <AttributeC*>self._room(len(known), sizeof(AttributeC))
        for i, (_, name, kind) in enumerate(known):
            made[i].name = self._text(name.encode())
            made[i].kind = KINDS.index(kind)
        for i in range(len(OWNERS) + 1):
            before = [name for owner, name, _ in known if owner in OWNERS[:i]]
            self.c.attribute_starts[i] = len(before)
        self.c.attributes = made
        return 0

    cdef int _fill_zone(self) except -1:
        self.c.is_utc = self.labels.timezone == "UTC"
        self.c.has_calendar = reads_calendar(self.plan)
        for i, name in enumerate(WEEKDAYS):
            self.c.weekdays[i] = self._text(name.encode())
        if self.c.is_utc or not self.c.has_calendar:
            return 0
        offsets = offsets_of(self.labels.timezone)
        self.c.zone_starts = self._numbers(offsets.starts_us)
        self.c.zone_offsets = self._numbers(offsets.offsets_us)
        self.c.zone_count = len(offsets.starts_us)
        self.c.zone_from, self.c.zone_to = offsets.starts_us[0], offsets.ends_us
        return 0

    cdef int _fill_words(self) except -1:
        # What writers write as it is.
        labels, encode = self.labels, msgspec.json.encode
        head = encode({"currency": labels.currency, "ruleset": labels.hash})
        self.c.currency = self._text(labels.currency.encode())
        self.c.head = self._text(b"," + head[1 : len(head) - 1] + b',"lines":[')
        self.c.ids = self._texts([id.encode() for id in labels.ids])
        self.c.rules = self._texts([encode(id) for id in labels.ids])
        gifts = [b""] * len(labels.ids)
        for number, (sku, quantity) in labels.gifts.items():
            gift = {"rule": labels.ids[number], "sku": sku, "quantity": quantity}
            gifts[number] = encode(gift)
        self.c.gifts = self._texts(gifts)
        return 0

    cdef int _fill_codes(self) except -1:
        # Titles of promotions, and which codes open which.
        encode = msgspec.json.encode
        behind = [b',"stage":%d,' % (100 * (stage + 1)) for stage in range(len(Stage))]
        titles = [
            encode(id) + behind[stage]
            for id, stage in zip(self.labels.ids, self.plan.promotions["stage"].tolist())
        ]
        self.c.titles = self._texts([*titles, bytes(TITLE_PADDING_BYTES)])
        openers = openers_of(self.plan)
        self.c.code_starts = self._narrow(openers.code_starts)
        self.c.code_symbols = self._narrow(openers.code_symbols)
        self.c.code_pools = self._narrow(openers.pool_symbols)
        return 0

    cdef int _fill_loyalty(self) except -1:
        # Where new members stand, and how an entry begins that is earned: by number of earning
        # rules, and behind them, for bonuses, of campaigns.
        labels, encode, begun = self.labels.loyalty, msgspec.json.encode, []
        levels = [NOTHING if rank is None else rank for rank in labels.newcomer_ranks]
        self.c.newcomer_levels = self._narrow(levels)
        rules = [b""] * len(labels.rules)
        for row in self.plan.earning_rules:
            number, kind = int(row["number"]), AWARD_KINDS[row["kind"]]
            card = labels.cards[number]
            rules[number] = self._opening(row["program"], labels.rules[number], kind, card)
        for campaign, row in zip(labels.campaigns, self.plan.campaigns):
            begun.append(self._opening(row["program"], campaign, AWARD_KINDS[0], None))
        self.c.earners = self._texts([*rules, *begun])
        self.c.layers = self._texts([encode(campaign) for campaign in labels.campaigns])
        return 0

    def _opening(self, program, rule, kind, card):
        # An entry as far as its amount.
        opening = {"program": self.labels.loyalty.programs[program], "rule": rule, "kind": kind}
        if card is not None:
            opening["card"] = card
        encoded = msgspec.json.encode(opening)
        return encoded[: len(encoded) - 1] + b',"amount":'
