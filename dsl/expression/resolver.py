"""A syntax node in, its meaning out: names looked up, literals read, kinds checked.

A resolver works on one text. Mistakes are collected where parts stand side by side (`and`, `or`,
the two sides of a relation), so that one look at a rule shows all that is wrong with it. `Reported`
says that a part has been dealt with so, and that the whole has no meaning.
"""

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import TypeVar

from ..formula import FLIPPED, Aggregate, Formula, Op
from ..problems import PROBLEMS_MAX, Problems
from .constant import meaning_of_literal
from .fields import claim_that, explain_default, meaning_of_field, optional_term, with_fallback
from .hints import help_for_claim, help_for_kinds, help_for_row, sample_of
from .language import Definition, Language, Needs
from .linear import (
    TOO_LARGE_HELP,
    add,
    are_comparable,
    constant_of,
    divide,
    is_out_of_range,
    multiply,
    negate,
    number_of,
    wheres_of,
)
from .meaning import (
    NOUNS,
    Claim,
    Collection,
    Linear,
    Linears,
    Meaning,
    Word,
    Words,
    is_constant,
    noun_of,
    wrong,
)
from .mistake import Located, MeaningError, Mistake, Reported
from .naming import explain_function, explain_name, refuse_stranger, unknown
from .normal import (
    DEPTH_MAX,
    FALSE,
    NODES_MAX,
    any_line,
    conjunction_of,
    disjunction_of,
    is_too_large,
    negation_of,
)
from .printer import print_expression
from .relation import relate
from .standin import help_for_missing
from .syntax import (
    AllOf,
    AnyOf,
    Between,
    Call,
    Listing,
    Minus,
    Name,
    Negation,
    Node,
    Product,
    Relation,
    Sum,
)
from .vocabulary import DEFAULT, FUNCTIONS, LINE_FUNCTIONS

Result = TypeVar("Result")

GUESSES_MAX = 2_000  # among more definitions than this, none is guessed to be meant


