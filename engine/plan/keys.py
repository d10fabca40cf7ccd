"""Formulas in, keys out: texts of which a cart must have one for a formula to hold.

A promotion can only apply when all of its hard conditions hold and its action finds something to
act on. Each of these may imply that some text is on the cart: a code, a group, a line's sku. Such
a set of texts is a *key*: without any of them the promotion cannot apply. A key is *exact* when
the formula holds on every cart that has one of its texts.

Worked example: `when: [customer.groups has "gold", qty(sku in ["A", "B"]) >= 2]` has the keys
{groups: gold} and {sku: A, sku: B}; only the first is exact.
"""

from collections.abc import Iterable

from ...dsl.formula import (
    Aggregate,
    And,
    AnyLine,
    Compare,
    Formula,
    Has,
    Member,
    Or,
    StartsWith,
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
from .tables import is_line_field

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
PREFIX_RANK = RANK["line.categories"]
KEY_TEXTS_MAX = 1_000  # LIMIT: a longer list rules out too little to be filed text by text

# Kind of slot, field and texts, of each field once, in order; no field, no texts at all.
Key = tuple[tuple[str, str, tuple[str, ...]], ...]
Found = tuple[Key | None, bool]  # the bool: whether it is exact
UNKNOWN: Found = (None, False)


class KeyFinder:
    """Finds the keys of formulas; those that rules share through definitions only once.

    With `has_prefixes` the beginning of a text is a key as well: plans have slots for these.
    """

    def __init__(self, has_prefixes: bool = False) -> None:
        self._has_prefixes = has_prefixes
        # By identity, and so kept alive: hashing a formula walks all of it.
        self._known: dict[int, tuple[Formula, Found]] = {}

    def find(self, formula: Formula) -> Key | None:
        """Texts of which at least one is on every cart where it holds; None: no such set."""
        return self.look_up(formula)[0]

    def find_all(self, formula: Formula) -> list[Key]:
        """The keys of a formula and of everything that must hold with it."""
        match formula:
            case And(items):
                return [key for item in items for key in self.find_all(item)]
            case AnyLine(where):
                return self.find_all(where)
            case Compare(((coefficient, Aggregate() as term),), op, bound):
                if needs_line(coefficient, term, op, bound):
                    return self.find_all(term.where)
                return []
        key = self.find(formula)
        return [] if key is None else [key]

    def find_exact(self, formula: Formula) -> Key | None:
        """The key of a formula, if it is exact."""
        key, is_exact = self.look_up(formula)
        return key if is_exact else None

    def look_up(self, formula: Formula) -> Found:
        """The key of a formula, and whether it is exact."""
        known = self._known.get(id(formula))
        if known is None:
            known = self._known[id(formula)] = formula, self._make(formula)
        return known[1]

    def _make(self, formula: Formula) -> Found:
        match formula:
            case Truth(False):
                return (), True
            case Member(_, values) | Has(_, values, False) if len(values) > KEY_TEXTS_MAX:
                return UNKNOWN
            case Member(term, values) if term.fallback is None:
                return (("text", term.name, values),), True
            case Has(term, values, every) if values and term.fallback is None:
                texts = values[:1] if every else values
                return (("set", term.name, texts),), len(texts) == len(values)
            case StartsWith(term, prefix) if self._has_prefixes and term.fallback is None:
                return (("prefix", term.name, (prefix,)),), True
            case And(items):
                return best_key([self.find(item) for item in items]), False
            case Or(items):
                return self._join([self.look_up(item) for item in items])
            case AnyLine(where):
                return self.look_up(where)
            case Compare(((coefficient, Aggregate() as term),), op, bound):
                if not needs_line(coefficient, term, op, bound):
                    return UNKNOWN
                key_of_lines, is_exact = self.look_up(term.where)
                counts = term.function in ("qty", "lines")
                is_one = counts and least_of(coefficient, op, bound) == 1
                return key_of_lines, is_exact and is_one
            case _:
                return UNKNOWN

    def _join(self, found: list[Found]) -> Found:
        fields: dict[tuple[str, str], set[str]] = {}
        for key, _ in found:
            if key is None:
                return UNKNOWN
            for kind, name, texts in key:
                fields.setdefault((kind, name), set()).update(texts)
        joined = [(*field, tuple(sorted(texts))) for field, texts in sorted(fields.items())]
        return tuple(joined), all(is_exact for _, is_exact in found)


def flatten(formula: Formula) -> tuple[Formula, ...]:
    """The items of an `And`, of those inside it too; any other formula alone."""
    if not isinstance(formula, And):
        return (formula,)
    return tuple(part for item in formula.items for part in flatten(item))


def hard_parts(promotion: Promotion) -> list[Formula]:
    """The conditions without which a promotion does not apply, those joined by `and` apart."""
    hard = (condition.formula for condition in promotion.conditions if not condition.is_soft)
    return [part for formula in hard for part in flatten(formula)]


def least_of(coefficient: int, op: str, bound: int) -> int | None:
    """The least number for which a comparison holds, if it holds for all above it too."""
    if coefficient < 0 or op not in (">=", ">"):
        return None
    return -(-bound // coefficient) if op == ">=" else bound // coefficient + 1


def is_of_lines(key: Key) -> bool:
    """Whether all texts of a key are on lines, so that a cart finds lines under them."""
    return bool(key) and all(is_line_field(name) for _, name, _ in key)


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
    known = {key for key in keys if key is not None}
    if len(known) < 2:
        return next(iter(known), None)
    return min(known, key=cost_of)


def cost_of(key: Key) -> tuple[int, int, Key]:
    """How many carts a key lets through: the least selective field, then the number of texts."""
    worst = max([rank_of(kind, name) for kind, name, _ in key], default=-1)
    return worst, size_of(key), key


def size_of(key: Key) -> int:
    """How many texts a key has."""
    return sum([len(texts) for _, _, texts in key])


def rank_of(kind: str, name: str) -> int:
    """How rarely texts of a field tell carts apart; prefixes of any field are like categories."""
    return PREFIX_RANK if kind == "prefix" else RANK.get(name, len(RANK))


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
