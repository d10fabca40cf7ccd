"""What earning rules, burning rules and campaigns share: their first keys, and a builder."""

from typing import TypeVar

from ..problems import Problems
from ..ruleset import Window
from .conditions import ConditionBuilder
from .diagnosis import read_shape
from .register import Register
from .sections import Entry
from .shape import Active, AnyNode, Bool, Shape, Text, Word


class LoyaltyRuleShape(Shape):
    """The keys that every entry has."""

    name: Text = ""
    description: Text = ""
    enabled: Bool = True
    program: Word
    active: Active = Window()
    when: AnyNode = None


Read = TypeVar("Read", bound=LoyaltyRuleShape)


class LoyaltyRuleBuilder:
    """Builds entries of one kind for one rule set."""

    def __init__(
        self, register: Register, conditions: ConditionBuilder, problems: Problems
    ) -> None:
        self.register = register
        self.conditions = conditions
        self.problems = problems

    def read(self, kind: type[Read], entry: Entry) -> Read | None:
        """The keys and values of an entry; None when problems were added instead."""
        key, node = entry.key, entry.node
        shape = read_shape(kind, key, node, self.register.terms_of(node), self.problems)
        if shape is None:
            self.conditions.check_expressions(node)
        return shape
