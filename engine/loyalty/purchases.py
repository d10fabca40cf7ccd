"""A cart that was priced in, what is to be booked for it out: moves, and what counts as spent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ...dsl.ruleset import Ruleset
from ..cart.checked import CheckedCart
from ..cart.facts import Facts
from ..outcome import Outcome
from .earnings import Earning, measured, order_of_cart, spend_of
from .moves import Move
from .writer import moves_of


@dataclass(frozen=True, slots=True)
class Purchase:
    """The moves of a cart, as the answer to a `purchase` has them, and what it spends.

    `spend` is what brings the customer up in each program whose tiers are reached by spending, in
    minor units: the base of the lines that some rule for points counts.
    """

    moves: list[Move]
    spend: Mapping[str, int]


def purchase_of(ruleset: Ruleset, cart: CheckedCart, facts: Facts, outcome: Outcome) -> Purchase:
    """What a cart gives and takes."""
    moves = moves_of(ruleset.loyalty, cart, facts, outcome)
    names = measured(ruleset.loyalty)
    if not names:
        return Purchase(moves, {})
    order = order_of_cart(ruleset, cart, facts, outcome)
    programs = enumerate(ruleset.loyalty.programs)
    asked = [Earning(order, number) for number, program in programs if program.id in names]
    return Purchase(moves, spend_of(asked))
