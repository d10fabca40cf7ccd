"""A request to redeem in, what it is about out: a burning rule, points of a program, a refusal."""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass

from ...dsl.kinds import RewardKind
from ...dsl.loyalty import BurningRule, Program
from ...dsl.ruleset import Ruleset
from ..cart.checked import CheckedCart, Request
from ..cart.facts import Facts
from ..outcome import Redeemed, Shortfall
from .members import Membership, membership_of

OFF_CARTS = (RewardKind.DISCOUNT, RewardKind.PERCENT)  # what is had in a cart for points
STATUSES: Mapping[str, Shortfall] = {
    "used": Shortfall.USED,
    "revoked": Shortfall.REVOKED,
    "expired": Shortfall.EXPIRED,
}


@dataclass(frozen=True, slots=True)
class Offer:
    """Something to redeem: a burning rule, or without one the points of a program."""

    program: int
    rule: int | None = None
    is_issued: bool = False  # a reward that the customer has already, and that costs nothing


@dataclass(frozen=True, slots=True)
class OfferFinder:
    """Finds what the requests of one cart are about."""

    ruleset: Ruleset
    cart: CheckedCart
    facts: Facts

    def find(self, request: Request, used: Set[str]) -> Offer | Redeemed:
        """What a request is about, or its refusal; `used` are the issued rewards used so far."""
        if request.issued is not None:
            return self.find_issued(request.issued, used)
        if request.rule is not None:
            return self.find_rule(request.rule, request.times)
        return self.find_program(request)

    def find_program(self, request: Request) -> Offer | Redeemed:
        """The points of a program."""
        programs = self.ruleset.loyalty.programs
        number = place_of(request.program, programs)
        if number is None:
            return Redeemed(None, None, 0, 0, reason=Shortfall.UNKNOWN)
        terms = programs[number].redemption
        wanted = 0 if terms is None or request.points is None else request.points // terms.points
        if self.membership(number).member is None:
            return Redeemed(number, None, wanted, 0, reason=Shortfall.NOT_MEMBER)
        if terms is None:
            is_paused = programs[number].is_paused
            reason = Shortfall.PAUSED if is_paused else Shortfall.INACTIVE
            return Redeemed(number, None, wanted, 0, reason=reason)
        return Offer(number)

    def find_rule(self, name: str, times: int) -> Offer | Redeemed:
        """A burning rule by its name."""
        loyalty = self.ruleset.loyalty
        number = place_of(name, loyalty.burning_rules)
        if number is None:
            return Redeemed(None, None, times, 0, reason=Shortfall.UNKNOWN)
        rule = loyalty.burning_rules[number]
        program = place_of(rule.program, loyalty.programs)
        assert program is not None, "programs of rules are known"
        reason = None
        if self.membership(program).member is None:
            reason = Shortfall.NOT_MEMBER
        elif rule.reward.kind not in OFF_CARTS:
            reason = Shortfall.BY_EVENT
        elif rule.cost is None:
            reason = Shortfall.ONLY_ISSUED
        if reason is not None:
            return Redeemed(program, number, times, 0, reason=reason)
        return Offer(program, number)

    def find_issued(self, name: str, used: Set[str]) -> Offer | Redeemed:
        """A reward that was issued."""
        loyalty = self.ruleset.loyalty
        issued = self.facts.issued.get(name)
        number = None if issued is None else place_of(issued.rule, loyalty.burning_rules)
        if issued is None or number is None:
            return Redeemed(None, None, 1, 0, reason=Shortfall.UNKNOWN)
        rule = loyalty.burning_rules[number]
        program = place_of(rule.program, loyalty.programs)
        assert program is not None, "programs of rules are known"
        expires_at_us = issued.expires_at_us
        reason = STATUSES.get("used" if name in used else issued.status)
        if self.membership(program).member is None:
            reason = Shortfall.NOT_MEMBER
        elif rule.reward.kind not in (*OFF_CARTS, RewardKind.PRODUCT):
            reason = Shortfall.BY_EVENT
        elif (
            reason is None and expires_at_us is not None and expires_at_us <= self.cart.placed_at_us
        ):
            reason = Shortfall.EXPIRED
        if reason is not None:
            return Redeemed(program, number, 1, 0, reason=reason)
        return Offer(program, number, is_issued=True)

    def membership(self, program: int) -> Membership:
        """Where the customer stands in a program."""
        return membership_of(self.ruleset.loyalty.programs[program], self.facts)


def place_of(name: str | None, known: Sequence[Program | BurningRule]) -> int | None:
    """The number of what has this id."""
    return next((number for number, one in enumerate(known) if one.id == name), None)
