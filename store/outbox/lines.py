"""A listener in, a line to them out, over which messages are sent one after the other."""

from __future__ import annotations

from urllib.parse import urlsplit

from ..tenancy import Clock
from .calling import Caller, Unanswered
from .envelope import CONTENT_TYPE, Message
from .jetstream import JetStreamLine
from .listener import Heard, Line, Listener
from .signature import headers_of

HTTP = ("http", "https")
NATS = ("nats", "tls")
GONE = 410  # as Standard Webhooks has it: never send me anything again


def open_line(listener: Listener, timeout_ms: int, clock: Clock) -> Line:
    """A line to a listener; nothing is sent yet."""
    if urlsplit(listener.url).scheme in NATS:
        return JetStreamLine(listener.url, timeout_ms)
    return WebhookLine(listener, timeout_ms, clock)


class WebhookLine:
    """Messages as signed posts. Whoever answers 200 to 299 has heard."""

    def __init__(self, listener: Listener, timeout_ms: int, clock: Clock) -> None:
        self._secret = listener.secret
        self._caller = Caller(listener.url, timeout_ms)
        self._clock = clock

    def send(self, message: Message) -> Heard:
        """See `Line`."""
        headers = headers_of(self._secret, message.id, self._clock(), message.body)
        headers |= {"content-type": CONTENT_TYPE, "user-agent": "tallystick"}
        try:
            status = self._caller.post(message.body, headers).status
        except Unanswered as error:
            return Heard(str(error))
        return heard_of(status)

    def close(self) -> None:
        """See `Line`."""
        self._caller.close()


def heard_of(status: int) -> Heard:
    """What an answer means.

    >>> heard_of(204)
    Heard(error='', is_gone=False)
    >>> heard_of(302)
    Heard(error='answered 302, and redirects are not followed', is_gone=False)
    """
    if 200 <= status < 300:
        return Heard()
    if 300 <= status < 400:
        return Heard(f"answered {status}, and redirects are not followed")
    return Heard(f"answered {status}", status == GONE)
