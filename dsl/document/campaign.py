"""One entry of `campaigns` in, a checked campaign out."""

from typing import ClassVar

from ..formula import ALWAYS
from ..loyalty import Campaign
from ..problems import Problems
from ..ruleset import Window
from ..tree.nodes import Scalar
from .conditions import ConditionBuilder
from .diagnosis import read_shape
from .quantities import Multiplier, SomePoints
from .register import Register
from .sections import Entry
from .shape import (
    Active,
    AnyNode,
    Bool,
    Expression,
    Shape,
    SomeWords,
    Text,
    Word,
    quote_all,
    scalar_of,
)
from .stacking import texts_of

EFFECTS = ("multiply", "bonus")


class CampaignShape(Shape):
    """One entry of `campaigns`."""

    noun: ClassVar[str] = "a campaign"

    name: Text = ""
    description: Text = ""
    enabled: Bool = True
    program: Word
    rules: SomeWords | None = None
    active: Active = Window()
    when: AnyNode = None
    multiply: Multiplier | None = None
    bonus: SomePoints | None = None
    on: Expression | None = None


class CampaignBuilder:
    """Builds the campaigns of one rule set."""

    def __init__(
        self, register: Register, conditions: ConditionBuilder, problems: Problems
    ) -> None:
        self.register = register
        self.conditions = conditions
        self.problems = problems

    def build(self, entry: Entry) -> Campaign | None:
        """The campaign of an entry; None when problems were added instead."""
        key, node = entry.key, entry.node
        shape = read_shape(CampaignShape, key, node, self.register.terms_of(node), self.problems)
        if shape is None:
            self.conditions.check_expressions(node)
            return None
        self.check_effect(shape, key)
        self.check_rules(shape)
        return Campaign(
            id=key.text,
            program=shape.program,
            rules=None if shape.rules is None else tuple(sorted(set(shape.rules))),
            name=shape.name,
            description=shape.description,
            is_enabled=shape.enabled,
            window=shape.active,
            conditions=self.conditions.build(shape.when),
            multiply=shape.multiply,
            bonus=shape.bonus,
            on=ALWAYS if shape.on is None else self.conditions.predicate(shape.on),
        )

    def check_effect(self, shape: CampaignShape, key: Scalar) -> None:
        """Report a campaign without an effect, with two, or with lines for a bonus."""
        keys = shape.node.keys
        written = [name for name in keys if name in EFFECTS]
        if len(written) != 1:
            place = keys[written[1]].span if written else key.span
            self.problems.add("R305", place, owner="a campaign", keys=quote_all(EFFECTS))
        elif shape.bonus is not None and shape.on is not None:
            help = "a bonus comes once an order: ask for lines with `when`"
            self.problems.add("R304", keys["on"].span, key="on", action="`bonus`", help=help)

    def check_rules(self, shape: CampaignShape) -> None:
        """Report rules that are not of the campaign's program."""
        is_known = self.register.is_known("program", scalar_of(shape.node.values["program"]))
        if is_known and shape.rules is not None:
            for name in texts_of(shape.node.get("rules")):
                self.register.is_in_program("earning rule", name, shape.program)
