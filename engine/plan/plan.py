"""A rule set as packed arrays of integers: what the kernel reads, and nothing else.

The lowering writes a plan once; the kernel and the columns read it. Every text that a rule names
is a *symbol*, a small integer; every field that a rule reads is a *slot* in the columns of a cart
or of its lines. Promotions stand in order of evaluation, so that sorted numbers are sorted turns.
Formulas are one table of nodes in which equal parts are shared; a *selector* is a line formula
whose matching lines are listed once a cart, however many rules ask for them.

`posts` answers which promotions can match at all: each promotion is filed under the symbols of its
most selective necessary condition, by channel (`index.py`), behind a gate (`gates.py`).

The record types below are the C structs of `kernel/_layout.pxd`, field by field, and the enums are
its op codes; a test holds the two together.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum

import numpy as np
import numpy.typing as npt

from .labels import Labels

Indexes = npt.NDArray[np.int32]
Numbers = npt.NDArray[np.int64]
Words = npt.NDArray[np.uint64]
Records = npt.NDArray[np.void]

NOTHING = -1  # no limit, no group, no symbol


class NodeOp(IntEnum):
    """What a formula node does."""

    FALSE = 0
    TRUE = 1
    NOT = 2
    AND = 3
    OR = 4
    COMPARE = 5
    MEMBER = 6
    SAME = 7
    HAS_ANY = 8
    HAS_ALL = 9
    FLAG = 10
    ANY_LINE = 11


class CompareOp(IntEnum):
    """The five comparisons."""

    LT = 0
    LE = 1
    EQ = 2
    GE = 3
    GT = 4


class TermKind(IntEnum):
    """Where a number comes from."""

    CART_NUMBER = 0
    LINE_NUMBER = 1
    NET_SUBTOTAL = 2
    AGGREGATE = 3


class FunctionOp(IntEnum):
    """The aggregates over lines."""

    QTY = 0
    AMOUNT = 1
    NET = 2
    LINES = 3
    DISTINCT_SKUS = 4
    MIN_PRICE = 5
    MAX_PRICE = 6


class ActionOp(IntEnum):
    """What a promotion does."""

    PERCENT_LINE = 0
    PERCENT_UNITS = 1
    AMOUNT_LINE = 2
    AMOUNT_UNIT = 3
    AMOUNT_TARGET = 4
    FIXED_PRICE = 5
    VOLUME = 6
    BUY_GET = 7
    BUNDLE = 8
    GIFT = 9
    ORDER_PERCENT = 10
    ORDER_AMOUNT = 11
    ORDER_VOLUME = 12
    SHIPPING_PERCENT = 13
    SHIPPING_AMOUNT = 14
    PAYMENT_PERCENT = 15
    PAYMENT_AMOUNT = 16


class ModeOp(IntEnum):
    """How a promotion stands to the others; exclusive ones differ by scope."""

    STACKABLE = 0
    EXCLUSIVE_CART = 1
    EXCLUSIVE_STAGE = 2
    LAST = 3
    ALWAYS = 4


class PolicyOp(IntEnum):
    """Who wins in a stack group; a line-scoped one is a policy of its own here."""

    PRIORITY = 0
    PRIORITY_LINE = 1
    BEST = 2
    ALL = 3


class HintOp(IntEnum):
    """Of whose texts a gate wants a bit."""

    CART = 0
    LINES = 1
    NONE = 2


NODE = np.dtype(
    [
        ("op", np.int32),
        ("slot", np.int32),  # text, set or number slot; the comparison of a COMPARE
        ("first", np.int32),  # range of children, symbols or terms; what a FLAG expects
        ("last", np.int32),
        ("is_static", np.int32),  # whether nothing that promotions take can change it
        ("is_line", np.int32),  # whether slots are those of lines
        ("bound_high", np.int64),  # the bound of a COMPARE, as two halves of 128 bits
        ("bound_low", np.uint64),
    ]
)
TERM = np.dtype([("coefficient", np.int64), ("kind", np.int32), ("slot", np.int32)])
AGGREGATE = np.dtype(
    [
        ("fallback", np.int64),
        ("function", np.int32),
        ("selector", np.int32),
        ("has_fallback", np.int32),
        ("padding", np.int32),
    ]
)
SELECTOR = np.dtype([("node", np.int32), ("is_static", np.int32)])
CONDITION = np.dtype([("node", np.int32), ("is_soft", np.int32)])
TIER = np.dtype([("threshold", np.int64), ("percent_ppm", np.int64), ("amount_minor", np.int64)])
COMPONENT = np.dtype([("quantity", np.int64), ("selector", np.int32), ("padding", np.int32)])
GROUP = np.dtype([("policy", np.int32), ("first", np.int32), ("last", np.int32)])
CHANNEL = np.dtype([("start", np.int32), ("low", np.int32), ("high", np.int32)])
POST = np.dtype(
    [
        ("barred", np.uint64),  # bits of which a cart may have none
        ("wanted", np.uint64),  # bits of which a cart must have one
        ("bounds", np.uint64),  # slices, level and hint, as `bounds_of` packs them
        ("number", np.int32),  # of the promotion
        ("units", np.int32),  # how many there must be
    ]
)
BADGE = np.dtype(
    [
        ("slot", np.int32),  # text slot of the cart
        ("first", np.int32),  # where the bits of its symbols stand, from `low` to `high`
        ("low", np.int32),
        ("high", np.int32),
        ("other", np.int32),  # the bit of all other texts, and of none
    ]
)
# The first 64 bytes are all that is read of most promotions.
PROMOTION = np.dtype(
    [
        ("stage", np.int8),  # 0 to 3
        ("mode", np.int8),
        ("policy", np.int8),  # of the group
        ("action", np.int8),
        ("is_compound", np.int8),
        ("is_found", np.int8),  # whether the lines of `on` are those the index finds
        ("is_softened", np.int8),  # whether it has soft conditions
        ("is_lonely", np.int8),  # whether it excludes nobody and does not count who applies
        ("is_dearest", np.int8),
        ("is_partial", np.int8),
        ("is_by_line", np.int8),  # volume measures each line
        ("is_by_amount", np.int8),  # volume thresholds are amounts
        ("is_surcharge", np.int8),
        ("is_enabled", np.int8),
        ("is_used_up", np.int8),  # a limit of 0
        ("needs_code", np.int8),
        ("group", np.int32),  # a group within a stage
        ("on", np.int32),  # selector; of buy/get, the buy side
        ("first_residual", np.int32),
        ("last_residual", np.int32),
        ("percent_ppm", np.int64),  # NOTHING when the action has none, and so for amounts below
        ("amount_minor", np.int64),
        ("cap_minor", np.int64),
        ("first_tier", np.int32),
        ("last_tier", np.int32),
        ("price_minor", np.int64),
        ("max_units", np.int64),
        ("repeat", np.int64),
        ("buy_quantity", np.int64),
        ("get_quantity", np.int64),
        ("max_in_cart", np.int64),
        ("first_excluded", np.int32),
        ("last_excluded", np.int32),
        ("get_on", np.int32),
        ("rank", np.int32),  # by priority, then id, over all stages
        ("starts_at", np.int64),  # microseconds, UTC; the least integer when open
        ("ends_at", np.int64),
        ("first_component", np.int32),
        ("last_component", np.int32),
        ("first_method", np.int32),  # NOTHING: every method
        ("last_method", np.int32),
        ("first_condition", np.int32),
        ("last_condition", np.int32),
        ("padding", np.int64),  # to 64 bytes again
        ("padding_too", np.int64),
        ("padding_last", np.int64),
    ]
)


@dataclass(frozen=True, slots=True)
class Slot:
    """A column: the field it holds and what stands in for a missing value.

    A slot of `prefixes` holds the set of those texts that the field's value starts with.
    """

    name: str
    fallback: object = None
    prefixes: frozenset[str] = frozenset()
    prefix_lengths: tuple[int, ...] = ()  # of `prefixes`, distinct


@dataclass(frozen=True, slots=True)
class Layout:
    """The columns a plan reads, in order; all other fields of a cart are never looked at."""

    cart_numbers: tuple[Slot, ...]
    cart_texts: tuple[Slot, ...]
    cart_sets: tuple[Slot, ...]
    line_numbers: tuple[Slot, ...]
    line_texts: tuple[Slot, ...]
    line_sets: tuple[Slot, ...]
    has_distinct_skus: bool


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything the kernel knows about a rule set."""

    layout: Layout
    symbols: Mapping[str, int]
    nodes: Records
    terms: Records
    aggregates: Records
    selectors: Records
    conditions: Records
    tiers: Records
    components: Records
    groups: Records
    promotions: Records
    programs: Records  # these and the next five are in `programs.py`
    tier_levels: Records
    earning_rules: Records
    campaigns: Records
    burning_rules: Records
    named: Indexes  # rows of earning rules, by campaign
    args: Indexes  # children and symbols of nodes, sorted symbols
    methods: Indexes
    excluded: Indexes  # promotion numbers
    members: Indexes  # promotions of groups, in order
    residuals: Indexes  # nodes of conditions that the index does not decide
    always: Records  # postings of promotions that no symbol can rule out
    channels: Records
    post_starts: Indexes
    posts: Records  # of promotions, then rows of earning rules, then campaigns
    badges: Records
    badge_bits: Indexes  # by badge and symbol
    slices: Numbers  # where windows begin and end, microseconds
    levels: Numbers  # thresholds of the number in `level_slot`
    level_slot: int  # number slot of the cart, or NOTHING
    rounding: int
    max_promotions: int
    line_floor_minor: int
    labels: Labels
