"""The value of `when` in, checked conditions out."""

import re

from .._maker import maker_of
from ..expression.checker import Checker
from ..expression.literals import LiteralError
from ..expression.shorthand import SHORT_FORMS
from ..formula import ALWAYS, Formula
from ..problems import Problems
from ..rule import Condition
from ..tree.breakage import report_cut
from ..tree.nodes import Mapping, Node, Scalar, Sequence
from .diagnosis import report_refusal
from .document import ENFORCEMENTS
from .shape import Refused, choice_of, keys_help, list_items, noun_of, read_expression, read_node

CONDITION_KEYS = ("if", *SHORT_FORMS)
make_condition = maker_of(Condition)
PREDICATED = ("then", "award")  # the keys of rules below which lines are named
read_enforcement = choice_of("value of `enforcement`", ENFORCEMENTS)


class ConditionBuilder:
    """Builds the conditions and checks the predicates of the promotions, or of loyalty rules.

    In loyalty rules they may ask about a member and an event, and none of them only warns.
    """

    def __init__(self, checker: Checker, problems: Problems, *, is_loyalty: bool = False) -> None:
        self.checker = checker
        self.problems = problems
        self.is_loyalty = is_loyalty

    def build(self, node: Node | None, is_soft: bool = False) -> tuple[Condition, ...]:
        """The conditions of `when`, one alone, a list of them, or none."""
        if node is None:
            return ()
        conditions = (self.build_condition(item, is_soft) for item in list_items(node))
        return tuple(condition for condition in conditions if condition is not None)

    def build_condition(self, node: Node, is_soft: bool) -> Condition | None:
        """One condition; None when problems were added instead."""
        if isinstance(node, Sequence):
            self.problems.add("R205", node.span, expected="a condition", found=noun_of(node))
            return None
        try:
            if isinstance(node, Mapping):
                return self.build_keyed_condition(node, is_soft)
            checked = self.checker.condition(read_expression(node), is_loyalty=self.is_loyalty)
        except (LiteralError, Refused) as error:
            report_refusal(error, node.span, node, self.problems)
            return None
        return checked and make_condition(*checked, is_soft)

    def build_keyed_condition(self, node: Mapping, is_soft: bool) -> Condition | None:
        """A condition with `if` or a short form, and maybe with an enforcement of its own."""
        names = [name for name in node.keys if name != "enforcement"]
        known = [name for name in names if name in CONDITION_KEYS]
        for name in names:
            if name not in CONDITION_KEYS:
                self.report_unknown(node, name)
        if not known:
            if not names:
                self.problems.add("R204", node.span, owner="a condition", key="if")
            return None
        if len(known) > 1:
            span = node.keys[known[1]].span
            help = "write each as an item of its own: all of them must hold"
            self.problems.add("R217", span, first=known[0], second=known[1], help=help)
            return None
        soft = node.get("enforcement")
        if soft is not None:
            is_soft = self.read_enforcement(node.keys["enforcement"], soft, is_soft)
        key, value = node.keys[known[0]], node.values[known[0]]
        try:
            if known[0] == "if":
                checked = self.checker.condition(read_expression(value), is_loyalty=self.is_loyalty)
            else:
                refuse_comments(read_node(value))
                checked = self.checker.short_form(known[0], value, is_loyalty=self.is_loyalty)
        except (LiteralError, Refused) as error:
            report_refusal(error, key.span, value, self.problems)
            return None
        return checked and make_condition(*checked, is_soft)

    def read_enforcement(self, key: Scalar, node: Node, is_soft: bool) -> bool:
        """Whether a condition only warns; as its promotion says, when the word is wrong."""
        if self.is_loyalty:
            help = "nothing is written where it could warn: delete it"
            words = {"key": "enforcement", "action": "a condition of a loyalty rule"}
            self.problems.add("R304", key.span, help=help, **words)
            return False
        try:
            return read_enforcement(node)
        except Refused as error:
            report_refusal(error, key.span, node, self.problems)
            return is_soft

    def report_unknown(self, node: Mapping, name: str) -> None:
        """Add the problem of a key that is no condition; an expression with a colon in it shows."""
        key = node.keys[name]
        value = node.values[name]
        is_line = "\n" not in key.source.text[key.start : value.end]
        if key.is_plain and not node.is_flow and is_line and re.search(r"[^\w-]", name):
            report_cut(type(key.span)(key.source, key.start, value.end), self.problems)
            return
        is_beside = any(other in CONDITION_KEYS for other in node.keys)
        known = ["enforcement"] if is_beside and not self.is_loyalty else list(CONDITION_KEYS)
        help = keys_help(name, known)
        self.problems.add("R203", key.span, key=name, owner="a condition", help=help)

    def predicate(self, on: Scalar) -> Formula:
        """The predicate of `on`. A wrong one is reported and stands for every line."""
        return self.checker.line_predicate(on, is_loyalty=self.is_loyalty) or ALWAYS

    def check_expressions(self, node: Node) -> None:
        """Check what can be checked of a rule whose shape is wrong, for more problems."""
        if not isinstance(node, Mapping):
            return
        when = node.get("when")
        if when is not None and not (isinstance(when, Scalar) and when.is_empty):
            self.build(when)
        for name in PREDICATED:
            inner = node.get(name)
            if isinstance(inner, Mapping):
                self.check_predicates(inner)
        self.check_predicate(node)

    def check_predicates(self, node: Node) -> None:
        """Check every `on` below a node."""
        if isinstance(node, Sequence):
            for item in node.items:
                self.check_predicates(item)
        elif isinstance(node, Mapping):
            self.check_predicate(node)
            for value in node.values.values():
                self.check_predicates(value)

    def check_predicate(self, node: Mapping) -> None:
        """Check the `on` of a mapping, if it has one."""
        on = node.get("on")
        if isinstance(on, Scalar) and not on.is_empty and on.comment_after() is None:
            self.predicate(on)


def refuse_comments(node: Node) -> None:
    """Raise `Refused` for a comment behind the predicate of a short form."""
    on = node.get("on") if isinstance(node, Mapping) else None
    if isinstance(on, Scalar):
        read_expression(on)
