"""An event and facts in, what it gives and takes out: moves, and why the rest gave nothing."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from zoneinfo import ZoneInfo

from msgspec import UNSET

from ..cart.checked import CheckedCart
from ..cart.facts import Facts, facts_of
from ..outcome import Earned, NoAward, Redeemed
from .answers import EventAnswer, RefundAnswer, Refused
from .days import day_of, is_birthday
from .desk import Desk
from .earnings import Earning, earnings_of, order_of_cart, order_of_event
from .event_facts import SentEventFacts
from .events import Event, customer_of
from .moves import Move
from .redeeming import Redeeming
from .writer import MoveWriter, moves_of


class EventReason(StrEnum):
    """Why an event gave nothing, beside what stops rules and redemptions anywhere."""

    NOT_BIRTHDAY = "not_birthday"  # the customer's date of birth is known, and another
    ONESELF = "oneself"  # a referral of who referred
    ONCE_PER_FRIEND = "once_per_friend"  # this friend's referral was decided before
    BELOW_MIN_ORDER = "below_min_order"


class Awards:
    """What events give under one rule set, referrals and refunds aside."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._loyalty = desk.ruleset.loyalty

    def purchase(self, event: Event, sent: SentEventFacts) -> EventAnswer:
        """What a cart earns, and what it redeems. Raises `CartError`."""
        assert event.cart is not None
        cart, facts = self._desk.read_cart(event.cart, "cart", facts_of(sent))
        outcome = self._desk.price(cart, facts)
        earnings = earnings_of(order_of_cart(self._desk.ruleset, cart, facts, outcome))
        moves = moves_of(self._loyalty, cart, facts, outcome)
        refused = [*self._refused_requests(cart, outcome.redemptions)]
        refused += [one for earning in earnings for one in refused_by(earning)]
        return self.answer(event, moves, refused)

    def happening(self, event: Event, sent: SentEventFacts) -> EventAnswer:
        """What a signup, a birthday, a visit or the like earns. Raises `CartError`."""
        cart, facts = self._read(event, sent)
        refused = []
        given: list[Earned] = []
        for earning in earnings_of(order_of_event(self._desk.ruleset, cart, facts)):
            if event.event == "birthday" and not may_be_birthday(earning, cart):
                # It is not the customer's birthday in the program's zone.
                refused += [Refused(name, EventReason.NOT_BIRTHDAY) for name in asked_of(earning)]
            else:
                refused += refused_by(earning)
                given += earning.entries()
        moves = list(MoveWriter(self._loyalty, cart, facts).of_earned(given))
        return self.answer(event, moves, refused)

    def redeem(self, event: Event, sent: SentEventFacts) -> EventAnswer:
        """A reward had for points, outside a cart. Raises `CartError`."""
        cart, facts = self._read(event, sent)
        assert event.rule is not None
        redeeming = Redeeming(self._desk.ruleset, cart, facts)
        moves, reason = redeeming.redeem(event.rule, event.times or 1, event.if_short == "clip")
        refused = [] if reason is None else [Refused(event.rule, reason.word)]
        return self.answer(event, moves, refused)

    def answer(
        self, event: Event, moves: list[Move], refused: list[Refused], state: str | None = None
    ) -> EventAnswer:
        """An answer to an event."""
        return EventAnswer(
            event=event.id,
            type=event.event,
            ruleset=self._desk.ruleset.hash,
            state=UNSET if state is None else state,
            moves=moves,
            refused=sorted(refused, key=lambda one: one.rule),
        )

    def answer_refund(self, event: Event, refund: RefundAnswer) -> EventAnswer:
        """The answer to a refund that came as an event."""
        return EventAnswer(
            event=event.id,
            type=event.event,
            ruleset=refund.ruleset,
            state=refund.referral,
            moves=refund.moves,
            refused=[],
            lines=refund.lines,
            unrecoverable=refund.unrecoverable,
            cards=refund.cards,
        )

    def _read(self, event: Event, sent: SentEventFacts) -> tuple[CheckedCart, Facts]:
        """The cart that stands for an event, and the facts of its customer."""
        cart = self._desk.events.cart_of(event, customer_of(event), event.amount)
        return cart, self._desk.facts.fit(cart, facts_of(sent))

    def _refused_requests(
        self, cart: CheckedCart, redemptions: list[Redeemed]
    ) -> Iterator[Refused]:
        """The requests of a cart that were refused or clipped, by what they named."""
        for request, one in zip(cart.redeem, redemptions, strict=True):
            if one.reason is not None:
                name = request.rule or request.program or request.issued
                yield Refused(name or "", one.reason.word)


def may_be_birthday(earning: Earning, cart: CheckedCart) -> bool:
    """Whether it is the customer's birthday in a program's zone, or nobody knows when it is."""
    if cart.birthday_days is None:
        return True
    zone = ZoneInfo(earning.program.timezone)
    return is_birthday(day_of(cart.placed_at_us, zone), cart.birthday_days)


def asked_of(earning: Earning) -> list[str]:
    """The rules of a program that wait for the event."""
    rules = earning.loyalty.earning_rules
    numbers = [*earning.refused, *(one.rule for one in earning.accruals if one.rule is not None)]
    return [rules[number].id for number in sorted(numbers)]


def refused_by(earning: Earning) -> Iterator[Refused]:
    """The rules of a program that wait for the event and gave nothing, with their reasons."""
    rules = earning.loyalty.earning_rules
    for number, reason in earning.refused.items():
        yield Refused(rules[number].id, reason.word)
    for one in earning.accruals:
        if one.rule is not None and not one.amount:
            yield Refused(rules[one.rule].id, (one.reason or NoAward.NO_EFFECT).word)
