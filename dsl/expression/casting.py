"""The mould of an expression in, what makes formulas of other literals in that mould out.

The first text of a mould is parsed, resolved and printed as ever, and its tree is then made into
functions of the literals: `Caster` does so for the constructs that rule sets repeat, with the same
functions that the resolver uses. Everything else is odd: a construct that is not among them, a
literal that cannot be read, a relation that is refused. What is odd goes the ordinary way, which
words the mistake at its place. No literal can change the size of a formula that is cast.
"""

from collections.abc import Callable, Iterable, Mapping

from .._maker import maker_of
from ..formula import Aggregate, Compare, Formula, Has, Member, Number, Op, Term, Truth
from ..kinds import Kind
from ..problems import Problems
from ._pieces import Odd, pick_texts, read_quoted, take_apart
from .fields import claim_that
from .imprint import Imprint
from .language import Language
from .linear import constant_of, number_of
from .meaning import Collection, Linear, Meaning, Word, Words
from .mistake import Located, Mistake
from .mould import Mould, is_certain
from .normal import any_line, conjunction_of, disjunction_of, negation_of
from .parser import LENGTH_MAX
from .relation import COUPONS, WEEKDAY, relate
from .resolver import Resolver
from .slots import Slots, Values, read_digits, read_minor
from .syntax import AllOf, AnyOf, Call, Listing, Money, Name, Negation, Node, Relation, Text
from .syntax import Number as Digits
from .vocabulary import LINE_FUNCTIONS

Cast = Callable[[Values], Formula]
Means = Callable[[Values], Meaning]
Size = Callable[[Values], int]
# The same questions stand in conditions and targets: one formula for each. By kind of question.
Made = dict[tuple[type[Member | Has], Term, bool], dict[tuple[str, ...], Formula]]
Checked = tuple[str, Formula]

make_aggregate = maker_of(Aggregate)
make_compare = maker_of(Compare)
make_has = maker_of(Has)
make_member = maker_of(Member)

ORDERS: Mapping[str, Op] = {"<": "<", "<=": "<=", ">": ">", ">=": ">=", "==": "=="}


