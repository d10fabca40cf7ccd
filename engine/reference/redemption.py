"""Requests to redeem and a state in, what is taken off for points out: steps, caps, allocations.

What is redeemed comes in steps that are never split: so many points for so much off. How many of
them are possible is a list of limits in the order of their reasons; the smallest decides.

Worked example: 100 points are 1.00; 1000 points are asked for, 650 are there, and 12.00 are to be
paid of which at most half may be redeemed. Wanted are 10 steps; the points allow 6, half of 12.00
allows 6: 600 points are taken for 6.00, and the request is clipped for `insufficient_points`.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from ...dsl.kinds import PPM, RewardKind
from ...dsl.loyalty import BurningRule, Program, RedemptionTerms
from ...dsl.ruleset import Ruleset
from ..cart.checked import CheckedCart, CheckedLine, Request
from ..cart.facts import Facts, Room
from ..money import percent_of, spread
from ..outcome import Redeemed, Shortfall
from .candidates import is_active
from .meaning import Scene
from .offers import OFF_CARTS, Offer, OfferFinder
from .state import Effect, State

NO_ROOM = Room()


class Limit(NamedTuple):
    """The most steps that something allows."""

    reason: Shortfall
    most: int


@dataclass(frozen=True, slots=True)
class Terms:
    """An offer on the state of a moment: one step, where it may come off, how many there may be."""

    points: int
    step_minor: int
    lines: Sequence[CheckedLine]
    caps: Sequence[int]  # beside `lines`
    limits: Sequence[Limit]  # in the order of reasons
    nets: Sequence[int]  # of all lines
    left: int  # points of the balance that earlier requests left
    room_minor: int


@dataclass(frozen=True, slots=True)
class Attempt:
    """A request and what became of it; without terms it named nothing that can be redeemed."""

    request: Request
    redeemed: Redeemed
    terms: Terms | None = None


@dataclass(slots=True)
class Spent:
    """What the requests so far have taken of one program."""

    points: int = 0
    at_rate: int = 0  # of them at the program's own rate
    placed_minor: int = 0


@dataclass(slots=True)
class Redeemer:
    """Redeems the requests of one cart, in order. Begins when stage 200 is over."""

    ruleset: Ruleset
    cart: CheckedCart
    facts: Facts
    state: State
    attempts: list[Attempt] = field(default_factory=list)
    ordered_nets: list[int] = field(init=False)  # after stage 200, before all redemptions
    spent: dict[int, Spent] = field(init=False)  # by program
    times: Counter[int] = field(default_factory=Counter)  # by burning rule, issued ones aside
    used: set[str] = field(default_factory=set)  # issued rewards
    finder: OfferFinder = field(init=False)

    def __post_init__(self) -> None:
        self.finder = OfferFinder(self.ruleset, self.cart, self.facts)
        self.ordered_nets = list(self.state.nets)
        self.spent = {number: Spent() for number in range(len(self.ruleset.loyalty.programs))}

    def redeem_all(self) -> None:
        """Redeem every request of the cart."""
        for request in self.cart.redeem:
            self.attempts.append(self.redeem(request))

    def redeem(self, request: Request) -> Attempt:
        """Redeem one request: write to the state what comes off, and down what was spent."""
        found = self.finder.find(request, self.used)
        if isinstance(found, Redeemed):
            return Attempt(request, found)
        terms = self.terms_of(found)
        wanted, times, reason = self.decide(request, found, terms)
        amounts = self.place(terms, times)
        redeemed = Redeemed(
            program=found.program,
            rule=found.rule,
            wanted=wanted,
            times=times,
            points=times * terms.points,
            amount_minor=sum(amounts.values()),
            lines=tuple((i, amount) for i, amount in sorted(amounts.items()) if amount),
            reason=reason,
        )
        self.write_down(request, found, redeemed)
        self.state.apply(Effect(lines=amounts))
        return Attempt(request, redeemed, terms)

    # What is possible.

    def terms_of(self, offer: Offer) -> Terms:
        """An offer on the state of this moment."""
        lines = self.lines_of(offer)
        caps = [self.cap_of(line, self.program(offer).redemption) for line in lines]
        room_minor = self.room_of(offer, caps)
        step_minor = self.step_minor(offer, lines, room_minor)
        points = self.cost_of(offer)
        found = self.own_limits(offer) if not offer.is_issued else self.program_limits(offer)
        limits = [*found, *self.points_limits(offer, points)]
        most = self.most_placed(offer, step_minor, room_minor)
        if most is not None:
            limits.append(Limit(Shortfall.OVER_LIMIT, most))
        return Terms(
            points=points,
            step_minor=step_minor,
            lines=lines,
            caps=caps,
            limits=limits,
            nets=list(self.state.nets),
            left=self.left(offer),
            room_minor=room_minor,
        )

    def program(self, offer: Offer) -> Program:
        """The program of an offer."""
        return self.ruleset.loyalty.programs[offer.program]

    def rule(self, offer: Offer) -> BurningRule | None:
        """The burning rule of an offer."""
        return None if offer.rule is None else self.ruleset.loyalty.burning_rules[offer.rule]

    def scene(self, offer: Offer) -> Scene:
        """The cart as conditions read it: with the nets of this moment."""
        return Scene(self.cart, self.state.nets, None, self.finder.membership(offer.program))

    def lines_of(self, offer: Offer) -> list[CheckedLine]:
        """The lines that something may come off: never those of stored value."""
        rule = self.rule(offer)
        lines = self.cart.lines if rule is None else self.scene(offer).lines(rule.on)
        return [line for line in lines if not line.is_stored_value]

    def cap_of(self, line: CheckedLine, terms: RedemptionTerms | None) -> int:
        """The most that may come off a line."""
        room = self.state.room(line)
        if terms is None or terms.max_per_line_minor is None:
            return room
        return min(room, terms.max_per_line_minor)

    def room_of(self, offer: Offer, caps: Sequence[int]) -> int:
        """How much may come off all its lines, in minor units."""
        terms = self.program(offer).redemption
        if terms is None or terms.max_percent_ppm is None:
            return sum(caps)
        most = sum(self.ordered_nets) * terms.max_percent_ppm // PPM
        return min(sum(caps), max(0, most - self.spent[offer.program].placed_minor))

    def step_minor(self, offer: Offer, lines: Sequence[CheckedLine], room_minor: int) -> int:
        """What one step takes off, in minor units; a percentage is one step of what fits."""
        rule = self.rule(offer)
        if rule is None:
            return self.redemption_terms(offer).value_minor
        reward = rule.reward
        if reward.kind is not RewardKind.PERCENT:
            return reward.amount_minor
        nets_minor = sum(self.state.nets[line.index] for line in lines)
        step_minor = percent_of(nets_minor, reward.percent_ppm, self.ruleset.rounding)
        if reward.max_discount_minor is not None:
            step_minor = min(step_minor, reward.max_discount_minor)
        return min(step_minor, room_minor)

    def cost_of(self, offer: Offer) -> int:
        """The points that one step takes."""
        if offer.is_issued:
            return 0
        rule = self.rule(offer)
        return self.redemption_terms(offer).points if rule is None else rule.cost or 0

    def redemption_terms(self, offer: Offer) -> RedemptionTerms:
        """The rate of the program of an offer that is at this rate."""
        terms = self.program(offer).redemption
        assert terms is not None
        return terms

    def program_limits(self, offer: Offer) -> Iterator[Limit]:
        """What a program that is paused allows: nothing."""
        if self.program(offer).is_paused:
            yield Limit(Shortfall.PAUSED, 0)

    def own_limits(self, offer: Offer) -> Iterator[Limit]:
        """What program and rule allow, before points and money are looked at."""
        program, rule = self.program(offer), self.rule(offer)
        yield from self.program_limits(offer)
        now_us = self.cart.placed_at_us
        if not (is_active(program, now_us) and (rule is None or is_active(rule, now_us))):
            yield Limit(Shortfall.INACTIVE, 0)
        if rule is None or offer.rule is None:
            return
        if not self.has_tier(offer, rule.min_tier):
            yield Limit(Shortfall.TIER, 0)
        scene = self.scene(offer)
        if not all(each.is_soft or scene.holds(each.formula) for each in rule.conditions):
            yield Limit(Shortfall.CONDITION, 0)
        done, room = self.times[offer.rule], self.facts.rooms.get(rule.id, NO_ROOM)
        if rule.per_member is not None:
            left = rule.per_member.count if room.times is None else room.times
            yield Limit(Shortfall.LIMIT_REACHED, max(0, left - done))
        if rule.per_order is not None:
            yield Limit(Shortfall.LIMIT_REACHED, max(0, rule.per_order - done))
        if rule.stock is not None:
            stock = self.facts.stock.get(rule.id, rule.stock)
            yield Limit(Shortfall.OUT_OF_STOCK, max(0, stock - done))
        if rule.reward.pool is not None and rule.reward.pool in self.facts.pools:
            yield Limit(Shortfall.OUT_OF_STOCK, self.facts.pools[rule.reward.pool])

    def has_tier(self, offer: Offer, wanted: str | None) -> bool:
        """Whether the customer holds a tier, or a higher one."""
        if wanted is None:
            return True
        held = self.finder.membership(offer.program)
        ranks = {level.id: rank for rank, level in enumerate(held.levels)}
        return held.rank is not None and held.rank >= ranks[wanted]

    def points_limits(self, offer: Offer, points: int) -> Iterator[Limit]:
        """What the balance and the most points that may be spent in a cart allow."""
        if points:
            yield Limit(Shortfall.INSUFFICIENT_POINTS, self.left(offer) // points)
        most = None if offer.rule is not None else self.redemption_terms(offer).max_points
        if most is not None:
            taken = self.spent[offer.program].at_rate
            yield Limit(Shortfall.OVER_LIMIT, max(0, most - taken) // points)

    def left(self, offer: Offer) -> int:
        """The points of the balance that the requests so far have left."""
        balance = self.finder.membership(offer.program).balance
        return balance - self.spent[offer.program].points

    def most_placed(self, offer: Offer, step_minor: int, room_minor: int) -> int | None:
        """How many steps fit the room; None for what takes nothing off the cart."""
        rule = self.rule(offer)
        if rule is not None and rule.reward.kind not in OFF_CARTS:
            return None
        if step_minor == 0:
            return 0
        is_percent = rule is not None and rule.reward.kind is RewardKind.PERCENT
        return 1 if is_percent else room_minor // step_minor

    # What is done.

    def decide(
        self, request: Request, offer: Offer, terms: Terms
    ) -> tuple[int, int, Shortfall | None]:
        """Steps wanted, steps given, and why these are less."""
        most = most_of(terms.limits, 1)
        if request.program is None:
            wanted = 1 if offer.is_issued else request.times
        else:
            wanted = most if request.points is None else request.points // terms.points
        times = min(wanted, most)
        reason = reason_of(terms.limits, wanted)
        if request.program is not None and request.points is None and times == 0:
            reason = reason_of(terms.limits, 1)
        if times == 0 and reason is None:
            reason = Shortfall.BELOW_MINIMUM
        if reason is not None and (times == 0 or request.is_reject):
            return wanted, 0, reason
        least = None if offer.rule is not None else self.redemption_terms(offer).min_points
        if least is not None and times * terms.points < least:
            return wanted, 0, Shortfall.BELOW_MINIMUM
        return wanted, times, reason

    def place(self, terms: Terms, times: int) -> dict[int, int]:
        """What so many steps take off each line."""
        nets = [self.state.nets[line.index] for line in terms.lines]
        ids = [line.id for line in terms.lines]
        parts = spread(times * terms.step_minor, nets, terms.caps, ids)
        return {line.index: part for line, part in zip(terms.lines, parts, strict=True)}

    def write_down(self, request: Request, offer: Offer, redeemed: Redeemed) -> None:
        """Remember what was spent, for the requests to come."""
        spent = self.spent[offer.program]
        spent.points += redeemed.points
        spent.placed_minor += redeemed.amount_minor
        if offer.rule is None:
            spent.at_rate += redeemed.points
        elif not offer.is_issued:
            self.times[offer.rule] += redeemed.times
        elif redeemed.times and request.issued is not None:
            self.used.add(request.issued)


def most_of(limits: Sequence[Limit], otherwise: int) -> int:
    """The most steps that all limits allow."""
    return min((limit.most for limit in limits), default=otherwise)


def reason_of(limits: Sequence[Limit], wanted: int) -> Shortfall | None:
    """The first limit that allows less than is wanted."""
    return next((limit.reason for limit in limits if limit.most < wanted), None)
