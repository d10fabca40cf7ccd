"""Expressions with their places in, checked formulas and canonical texts out.

One checker serves one rule set. First every entry of `define:` is declared, then all of them are
checked, in whatever order they build on each other; after that conditions and predicates are asked
for one by one. A definition is worked out once and shared by all who use it. What is wrong goes to
the collected problems, and the answer is None.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import tzinfo

from ..formula import Formula
from ..problems import Problems
from ..ruleset import Attribute
from ..tree.nodes import Node as Written
from ..tree.nodes import Scalar, Sequence
from .casting import Castings, Checked
from .definitions import Order, names_in
from .language import Definition, Language
from .meaning import Words, wrong
from .mistake import Located, Mistake, Reported
from .parser import parse
from .printer import print_expression
from .resolver import Resolver
from .shorthand import Shorthand
from .syntax import Name, Node
from .vocabulary import Vocabulary

IDENTIFIER = re.compile(r"[^\W\d]\w*")
# LIMIT: definitions on top of each other. It bounds the time that checking takes, and no author
# could follow more.
LEVELS_MAX = 32
CIRCLE_SHOWN_MAX = 8


@dataclass(slots=True)
class Draft:
    """An entry of `define:`, read but not yet understood: an expression, or a list of texts."""

    name: Scalar
    text: Located
    node: Node | None = None
    words: Words | None = None
    level: int = 1  # how many definitions stand on top of each other here, this one included


class Checker:
    """Checks the expressions of one rule set. `attributes` are by full name."""

    def __init__(
        self,
        problems: Problems,
        currency: str,
        exponent: int,
        zone: tzinfo,
        attributes: Mapping[str, Attribute],
    ) -> None:
        self.problems = problems
        self.language = Language(Vocabulary(attributes), currency, exponent, zone)
        self.drafts: dict[str, Draft] = {}
        self.shorthand = Shorthand(problems, currency, exponent)
        self.castings = Castings(self.language, problems)
        self.known: dict[tuple[str, bool, bool], Checked] = {}

    def declare(self, name: Scalar, value: Written) -> None:
        """Take up an entry of `define:`: an expression, or a list of texts."""
        place = (0, len(name.text))
        if not IDENTIFIER.fullmatch(name.text):
            help = "a name is letters, digits and `_`, and begins with a letter"
            self.report(Mistake("R170", *place, help=help, name=name.text[:60]), name)
        elif self.language.vocabulary.is_reserved(name.text):
            self.report(Mistake("R171", *place, help="choose another", name=name.text), name)
        elif name.text in self.language.definitions:
            self.report(Mistake("R172", *place, help="delete one of the two", name=name.text), name)
        else:
            # Whatever it turns out to be, the name is known from here on.
            self.language.definitions[name.text] = Definition()
            draft = self.read_draft(name, value)
            if draft is not None:
                self.drafts[name.text] = draft

    def read_draft(self, name: Scalar, value: Written) -> Draft | None:
        """The entry as an expression or a list of texts; None when it is neither."""
        if isinstance(value, Scalar):
            node = self.parse(value)
            return None if node is None else Draft(name, value, node=node)
        if isinstance(value, Sequence):
            texts = [item.text for item in value.items if isinstance(item, Scalar)]
            if len(texts) == len(value.items):
                return Draft(name, name, words=Words(tuple(sorted(set(texts)))))
        self.problems.add("R176", value.span, help='write `["a", "b"]`, or an expression')
        return None

    def check_defines(self) -> None:
        """Check every definition, used or not. Comes after the last `declare`."""
        uses = {
            name: names_in(draft.node) if draft.node is not None else {}
            for name, draft in self.drafts.items()
        }
        order = Order(uses)
        for circle in order.circles:
            self.report_circle(circle, uses[circle[0]])
        broken = {name for circle in order.circles for name in circle}
        for name in order.names:
            draft = self.drafts[name]
            below = [self.drafts[used].level for used in uses[name] if used in self.drafts]
            draft.level = 1 + max(below, default=0)
            if draft.level == LEVELS_MAX + 1 and name not in broken:
                help = "write some of them out"
                place = (0, len(name))
                self.report(
                    Mistake("R174", *place, help=help, name=name, most=LEVELS_MAX), draft.name
                )
            elif draft.level <= LEVELS_MAX and name not in broken:
                self.define(name, draft)

    def report_circle(self, circle: list[str], uses: Mapping[str, Name]) -> None:
        """Say that definitions go round in a circle, at the first one's use of the second."""
        first = circle[0]
        node = uses[circle[1 % len(circle)]]
        chain = " -> ".join(f"`{name}`" for name in [*circle[:CIRCLE_SHOWN_MAX], first])
        self.report(wrong("R173", node, chain, name=first), self.drafts[first].text)

    def define(self, name: str, draft: Draft) -> None:
        """Work out what a definition means."""
        definition = self.language.definitions[name]
        if draft.node is None:
            definition.meaning = draft.words
            return
        resolver = Resolver(self.language, draft.text, self.problems, None, None)
        try:
            meaning = resolver.meaning_of(draft.node)
            if resolver.needs.line and resolver.needs.lines:
                help = "make two definitions of it, and use both where no line is in question"
                raise wrong("R144", draft.node, help, name=name)
            resolver.check_meaning(draft.node, meaning)
        except Mistake as mistake:
            self.report(mistake, draft.text)
        except Reported:
            pass
        else:
            definition.meaning = meaning
            definition.needs = resolver.needs

    def condition(self, text: Located, *, is_loyalty: bool = False) -> Checked | None:
        """A condition on the cart: its canonical text, and its formula."""
        return self.check_text(text, has_line=False, is_loyalty=is_loyalty)

    def line_predicate(self, text: Located, *, is_loyalty: bool = False) -> Formula | None:
        """A condition on one line, as after `on:`."""
        checked = self.check_text(text, has_line=True, is_loyalty=is_loyalty)
        return None if checked is None else checked[1]

    def short_form(self, key: str, value: Written, *, is_loyalty: bool = False) -> Checked | None:
        """A short form (one of `SHORT_FORMS`): the text and formula of what it stands for."""
        try:
            node, text = self.shorthand.expand(key, value)
            return self.check_node(node, text, has_line=False, is_loyalty=is_loyalty)
        except Reported:
            return None

    def check_text(
        self, text: Located, *, has_line: bool, is_loyalty: bool = False
    ) -> Checked | None:
        """The canonical text and the formula of an expression; nobody reads that of a predicate."""
        key = (text.text, has_line, is_loyalty)
        known = self.known.get(key)
        if known is not None:
            return known
        where = {"has_line": has_line, "is_loyalty": is_loyalty}
        checked = self.castings.cast(text.text, **where)
        if checked is None:
            node = self.parse(text)
            checked = None if node is None else self.check_node(node, text, **where)
            if node is None or checked is None:
                return None
            self.castings.learn(node, text, checked, **where)
            checked = "" if has_line else checked[0], checked[1]
        self.known[key] = checked
        return checked

    def check_node(
        self, node: Node, text: Located, *, has_line: bool, is_loyalty: bool
    ) -> Checked | None:
        """The canonical text and the formula of a syntax tree, whose places are in `text`."""
        resolver = Resolver(self.language, text, self.problems, has_line, is_loyalty)
        try:
            return print_expression(node), resolver.formula_of(node)
        except Mistake as mistake:
            self.report(mistake, text)
        except Reported:
            pass
        return None

    def parse(self, text: Located) -> Node | None:
        """The syntax of a text; None when it is no expression, which is then reported."""
        try:
            return parse(text.text)
        except Mistake as mistake:
            self.report(mistake, text)
            return None

    def report(self, mistake: Mistake, text: Located) -> None:
        """Collect a mistake."""
        mistake.report(self.problems, text)
