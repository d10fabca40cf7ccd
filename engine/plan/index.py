"""Rules in, posting lists out: under which symbols each promotion is filed, behind its gate.

Of all its keys (`_keys.pyx`) a promotion is filed under the most selective one: an sku is rarer
than a group, so `when: [customer.groups has "gold", qty(sku in ["A", "B"]) >= 2]` is filed under A
and B. A cart looks up its own texts, by *channel*: codes, pools, then the text and set slots of
carts, then of lines. A channel knows the symbols from `low` to `high`: those below or above have no
list.

A posting holds the number of a promotion and its gate (`gates.py`). What no text can rule out is
in `always`, behind gates as well. Earning rules and campaigns are filed as promotions are, with the
numbers after theirs; a key of an earning rule that rules out nothing else is its event.

LIMIT: promotions with codes are always filed under their codes alone, and without a gate, because
a refused code must be able to give their reason.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from ...dsl.formula import Formula
from ...dsl.ruleset import Promotion, Window
from ._filing import Filer, hard_parts
from ._tables import Tables
from .gates import EVERY_BIT, NO_BOUNDS, GateMaker, Gates
from .plan import CHANNEL, POST, Indexes, Records

Channel = tuple[str, str]  # kind, field
CODE, POOL = ("code", ""), ("pool", "")


@dataclass(frozen=True, slots=True)
class Index:
    """The posting lists: of symbol s, `posts[post_starts[start + s - low]:...]`."""

    channels: Records
    post_starts: Indexes
    posts: Records
    always: Records
    gates: Gates


class Entrant(NamedTuple):
    """An earning rule or a campaign, as the index sees it."""

    window: Window
    parts: Sequence[Formula]  # the hard conditions
    targets: Sequence[Formula]  # line formulas that must each match some line
    event: Formula | None = None  # that the cart is the event of the rule


def build_index(
    promotions: Sequence[Promotion],
    targets: Sequence[Sequence[Formula]],
    entrants: Sequence[Entrant | None],
    tables: Tables,
) -> Index:
    """File every rule that can ever matter; `targets` are those of the promotions' actions."""
    gates = GateMaker(tables)
    filer = Filer(tables.symbols_of, gates.make_test, gates.make_hint)
    limits = {id(promotion.limits): promotion.limits for promotion in promotions}
    used_up = {key for key, each in limits.items() if 0 in each.counted}
    for number, promotion in enumerate(promotions):
        if promotion.needs_code:
            filer.file_open(number, promotion)
        elif promotion.is_enabled and id(promotion.limits) not in used_up:
            parts = hard_parts(promotion.conditions)
            window, action = promotion.window, promotion.action
            filer.file_closed(number, window, action, parts, targets[number])
    for number, entrant in enumerate(entrants, len(promotions)):
        if entrant is not None:
            window, conditions, on, event = entrant
            filer.file_closed(number, window, None, list(conditions), on, event)
    return pack(tables, filer, gates.make(len(promotions) + len(entrants), filer))


def pack(tables: Tables, filer: Filer, gates: Gates) -> Index:
    """Posting lists as arrays, one channel after another."""
    channels: list[tuple[int, int, int]] = []
    post_starts: list[Indexes] = []
    posts: list[Records] = []
    start = post_count = 0
    for channel in channels_of(tables, filer):
        if channel is None or channel not in filer.symbols:
            channels.append((0, 0, 0))
            continue
        symbols = np.array(filer.symbols[channel], np.int32)
        numbers = np.array(filer.numbers[channel], np.int32)
        order = np.lexsort((numbers, symbols))
        low, high = int(symbols.min()), int(symbols.max()) + 1
        counts = np.bincount(symbols - low, minlength=high - low)
        starts = np.concatenate(([0], np.cumsum(counts))) + post_count
        channels.append((start, low, high))
        post_starts.append(starts.astype(np.int32))
        posts.append(postings(numbers[order], gates, is_open=channel in (CODE, POOL)))
        start += len(starts)
        post_count += len(order)
    return Index(
        channels=np.array(channels, CHANNEL),
        post_starts=np.concatenate([np.zeros(0, np.int32), *post_starts]),
        posts=np.concatenate([np.zeros(0, POST), *posts]),
        always=postings(np.array(filer.always, np.int32), gates, is_open=False),
        gates=gates,
    )


def channels_of(tables: Tables, filer: Filer) -> list[Channel | None]:
    """The channel of each place where a cart has texts; None where nothing can be filed."""
    for kind, name in sorted(filer.symbols.keys() - {CODE, POOL}):
        tables.slot_of(kind, name)
    order: list[Channel | None] = [CODE, POOL]
    for kind, is_line in (("text", False), ("set", False), ("text", True), ("set", True)):
        for slot in tables.slots[kind, is_line].slots():
            is_plain = slot.fallback is None
            order.append(("prefix" if slot.prefixes else kind, slot.name) if is_plain else None)
    return order


def postings(numbers: Indexes, gates: Gates, is_open: bool) -> Records:
    """The postings of some promotions, with their gates or with none."""
    posts = np.zeros(len(numbers), POST)
    posts["number"] = numbers
    posts["wanted"] = EVERY_BIT
    posts["bounds"] = NO_BOUNDS
    if not is_open:
        posts["barred"] = gates.barred[numbers]
        posts["bounds"] = gates.bounds[numbers]
        posts["units"] = gates.units[numbers]
        posts["wanted"] = gates.wanted[numbers]
    return posts
