"""Rules in, posting lists out: under which symbols each promotion is filed.

A promotion can only apply when all of its hard conditions hold and its action finds something to
act on. Each of these may imply that some text is on the cart: a code, a group, a line's sku. Such
a set of texts is a *key*: without any of them the promotion cannot apply, and is never looked at.
Of all its keys a promotion is filed under the most selective one.

Worked example: `when: [customer.groups has "gold", qty(sku in ["A", "B"]) >= 2]` has the keys
{groups: gold} and {sku: A, sku: B}; an sku is rarer than a group, so it is filed under A and B.

LIMIT: promotions with codes are always filed under their codes alone, because a refused code must
be able to give their reason.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from ...dsl.formula import (
    Aggregate,
    And,
    AnyLine,
    Compare,
    Formula,
    Has,
    Member,
    Or,
    Term,
    Truth,
)
from ...dsl.kinds import Kind
from ...dsl.ruleset import (
    AmountOff,
    Bundle,
    BuyGet,
    FixedPrice,
    OrderAmount,
    OrderPercent,
    OrderVolume,
    PercentOff,
    Promotion,
    ShippingAmount,
    ShippingPercent,
    Volume,
)
from .plan import NOTHING, Indexes
from .tables import Tables

# How rarely a field tells carts apart, rarest first; a field not listed comes last.
SELECTIVE = (
    "customer.id",
    "line.sku",
    "customer.account",
    "customer.groups",
    "customer.segments",
    "line.brand",
    "line.tags",
    "line.categories",
    "cart.location",
    "shipping.country",
    "payment.method",
    "customer.tier",
    "cart.channel",
)
RANK = {name: rank for rank, name in enumerate(SELECTIVE)}
KEY_TEXTS_MAX = 1_000  # LIMIT: a longer list rules out too little to be filed text by text
CODE, POOL = 0, 1  # channels; the text and set slots of carts, then of lines, follow
KIND_OF = {"text": Kind.STRING, "set": Kind.SET}

Atom = tuple[str, str, str]  # kind of slot, field, text
Key = frozenset[Atom]


class KeyFinder:
    """Finds the keys of formulas; those that rules share through definitions only once."""

    def __init__(self) -> None:
        self._known: dict[int, Key | None] = {}  # by identity: the rule set keeps them alive

    def find(self, formula: Formula) -> Key | None:
        """Texts of which at least one is on every cart where it holds; None: no such set."""
        if id(formula) not in self._known:
            self._known[id(formula)] = self._make(formula)
        return self._known[id(formula)]

    def _make(self, formula: Formula) -> Key | None:
        match formula:
            case Truth(False):
                return frozenset()
            case Member(_, values) | Has(_, values, False) if len(values) > KEY_TEXTS_MAX:
                return None
            case Member(term, values) if term.fallback is None:
                return frozenset(("text", term.name, value) for value in values)
            case Has(term, values, every) if values and term.fallback is None:
                texts = values[:1] if every else values
                return frozenset(("set", term.name, value) for value in texts)
            case And(items):
                return best_key(self.find(item) for item in items)
            case Or(items):
                keys = [self.find(item) for item in items]
                known = [key for key in keys if key is not None]
                return frozenset().union(*known) if len(known) == len(keys) else None
            case AnyLine(where):
                return self.find(where)
            case Compare(((coefficient, Aggregate() as term),), op, bound):
                needed = needs_line(coefficient, term, op, bound)
                return self.find(term.where) if needed else None
            case _:
                return None

    def find_all(self, promotion: Promotion) -> Key | None:
        """The key a promotion without codes is filed under; None when nothing can rule it out."""
        hard = [condition.formula for condition in promotion.conditions if not condition.is_soft]
        return best_key(
            [*map(self.find, hard), *(self._make(target) for target in targets_of(promotion))]
        )


def needs_line(coefficient: int, term: Aggregate, op: str, bound: int) -> bool:
    """Whether a comparison is false when no line matches its aggregate."""
    if term.function in ("min_price", "max_price"):
        if term.fallback is None:
            return True
        empty = coefficient * term.fallback
    else:
        empty = 0
    holds = {
        "<": empty < bound,
        "<=": empty <= bound,
        "==": empty == bound,
        ">=": empty >= bound,
        ">": empty > bound,
    }
    return not holds[op]


def best_key(keys: Iterable[Key | None]) -> Key | None:
    """The most selective of some keys that are all necessary."""
    known = [key for key in keys if key is not None]
    return min(known, key=cost_of, default=None)


def cost_of(key: Key) -> tuple[int, int, list[Atom]]:
    """How many carts a key lets through: the least selective field, then the number of texts."""
    worst = max((RANK.get(name, len(RANK)) for _, name, _ in key), default=-1)
    return worst, len(key), sorted(key)


def targets_of(promotion: Promotion) -> list[Formula]:
    """Line formulas that must each match some line for the action to give anything."""
    match promotion.action:
        case PercentOff() | AmountOff() | FixedPrice() | Volume() as action:
            return [action.on]
        case OrderPercent() | OrderAmount() | OrderVolume() as order_action:
            return [order_action.on]
        case BuyGet() as buy_get:
            return [buy_get.buy_on, buy_get.get_on]
        case Bundle(components):
            return [component.on for component in components]
        case ShippingPercent(_, methods) | ShippingAmount(_, methods) if methods is not None:
            return [Has(Term("shipping.methods", Kind.SET), methods)]
        case _:
            return []


@dataclass(frozen=True, slots=True)
class Index:
    """The posting lists: `posts[starts[channel_starts[c] + s]:...]` are the promotions of s."""

    always: Indexes
    channel_starts: Indexes
    post_starts: Indexes
    posts: Indexes


def build_index(promotions: Iterable[Promotion], tables: Tables) -> Index:
    """File every promotion that can ever matter."""
    filed: dict[tuple[object, ...], dict[int, list[int]]] = {}
    always = []
    keys = KeyFinder()

    def file(channel: tuple[object, ...], text: str, number: int) -> None:
        filed.setdefault(channel, {}).setdefault(tables.symbol(text), []).append(number)

    for number, promotion in enumerate(promotions):
        if promotion.needs_code:
            for code in promotion.coupons:
                file((CODE,), code, number)
            if promotion.coupon_pool is not None:
                file((POOL,), promotion.coupon_pool, number)
        elif promotion.is_enabled:
            key = keys.find_all(promotion)
            for kind, name, text in key or ():
                file((kind, name), text, number)
            if key is None:
                always.append(number)
    return pack(filed, always, tables)


def pack(
    filed: dict[tuple[object, ...], dict[int, list[int]]], always: list[int], tables: Tables
) -> Index:
    """Posting lists as arrays, one channel after another, each indexed by symbol."""
    for channel in sorted(filed.keys() - {(CODE,), (POOL,)}, key=str):
        kind, name = channel
        tables.slot(str(kind), Term(str(name), KIND_OF[str(kind)]))
    order: list[tuple[object, ...]] = [(CODE,), (POOL,)]
    for kind, is_line in (("text", False), ("set", False), ("text", True), ("set", True)):
        for slot in tables.slots[kind, is_line].slots():
            plain = slot.fallback is None and not slot.prefixes
            order.append((kind, slot.name) if plain else (kind, slot))
    channel_starts: list[int] = []
    post_starts: list[int] = []
    posts: list[int] = []
    for channel in order:
        lists = filed.get(channel)
        channel_starts.append(NOTHING if lists is None else len(post_starts))
        if lists is None:
            continue
        for symbol in range(len(tables.symbols)):
            post_starts.append(len(posts))
            posts.extend(sorted(lists.get(symbol, ())))
        post_starts.append(len(posts))
    return Index(*(np.array(x, np.int32) for x in (always, channel_starts, post_starts, posts)))
