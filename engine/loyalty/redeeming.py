"""A burning rule asked for outside a cart in, its moves out, or why it is refused.

The checks, and the order of their reasons, are those of a cart: only a pool that is empty comes
in, where stock is asked. Points, stock and code move together, or nothing does.
"""

from __future__ import annotations

from collections.abc import Iterator

from ...dsl.loyalty import BurningRule
from ...dsl.ruleset import Ruleset
from ..cart.checked import CheckedCart
from ..cart.facts import Facts
from ..outcome import Shortfall
from ..reference.members import membership_of
from ..reference.offers import Offer, place_of
from ..reference.redemption import Limit, Redeemer, most_of, reason_of
from ..reference.state import State
from .moves import Move, Redeem
from .writer import MoveWriter


class Redeeming:
    """Redeems one rule by an event."""

    def __init__(self, ruleset: Ruleset, cart: CheckedCart, facts: Facts) -> None:
        self._loyalty = ruleset.loyalty
        self._cart = cart
        self._facts = facts
        self._redeemer = Redeemer(ruleset, cart, facts, State(cart, 0))

    def redeem(self, name: str, times: int, is_clip: bool) -> tuple[list[Move], Shortfall | None]:
        """The moves, and why there are none, or with `is_clip` fewer than were asked for."""
        number = place_of(name, self._loyalty.burning_rules)
        if number is None:
            return [], Shortfall.UNKNOWN
        rule = self._loyalty.burning_rules[number]
        program = place_of(rule.program, self._loyalty.programs)
        assert program is not None, "programs of rules are known"
        if membership_of(self._loyalty.programs[program], self._facts).member is None:
            return [], Shortfall.NOT_MEMBER
        if rule.cost is None:
            return [], Shortfall.ONLY_ISSUED
        limits = list(self._limits(Offer(program, number), rule))
        possible = min(times, most_of(limits, times))
        reason = reason_of(limits, times)
        if reason is not None and (possible == 0 or not is_clip):
            return [], reason
        return self._moves(rule, possible), reason

    def _limits(self, offer: Offer, rule: BurningRule) -> Iterator[Limit]:
        """How often the rule can be had, in the order of reasons."""
        yield from self._redeemer.own_limits(offer)
        pool = rule.reward.pool
        if pool is not None and pool in self._facts.pools:
            yield Limit(Shortfall.OUT_OF_STOCK, self._facts.pools[pool])
        assert rule.cost is not None
        yield from self._redeemer.points_limits(offer, rule.cost)

    def _moves(self, rule: BurningRule, times: int) -> list[Move]:
        """Points out, and what they are for."""
        assert rule.cost is not None
        writer = MoveWriter(self._loyalty, self._cart, self._facts)
        paid = Redeem(
            member=self._cart.customer_id,
            program=rule.program,
            rule=rule.id,
            times=times,
            points=times * rule.cost,
            amount=times * rule.reward.amount_minor,
        )
        return [paid, writer.of_reward(rule, times)]
