"""A rule set in, who answers about loyalty beside the cart out: tiers, events, refunds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime

from msgspec import UNSET

from ...dsl.loyalty import Program
from ...dsl.problems import suggestion
from ..cart.cart import Instant
from ..cart.checked import CheckedCart
from ..cart.errors import refusal, shorten
from ..cart.facts import Facts
from ..cart.instants import read_instant_us
from ..cart.intake import spell_date
from ..outcome import Outcome
from .answers import EventAnswer, NextTier, RefundAnswer, TierAnswer
from .awards import Awards
from .days import spell_instant
from .desk import Desk
from .errors import EventError, errors_of
from .event_facts import EventFactsSource, read_event_facts
from .event_intake import EventSource, read_struct
from .events import Event
from .history import History, HistorySource, floor_of, qualifying_of, read_history
from .orders import ORDERS, REFUNDS, Order, OrderSource, Refund, RefundSource
from .purchases import Purchase, purchase_of
from .referrals import REFERRAL, Referrals
from .refunds import Refunds
from .tiers import Standing, standing_of

EventFactsById = Mapping[str, EventFactsSource]


class Clerk:
    """Answers under one rule set. Immutable, and safe to share between threads."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._programs = {program.id: program for program in desk.ruleset.loyalty.programs}
        self._awards = Awards(desk)
        self._referrals = Referrals(desk, self._awards)
        self._refunds = Refunds(desk, self._referrals)

    # Events.

    def award(self, source: EventSource, facts: EventFactsSource | None) -> EventAnswer:
        """What an event gives and takes. Raises `EventError`."""
        event = self._read(source)
        return self._award(event, facts)

    def award_all(
        self, sources: Iterable[EventSource], facts: EventFactsById
    ) -> Iterator[EventAnswer | EventError]:
        """The answers to many events, or their errors; facts are by the id of the event."""
        for source in sources:
            try:
                event = self._read(source)
                yield self._award(event, facts.get(event.id))
            except EventError as error:
                # It goes back as an answer; its traceback would hold on to all of this.
                yield error.with_traceback(None)

    def _read(self, source: EventSource) -> Event:
        """A checked event."""
        with errors_of("event", None):
            return self._desk.events.read(source)

    def _award(self, event: Event, facts: EventFactsSource | None) -> EventAnswer:
        """What a checked event gives and takes."""
        with errors_of("event", event.id):
            sent = read_event_facts(facts, event.id)
            if event.event == "purchase":
                return self._awards.purchase(event, sent)
            if event.event == "redeem":
                return self._awards.redeem(event, sent)
            if event.event == REFERRAL:
                return self._referrals.answer(event, sent)
            if event.event == "refund":
                assert event.order is not None and event.refund is not None
                refund = self._refunds.answer(event.order, event.refund)
                return self._awards.answer_refund(event, refund)
            return self._awards.happening(event, sent)

    # Refunds.

    def refund(self, order: OrderSource, refund: RefundSource) -> RefundAnswer:
        """What a refund of an order takes back and gives back. Raises `EventError`."""
        with errors_of("refund", None):
            checked = read_struct(refund, Refund, REFUNDS)
        with errors_of("refund", checked.id):
            return self._refunds.answer(read_struct(order, Order, ORDERS), checked)

    def spend(self, order: OrderSource) -> dict[str, int]:
        """What counts as spent on what is kept of an order. Raises `EventError`."""
        with errors_of("refund", None):
            return self._refunds.spend(read_struct(order, Order, ORDERS))

    # Purchases.

    def purchase(self, cart: CheckedCart, facts: Facts, outcome: Outcome) -> Purchase:
        """What a cart that was priced gives and takes."""
        return purchase_of(self._desk.ruleset, cart, facts, outcome)

    # Tiers.

    def tier(self, name: str | None, source: HistorySource, at: Instant) -> TierAnswer:
        """Where a member stands at an instant. Raises `EventError`, and `TypeError` for no name."""
        history = read_history(source)
        if name is not None and not isinstance(name, str):
            raise TypeError(f"a program is named by its id, a str, not {type(name).__name__}")
        with errors_of("history", history.member):
            at_us = read_instant_us(spell_date(at) if isinstance(at, datetime) else str(at), "at")
            program = self._program_of(name, history)
            entries = qualifying_of(history, program, at_us)
            standing = standing_of(program, entries, at_us, floor_of(history, program))
        return tier_answer(program, history, standing)

    def _program_of(self, name: str | None, history: History) -> Program:
        """The program asked for, which has tiers. Raises `CartError`."""
        if name is None:
            name = history.program
        elif history.program is not None and history.program != name:
            expected = f"the history of `{shorten(name)}`"
            raise wrong_program(expected, history.program)
        tiered = {id: one for id, one in self._programs.items() if one.tiers is not None}
        if name is None and len(tiered) == 1:
            return next(iter(tiered.values()))
        if name is None:
            raise refusal("missing_field", "program", name="program")
        if name not in tiered:
            near = suggestion(name, tiered)
            hint = f" (did you mean `{near}`?)" if near else ""
            raise wrong_program("a program with tiers", name, hint)
        return tiered[name]


def wrong_program(expected: str, got: str, hint: str = "") -> Exception:
    """The error for a program that is not the expected one."""
    return refusal("bad_format", "program", expected=expected, got=f"`{shorten(got)}`{hint}")


def tier_answer(program: Program, history: History, standing: Standing) -> TierAnswer:
    """The answer for a standing."""
    assert program.tiers is not None
    levels = program.tiers.levels
    level = levels[standing.rank] if standing.rank >= 0 else None
    above = levels[standing.rank + 1] if standing.rank + 1 < len(levels) else None
    falls_us, since_us = standing.falls_us, standing.since_us
    is_falling = level is not None and falls_us is not None
    return TierAnswer(
        member=UNSET if history.member is None else history.member,
        program=program.id,
        tier=None if level is None else level.id,
        value=standing.value,
        since=None if since_us is None else spell_instant(since_us),
        valid_until=None if falls_us is None else spell_instant(falls_us),
        to_keep=max(0, level.threshold - standing.value_then) if level and is_falling else None,
        next=None
        if above is None
        else NextTier(above.id, above.threshold, max(0, above.threshold - standing.value)),
    )
