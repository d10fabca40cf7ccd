"""A cart and what happened to it in, what each program gives for it out, and why not more."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ...dsl.kinds import TierMeasure
from ...dsl.loyalty import Loyalty
from ...dsl.ruleset import Ruleset
from ..cart.checked import CheckedCart
from ..cart.facts import Facts
from ..outcome import Outcome
from ..reference.bases import Bases, bases_of
from ..reference.earning import Earning, Order

__all__ = ["Earning", "Order"]


@dataclass(frozen=True, slots=True)
class Nets:
    """What is left to pay of each line: without redemptions, and in the end."""

    full: Sequence[int]
    final: Sequence[int]


def nets_of(cart: CheckedCart, outcome: Outcome) -> Nets:
    """The nets that promotions left of a cart, and what redemptions then left of them."""
    final = [
        line.gross_minor - sum(amount for _, amount in moves)
        for line, moves in zip(cart.lines, outcome.lines, strict=True)
    ]
    full = list(final)
    for one in outcome.redemptions:
        for index, amount in one.lines:
            full[index] += amount
    return Nets(full, final)


def order_of_cart(ruleset: Ruleset, cart: CheckedCart, facts: Facts, outcome: Outcome) -> Order:
    """What earning looks at of a cart that was priced."""
    nets = nets_of(cart, outcome)
    bases = bases_of(cart, nets.final, nets.full)
    has_redeemed = any(one.times for one in outcome.redemptions)
    return Order(ruleset, cart, facts, nets.final, bases, has_redeemed)


def order_of_event(ruleset: Ruleset, cart: CheckedCart, facts: Facts) -> Order:
    """What earning looks at of an event: one line, nothing off it."""
    amounts = [line.gross_minor for line in cart.lines]
    return Order(ruleset, cart, facts, amounts, Bases(amounts, amounts, amounts))


def earnings_of(order: Order) -> list[Earning]:
    """What each program gives, by number of the program."""
    return [Earning(order, number) for number in range(len(order.ruleset.loyalty.programs))]


def measured(loyalty: Loyalty) -> list[str]:
    """The programs whose tiers are reached by what is spent."""
    return [
        program.id
        for program in loyalty.programs
        if program.tiers is not None and program.tiers.measure is TierMeasure.SPEND
    ]


def spend_of(earnings: Sequence[Earning]) -> dict[str, int]:
    """What counts as spent in each program whose tiers measure that, in minor units."""
    by_program = {earning.program.id: earning for earning in earnings}
    if not by_program:
        return {}
    names = measured(earnings[0].loyalty)
    return {name: by_program[name].spend() for name in names}
