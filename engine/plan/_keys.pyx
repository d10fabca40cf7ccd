"""Formulas in, keys out: texts of which a cart must have one for a formula to hold.

A promotion can only apply when all of its hard conditions hold and its action finds something to
act on. Each of these may imply that some text is on the cart: a code, a group, a line's sku. Such
a set of texts is a *key*: without any of them the promotion cannot apply. A key is *exact* when
the formula holds on every cart that has one of its texts.

Worked example: `when: [customer.groups has "gold", qty(sku in ["A", "B"]) >= 2]` has the keys
{groups: gold} and {sku: A, sku: B}; only the first is exact.
"""

from ...dsl.formula import Aggregate, And, AnyLine, Compare, Has, Member, Or, StartsWith, Truth
from .slots import is_line_field

cdef enum:
    KEY_TEXTS_MAX = 1_000  # LIMIT: a longer list rules out too little to be filed text by text

# How rarely a field tells carts apart, rarest first; a field not listed comes last.
cdef tuple SELECTIVE = (
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
cdef dict RANK = {name: rank for rank, name in enumerate(SELECTIVE)}
cdef int PREFIX_RANK = RANK["line.categories"]

cdef object truth_type = Truth
cdef object member_type = Member
cdef object has_type = Has
cdef object and_type = And
cdef object or_type = Or
cdef object any_line_type = AnyLine
cdef object compare_type = Compare
cdef object prefix_type = StartsWith
cdef object aggregate_type = Aggregate


cdef class Key:
    """The places of its texts, each field once, in order; no place, no text at all.

    A place is a kind of slot, a field and its texts. Keys sort by how many carts they let through,
    fewest first.
    """

    def __init__(self, rank, size, places, line_places):
        self.rank, self.size, self.places, self.line_places = rank, size, places, line_places

    cdef bint is_same(self, Key other) except -1:
        return self is other or (
            self.rank == other.rank
            and self.size == other.size
            and self.line_places == other.line_places
            and self.places == other.places
        )

    cdef bint is_before(self, Key other) except -1:
        if self.rank != other.rank:
            return self.rank < other.rank
        if self.size != other.size:
            return self.size < other.size
        if self.places != other.places:
            return self.places < other.places
        return self.line_places < other.line_places

    def __eq__(self, other):
        return isinstance(other, Key) and self.is_same(other)

    def __lt__(self, Key other):
        return self.is_before(other)

    def __hash__(self):
        return hash((self.rank, self.size, self.places))

    @property
    def is_of_lines(self):
        """Whether all texts are on lines, so that a cart finds lines under them."""
        return 0 < self.line_places == len(self.places)

    @property
    def is_of_one(self):
        """Whether all texts are of the cart itself, or all of lines."""
        return self.of_one()

    cdef bint of_lines(self):
        return 0 < self.line_places == len(self.places)

    cdef bint of_one(self):
        return self.of_lines() or (self.line_places == 0 and len(self.places) > 0)


cdef class Answer:
    """What a formula says of texts.

    `key` is one of `needed`, or what these come to. `is_exact` is whether the formula holds on
    every cart with a text of the key. `units` are, if all it asks for is so many units on lines
    with a text of the key, so many; else 0. `needed` are the keys of all that must hold with it.
    """

    cdef bint is_exactly(self, Key key) except -1:
        # Whether the formula holds on every cart with a text of a key, and on no other.
        return self.is_exact and self.key is not None and self.key.is_same(key)


cdef int rank_of(str kind, str name) except -1:
    # How rarely texts of a field tell carts apart; prefixes of any field are like categories.
    return PREFIX_RANK if kind == "prefix" else RANK.get(name, len(RANK))


cdef Answer answer_with(Key key, bint is_exact, object units, tuple needed):
    cdef Answer answer = Answer.__new__(Answer)
    answer.key, answer.is_exact, answer.units, answer.needed = key, is_exact, units, needed
    return answer


cdef Answer UNKNOWN = answer_with(None, False, 0, ())
cdef Key NO_TEXT = Key(-1, 0, (), 0)
cdef Answer NEVER = answer_with(NO_TEXT, True, 0, (NO_TEXT,))


cdef class KeyFinder:
    """Finds the keys of formulas; those that rules share only once.

    With `has_prefixes` the beginning of a text is a key as well: plans have slots for these.
    """

    def __init__(self, bint has_prefixes=False):
        self.known = {}
        self.kept = []
        self.has_prefixes = has_prefixes

    def find(self, formula):
        """Texts of which at least one is on every cart where it holds; None: no such set."""
        return self.look_up(formula).key

    cdef Answer look_up(self, object formula):
        # All that is known of a formula.
        key = <size_t><void*>formula
        known = self.known.get(key)
        if known is not None:
            return <Answer>known
        cdef Answer answer = self.make(formula)
        self.known[key] = answer
        self.kept.append(formula)
        return answer

    cdef Answer make(self, object formula):
        kind = type(formula)
        if kind is member_type:
            return answer_of_member(formula)
        if kind is compare_type:
            return self.answer_of_compare(formula)
        if kind is has_type:
            return answer_of_has(formula)
        if kind is and_type:
            return self.answer_of_and(formula)
        if kind is or_type:
            return self.answer_of_or(formula)
        if kind is any_line_type:
            return self.answer_of_any_line(formula)
        if kind is truth_type:
            return UNKNOWN if formula.value else NEVER  # what never holds has no text to hold on
        if kind is prefix_type and self.has_prefixes:
            return answer_of_prefix(formula)
        return UNKNOWN

    cdef Answer answer_of_and(self, formula):
        # Every item must hold.
        cdef Answer answer
        cdef list keys = [], needed = []
        for item in formula.items:
            answer = self.look_up(item)
            keys.append(answer.key)
            needed += answer.needed
        return answer_with(best_key(keys), False, 0, tuple(needed))

    cdef Answer answer_of_or(self, formula):
        # One of the items must hold, so that all of their texts come together.
        cdef Answer answer
        cdef dict fields = {}
        cdef bint is_exact = True
        for item in formula.items:
            answer = self.look_up(item)
            if answer.key is None:
                return UNKNOWN
            is_exact = is_exact and answer.is_exact
            for kind, name, texts in answer.key.places:
                fields.setdefault((kind, name), set()).update(texts)
        places = [(kind, name, tuple(sorted(fields[kind, name]))) for kind, name in sorted(fields)]
        key = Key(
            max([rank_of(kind, name) for kind, name, _ in places], default=-1),
            sum([len(texts) for _, _, texts in places]),
            tuple(places),
            sum([is_line_field(name) for _, name, _ in places]),
        )
        return answer_with(key, is_exact, 0, (key,))

    cdef Answer answer_of_any_line(self, formula):
        # Some line must match: a text of the cart alone does not say that there is a line.
        cdef Answer answer = self.look_up(formula.where)
        cdef bint is_exact = (
            answer.is_exact and answer.key is not None and answer.key.of_lines()
        )
        return answer_with(answer.key, is_exact, 0, answer.needed)

    cdef Answer answer_of_compare(self, formula):
        # An aggregate may need lines that match.
        cdef Answer answer
        terms = formula.terms
        coefficient, term = terms[0]
        if len(terms) > 1 or type(term) is not aggregate_type:
            return UNKNOWN
        op, bound, function = formula.op, formula.bound, term.function
        if not needs_line(coefficient, term, op, bound):
            return UNKNOWN
        answer = self.look_up(term.where)
        least = None
        if (
            answer.is_exact and answer.key is not None and answer.key.of_lines()
            and (function == "qty" or function == "lines")
        ):
            least = least_of(coefficient, op, bound)
        units = least if least is not None and function == "qty" else 0
        return answer_with(answer.key, least == 1, units, answer.needed)


cdef Answer answer_of_member(formula):
    # A text is one of some.
    cdef tuple values = formula.values
    if formula.term.fallback is not None or len(values) > KEY_TEXTS_MAX:
        return UNKNOWN
    return answer_of_texts("text", formula.term.name, values, True)


cdef Answer answer_of_has(formula):
    # A set holds one of some texts, or all: then any of them will do.
    cdef tuple values = formula.values
    cdef bint every = formula.every
    if formula.term.fallback is not None or not values:
        return UNKNOWN
    if len(values) > KEY_TEXTS_MAX and not every:
        return UNKNOWN
    texts = values[:1] if every else values
    return answer_of_texts("set", formula.term.name, texts, len(texts) == len(values))


cdef Answer answer_of_prefix(formula):
    # A text begins with another.
    if formula.term.fallback is not None:
        return UNKNOWN
    return answer_of_texts("prefix", formula.term.name, (formula.prefix,), True)


cdef Answer answer_of_texts(str kind, str name, tuple texts, bint is_exact):
    # The answer of a formula over the texts of one field.
    cdef Key key = Key.__new__(Key)
    key.rank, key.size = rank_of(kind, name), len(texts)
    key.places = ((kind, name, texts),)
    key.line_places = is_line_field(name)
    return answer_with(key, is_exact, 0, (key,))


def least_of(coefficient, op, bound):
    """The least number for which a comparison holds, if it holds for all above it too."""
    if coefficient < 0 or (op != ">=" and op != ">"):
        return None
    return -(-bound // coefficient) if op == ">=" else bound // coefficient + 1


cdef bint needs_line(coefficient, term, op, bound) except -1:
    # Whether a comparison is false when no line matches its aggregate.
    empty = 0
    if term.function == "min_price" or term.function == "max_price":
        if term.fallback is None:
            return True
        empty = coefficient * term.fallback
    if op == ">=":
        return empty < bound
    if op == ">":
        return empty <= bound
    if op == "<":
        return empty >= bound
    if op == "<=":
        return empty > bound
    return empty != bound


cpdef Key best_key(keys):
    """The most selective of some keys that are all necessary; None stands for no key."""
    cdef Key best = None, key
    for each in keys:
        key = <Key?>each if each is not None else None
        if key is not None and (best is None or key.is_before(best)):
            best = key
    return best
