"""A referral and the friend's order in, what both sides get out, and what goes with a refund.

A friend counts once. The order that makes a referral qualify is the first that is worth enough;
one that is worth less changes nothing, and a later one may do. When so much of it comes back that
it is worth less than that, or nothing of it is kept, both sides lose what they got.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from msgspec.structs import replace as replace_fields

from ...dsl.loyalty import EarningRule
from ...dsl.ruleset import Ruleset
from ..cart.cart import Cart, Customer
from ..cart.errors import refusal, shorten
from ..cart.facts import Facts
from ..outcome import Earned
from .answers import EventAnswer, Refused
from .awards import Awards, EventReason, refused_by
from .changes import Cards, changes, stamps_of, totals
from .desk import Desk
from .earnings import Earning, Order, order_of_cart, order_of_event
from .event_facts import SentEventFacts, side_of
from .events import Event
from .moves import Move
from .returned import WHOLE, kept
from .writer import NEW_CARD, MoveWriter

REFERRAL = "referral"
OPEN = ("invited", "registered")  # the states from which a referral can qualify
Parts = Sequence[Fraction]  # of each line, what came back


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a referral, and what some rules give to it."""

    member: str
    ruleset: Ruleset  # in which rules for referrals award what this side gets
    facts: Facts
    earnings: Sequence[Earning]
    writer: MoveWriter

    @property
    def earned(self) -> list[Earned]:
        """All that it gets."""
        return [entry for earning in self.earnings for entry in earning.entries()]


