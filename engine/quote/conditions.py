"""Conditions and the scene they were read in, the false ones explained out."""

from collections.abc import Iterable, Sequence

from msgspec import Struct

from ...dsl.ruleset import Condition, Ruleset
from ..reference.meaning import Scene
from .finding import finding_of


class ConditionExplanation(Struct, frozen=True):
    """A false condition: what was observed, what was needed, and how far that is."""

    condition: int  # counts from 0
    expression: str
    text: str
    observed: str
    needed: str
    distance: str  # `12.40 USD`, `3 units`; empty when there is none
    softened: bool


def explain_false(
    ruleset: Ruleset, conditions: Sequence[Condition], scene: Scene
) -> list[ConditionExplanation]:
    """All of some conditions that are false in a scene."""
    false = (
        (index, condition)
        for index, condition in enumerate(conditions)
        if not scene.holds(condition.formula)
    )
    return [explain_condition(ruleset, index, condition, scene) for index, condition in false]


def explain_condition(
    ruleset: Ruleset, index: int, condition: Condition, scene: Scene
) -> ConditionExplanation:
    """One condition that is false in a scene."""
    finding = finding_of(ruleset, condition, scene)
    return ConditionExplanation(
        index,
        condition.text,
        finding.text,
        finding.observed,
        finding.needed,
        finding.distance,
        condition.is_soft,
    )


def sentence_of(conditions: Iterable[ConditionExplanation]) -> str:
    """Why the conditions stop something: those that are not soft, in one sentence."""
    return "; ".join(one.text for one in conditions if not one.softened)
