"""Formulas in, keys out: texts of which a cart must have one for a formula to hold.

A promotion can only apply when all of its hard conditions hold and its action finds something to
act on. Each of these may imply that some text is on the cart: a code, a group, a line's sku. Such
a set of texts is a *key*: without any of them the promotion cannot apply. A key is *exact* when
the formula holds on every cart that has one of its texts.

Worked example: `when: [customer.groups has "gold", qty(sku in ["A", "B"]) >= 2]` has the keys
{groups: gold} and {sku: A, sku: B}; only the first is exact.
"""

from collections.abc import Callable, Iterable, Mapping
from operator import eq, ge, gt, le, lt
from typing import Any, NamedTuple

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
    Action,
    AmountOff,
    Bundle,
    BuyGet,
    Condition,
    FixedPrice,
    OrderAmount,
    OrderPercent,
    OrderVolume,
    PercentOff,
    ShippingAmount,
    ShippingPercent,
    Volume,
)
from .slots import is_line_field

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
COMPARISONS: Mapping[str, Callable[[int, int], bool]] = {
    "<": lt,
    "<=": le,
    "==": eq,
    ">=": ge,
    ">": gt,
}
KEY_TEXTS_MAX = 1_000  # LIMIT: a longer list rules out too little to be filed text by text

# Kind of slot, field and texts.
Place = tuple[str, str, tuple[str, ...]]


class Key(NamedTuple):
    """The places of its texts, each field once, in order; no place, no text at all.

    The fields stand so that keys sort by how many carts they let through, fewest first.
    """

    rank: int  # of the least selective field
    size: int  # how many texts it has
    places: tuple[Place, ...]
    line_places: int  # how many of them are of lines

    @property
    def is_of_lines(self) -> bool:
        """Whether all texts are on lines, so that a cart finds lines under them."""
        return 0 < self.line_places == len(self.places)

    @property
    def is_of_one(self) -> bool:
        """Whether all texts are of the cart itself, or all of lines."""
        return self.is_of_lines or (self.line_places == 0 and bool(self.places))


class Answer(NamedTuple):
    """What a formula says of texts."""

    key: Key | None  # one of `needed`, or what these come to
    is_exact: bool  # whether the formula holds on every cart with a text of the key
    units: int  # if all it asks for is so many units on lines with a text of the key; else 0
    needed: tuple[Key, ...]  # the keys of all that must hold with it


UNKNOWN = Answer(None, False, 0, ())
NO_TEXT = Key(-1, 0, (), 0)


class KeyFinder:
    """Finds the keys of formulas; those that rules share only once.

    With `has_prefixes` the beginning of a text is a key as well: plans have slots for these.
    """

    def __init__(self, has_prefixes: bool = False) -> None:
        # By identity, and so kept alive: hashing a formula walks all of it.
        self._known: dict[int, tuple[Formula, Answer]] = {}
        self._makers: dict[type, Callable[[Any], Answer]] = {
            Truth: answer_of_truth,
            Member: answer_of_member,
            Has: answer_of_has,
            And: self._answer_of_and,
            Or: self._answer_of_or,
            AnyLine: self._answer_of_any_line,
            Compare: self._answer_of_compare,
        }
        if has_prefixes:
            self._makers[StartsWith] = answer_of_prefix

    def find(self, formula: Formula) -> Key | None:
        """Texts of which at least one is on every cart where it holds; None: no such set."""
        return self.look_up(formula).key

    def look_up(self, formula: Formula) -> Answer:
        """All that is known of a formula."""
        known = self._known.get(id(formula))
        if known is None:
            maker = self._makers.get(type(formula))
            answer = UNKNOWN if maker is None else maker(formula)
            known = self._known[id(formula)] = formula, answer
        return known[1]

    def _answer_of_and(self, formula: And) -> Answer:
        """Every item must hold."""
        answers = [self.look_up(item) for item in formula.items]
        needed = tuple(key for answer in answers for key in answer.needed)
        return Answer(best_key(answer.key for answer in answers), False, 0, needed)

    def _answer_of_or(self, formula: Or) -> Answer:
        """One of the items must hold, so that all of their texts come together."""
        answers = [self.look_up(item) for item in formula.items]
        fields: dict[tuple[str, str], set[str]] = {}
        for answer in answers:
            if answer.key is None:
                return UNKNOWN
            for kind, name, texts in answer.key.places:
                fields.setdefault((kind, name), set()).update(texts)
        places = [(*field, tuple(sorted(texts))) for field, texts in sorted(fields.items())]
        key = Key(
            max([rank_of(kind, name) for kind, name, _ in places], default=-1),
            sum([len(texts) for _, _, texts in places]),
            tuple(places),
            sum([is_line_field(name) for _, name, _ in places]),
        )
        return Answer(key, all(answer.is_exact for answer in answers), 0, (key,))

    def _answer_of_any_line(self, formula: AnyLine) -> Answer:
        """Some line must match: a text of the cart alone does not say that there is a line."""
        key, is_exact, _, needed = self.look_up(formula.where)
        return Answer(key, is_exact and key is not None and key.is_of_lines, 0, needed)

    def _answer_of_compare(self, formula: Compare) -> Answer:
        """An aggregate may need lines that match."""
        coefficient, term = formula.terms[0]
        if len(formula.terms) > 1 or not isinstance(term, Aggregate):
            return UNKNOWN
        if not needs_line(coefficient, term, formula.op, formula.bound):
            return UNKNOWN
        key, is_exact, _, needed = self.look_up(term.where)
        least = None
        of_lines = is_exact and key is not None and key.is_of_lines
        if of_lines and term.function in ("qty", "lines"):
            least = least_of(coefficient, formula.op, formula.bound)
        units = least if least is not None and term.function == "qty" else 0
        return Answer(key, least == 1, units, needed)