class Resolver:
    """Finds the meaning of the nodes of one text.

    `has_line` says whether the fields of a line can be used, `is_loyalty` whether those of members
    and events can; None leaves that open, for a definition, and `needs` tells afterwards.
    """

    def __init__(
        self,
        language: Language,
        text: Located,
        problems: Problems,
        has_line: bool | None,
        is_loyalty: bool | None = False,
    ) -> None:
        self.language = language
        self.text = text
        self.problems = problems
        self.has_line = has_line
        self.is_loyalty = is_loyalty
        self.needs = Needs()
        self.wants_text = False  # beside a text, where an unknown name lacks quotes
        self.is_denied = False  # inside `not`, where what is false lets the whole hold

    def formula_of(self, node: Node) -> Formula:
        """The condition that a whole expression is."""
        formula = self.claim_of(node).yes
        self.check_size(node, (formula,))
        return formula

    def check_meaning(self, node: Node, meaning: Meaning) -> None:
        """Refuse a definition that is too large to be used."""
        match meaning:
            case Claim(yes):
                self.check_size(node, (yes,))
            case Linear():
                self.check_size(node, wheres_of(meaning))

    def claim_of(self, node: Node, row: AnyOf | AllOf | None = None) -> Claim:
        """The meaning of a node that has to be a condition, maybe one of a row of them."""
        meaning = (
            self.name(node, wants_claim=True) if isinstance(node, Name) else self.meaning_of(node)
        )
        if isinstance(meaning, Claim):
            return meaning
        help = help_for_row(node, row) or help_for_claim(node, meaning, self.language.currency)
        raise wrong("R148", node, help, noun=noun_of(meaning))

    def check_size(self, node: Node, formulas: Sequence[Formula]) -> None:
        """Refuse to make a formula of parts that are too much together."""
        if is_too_large(formulas):
            help = "make it of fewer or smaller definitions"
            raise wrong("R175", node, help, parts=NODES_MAX, levels=DEPTH_MAX)

    def meaning_of(self, node: Node) -> Meaning:
        """The meaning of any node."""
        match node:
            case AnyOf() | AllOf():
                return self.row(node)
            case Negation(item):
                self.is_denied = not self.is_denied
                try:
                    formula = self.claim_of(item).yes
                finally:
                    self.is_denied = not self.is_denied
                return Claim(negation_of(formula), formula)
            case Relation():
                return self.relation(node)
            case Between():
                return self.between(node)
            case Sum():
                return self.sum(node)
            case Product():
                return self.product(node)
            case Minus(item):
                return negate(self.number_of(item), node)
            case Name():
                return self.name(node)
            case Call():
                return self.call(node)
            case Listing():
                return self.listing(node)
        return meaning_of_literal(node, self.language, self.text)

    def each(self, nodes: Sequence[Node], work: Callable[[Node], Result]) -> list[Result]:
        """The results of some work on parts that stand side by side, all mistakes reported."""
        done: list[Result] = []
        for node in nodes:
            try:
                done.append(work(node))
            except Mistake as mistake:
                mistake.report(self.problems, self.text)
            except Reported:
                pass
        if len(done) < len(nodes):
            raise Reported
        return done

    def row(self, node: AnyOf | AllOf) -> Claim:
        """`a and b ...` or `a or b ...`."""
        formulas = [claim.yes for claim in self.each(node.items, partial(self.claim_of, row=node))]
        self.check_size(node, formulas)
        join = conjunction_of if isinstance(node, AllOf) else disjunction_of
        return claim_that(join(formulas))

    def relation(self, node: Relation) -> Claim:
        """A comparison or a question."""
        left, right = self.sides(node)
        match node.operator:
            case "<" | "<=" | ">" | ">=" as operator:
                self.require_present(left, node.left, operator, right)
                self.require_present(right, node.right, FLIPPED[operator], left)
        if isinstance(left, Claim) and isinstance(right, Claim):
            self.check_size(node, (left.yes, right.yes, left.no, right.no))
        return claim_that(relate(node, left, right, self.language.currency))

    def sides(self, node: Relation) -> list[Meaning]:
        """The meanings of both sides; the right one is found knowing whether the left is a text."""
        found: list[Meaning] = []

        def look(side: Node) -> None:
            self.wants_text = bool(found) and isinstance(found[0], Word | Collection)
            try:
                found.append(self.meaning_of(side))
            finally:
                self.wants_text = False

        self.each((node.left, node.right), look)
        return found

    def require_present(
        self,
        meaning: Meaning,
        node: Node,
        operator: Op | None = None,
        other: Meaning | None = None,
    ) -> None:
        """Refuse an optional number where a missing one would leave no answer.

        It is compared as `node operator other`, if these are given.
        """
        if isinstance(meaning, Linear) and meaning.is_optional:
            operator = None if self.is_denied else operator
            help = help_for_missing(node, meaning, operator, other, self.language)
            raise wrong("R154", node, help, name=print_expression(node))

    def between(self, node: Between) -> Claim:
        """`item between low and high`, as two comparisons."""
        parts = (node.item, node.low, node.high)
        item, low, high = self.each(parts, self.meaning_of)
        self.require_present(item, node.item, ">=", low)
        self.require_present(low, node.low)
        self.require_present(high, node.high)
        place = {"start": node.start, "end": node.end}
        currency = self.language.currency
        least = relate(Relation(node.item, ">=", node.low, **place), item, low, currency)
        most = relate(Relation(node.item, "<=", node.high, **place), item, high, currency)
        return claim_that(conjunction_of((least, most)))

    def number_of(self, node: Node) -> Linear:
        """The meaning of a node that has to be a number, and there on every cart."""
        meaning = self.meaning_of(node)
        if not isinstance(meaning, Linear):
            raise wrong("R164", node, noun=noun_of(meaning))
        self.require_present(meaning, node)
        return meaning

    def sum(self, node: Sum) -> Linear:
        """A sum or difference, from the left."""
        nodes = [item for _, item in node.rest]
        total, *others = self.each((node.first, *nodes), self.number_of)
        self.check_size(node, [where for part in (total, *others) for where in wheres_of(part)])
        before: Node | None = node.first
        for (sign, item), other in zip(node.rest, others, strict=True):
            help = help_for_kinds((total, before), (other, item), self.language.currency)
            total = add(total, sign, other, node, help)
            before = None
        return total

    def product(self, node: Product) -> Linear:
        """A product or quotient, from the left."""
        nodes = [item for _, item in node.rest]
        total, *others = self.each((node.first, *nodes), self.number_of)
        for (sign, item), other in zip(node.rest, others, strict=True):
            if sign == "*":
                total = multiply(total, other, node)
            else:
                help = help_for_kinds((total, None), (other, item), self.language.currency)
                total = divide(total, other, node, help)
        return total

    def name(self, node: Name, *, wants_claim: bool = False) -> Meaning:
        """A definition, or a field."""
        vocabulary = self.language.vocabulary
        definition = self.language.definitions.get(node.name)
        if definition is not None:
            return self.use(node, definition)
        field = vocabulary.cart_fields.get(node.name)
        if field is None and self.has_line is not False:
            field = vocabulary.line_fields.get(node.name)
            self.needs.line = self.needs.line or field is not None
        if field is None and self.is_loyalty is not False:
            field = vocabulary.loyalty_fields.get(node.name)
            self.needs.loyalty = self.needs.loyalty or field is not None
        if field is None:
            raise self.explain(node, wants_claim=wants_claim)
        return meaning_of_field(field)

    def explain(self, node: Name, *, wants_claim: bool) -> Mistake:
        """What is wrong with an unknown name; nothing is guessed where nobody would read it."""
        if len(self.problems.found) > PROBLEMS_MAX:
            return unknown(node)
        definitions: Iterable[str] = self.language.definitions
        if len(self.language.definitions) > GUESSES_MAX:
            definitions = ()
        return explain_name(
            node,
            self.language.vocabulary,
            definitions,
            has_line=self.has_line is not False,
            is_loyalty=self.is_loyalty is not False,
            wants_text=self.wants_text,
            wants_claim=wants_claim and bool(self.has_line),
        )

    def use(self, node: Name, definition: Definition) -> Meaning:
        """The meaning of a definition, where it may stand."""
        if definition.meaning is None:
            raise Reported
        refuse_stranger(node, definition.needs, self.has_line, self.is_loyalty)
        self.needs.add(definition.needs)
        return definition.meaning

    def call(self, node: Call) -> Meaning:
        """A function over lines, or `default`."""
        if node.function == DEFAULT:
            return self.default(node)
        if node.function not in FUNCTIONS:
            raise explain_function(node)
        where = self.claim_about_lines(node)
        if node.function == "any":
            return claim_that(any_line(where))
        if node.function == "all":
            return claim_that(negation_of(any_line(negation_of(where))))
        function = LINE_FUNCTIONS[node.function]
        if where == FALSE and not function.is_optional:
            return constant_of(function.kind, 0)
        term = Aggregate(function.name, where, function.kind)
        return number_of(term, is_optional=function.is_optional)

    def claim_about_lines(self, node: Call) -> Formula:
        """What the lines that a function looks at satisfy."""
        name = node.function
        if self.has_line:
            raise MeaningError("R144", node.start, node.name_end, name=name)
        if len(node.arguments) != 1:
            help = f"`{name}(true)` looks at every line" if not node.arguments else ""
            raise wrong(
                "R141", node, help, name=name, needed="one condition", found=len(node.arguments)
            )
        outer = (self.has_line, self.needs.line)
        self.has_line = True
        try:
            where = self.claim_of(node.arguments[0]).yes
        finally:
            self.has_line, self.needs.line = outer
        self.needs.lines = True
        self.check_size(node, (where,))
        return where

    def default(self, node: Call) -> Meaning:
        """An optional field with a constant that stands in where it is missing."""
        if len(node.arguments) != 2:
            found = len(node.arguments)
            needed = "a field and a constant"
            raise wrong("R141", node, name=DEFAULT, needed=needed, found=found)
        field, spare = self.each(node.arguments, self.meaning_of)
        term = optional_term(field)
        if term is None:
            raise explain_default(node.arguments[0], field)
        if not is_constant(spare):
            raise wrong(
                "R156",
                node.arguments[1],
                f"write a literal, as `{sample_of(term.kind, self.language.currency)}`",
            )
        meaning = with_fallback(term, spare)
        if meaning is None and isinstance(spare, Linear) and is_out_of_range(spare):
            raise wrong("R157", node.arguments[1], TOO_LARGE_HELP)
        if meaning is None:
            places = ((field, node.arguments[0]), (spare, node.arguments[1]))
            help = help_for_kinds(*places, self.language.currency)
            words = {"noun": noun_of(spare), "needed": NOUNS[term.kind]}
            raise wrong("R167", node.arguments[1], help, **words)
        return meaning

    def listing(self, node: Listing) -> Meaning:
        """A list of constants of one kind."""
        items = self.each(node.items, self.constant_of)
        words = [item.value for item in items if isinstance(item, Word)]
        if len(words) == len(items):
            return Words(tuple(sorted(set(words))))
        numbers: list[Linear] = []
        for item, part in zip(items, node.items, strict=True):
            if isinstance(item, Word) or (
                numbers and not are_comparable(numbers[0].kind, item.kind)
            ):
                raise wrong("R163", part, noun=noun_of(item))
            numbers.append(item)
        return Linears(tuple(numbers))

    def constant_of(self, node: Node) -> Word | Linear:
        """A constant that can stand in a list."""
        meaning = self.meaning_of(node)
        if not is_constant(meaning):
            raise wrong("R156", node, "a list holds literals")
        if not isinstance(meaning, Word | Linear):
            raise wrong("R163", node, noun=noun_of(meaning))
        return meaning
