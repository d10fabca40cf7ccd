"""The kernel's arrays of loyalty in, redemptions and what was earned out, one cart at a time."""

from array import array
from dataclasses import dataclass

from ...dsl.kinds import AwardKind
from ...dsl.loyalty import Ratio
from ..outcome import Earned, NoAward, Redeemed, Shortfall
from ..plan.plan import NOTHING

KINDS = tuple(AwardKind)  # in the order of `plan.programs.KindOp`


@dataclass(frozen=True, slots=True)
class LoyaltyMoves:
    """What became of a batch, as arrays; `starts` say where each cart, or each entry, begins."""

    wide_carts: "array[int]"  # what is written of these is of no use
    redemption_starts: "array[int]"
    redemption_programs: "array[int]"
    redemption_rules: "array[int]"
    redemption_wanted: "array[int]"
    redemption_times: "array[int]"
    redemption_points: "array[int]"
    redemption_minor: "array[int]"
    redemption_reasons: "array[int]"
    redemption_line_starts: "array[int]"
    redemption_places: "array[int]"
    redemption_amounts_minor: "array[int]"
    earned_starts: "array[int]"
    earned_programs: "array[int]"
    earned_kinds: "array[int]"
    earned_rules: "array[int]"
    earned_bonuses: "array[int]"
    earned_amounts: "array[int]"
    earned_bases_minor: "array[int]"
    earned_numerators: "array[int]"
    earned_denominators: "array[int]"
    earned_clipped: "array[int]"
    earned_reasons: "array[int]"
    earned_layer_starts: "array[int]"
    earned_layers: "array[int]"
    earned_line_starts: "array[int]"
    earned_places: "array[int]"
    earned_shares: "array[int]"


def number_or_none(number: int) -> int | None:
    """A number that may be NOTHING."""
    return None if number == NOTHING else number


def redemptions_of(moves: LoyaltyMoves, cart: int) -> list[Redeemed]:
    """The redemptions of one cart."""
    made: list[Redeemed] = []
    for i in range(moves.redemption_starts[cart], moves.redemption_starts[cart + 1]):
        first, last = moves.redemption_line_starts[i : i + 2]
        places = moves.redemption_places[first:last]
        amounts = moves.redemption_amounts_minor[first:last]
        reason = moves.redemption_reasons[i]
        made.append(
            Redeemed(
                program=number_or_none(moves.redemption_programs[i]),
                rule=number_or_none(moves.redemption_rules[i]),
                wanted=moves.redemption_wanted[i],
                times=moves.redemption_times[i],
                points=moves.redemption_points[i],
                amount_minor=moves.redemption_minor[i],
                lines=tuple(zip(places, amounts, strict=True)),
                reason=Shortfall(reason) if reason else None,
            )
        )
    return made


def earned_of(moves: LoyaltyMoves, cart: int) -> list[Earned]:
    """What one cart earns."""
    made: list[Earned] = []
    for i in range(moves.earned_starts[cart], moves.earned_starts[cart + 1]):
        first, last = moves.earned_line_starts[i : i + 2]
        layers = moves.earned_layers[slice(*moves.earned_layer_starts[i : i + 2])]
        places, shares = moves.earned_places[first:last], moves.earned_shares[first:last]
        reason = moves.earned_reasons[i]
        made.append(
            Earned(
                program=moves.earned_programs[i],
                kind=KINDS[moves.earned_kinds[i]],
                rule=number_or_none(moves.earned_rules[i]),
                bonus=number_or_none(moves.earned_bonuses[i]),
                amount=moves.earned_amounts[i],
                base_minor=moves.earned_bases_minor[i],
                multiplier=Ratio(moves.earned_numerators[i], moves.earned_denominators[i]),
                campaigns=tuple(layers),
                lines=tuple(zip(places, shares, strict=True)),
                is_clipped=bool(moves.earned_clipped[i]),
                reason=NoAward(reason) if reason else None,
            )
        )
    return made
