"""What was sent as the facts of an event in, the facts of whom it is about out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from ..cart.cart import Text
from ..cart.errors import refusal, shorten
from ..cart.facts import Facts, SentFacts, facts_of
from ..cart.plain import find_bad_text, id_of, plain_of
from ..cart.wire import JSON_FORMS, Json, Wire

State = Literal["invited", "registered", "qualified", "rewarded", "rejected", "reversed"]


class SentEventFacts(SentFacts, forbid_unknown_fields=True, omit_defaults=True):
    """Facts of an event as sent: those of its customer, and of a referral those of both sides."""

    event: Text | None = None
    referrer: SentFacts | None = None
    friend: SentFacts | None = None
    state: State | None = None


FACTS = Wire(SentEventFacts, "facts", "an object of facts", "event")

EventFactsSource = Json | Mapping[str, Any] | Facts


def read_event_facts(source: EventFactsSource | None, event_id: str) -> SentEventFacts:
    """The facts of an event, their fields right one by one; those of another are refused.

    Raises `CartError`, whose path begins with `facts`.
    """
    if source is None:
        return SentEventFacts()
    if isinstance(source, JSON_FORMS):
        sent = FACTS.read_json(source)
    elif isinstance(source, Mapping | Facts):
        plain = plain_of(source)
        sent = FACTS.read_plain(plain)
        if place := find_bad_text(plain, "facts"):
            refused = refusal("bad_text", place)
            refused.cart_id = id_of(plain, "event")
            raise refused
    else:
        raise FACTS.refuse_source(source)
    if sent.event is not None and sent.event != event_id:
        words = {"expected": shorten(event_id), "got": shorten(sent.event)}
        raise refusal("wrong_event", "facts.event", **words)
    return sent


def side_of(sent: SentEventFacts, side: str) -> Facts:
    """The facts of one side of a referral. Raises `CartError`."""
    found: SentFacts | None = getattr(sent, side)
    return Facts() if found is None else facts_of(found)
