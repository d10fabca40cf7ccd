"""Rule sets and the carts of their tests in, what no test has seen of promotions out.

A promotion should be seen applied and not applied, a condition true and false. Conditions are
looked at on every cart, also when their promotion was not: on the nets as their stage began, or,
for a promotion of basis `compound` that had its turn, on those it read then.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from ..dsl.formula import Truth
from ..dsl.kinds import Basis, Stage
from ..dsl.ruleset import Ruleset
from ..engine.cart.checked import CheckedCart
from ..engine.cart.facts import Facts
from ..engine.reference.evaluate import Run
from ..engine.reference.meaning import Scene
from .gap import Gap


class WatchedRun(Run):
    """A run that remembers the nets that conditions read."""

    def __init__(self, ruleset: Ruleset, cart: CheckedCart, facts: Facts) -> None:
        super().__init__(ruleset, cart, facts)
        self.nets_of_stage: dict[Stage, list[int]] = {}
        self.nets_of_promotion: dict[int, list[int]] = {}

    def run_stage(self, stage: Stage) -> None:
        """Remember the nets that the stage begins with."""
        self.nets_of_stage[stage] = list(self.state.entry_nets)
        super().run_stage(stage)

    def false_conditions(self, number: int) -> list[int]:
        """Remember the nets that a promotion reads."""
        self.nets_of_promotion[number] = list(self.scene_of(number).nets)
        return super().false_conditions(number)

    def nets_for(self, number: int) -> Sequence[int]:
        """The nets on which the conditions of a promotion are looked at, once the run is over."""
        promotion = self.promotion(number)
        at_entry = self.nets_of_stage[promotion.stage]
        if promotion.basis is Basis.ADDITIVE:
            return at_entry
        return self.nets_of_promotion.get(number, at_entry)


@dataclass(slots=True)
class Coverage:
    """What the tests of one rule set have seen so far, by number of the promotion."""

    ruleset: Ruleset
    applied: set[tuple[int, bool]] = field(default_factory=set)
    conditions: set[tuple[int, int, bool]] = field(default_factory=set)

    def see(self, cart: CheckedCart, facts: Facts) -> None:
        """Look at one cart."""
        run = WatchedRun(self.ruleset, cart, facts)
        run.evaluate()
        applied = {one.promotion for one in run.applied}
        for number, promotion in enumerate(self.ruleset.promotions):
            self.applied.add((number, number in applied))
            scene = Scene(cart, run.nets_for(number))
            for index, condition in enumerate(promotion.conditions):
                self.conditions.add((number, index, scene.holds(condition.formula)))

    def gaps(self) -> Iterator[Gap]:
        """What is missing, in order of evaluation. What is switched off cannot be missing."""
        for number, promotion in enumerate(self.ruleset.promotions):
            if not promotion.is_enabled:
                continue
            for has_applied, missing in ((True, "applied"), (False, "not applied")):
                if (number, has_applied) not in self.applied:
                    yield Gap(promotion.id, None, missing)
            for index, condition in enumerate(promotion.conditions):
                if isinstance(condition.formula, Truth):  # it has but one value
                    continue
                for value, missing in ((True, "true"), (False, "false")):
                    if (number, index, value) not in self.conditions:
                        yield Gap(promotion.id, condition.text, missing)

    @property
    def promotion_count(self) -> int:
        """How many promotions count."""
        return sum(promotion.is_enabled for promotion in self.ruleset.promotions)

    @property
    def covered_count(self) -> int:
        """How many of them have no gap."""
        return self.promotion_count - len({gap.rule for gap in self.gaps()})
