"""Rules and their keys in, gates out: what rules most of them out at a glance.

A gate stands in every posting of a rule without codes, so that a cart asks no condition of a rule
that it cannot have. It holds four tests, each of one number against one of the cart's:

* a *word* of 64 bits: every text that rules compare a field of the cart with has a bit, and all
  other texts of that field share one. A cart has one bit a field; a rule bars bits.
* a *slice* of time: all beginnings and ends of windows, sorted, cut time into slices.
* a *level*: the thresholds of one number of the cart, sorted; a cart reaches so many of them.
* *units*: how many must stand on lines with a text of the key, counted while these are looked up.

Conditions that key and gate decide are not asked again; the others are the *residuals*. Soft
conditions stop nothing, so no gate knows them.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from ...dsl.formula import Compare, Formula, Member, Not, Term
from ...dsl.ruleset import Window
from ._filing import Filer
from ._keys import Key, least_of
from ._tables import Tables
from .plan import BADGE, NOTHING, HintOp, Indexes, NodeOp, Numbers, Records, Words
from .slots import NET_SUBTOTAL

WORD_BITS = 64
WIDEST = 2**63 - 1
EVERY_BIT = 2**64 - 1
BOUND_BITS = 16  # of which the highest stays free
LAST_SLICE = LAST_LEVEL = 2 ** (BOUND_BITS - 1) - 1
NO_BOUNDS = HintOp.NONE << 3 * BOUND_BITS
CHEAP_OPS = {NodeOp.MEMBER, NodeOp.HAS_ANY, NodeOp.HAS_ALL, NodeOp.FLAG, NodeOp.SAME}


class WordTest(NamedTuple):
    """A text of the cart is one of some, or none of them."""

    slot: int
    texts: tuple[str, ...]
    is_barred: bool


class LevelTest(NamedTuple):
    """A number of the cart comes up to another."""

    slot: int
    least: int


Test = WordTest | LevelTest | None
Hint = tuple[HintOp, int]


def bit_of(symbol: int) -> int:
    """The number of a text's bit among the hints, as the kernel has it."""
    return (symbol * 2_654_435_769) % 2**32 >> 26


def bits_of(symbols: Numbers) -> Numbers:
    """The same of many texts; a product of two numbers of 32 bits fits."""
    return (symbols * 2_654_435_769) % 2**32 >> 26


def bounds_of(
    first_slices: Indexes, last_slices: Indexes, levels: Indexes, hints: Indexes
) -> Words:
    """The bounds of gates, from the lowest bits up; a window without an instant has none.

    The kernel takes each from what the cart has, all at once, and sees where something is missing.
    That is why the last slice stands as its distance from the end.
    """
    is_never = first_slices > last_slices
    first_slices = np.where(is_never, LAST_SLICE, first_slices)
    last_slices = np.where(is_never, 0, last_slices)
    bounds = np.zeros(len(levels), np.uint64)
    for part in (hints, levels, LAST_SLICE - last_slices, first_slices):
        bounds = (bounds << np.uint64(BOUND_BITS)) | part.astype(np.uint64)
    return bounds


@dataclass(frozen=True, slots=True)
class Gates:
    """The gates by number, and what a cart needs to be held against them."""

    barred: Words
    bounds: Words
    wanted: Words
    units: Indexes
    found: Indexes
    residual_starts: Indexes  # by number, and the end
    residuals: Indexes  # nodes
    badges: Records
    badge_bits: Indexes
    slices: Numbers
    levels: Numbers
    level_slot: int


