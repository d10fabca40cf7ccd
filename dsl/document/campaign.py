"""One entry of `campaigns` in, a checked campaign out."""

from typing import ClassVar

from ..formula import ALWAYS
from ..loyalty import Campaign
from ..tree.nodes import Scalar
from .loyalty_rule import LoyaltyRuleBuilder, LoyaltyRuleShape
from .quantities import Multiplier, SomePoints
from .sections import Entry
from .shape import (
    Expression,
    SomeWords,
    quote_all,
    scalar_of,
)
from .stacking import texts_of

EFFECTS = ("multiply", "bonus")


class CampaignShape(LoyaltyRuleShape):
    """One entry of `campaigns`."""

    noun: ClassVar[str] = "a campaign"

    rules: SomeWords | None = None
    multiply: Multiplier | None = None
    bonus: SomePoints | None = None
    on: Expression | None = None


class CampaignBuilder(LoyaltyRuleBuilder):
    """Builds the campaigns of one rule set."""

    def build(self, entry: Entry) -> Campaign | None:
        """The campaign of an entry; None when problems were added instead."""
        shape = self.read(CampaignShape, entry)
        if shape is None:
            return None
        self.check_effect(shape, entry.key)
        self.check_rules(shape)
        return Campaign(
            id=entry.key.text,
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
