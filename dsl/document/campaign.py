"""One entry of `campaigns` in, a checked campaign out."""

from collections.abc import Mapping
from typing import ClassVar

from ..formula import ALWAYS
from ..kinds import AwardKind
from ..loyalty import Award, Campaign, EarningRule
from ..problems import Problems
from ..ruleset import Window
from ..tree.nodes import Scalar
from .conditions import ConditionBuilder
from .diagnosis import read_shape
from .earning import FIXED_FORMS
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
    """Builds the campaigns of one rule set, over the earning rules that could be built."""

    def __init__(
        self,
        register: Register,
        conditions: ConditionBuilder,
        rules: Mapping[str, EarningRule],
        problems: Problems,
    ) -> None:
        self.register = register
        self.conditions = conditions
        self.rules = rules
        self.touched: dict[str, bool] = {}  # by program
        self.problems = problems

    def build(self, entry: Entry) -> Campaign | None:
        """The campaign of an entry; None when problems were added instead."""
        key, node = entry.key, entry.node
        shape = read_shape(CampaignShape, key, node, self.register.terms_of(node), self.problems)
        if shape is None:
            self.conditions.check_expressions(node)
            return None
        self.check_effect(shape, key)
        self.check_rules(shape, key)
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
        elif shape.multiply is not None and shape.multiply.numerator == shape.multiply.denominator:
            value = scalar_of(shape.node.values["multiply"])
            self.problems.add("R329", value.span, text=value.text, help="write `multiply: 2`")

    def check_rules(self, shape: CampaignShape, key: Scalar) -> None:
        """Report rules that are not of the campaign's program, and a campaign that touches none."""
        if not self.register.is_known("program", scalar_of(shape.node.values["program"])):
            return
        place, is_touched = key.span, self.is_touched(shape.program)
        names = self.register.rules.get(shape.program, [])
        if shape.rules is not None:
            written = texts_of(shape.node.get("rules"))
            are_right = [
                self.register.is_in_program("earning rule", name, shape.program) for name in written
            ]
            if not all(are_right):
                return
            names, place = shape.rules, shape.node.keys["rules"].span
            is_touched = any(map(self.may_be_touched, names))
        if not names:
            help = f"the program `{shape.program}` has no earning rule"
            self.problems.add("R327", place, help=help)
        elif shape.multiply is not None and not is_touched:
            help = "write `multiplied: true` in a rule that gives points without a rate"
            self.problems.add("R327", place, help=help)

    def is_touched(self, program: str) -> bool:
        """Whether multipliers change anything that a rule of a program gives."""
        if program not in self.touched:
            names = self.register.rules.get(program, [])
            self.touched[program] = any(map(self.may_be_touched, names))
        return self.touched[program]

    def may_be_touched(self, name: str) -> bool:
        """Whether multipliers change anything that a rule gives; nobody knows of a broken one."""
        return name not in self.rules or has_multiplied(self.rules[name])


def has_multiplied(rule: EarningRule) -> bool:
    """Whether multipliers change anything that a rule gives."""
    awards = (rule.award, rule.friend_award)
    return any(award is not None and is_multiplied(award, rule) for award in awards)


def is_multiplied(award: Award, rule: EarningRule) -> bool:
    """Whether multipliers change an award of a rule."""
    if award.kind is AwardKind.STAMPS:
        return False
    return award.form not in FIXED_FORMS or rule.is_multiplied
