"""A plan in, where each text of a cart has its list out: what the kernel finds with one look.

A plan files postings by channel, a kind of slot and a field (`plan/index.py`). A cart asks the
other way round: here is a text, what has it? So a kernel turns the channels around when it is made.

* A *line list*, by symbol: nearly every text has one list at most in all slots of lines. Those that
  have more are left to their channels.
* A *cart list*, by slot of the cart and symbol, with the bit of its badge.
* *Stage ends* and *exclusives* say of numbers of promotions what each has in its record.
* A *scale* cuts sorted numbers into even steps, so that the place of a number is found without a
  search.

The records are the C structs of `_layout.pxd`, field by field; a test compares them.
"""

from dataclasses import dataclass

import numpy as np

from ..plan.gates import bits_of
from ..plan.plan import Indexes, ModeOp, Numbers, Plan, Records, Words

CODE_CHANNELS, STAGES = 2, 4
EXCLUSIVE = (ModeOp.EXCLUSIVE_CART, ModeOp.EXCLUSIVE_STAGE)
COUNT_MAX = 2**16 - 1  # of a line list
SLOT_MANY, SLOT_NONE = 254, 255
STEPS_A_MARK, STEPS_MAX = 4, 2**13

LINE_LIST = np.dtype(
    [("first", np.int32), ("count", np.uint16), ("slot", np.uint8), ("bit", np.uint8)]
)
CART_LIST = np.dtype([("first", np.int32), ("count", np.int32), ("word", np.uint64)])
CART_SLOT = np.dtype([("low", np.int32), ("size", np.uint32), ("first", np.int32)])


@dataclass(frozen=True, slots=True)
class Scale:
    """`steps` say how many marks stand before each step; behind them, twice, how many there are."""

    marks: Numbers  # and one more, of no meaning
    steps: Indexes
    first: int
    step_count: int
    shift: int  # the width of a step, a power of 2


@dataclass(frozen=True, slots=True)
class Directory:
    """The turned channels, and the scales of a plan's slices and levels."""

    line_lists: Records  # by symbol, and one for all other texts
    cart_lists: Records
    cart_slots: Records
    stage_ends: Indexes  # by stage, the first promotion behind it
    exclusives: Words  # a bit for each promotion, set if it is exclusive
    slices: Scale
    levels: Scale


def directory_of(plan: Plan) -> Directory:
    """Turn the channels of a plan around."""
    cart_lists, cart_slots = cart_lists_of(plan)
    return Directory(
        line_lists=line_lists_of(plan),
        cart_lists=cart_lists,
        cart_slots=cart_slots,
        stage_ends=np.searchsorted(plan.promotions["stage"], range(STAGES), side="right").astype(
            np.int32
        ),
        exclusives=exclusives_of(plan),
        slices=scale_of(plan.slices),
        levels=scale_of(plan.levels),
    )


def line_lists_of(plan: Plan) -> Records:
    """What each symbol is to lines."""
    layout, known = plan.layout, len(plan.symbols)
    lists = np.zeros(known + 1, LINE_LIST)
    lists["slot"] = SLOT_NONE
    lists["bit"][:known] = bits_of(np.arange(known, dtype=np.int64))
    first = CODE_CHANNELS + len(layout.cart_texts) + len(layout.cart_sets)
    for slot in range(len(layout.line_texts) + len(layout.line_sets)):
        symbols, firsts, counts = lists_of(plan, first + slot)
        is_fit = (lists["slot"][symbols] == SLOT_NONE) & (counts <= COUNT_MAX) & (slot < SLOT_MANY)
        lists["slot"][symbols[~is_fit]] = SLOT_MANY
        fit = symbols[is_fit]
        lists["slot"][fit] = min(slot, SLOT_MANY)
        lists["first"][fit] = firsts[is_fit]
        lists["count"][fit] = counts[is_fit]
    return lists


def lists_of(plan: Plan, channel: int) -> tuple[Indexes, Indexes, Indexes]:
    """The symbols of a channel that have postings; where these begin, and how many they are."""
    start, low, high = (int(plan.channels[channel][name]) for name in ("start", "low", "high"))
    if low >= high:
        none = np.zeros(0, np.int32)
        return none, none, none
    starts = plan.post_starts[start : start + high - low + 1]
    counts = np.diff(starts)
    places = np.flatnonzero(counts > 0).astype(np.int32)
    return places + low, starts[places], counts[places]


def cart_lists_of(plan: Plan) -> tuple[Records, Records]:
    """What the symbols of each slot are to carts, slot after slot."""
    count = len(plan.layout.cart_texts) + len(plan.layout.cart_sets)
    slots = np.zeros(max(count, 1), CART_SLOT)
    tables = [np.zeros(0, CART_LIST)]
    first = 0
    for slot in range(count):
        spans = plan.channels[CODE_CHANNELS + slot], *plan.badges[plan.badges["slot"] == slot]
        used = [(int(each["low"]), int(each["high"])) for each in spans]
        used = [(low, high) for low, high in used if low < high]
        low = min((low for low, _ in used), default=0)
        table = np.zeros(max((high for _, high in used), default=0) - low + 1, CART_LIST)
        symbols, firsts, counts = lists_of(plan, CODE_CHANNELS + slot)
        table["first"][symbols - low] = firsts
        table["count"][symbols - low] = counts
        table["word"] = words_of(plan, slot, low, len(table))
        slots[slot] = low, len(table) - 1, first
        tables.append(table)
        first += len(table)
    return np.concatenate([*tables, np.zeros(1, CART_LIST)]), slots


def exclusives_of(plan: Plan) -> Words:
    """The bits of exclusive promotions, among those of all that is filed."""
    filed = len(plan.promotions) + len(plan.earning_rules) + len(plan.campaigns)
    words = np.zeros(filed // 64 + 1, np.uint64)
    numbers = np.flatnonzero(np.isin(plan.promotions["mode"], EXCLUSIVE)).astype(np.uint64)
    np.bitwise_or.at(words, numbers >> np.uint64(6), np.uint64(1) << (numbers & np.uint64(63)))
    return words


def words_of(plan: Plan, slot: int, low: int, count: int) -> Words:
    """The bits of the badges of a slot, by symbol; the last are those of all other texts."""
    words = np.zeros(count, np.uint64)
    one = np.uint64(1)
    for badge in plan.badges[plan.badges["slot"] == slot]:
        size = int(badge["high"] - badge["low"])
        bits = np.full(count, badge["other"], np.uint64)
        at, first = int(badge["low"]) - low, int(badge["first"])
        bits[at : at + size] = plan.badge_bits[first : first + size]
        words |= one << bits
    return words


def scale_of(marks: Numbers) -> Scale:
    """Cut sorted numbers into steps."""
    if not len(marks):
        return Scale(np.zeros(1, np.int64), np.zeros(2, np.int32), 0, 0, 0)
    first = int(marks[0])
    span, wanted = max(0, int(marks[-1]) - first), min(STEPS_MAX, len(marks) * STEPS_A_MARK)
    shift = max(0, (span // wanted).bit_length())
    step_count = (span >> shift) + 1
    starts = np.array([first + (step << shift) for step in range(step_count)], np.int64)
    steps = np.searchsorted(marks, starts, side="left")
    both = np.full(2, len(marks))
    return Scale(
        marks=np.concatenate([marks, np.zeros(1, np.int64)]),
        steps=np.concatenate([steps, both]).astype(np.int32),
        first=first,
        step_count=step_count,
        shift=shift,
    )
