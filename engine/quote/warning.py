"""An outcome in, its warnings out: softened conditions that are false, in the shop's words."""

from collections.abc import Sequence

from ...dsl.kinds import Basis, Stage
from ...dsl.ruleset import Ruleset
from ..cart.checked import CheckedCart
from ..outcome import Outcome
from ..reference.meaning import Scene
from ..takers import REDEMPTION_STAGE, Takers
from .finding import finding_of
from .result import Warning


def warnings_of(ruleset: Ruleset, cart: CheckedCart, outcome: Outcome) -> list[Warning]:
    """One warning per softened false condition of an applied promotion, by (promotion, index)."""
    scenes: dict[tuple[Stage, int | None], Scene] = {}
    warnings: list[Warning] = []
    for number, index in outcome.warnings:
        promotion = ruleset.promotions[number]
        # Whoever reads the entry of one stage reads the same nets.
        place = promotion.stage, None if promotion.basis is Basis.ADDITIVE else number
        if place not in scenes:
            scenes[place] = Scene(cart, nets_read_by(ruleset, cart, outcome, number))
        found = finding_of(ruleset, promotion.conditions[index], scenes[place])
        warnings.append(Warning(promotion.id, index, found.text))
    return sorted(warnings, key=lambda warning: (warning.promotion, warning.condition))


def nets_read_by(
    ruleset: Ruleset, cart: CheckedCart, outcome: Outcome, number: int
) -> Sequence[int]:
    """The line nets that an applied promotion's conditions read, found from the allocations.

    At the entry of its stage what earlier stages and redemptions took is gone; under `compound`
    also what earlier promotions of its own stage took.
    """
    reader = ruleset.promotions[number]
    order = [one.promotion for one in outcome.applied]
    gone = set(order[: order.index(number)])
    if reader.basis is Basis.ADDITIVE:
        gone = {n for n in gone if ruleset.promotions[n].stage < reader.stage}
    takers = Takers(ruleset)
    is_later = reader.stage > REDEMPTION_STAGE

    def is_gone(number: int) -> bool:
        return number in gone or (is_later and not takers.is_promotion(number))

    return [
        line.gross_minor - sum(amount for n, amount in moves if is_gone(n))
        for line, moves in zip(cart.lines, outcome.lines, strict=True)
    ]
