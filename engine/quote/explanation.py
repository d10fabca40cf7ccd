"""A rule set, a cart and facts in, the fate of every rule out: why, how near, how much.

The reference evaluator is run once more with an eye on it, so that what is told is what was done.
Promotions that were not looked at (inactive, without code ...) are held against the cart as their
stage began.
"""

from collections.abc import Sequence
from copy import copy

from msgspec import Struct

from ...dsl.kinds import Policy, Stage
from ...dsl.ruleset import Gift, Ruleset
from ..cart.checked import CheckedCart
from ..cart.facts import Facts
from ..outcome import Applied, Reason, Refusal
from ..reference.effect import Workshop
from ..reference.evaluate import Run
from ..reference.meaning import Scene
from ..reference.state import Effect, State
from .accounts import statement_of
from .conditions import ConditionExplanation, explain_condition, explain_false, sentence_of
from .reason import Story
from .statement import Statement

APPLIED = "applied"


class GiftUnits(Struct, frozen=True):
    """Units that a promotion gives or would give away."""

    sku: str
    quantity: int


class PromotionExplanation(Struct, frozen=True):
    """What became of one promotion, and why.

    `outcome` is `applied` or the reason it gave nothing; `by` the applied promotion that caused
    that. `would_give` is what it would have given alone on the cart as its stage began, its
    conditions left aside, in minor units; `gift` stands for it where units are given.
    """

    id: str
    name: str
    stage: int
    outcome: str
    by: str | None
    detail: str
    conditions: list[ConditionExplanation]
    discount_amount: int | None
    would_give: int | None
    gift: GiftUnits | None


class Explanation(Struct, frozen=True):
    """All promotions of a rule set, in order of evaluation, and what loyalty rules did."""

    promotions: list[PromotionExplanation]
    loyalty: Statement | None = None  # where there are programs


class WatchedRun(Run):
    """A run that remembers how each stage began and what each promotion was looked at with."""

    def __init__(self, ruleset: Ruleset, cart: CheckedCart, facts: Facts) -> None:
        super().__init__(ruleset, cart, facts)
        self.entries: dict[Stage, State] = {}
        self.false: dict[int, list[tuple[int, Scene]]] = {}  # as of the last look
        self.looks: dict[int, Effect] = {}  # what each promotion came to, as of the last look
        self.taken: dict[int, frozenset[int]] = {}  # and the lines it had to leave to its group

    def run_stage(self, stage: Stage) -> None:
        """Remember the state that the stage begins with."""
        self.entries[stage] = copy_state(self.state)
        super().run_stage(stage)

    def false_conditions(self, number: int) -> list[int]:
        """Remember which conditions are false, and the nets they were read with."""
        found = super().false_conditions(number)
        scene = Scene(self.cart, list(self.scene_of(number).nets))
        self.false[number] = [(i, scene) for i in found]
        return found

    def effect_of(self, number: int, taken: frozenset[int] = frozenset()) -> Effect:
        """Remember what the effect comes to."""
        effect = super().effect_of(number, taken)
        self.looks[number] = effect
        self.taken[number] = taken
        return effect


def copy_state(state: State) -> State:
    """A state of its own. What was at entry is shared: it is replaced, never written to."""
    twin = copy(state)
    twin.nets = list(state.nets)
    twin.shipments = list(state.shipments)
    twin.unspent = list(state.unspent)
    return twin


def explain_cart(ruleset: Ruleset, cart: CheckedCart, facts: Facts) -> Explanation:
    """Say of every promotion and loyalty rule what became of it on one cart."""
    run = WatchedRun(ruleset, cart, facts)
    run.evaluate()
    teller = Teller(run)
    promotions = [teller.tell(number) for number in range(len(ruleset.promotions))]
    return Explanation(promotions, statement_of(run))


class Teller:
    """Tells the fate of the promotions of a run that is over."""

    def __init__(self, run: WatchedRun) -> None:
        self.run = run
        self.applied: dict[int, Applied] = {one.promotion: one for one in run.applied}
        self.story = Story(run.ruleset, run.cart, run.facts)

    def tell(self, number: int) -> PromotionExplanation:
        """One promotion's fate."""
        promotion = self.run.promotion(number)
        applied = self.applied.get(number)
        refusal = self.run.refusals.get(number)
        conditions = self.conditions(number)
        action = promotion.action
        gift = GiftUnits(action.sku, action.quantity) if isinstance(action, Gift) else None
        by = None if refusal is None else refusal.by
        return PromotionExplanation(
            id=promotion.id,
            name=promotion.name,
            stage=int(promotion.stage),
            outcome=APPLIED if refusal is None else refusal.reason.word,
            by=None if by is None else self.run.promotion(by).id,
            detail=self.detail(number, refusal, conditions),
            conditions=conditions,
            discount_amount=None if applied is None else applied.discount_minor,
            would_give=None if applied is not None or gift is not None else self.would_give(number),
            gift=gift,
        )

    def entry(self, number: int) -> State:
        """The state that a promotion's stage began with."""
        return self.run.entries[self.run.promotion(number).stage]

    def conditions(self, number: int) -> list[ConditionExplanation]:
        """The false conditions, as the promotion was looked at or else as its stage began."""
        ruleset, conditions = self.run.ruleset, self.run.promotion(number).conditions
        if number not in self.run.false:
            scene = Scene(self.run.cart, self.entry(number).nets)
            return explain_false(ruleset, conditions, scene)
        return [
            explain_condition(ruleset, i, conditions[i], scene)
            for i, scene in self.run.false[number]
        ]

    def would_give(self, number: int) -> int:
        """What a promotion gives alone on the cart as its stage began."""
        promotion, state = self.run.promotion(number), self.entry(number)
        return Workshop(self.run.ruleset, promotion, state).compute().discount_minor

    def detail(
        self, number: int, refusal: Refusal | None, conditions: Sequence[ConditionExplanation]
    ) -> str:
        """One sentence about a promotion's fate."""
        promotion = self.run.promotion(number)
        if refusal is None:
            return self.story.tell_applied(promotion, self.applied[number].discount_minor)
        if refusal.reason is Reason.CONDITION:
            return sentence_of(conditions)
        if refusal.reason is Reason.NO_EFFECT:
            look = self.run.looks[number]
            return self.story.tell_no_effect(
                promotion, self.entry(number), look, self.takers(number)
            )
        if refusal.by is None:
            return self.story.tell_refused(promotion, refusal.reason)
        winner = self.run.promotion(refusal.by)
        group = promotion.stacking.group
        policy = self.run.ruleset.stack_groups[group].policy if group is not None else None
        if refusal.reason is Reason.OUTRANKED and policy is Policy.BEST:
            most, less = (
                self.applied[refusal.by].discount_minor,
                self.run.looks[number].discount_minor,
            )
            return self.story.tell_best(winner, most, less)
        return self.story.tell_beaten(promotion, refusal.reason, winner)

    def takers(self, number: int) -> dict[int, str]:
        """The lines a promotion had to leave to its group, each with the member that took it."""
        run, own = self.run, self.run.promotion(number)
        return {
            i: run.promotion(one.promotion).id
            for one, effect in zip(run.applied, run.effects, strict=True)
            if run.promotion(one.promotion).stacking.group == own.stacking.group
            and run.promotion(one.promotion).stage is own.stage
            for i in run.taken[number]
            if effect.lines.get(i)
        }
