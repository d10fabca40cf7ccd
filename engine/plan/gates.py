"""Promotions and their keys in, gates out: what rules most of them out at a glance.

A gate stands in every posting of a promotion without codes, so that a cart asks no condition of a
promotion that it cannot have. It holds four tests, each of one number against one of the cart's:

* a *word* of 64 bits: every text that rules compare a field of the cart with has a bit, and all
  other texts of that field share one. A cart has one bit a field; a promotion bars bits.
* a *slice* of time: all beginnings and ends of windows, sorted, cut time into slices.
* a *level*: the thresholds of one number of the cart, sorted; a cart reaches so many of them.
* *units*: how many must stand on lines with a text of the key, counted while these are looked up.

Conditions that key and gate decide are not asked again; the others are the *residuals*. Soft
conditions stop nothing, so no gate knows them.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from ...dsl.formula import ALWAYS, Aggregate, Compare, Formula, Member, Not, Term
from ...dsl.kinds import Threshold
from ...dsl.ruleset import Bundle, BuyGet, OrderVolume, Promotion, Volume
from .keys import Key, KeyFinder, best_key, hard_parts, is_of_lines, least_of, size_of, targets_of
from .plan import BADGE, NOTHING, HintOp, Indexes, NodeOp, Numbers, Records, Words
from .tables import NET_SUBTOTAL, Tables, is_line_field

WORD_BITS = 64
WIDEST = 2**63 - 1
EVERY_BIT = 2**64 - 1
EVERY_SLICE = 2**16 - 1
UNITS_MAX = 2**31 - 1
HINT_TEXTS_MAX = 8  # of more texts, some cart has the bit of one by chance
CHEAP_OPS = {NodeOp.MEMBER, NodeOp.HAS_ANY, NodeOp.HAS_ALL, NodeOp.FLAG, NodeOp.SAME}

WordTest = tuple[int, tuple[str, ...], bool]  # text slot, texts, whether these are barred
LevelTest = tuple[int, int]  # number slot, the least that passes
Tests = tuple[WordTest | None, LevelTest | None]  # at most one of them
NO_TESTS: Tests = (None, None)
NO_HINT = HintOp.NONE, EVERY_BIT


def bit_of(symbol: int) -> int:
    """The bit of a text among the hints, as the kernel has it."""
    return 1 << ((symbol * 2_654_435_769) % 2**32 >> 26)


def is_of_one(key: Key) -> bool:
    """Whether all texts of a key are of the cart itself, or all of lines."""
    return len({is_line_field(name) for _, name, _ in key}) == 1


@dataclass(frozen=True, slots=True)
class Gates:
    """The gates by promotion, and what a cart needs to be held against them."""

    barred: Words
    first_slices: Indexes
    slice_counts: Indexes
    levels_needed: Indexes
    wanted: Words
    hints: Indexes
    units: Indexes
    found: Indexes
    residual_starts: Indexes  # by promotion, and the end
    residuals: Indexes  # nodes
    badges: Records
    badge_bits: Indexes
    slices: Numbers
    levels: Numbers
    level_slot: int


@dataclass(slots=True)
class GateMaker:
    """Collects what the promotions of a rule set ask for, then makes all gates at once."""

    tables: Tables
    keys: KeyFinder
    parts: dict[int, list[tuple[Formula, Tests]]] = field(default_factory=dict)  # by promotion
    units: dict[int, int] = field(default_factory=dict)
    windows: dict[int, tuple[int | None, int | None]] = field(default_factory=dict)
    found: dict[int, bool] = field(default_factory=dict)
    hints: dict[int, tuple[HintOp, int]] = field(default_factory=dict)
    _texts: dict[int, set[str]] = field(default_factory=dict)  # by text slot
    _asked: Counter[tuple[str, int]] = field(default_factory=Counter)  # how often, by slot
    _tests: dict[int, Tests] = field(default_factory=dict)  # by identity: rules share formulas
    _bits: dict[int, dict[str, int]] = field(default_factory=dict)  # by badge slot
    _others: dict[int, int] = field(default_factory=dict)  # the bit of all other texts
    _words: dict[WordTest, int] = field(default_factory=dict)

    def add_open(self, number: int, promotion: Promotion) -> None:
        """A promotion without a gate: all of its conditions are asked at its turn."""
        self.parts[number] = [(part, NO_TESTS) for part in hard_parts(promotion)]

    def add(self, number: int, promotion: Promotion, key: Key | None, parts: list[Formula]) -> None:
        """A promotion filed under a key, with its hard conditions."""
        self.windows[number] = promotion.window.starts_at, promotion.window.ends_at

        def is_key(formula: Formula) -> bool:
            return key is not None and self.keys.find_exact(formula) == key

        rest = [part for part in parts if not is_key(part)]
        if key is not None and is_of_lines(key):
            self.units[number] = min(action_units(promotion, is_key), UNITS_MAX)
            self.found[number] = is_key(next(iter(targets_of(promotion)), ALWAYS))
            rest = [part for part in rest if not self.count(number, part, is_key)]
        self.parts[number] = [(part, self.tests_of(part)) for part in rest]

    def count(self, number: int, part: Formula, is_key: Callable[[Formula], bool]) -> bool:
        """Whether a condition asks for units on lines of the key alone: the gate counts these."""
        match part:
            case Compare(((coefficient, Aggregate("qty", where)),), op, bound) if is_key(where):
                least = least_of(coefficient, op, bound)
                if least is not None and 1 <= least <= UNITS_MAX:
                    self.units[number] = max(self.units[number], least)
                    return True
        return False

    def want(self, number: int, keys: list[Key]) -> None:
        """Other keys of a promotion: the best one that has few texts becomes its hint."""
        few = [key for key in keys if size_of(key) <= HINT_TEXTS_MAX and is_of_one(key)]
        key = best_key(few)
        if key is None:
            return
        bits = 0
        for kind, name, texts in key:
            self.tables.slot_of(kind, name)
            for text in texts:
                bits |= bit_of(self.tables.symbol(text))
        self.hints[number] = HintOp.LINES if is_of_lines(key) else HintOp.CART, bits

    def tests_of(self, part: Formula) -> Tests:
        """What a gate could test instead of a condition."""
        tests = self._tests.get(id(part))
        if tests is None:
            tests = self._tests[id(part)] = self.make_tests(part)
        word, level = tests
        if word is not None:
            self._asked["text", word[0]] += 1
            self._texts.setdefault(word[0], set()).update(word[1])
        elif level is not None:
            self._asked["number", level[0]] += 1
        return tests

    def make_tests(self, part: Formula) -> Tests:
        """The tests of a condition that is new."""
        match part:
            case Member(term, values) if values:
                return (self.tables.slot("text", term), values, False), None
            case Not(Member(term, values)) if values:
                return (self.tables.slot("text", term), values, True), None
            case Compare(((coefficient, Term() as term),), op, bound) if term.name != NET_SUBTOTAL:
                least = least_of(coefficient, op, bound)
                if least is not None and abs(least) <= WIDEST:
                    return None, (self.tables.slot("number", term), least)
        return NO_TESTS

    def make(self, count: int) -> Gates:
        """The gates of so many promotions."""
        badges, badge_bits = self.make_badges()
        level_slot = self.choose_level_slot()
        barred = [0] * count
        least: dict[int, int] = {}
        residuals: list[int] = []
        residual_starts = [0]
        for number in range(count):
            rest = []
            for part, (word, level) in self.parts.get(number, ()):
                if word is not None and word[0] in self._bits:
                    barred[number] |= self.word_of(word)
                elif level is not None and level[0] == level_slot:
                    least[number] = max(level[1], least.get(number, level[1]))
                else:
                    rest.append(self.tables.node(part))
            residuals += sorted(rest, key=self.cost_of) if len(rest) > 1 else rest
            residual_starts.append(len(residuals))
        slices, first_slices, slice_counts = self.cut_time(count)
        hints = [self.hints.get(number, NO_HINT) for number in range(count)]
        levels = sorted(set(least.values()))
        level_of = {number: 1 + place for place, number in enumerate(levels)}
        needed = [level_of[least[number]] if number in least else 0 for number in range(count)]
        return Gates(
            barred=np.array(barred, np.uint64),
            first_slices=first_slices,
            slice_counts=slice_counts,
            levels_needed=np.array(needed, np.int32),
            wanted=np.array([bits for _, bits in hints], np.uint64),
            hints=np.array([hint for hint, _ in hints], np.int32),
            units=np.array([self.units.get(number, 0) for number in range(count)], np.int32),
            found=np.array([self.found.get(number, False) for number in range(count)], np.int32),
            residual_starts=np.array(residual_starts, np.int32),
            residuals=np.array(residuals, np.int32),
            badges=badges,
            badge_bits=badge_bits,
            slices=slices,
            levels=np.array(levels, np.int64),
            level_slot=level_slot,
        )

    def make_badges(self) -> tuple[Records, Indexes]:
        """Bits for the fields asked for most, as long as they fit a word."""
        rows: list[tuple[int, ...]] = []
        bits: list[int] = []
        used = 0
        for slot in self.asked_slots("text"):
            texts = sorted(self._texts[slot], key=self.tables.symbol)
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

    def asked_slots(self, kind: str) -> list[int]:
        """The slots of a kind that gates could test, most asked for first."""
        asked = [(-times, slot) for (of, slot), times in self._asked.items() if of == kind]
        return [slot for _, slot in sorted(asked)]

    def choose_level_slot(self) -> int:
        """The number slot with the most thresholds, or NOTHING."""
        # LIMIT: levels are numbered in 16 bits.
        slots = [slot for slot in self.asked_slots("number") if self._asked["number", slot] < 2**16]
        return slots[0] if slots else NOTHING

    def word_of(self, test: WordTest) -> int:
        """The bits that a test bars."""
        known = self._words.get(test)
        if known is None:
            slot, texts, is_barred = test
            bits = self._bits[slot]
            known = sum(1 << bits[text] for text in texts)
            if not is_barred:
                known ^= sum(1 << bit for bit in (*bits.values(), self._others[slot]))
            self._words[test] = known
        return known

    def cost_of(self, node: int) -> tuple[bool, bool]:
        """What asks little comes first, what reads nets last."""
        return not self.tables.is_static(node), self.tables.nodes[node][0] not in CHEAP_OPS

    def cut_time(self, count: int) -> tuple[Numbers, Indexes, Indexes]:
        """The slices of time; by promotion the first it is in, and in how many it is.

        LIMIT: slices are numbered in 16 bits. With more of them there are none, and the kernel
        looks at the window of everything it finds.
        """
        windows = self.windows
        edges = sorted({edge for window in windows.values() for edge in window if edge is not None})
        firsts, counts = [0] * count, [EVERY_SLICE] * count
        if len(edges) >= EVERY_SLICE - 1:
            edges, windows = [], {}
        slice_of = {edge: 1 + place for place, edge in enumerate(edges)}
        for number, (starts_at, ends_at) in windows.items():
            firsts[number] = 0 if starts_at is None else slice_of[starts_at]
            last = EVERY_SLICE if ends_at is None else slice_of[ends_at]
            counts[number] = max(0, last - firsts[number])
        return np.array(edges, np.int64), np.array(firsts, np.int32), np.array(counts, np.int32)


def action_units(promotion: Promotion, is_key: Callable[[Formula], bool]) -> int:
    """The units on lines of a key without which an action gives nothing."""
    match promotion.action:
        case BuyGet() as action:
            buy = action.buy_quantity if is_key(action.buy_on) else 0
            get = 1 if action.partial else action.get_quantity
            return buy + (get if is_key(action.get_on) else 0)
        case Volume(tiers, Threshold.QUANTITY) | OrderVolume(tiers, Threshold.QUANTITY):
            return tiers[0].threshold if is_key(promotion.action.on) else 0
        case Bundle(components):
            return max((each.quantity for each in components if is_key(each.on)), default=0)
        case _:
            return 0