class Referrals:
    """Decides about referrals under one rule set."""

    def __init__(self, desk: Desk, awards: Awards) -> None:
        self._desk = desk
        self._awards = awards
        self._rules = {
            number: rule
            for number, rule in enumerate(desk.ruleset.loyalty.earning_rules)
            if rule.event == REFERRAL
        }

    def answer(self, event: Event, sent: SentEventFacts) -> EventAnswer:
        """What a referral has come to. Raises `CartError`."""
        state, reason = self._standing(event, sent)
        if reason is not None:
            refused = [Refused(rule.id, reason) for rule in self._rules.values()]
            return self._awards.answer(event, [], refused, state)
        if event.cart is None:
            return self._awards.answer(event, [], [], state)
        order = self._order_of(event, event.cart, sent)
        enough = self._enough(order)
        small = self._rules.keys() - enough
        refused = [Refused(self._rules[one].id, EventReason.BELOW_MIN_ORDER) for one in small]
        if not enough:
            return self._awards.answer(event, [], refused, state)
        moves: list[Move] = []
        for side in self._sides(event, sent, order, enough):
            moves += side.writer.of_earned(side.earned)
            for earning in side.earnings:
                refused += [
                    Refused(one.rule, one.reason, side.member) for one in refused_by(earning)
                ]
        return self._awards.answer(event, moves, refused, "rewarded" if moves else "qualified")

    def _standing(self, event: Event, sent: SentEventFacts) -> tuple[str, EventReason | None]:
        """The state of a referral as long as no order counts, and why none can, if so."""
        assert event.referrer is not None and event.friend is not None
        if event.referrer.id == event.friend.id:
            return "rejected", EventReason.ONESELF
        before = sent.state
        if before is not None and before not in OPEN:
            return before, EventReason.ONCE_PER_FRIEND
        if event.cart is not None:
            return before or "registered", None
        is_invited = event.state == "invited" and before != "registered"
        return "invited" if is_invited else "registered", None

    # What an order is worth.

    def _order_of(self, event: Event, cart: Cart, sent: SentEventFacts) -> Order:
        """The friend's order, priced."""
        friend = event.friend
        assert friend is not None
        if cart.customer is None:
            cart = replace_fields(cart, customer=friend)
        elif cart.customer.id != friend.id:
            got = "nobody" if cart.customer.id is None else f"`{shorten(cart.customer.id)}`"
            expected = f"`{shorten(friend.id or '')}`, the friend"
            raise refusal("bad_format", "cart.customer.id", expected=expected, got=got)
        checked, facts = self._desk.read_cart(cart, "cart", side_of(sent, "friend"))
        outcome = self._desk.price(checked, facts)
        return order_of_cart(self._desk.ruleset, checked, facts, outcome)

    def _enough(self, order: Order, parts: Parts | None = None) -> frozenset[int]:
        """The rules for which an order, or what is kept of it, is worth enough."""
        if parts is not None and all(part == WHOLE for part in parts):
            return frozenset()
        worth = self._worth(order, parts)
        return frozenset(
            number
            for number, rule in self._rules.items()
            if worth[rule.program] >= rule.min_order_minor
        )

    def _worth(self, order: Order, parts: Parts | None = None) -> Mapping[str, int]:
        """The base of an order in each program, in minor units; stored value is none."""
        found = {}
        for program in self._desk.ruleset.loyalty.programs:
            bases = order.bases.of(program)
            found[program.id] = sum(
                bases[line.index] if parts is None else kept(bases[line.index], parts[line.index])
                for line in order.cart.lines
                if not line.is_stored_value
            )
        return found

    # What both sides get.

    def _sides(
        self, event: Event, sent: SentEventFacts, order: Order, numbers: frozenset[int]
    ) -> list[Side]:
        """Both sides, with what these rules give them for an order."""
        assert event.referrer is not None and event.friend is not None
        customers = {"referrer": event.referrer, "friend": event.friend}
        worth = self._worth(order)
        return [
            self._side(event, side_of(sent, name), worth, customer, self._sided(name, numbers))
            for name, customer in customers.items()
        ]

    def _side(
        self,
        event: Event,
        sent: Facts,
        worth: Mapping[str, int],
        customer: Customer,
        ruleset: Ruleset,
    ) -> Side:
        """One side: an event of what the order is worth, program by program."""
        earnings = []
        cart = self._desk.events.cart_of(event, customer, 0)
        facts = self._desk.facts.read(cart, replace_fields(sent, cart=None))
        for number, program in enumerate(ruleset.loyalty.programs):
            cart = self._desk.events.cart_of(event, customer, worth[program.id])
            earnings.append(Earning(order_of_event(ruleset, cart, facts), number))
        writer = MoveWriter(ruleset.loyalty, cart, facts)
        assert customer.id is not None
        return Side(customer.id, ruleset, facts, earnings, writer)

    def _sided(self, name: str, numbers: frozenset[int]) -> Ruleset:
        """The rule set in which these rules award what one side gets, and others for it nothing."""
        ruleset = self._desk.ruleset
        rules = tuple(
            rule if rule.event != REFERRAL else sided(rule, name, number in numbers)
            for number, rule in enumerate(ruleset.loyalty.earning_rules)
        )
        return Ruleset(
            currency=ruleset.currency,
            exponent=ruleset.exponent,
            timezone=ruleset.timezone,
            rounding=ruleset.rounding,
            attributes=ruleset.attributes,
            loyalty=replace(ruleset.loyalty, earning_rules=rules),
        )

    # What goes with a refund.

    def reverse(
        self, event: Event, sent: SentEventFacts, order: Order, before: Parts, after: Parts
    ) -> tuple[list[Move], str]:
        """What both sides lose when more of an order comes back, and the state it leaves.

        `order` is the friend's, as it was. Raises `CartError`.
        """
        state, reason = self._standing(event, sent)
        if reason is not None:
            return [], state
        given = self._enough(order)
        was = given & self._enough(order, before)
        now = was & self._enough(order, after)
        moves: list[Move] = []
        is_rewarded = False
        pairs = zip(
            self._sides(event, sent, order, was), self._sides(event, sent, order, now), strict=True
        )
        for full, left in pairs:
            moves += self._lose(full, left)
            is_rewarded = is_rewarded or bool(left.earned)
        if not given:
            return [], state
        if not now:
            return moves, "reversed"
        return moves, "rewarded" if is_rewarded else "qualified"

    def _lose(self, full: Side, left: Side) -> list[Move]:
        """What one side loses."""
        loyalty = full.ruleset.loyalty
        before = totals(full.writer, loyalty, full.earned)
        after = totals(left.writer, loyalty, left.earned)
        again, back = changes(full.writer, full.member, before, after)
        cards = Cards(full.writer, loyalty, full.member)
        stamps, stamps_after = stamps_of(before), stamps_of(after)
        for name in sorted(stamps):
            known = full.facts.cards.get(name, NEW_CARD)
            change = stamps_after[name] - stamps[name]
            cards.change(name, known.stamps + stamps[name], known.used, change)
        return [*again, *back, *cards.moves]


def sided(rule: EarningRule, name: str, is_given: bool) -> EarningRule:
    """A rule for referrals as it is for one side; without an award it gives nothing."""
    award = rule.award if name == "referrer" else rule.friend_award
    return replace(rule, award=award if is_given else None, friend_award=None)