class Caster:
    """Makes functions of the literals from the tree of the first text."""

    def __init__(self, slots: Slots, language: Language, resolver: Resolver, made: Made) -> None:
        self.made = made
        self.slots = slots
        self.language = language
        self.resolver = resolver

    def claim(self, node: Node) -> Cast:
        """The formula of a condition."""
        if not self.slots.is_varied(node):
            formula = self.resolver.claim_of(node).yes
            return lambda values: formula
        match node:
            case AllOf(items):
                return self.row(conjunction_of, items)
            case AnyOf(items):
                return self.row(disjunction_of, items)
            case Negation(item):
                inner = self.claim(item)
                return lambda values: negation_of(inner(values))
            case Call("any", (item,)):
                where = self.where(item)
                return lambda values: any_line(where(values))
            case Call("all", (item,)):
                where = self.where(item)
                return lambda values: negation_of(any_line(negation_of(where(values))))
            case Relation():
                return self.relation(node)
        raise Odd

    def row(self, join: Callable[[Iterable[Formula]], Formula], items: tuple[Node, ...]) -> Cast:
        """`a and b ...` or `a or b ...`."""
        casts = [self.claim(item) for item in items]
        return lambda values: join([cast(values) for cast in casts])

    def where(self, node: Node) -> Cast:
        """The formula of a condition on lines; one that is constant would fold."""
        has_line, self.resolver.has_line = self.resolver.has_line, True
        cast = self.claim(node)
        self.resolver.has_line = has_line
        return lambda values: unfolded(cast(values))

    def relation(self, node: Relation) -> Cast:
        """A comparison or a question: the usual ones straight, the others as the resolver does."""
        operator = ORDERS.get(node.operator)
        if operator is not None:
            term = self.term(node.left)
            size = None if term is None else self.size(node.left, node.right)
            if term is not None and size is not None:
                return lambda values: make_compare(((1, term(values)),), operator, size(values))
        if not self.slots.is_varied(node.left):
            left = self.resolver.meaning_of(node.left)
            texts = self.texts(node.right)
            if texts is not None:
                question = self.question(left, node.operator, texts)
                if question is not None:
                    return question
        first, second = self.meaning(node.left), self.meaning(node.right)
        currency = self.language.currency
        return lambda values: unfolded(relate(node, first(values), second(values), currency))

    def question(self, left: Meaning, operator: str, texts: tuple[int, ...]) -> Cast | None:
        """A question about texts that are all literals."""
        match left:
            case Word(term=term) if term is not None and term.name != WEEKDAY:
                if operator in ("==", "!=", "in", "not in"):
                    return self.belongs(term, texts, is_denied=operator in ("!=", "not in"))
            case Collection(term) if term.name != COUPONS and operator.startswith("has"):
                return self.holds(term, texts, is_all=operator == "has all")
        return None

    def belongs(self, term: Term, texts: tuple[int, ...], *, is_denied: bool) -> Cast:
        """The text of a field is one of the literals, or is none of them."""
        made = self.made.setdefault((Member, term, is_denied), {})

        def belongs(values: Values) -> Formula:
            picked = pick_texts(values, texts)
            formula = made.get(picked)
            if formula is None:
                member = make_member(term, picked)
                formula = made[picked] = negation_of(member) if is_denied else member
            return formula

        return belongs

    def holds(self, term: Term, texts: tuple[int, ...], *, is_all: bool) -> Cast:
        """The set of a field holds any of the literals, or all of them."""
        made = self.made.setdefault((Has, term, is_all), {})

        def holds(values: Values) -> Formula:
            picked = pick_texts(values, texts)
            formula = made.get(picked)
            if formula is None:
                formula = made[picked] = make_has(term, picked, is_all and len(picked) > 1)
            return formula

        return holds

    def texts(self, node: Node) -> tuple[int, ...] | None:
        """The places of the texts that a text or a list of them is."""
        nodes = node.items if isinstance(node, Listing) else (node,)
        places = self.slots.places
        if not nodes or any(not isinstance(x, Text) or id(x) not in places for x in nodes):
            return None
        return tuple(places[id(item)] for item in nodes)

    def term(self, node: Node) -> Callable[[Values], Number] | None:
        """A field or a function over lines that is there on every cart, None for anything else."""
        if isinstance(node, Call) and node.function in LINE_FUNCTIONS and len(node.arguments) == 1:
            function = LINE_FUNCTIONS[node.function]
            if function.is_optional:
                return None
            where = self.where(node.arguments[0])
            return lambda values: make_aggregate(function.name, where(values), function.kind)
        if not isinstance(node, Name):
            return None
        meaning = self.resolver.meaning_of(node)
        if not isinstance(meaning, Linear) or meaning.is_optional or meaning.constant:
            return None
        (term, factor), *others = meaning.terms.items()
        return None if others or factor != 1 else lambda values: term

    def size(self, left: Node, right: Node) -> Size | None:
        """The integer of a literal that is of the same kind as what it is compared with."""
        place = self.slots.places.get(id(right))
        if place is None or not isinstance(right, Digits | Money):
            return None
        if isinstance(left, Call):
            kind = LINE_FUNCTIONS[left.function].kind
        else:
            meaning = self.resolver.meaning_of(left)
            assert isinstance(meaning, Linear)
            kind = meaning.kind
        suffix, language = self.slots.suffixes[place], self.language
        if isinstance(right, Money) and kind is Kind.MONEY:
            currency, exponent = language.currency, language.exponent
            return lambda values: read_minor(values[place] + suffix, currency, exponent)
        if isinstance(right, Digits) and right.kind is kind is Kind.INTEGER:
            return lambda values: read_digits(Kind.INTEGER, values[place] + suffix)
        return None

    def meaning(self, node: Node) -> Means:
        """The meaning of one side of a relation."""
        if not self.slots.is_varied(node):
            meaning = self.resolver.meaning_of(node)
            return lambda values: meaning
        place = self.slots.places.get(id(node))
        match node:
            case Text() if place is not None:
                return lambda values: Word(read_quoted(values[place]))
            case Money() | Digits() if place is not None:
                return self.constant(node, place)
            case Listing() if (places := self.texts(node)) is not None:
                return lambda values: Words(pick_texts(values, places))
            case Call(function) if function in LINE_FUNCTIONS:
                name, kind = LINE_FUNCTIONS[function].name, LINE_FUNCTIONS[function].kind
                is_optional, where = LINE_FUNCTIONS[function].is_optional, self.where
                cast = where(node.arguments[0])
                return lambda values: number_of(
                    Aggregate(name, cast(values), kind), is_optional=is_optional
                )
            case Negation() | Relation() | AllOf() | AnyOf() | Call("any" | "all"):
                claim = self.claim(node)
                return lambda values: claim_that(unfolded(claim(values)))
        raise Odd

    def constant(self, node: Digits | Money, place: int) -> Means:
        """The meaning of a number."""
        suffix, language = self.slots.suffixes[place], self.language
        if isinstance(node, Digits):
            kind = node.kind
            return lambda values: constant_of(kind, read_digits(kind, values[place] + suffix))
        currency, exponent = language.currency, language.exponent
        return lambda values: constant_of(
            Kind.MONEY, read_minor(values[place] + suffix, currency, exponent)
        )


def unfolded(formula: Formula) -> Formula:
    """The formula; raises Odd for a constant, which would fold what it stands in."""
    if isinstance(formula, Truth):
        raise Odd
    return formula


class Castings:
    """The moulds of one rule set. The second text of a mould makes its functions, if they can be.

    What they make of that text must be what the resolver made of it.
    """

    def __init__(self, language: Language, problems: Problems) -> None:
        self.language = language
        self.problems = problems
        self.known: dict[tuple[Mould, bool, bool], tuple[Imprint, Cast] | None] = {}
        self.seen: set[tuple[Mould, bool, bool]] = set()
        self.made: Made = {}

    def cast(self, text: str, *, has_line: bool, is_loyalty: bool = False) -> Checked | None:
        """The canonical text and the formula of a text; None when it has to go the ordinary way.

        The text of a condition on lines is left out.
        """
        mould, values = take_apart(text)
        casting = self.known.get((mould, has_line, is_loyalty))
        if casting is None or len(text) > LENGTH_MAX:
            return None
        try:
            formula = casting[1](values)  # first: it refuses literals of another kind
            return "" if has_line else casting[0].write(values), formula
        except (Odd, Mistake):
            return None

    def learn(
        self, node: Node, text: Located, checked: Checked, *, has_line: bool, is_loyalty: bool
    ) -> None:
        """Take note of a text that has gone the ordinary way, and of what it means."""
        mould, values = take_apart(text.text)
        key = (mould, has_line, is_loyalty)
        if not values or key in self.known or not is_certain(mould):
            return
        if key not in self.seen:
            self.seen.add(key)
            return
        self.known[key] = None
        try:
            slots = Slots(node, text.text, mould, values)
            resolver = Resolver(self.language, text, self.problems, has_line, is_loyalty)
            casting = Caster(slots, self.language, resolver, self.made).claim(node)
            printing = Imprint(node, slots)
            if (casting(values), printing.write(values)) == checked[::-1]:
                self.known[key] = printing, casting
        except (Odd, Mistake):
            pass