@dataclass(slots=True)
class GateMaker:
    """Says what gates can ask for while rules are filed, then makes all gates at once."""

    tables: Tables
    _bits: dict[int, dict[str, int]] = field(default_factory=dict)  # by badge slot
    _others: dict[int, int] = field(default_factory=dict)  # the bit of all other texts

    def make_hint(self, key: Key) -> Hint:
        """The hint of a key that is new."""
        bits = 0
        for kind, name, texts in key.places:
            self.tables.slot_of(kind, name)
            for symbol in self.tables.symbols_of(texts):
                bits |= 1 << bit_of(symbol)
        return HintOp.LINES if key.is_of_lines else HintOp.CART, bits

    def make_test(self, part: Formula) -> Test:
        """The test of a condition that is new."""
        match part:
            case Member(term, values) if values:
                return WordTest(self.tables.slot("text", term), values, False)
            case Not(Member(term, values)) if values:
                return WordTest(self.tables.slot("text", term), values, True)
            case Compare(((coefficient, Term() as term),), op, bound) if term.name != NET_SUBTOTAL:
                least = least_of(coefficient, op, bound)
                if least is not None and abs(least) <= WIDEST:
                    return LevelTest(self.tables.slot("number", term), least)
        return None

    def make(self, count: int, filer: Filer) -> Gates:
        """The gates of so many rules, of what was noted of each."""
        asked = Counter(test for parts in filer.parts.values() for _, test in parts)
        badges, badge_bits = self.make_badges(asked)
        level_slot = choose_level_slot(asked)
        words = {test: self.word_of(test) for test in asked if self.is_word(test)}
        barred: dict[int, int] = {}
        least: dict[int, int] = {}
        residuals: list[int] = []
        residual_starts = [0]
        for number in range(count):
            rest = []
            for part, test in filer.parts.get(number, ()):
                if test in words:
                    barred[number] = barred.get(number, 0) | words[test]
                elif isinstance(test, LevelTest) and test.slot == level_slot:
                    least[number] = max(test.least, least.get(number, test.least))
                else:
                    rest.append(self.tables.node(part))
            residuals += sorted(rest, key=self.cost_of) if len(rest) > 1 else rest
            residual_starts.append(len(residuals))
        slices, first_slices, last_slices = cut_time(count, filer.windows)
        levels = sorted(set(least.values()))
        level_of = {number: 1 + place for place, number in enumerate(levels)}
        needed = {number: level_of[each] for number, each in least.items()}
        hints = {number: hint for number, (hint, _) in filer.hints.items()}
        wanted = {number: bits for number, (_, bits) in filer.hints.items()}
        return Gates(
            barred=column_of(count, barred, np.uint64),
            bounds=bounds_of(
                first_slices,
                last_slices,
                column_of(count, needed),
                column_of(count, hints, rest=HintOp.NONE),
            ),
            wanted=column_of(count, wanted, np.uint64, EVERY_BIT),
            units=column_of(count, filer.units),
            found=column_of(count, filer.found),
            residual_starts=np.array(residual_starts, np.int32),
            residuals=np.array(residuals, np.int32),
            badges=badges,
            badge_bits=badge_bits,
            slices=slices,
            levels=np.array(levels, np.int64),
            level_slot=level_slot,
        )

    def make_badges(self, asked: Counter[Test]) -> tuple[Records, Indexes]:
        """Bits for the fields asked for most, as long as they fit a word."""
        texts_of: dict[int, set[str]] = {}  # by text slot
        for test in asked:
            if isinstance(test, WordTest):
                texts_of.setdefault(test.slot, set()).update(test.texts)
        rows: list[tuple[int, ...]] = []
        bits: list[int] = []
        used = 0
        for slot in asked_slots(asked, WordTest):
            texts = sorted(texts_of[slot], key=self.tables.symbol)
            if used + len(texts) + 1 > WORD_BITS:
                continue
            symbols = [self.tables.symbol(text) for text in texts]
            low, other = symbols[0], used + len(texts)
            rows.append((slot, len(bits), low, symbols[-1] + 1, other))
            place_of = {symbol: used + place for place, symbol in enumerate(symbols)}
            bits += [place_of.get(symbol, other) for symbol in range(low, symbols[-1] + 1)]
            self._bits[slot] = {text: used + place for place, text in enumerate(texts)}
            self._others[slot] = other
            used = other + 1
        return np.array(rows, BADGE), np.array(bits, np.int32)

    def is_word(self, test: Test) -> bool:
        """Whether the word of a gate decides a test."""
        return isinstance(test, WordTest) and test.slot in self._bits

    def word_of(self, test: Test) -> int:
        """The bits that a test bars."""
        assert isinstance(test, WordTest)
        bits = self._bits[test.slot]
        word = sum(1 << bits[text] for text in test.texts)
        if not test.is_barred:
            word ^= sum(1 << bit for bit in (*bits.values(), self._others[test.slot]))
        return word

    def cost_of(self, node: int) -> tuple[bool, bool]:
        """What asks little comes first, what reads nets last."""
        return not self.tables.is_static(node), self.tables.op_of(node) not in CHEAP_OPS


def cut_time(count: int, window_of: Mapping[int, Window]) -> tuple[Numbers, Indexes, Indexes]:
    """The slices of time; by number the first and the last it is in.

    LIMIT: slices are numbered in 15 bits. With more of them there are none, and the kernel
    looks at the window of everything it finds.
    """
    windows = {id(window): window for window in window_of.values()}
    both = [edge for each in windows.values() for edge in (each.starts_at, each.ends_at)]
    edges = sorted({edge for edge in both if edge is not None})
    if len(edges) >= LAST_SLICE:
        none = np.array([], np.int64)
        return none, column_of(count, {}), column_of(count, {}, rest=LAST_SLICE)
    slice_of = {edge: 1 + place for place, edge in enumerate(edges)}
    spans: dict[int, tuple[int, int]] = {}  # by the identity of a window
    for key, window in windows.items():
        first = 0 if window.starts_at is None else slice_of[window.starts_at]
        last = LAST_SLICE if window.ends_at is None else slice_of[window.ends_at] - 1
        spans[key] = first, last
    firsts = {number: spans[id(window)][0] for number, window in window_of.items()}
    lasts = {number: spans[id(window)][1] for number, window in window_of.items()}
    return (
        np.array(edges, np.int64),
        column_of(count, firsts),
        column_of(count, lasts, rest=LAST_SLICE),
    )


def column_of(
    count: int, cells: Mapping[int, int], dtype: type = np.int32, rest: int = 0
) -> "npt.NDArray[Any]":
    """A column with these cells, and all others alike."""
    column: npt.NDArray[Any] = np.full(count, rest, dtype)
    column[list(cells)] = np.array(list(cells.values()), dtype)
    return column


def asked_slots(asked: Counter[Test], kind: type) -> list[int]:
    """The slots that gates could test, most asked for first."""
    times: Counter[int] = Counter()
    for test, count in asked.items():
        if test is not None and isinstance(test, kind):
            times[test.slot] += count
    return sorted(times, key=lambda slot: (-times[slot], slot))


def choose_level_slot(asked: Counter[Test]) -> int:
    """The number slot with the most thresholds, or NOTHING."""
    # LIMIT: levels are numbered in 15 bits.
    times: Counter[int] = Counter()
    for test, count in asked.items():
        if isinstance(test, LevelTest):
            times[test.slot] += count
    slots = [slot for slot in asked_slots(asked, LevelTest) if times[slot] <= LAST_LEVEL]
    return slots[0] if slots else NOTHING
