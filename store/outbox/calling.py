"""A URL and a body in, the answer of whoever is there out: HTTP, without surprises.

The whole call has one deadline, however slowly the answer drips in. Redirects are answers like any
other, no proxy of the environment is used, and of a body only the beginning is read.
"""

from __future__ import annotations

import io
import ssl
import time
from collections.abc import Mapping
from functools import lru_cache
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from socket import socket
from typing import Any, cast
from urllib.parse import urlsplit

from msgspec import Struct

BODY_BYTES_MAX = 65_536
MS_NS = 1_000_000
SECOND_NS = 1_000_000_000


class Unanswered(Exception):
    """Nobody answered. `is_sent`: what was asked may have arrived all the same."""

    def __init__(self, words: str, *, is_sent: bool) -> None:
        self.is_sent = is_sent
        super().__init__(words)


class Reply(Struct, frozen=True):
    """An answer: its status, and the beginning of its body."""

    status: int
    body: bytes


class Caller:
    """Posts to one URL, over one connection as long as the other side keeps it. For one thread."""

    def __init__(self, url: str, timeout_ms: int) -> None:
        parts = urlsplit(url)
        self._target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        self._timeout_ms = timeout_ms
        self._is_fresh = True
        host, port = parts.hostname or "", parts.port
        self._connection = (
            HTTPSConnection(host, port, context=context_of_trust())
            if parts.scheme == "https"
            else HTTPConnection(host, port)
        )

    def post(self, body: bytes, headers: Mapping[str, str]) -> Reply:
        """Post and wait for the answer. Raises `Unanswered`."""
        deadline_ns = time.monotonic_ns() + self._timeout_ms * MS_NS
        is_kept = self._connection.sock is not None
        try:
            return self._post(body, headers, deadline_ns)
        except Unanswered as error:
            self._connection.close()
            # Those who keep a connection may drop it just when the next request is on its way.
            if not is_kept or isinstance(error.__cause__, TimeoutError):
                raise
        try:
            return self._post(body, headers, deadline_ns)
        except Unanswered:
            self._connection.close()
            raise

    def close(self) -> None:
        """Drop the connection."""
        self._connection.close()

    def _post(self, body: bytes, headers: Mapping[str, str], deadline_ns: int) -> Reply:
        """One try."""
        is_sent = False
        connection = self._connection
        connection.response_class = cast("type[HTTPResponse]", timed_responses(deadline_ns))
        try:
            connection.timeout = left_of(deadline_ns)
            if connection.sock is None:
                connection.connect()
            connection.sock.settimeout(left_of(deadline_ns))
            is_sent = True
            connection.request("POST", self._target, body, dict(headers))
            with connection.getresponse() as response:
                reply = Reply(response.status, response.read(BODY_BYTES_MAX))
                if not response.isclosed():  # there is more, which nobody wants
                    connection.close()
                return reply
        except (OSError, HTTPException, ValueError) as error:
            raise Unanswered(words_of(error), is_sent=is_sent) from error


@lru_cache(maxsize=1)
def context_of_trust() -> ssl.SSLContext:
    """Whom to trust: whom the system trusts."""
    return ssl.create_default_context()


def left_of(deadline_ns: int) -> float:
    """The seconds until a deadline. Raises `TimeoutError` behind it."""
    left_ns = deadline_ns - time.monotonic_ns()
    if left_ns <= 0:
        raise TimeoutError("timed out")
    return left_ns / SECOND_NS


def words_of(error: Exception) -> str:
    """What went wrong, in a few words."""
    if isinstance(error, TimeoutError):
        return "no answer in time"
    if isinstance(error, HTTPException) and not isinstance(error, OSError):
        return f"no answer in HTTP: {type(error).__name__}"
    return f"no answer: {error}"


class Reading(io.RawIOBase):
    """What comes out of a socket until a deadline: each wait is only as long as what is left."""

    def __init__(self, source: socket, deadline_ns: int) -> None:
        self._source = source
        self._raw = source.makefile("rb", buffering=0)  # keeps the socket open while it is read
        self._deadline_ns = deadline_ns

    def readable(self) -> bool:
        """Yes."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Wait for bytes, and say how many came; 0: no more will."""
        self._source.settimeout(left_of(self._deadline_ns))
        return self._raw.readinto(buffer) or 0

    def close(self) -> None:
        """Let go of the socket."""
        self._raw.close()
        super().close()

    def makefile(self, mode: str) -> io.BufferedReader:
        """What `HTTPResponse` asks a socket for."""
        assert mode == "rb"
        return io.BufferedReader(self)


def timed_responses(deadline_ns: int) -> object:
    """What makes responses that are read until a deadline."""

    def make(source: socket, *rest: Any, **more: Any) -> HTTPResponse:
        return HTTPResponse(cast(socket, Reading(source, deadline_ns)), *rest, **more)

    return make