def answer_of_truth(formula: Truth) -> Answer:
    """What never holds has no text to hold on."""
    return UNKNOWN if formula.value else Answer(NO_TEXT, True, 0, (NO_TEXT,))


def answer_of_member(formula: Member) -> Answer:
    """A text is one of some."""
    if formula.term.fallback is not None or len(formula.values) > KEY_TEXTS_MAX:
        return UNKNOWN
    return answer_of_texts("text", formula.term.name, formula.values, True)


def answer_of_has(formula: Has) -> Answer:
    """A set holds one of some texts, or all: then any of them will do."""
    term, values, every = formula.term, formula.values, formula.every
    if term.fallback is not None or not values or (len(values) > KEY_TEXTS_MAX and not every):
        return UNKNOWN
    texts = values[:1] if every else values
    return answer_of_texts("set", term.name, texts, len(texts) == len(values))


def answer_of_prefix(formula: StartsWith) -> Answer:
    """A text begins with another."""
    if formula.term.fallback is not None:
        return UNKNOWN
    return answer_of_texts("prefix", formula.term.name, (formula.prefix,), True)


def answer_of_texts(kind: str, name: str, texts: tuple[str, ...], is_exact: bool) -> Answer:
    """The answer of a formula over the texts of one field."""
    is_line = is_line_field(name)
    key = Key(rank_of(kind, name), len(texts), ((kind, name, texts),), int(is_line))
    return Answer(key, is_exact, 0, (key,))


def flatten(formula: Formula) -> tuple[Formula, ...]:
    """The items of an `And`, of those inside it too; any other formula alone."""
    if not isinstance(formula, And):
        return (formula,)
    return tuple(part for item in formula.items for part in flatten(item))


def hard_parts(conditions: Iterable[Condition]) -> list[Formula]:
    """The conditions without which a rule does not apply, those joined by `and` apart."""
    parts: list[Formula] = []
    for condition in conditions:
        if not condition.is_soft:
            parts += flatten(condition.formula)
    return parts


def least_of(coefficient: int, op: str, bound: int) -> int | None:
    """The least number for which a comparison holds, if it holds for all above it too."""
    if coefficient < 0 or op not in (">=", ">"):
        return None
    return -(-bound // coefficient) if op == ">=" else bound // coefficient + 1


def needs_line(coefficient: int, term: Aggregate, op: str, bound: int) -> bool:
    """Whether a comparison is false when no line matches its aggregate."""
    if term.function in ("min_price", "max_price"):
        if term.fallback is None:
            return True
        empty = coefficient * term.fallback
    else:
        empty = 0
    return not COMPARISONS[op](empty, bound)


def best_key(keys: Iterable[Key | None]) -> Key | None:
    """The most selective of some keys that are all necessary."""
    return min([key for key in keys if key is not None], default=None)


def rank_of(kind: str, name: str) -> int:
    """How rarely texts of a field tell carts apart; prefixes of any field are like categories."""
    return PREFIX_RANK if kind == "prefix" else RANK.get(name, len(RANK))


METHODS = Term("shipping.methods", Kind.SET)
ON_LINES = (PercentOff, AmountOff, FixedPrice, Volume, OrderPercent, OrderAmount, OrderVolume)


def targets_of(action: Action) -> tuple[Formula, ...]:
    """Line formulas that must each match some line for the action to give anything."""
    if isinstance(action, ON_LINES):
        return (action.on,)
    if isinstance(action, BuyGet):
        return action.buy_on, action.get_on
    if isinstance(action, Bundle):
        return tuple(component.on for component in action.components)
    if isinstance(action, ShippingPercent | ShippingAmount) and action.methods is not None:
        return (Has(METHODS, action.methods),)
    return ()
