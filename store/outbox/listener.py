"""Who hears of events, over which line, and what became of a message there."""

from __future__ import annotations

from typing import Protocol

from msgspec import Struct

from .envelope import Message


class Listener(Struct, frozen=True):
    """Who is to hear of events, and where."""

    id: str
    url: str
    secret: str


class Heard(Struct, frozen=True):
    """What became of a message; no `error`: it arrived. `is_gone`: nobody listens any more."""

    error: str = ""
    is_gone: bool = False


class Line(Protocol):
    """A way to one listener. For one thread at a time."""

    def send(self, message: Message) -> Heard:
        """Send a message and wait until it is known whether it arrived."""

    def close(self) -> None:
        """Hang up."""
