"""The nets of a cart in, what points are earned on out, line by line, in minor units."""

from collections.abc import Sequence
from dataclasses import dataclass

from ...dsl.kinds import EarnOn, RedeemingOrders
from ...dsl.loyalty import Program
from ..cart.checked import CheckedCart
from ..money import share


@dataclass(frozen=True, slots=True)
class Bases:
    """The base of each line, by position, in the three ways that programs can have it."""

    net: Sequence[int]  # what is left to pay, less the line's share of the store credit
    full: Sequence[int]  # the same as though nothing had been redeemed
    gross: Sequence[int]  # quantity times unit price

    def of(self, program: Program) -> Sequence[int]:
        """The bases that a program earns on."""
        if program.earn_on is EarnOn.GROSS:
            return self.gross
        is_full = program.redeeming_orders is RedeemingOrders.FULL
        return self.full if is_full else self.net


def bases_of(cart: CheckedCart, nets: Sequence[int], full_nets: Sequence[int]) -> Bases:
    """The bases of a cart, from its final nets and those before redemptions."""
    return Bases(
        net=less_credit(cart, nets),
        full=less_credit(cart, full_nets),
        gross=[line.gross_minor for line in cart.lines],
    )


def less_credit(cart: CheckedCart, nets: Sequence[int]) -> list[int]:
    """Nets, each less its share of the store credit, which pays at most all of them.

    6.00 of credit over nets of 10.00 and 20.00 leave 8.00 and 16.00.
    """
    paid_minor = min(cart.store_credit_minor, sum(nets))
    parts = share(paid_minor, nets, [line.id for line in cart.lines])
    return [net - part for net, part in zip(nets, parts, strict=True)]
