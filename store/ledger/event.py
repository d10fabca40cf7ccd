"""What others are told of an account, in memory: the data of its events in the outbox."""

from __future__ import annotations

from msgspec import Struct


class Event(Struct, frozen=True, gc=False):
    """Whose account something happened to, and when."""

    account: str
    member: str
    program: str
    unit: str
    card: str
    at_us: int


class Booked(Event, frozen=True, gc=False):
    """An entry was written."""

    entry: int
    points: int
    balance: int
    event: str
    source: str
    rule: str
    order: str


class TierChanged(Event, frozen=True, gc=False):
    """A member rose or fell."""

    was: str
    tier: str
    since_us: int
