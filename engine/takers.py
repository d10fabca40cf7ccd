"""A rule set in, the numbers of all who may take an amount off a line out, with id and stage.

An allocation is a pair of a number and an amount. The numbers run through everything that can take
an amount off a cart:

    0 .. P-1              the promotions of `Ruleset.promotions`
    P .. P+B-1            the burning rules of `Loyalty.burning_rules`, redeemed by their name or
                          as an issued reward
    P+B .. P+B+G-1        the programs of `Loyalty.programs`, whose points are redeemed at a rate

Allocations of a line stand in order of application. Redemptions come after stage 200 and before
300, and stages 300 and 400 do not touch lines, so on a line promotions come first, then redemptions
in the order of their requests; one that is redeemed twice stands there twice.
"""

from dataclasses import dataclass

from ..dsl.ruleset import Ruleset

REDEMPTION_STAGE = 250


@dataclass(frozen=True, slots=True)
class Takers:
    """The numbers of one rule set."""

    ruleset: Ruleset

    def number_of_rule(self, rule: int) -> int:
        """The number of a burning rule, from its place among them."""
        return len(self.ruleset.promotions) + rule

    def number_of_program(self, program: int) -> int:
        """The number of a program, from its place among them."""
        loyalty = self.ruleset.loyalty
        return len(self.ruleset.promotions) + len(loyalty.burning_rules) + program

    @property
    def redeemed_ids(self) -> tuple[str, ...]:
        """The ids behind those of promotions, in the order of their numbers."""
        loyalty = self.ruleset.loyalty
        rules = (rule.id for rule in loyalty.burning_rules)
        return (*rules, *(program.id for program in loyalty.programs))

    def is_promotion(self, number: int) -> bool:
        """Whether a number is that of a promotion."""
        return number < len(self.ruleset.promotions)

    def id_of(self, number: int) -> str:
        """The id under which results name who took an amount."""
        loyalty = self.ruleset.loyalty
        for known in (self.ruleset.promotions, loyalty.burning_rules, loyalty.programs):
            if number < len(known):
                return known[number].id
            number -= len(known)
        raise AssertionError("a number beyond all that can take an amount")

    def stage_of(self, number: int) -> int:
        """The stage of a promotion, or that of redemptions."""
        if self.is_promotion(number):
            return int(self.ruleset.promotions[number].stage)
        return REDEMPTION_STAGE
