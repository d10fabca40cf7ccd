"""Messages in, published to a JetStream of NATS out: needs the extra `nats`."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from .envelope import CONTENT_TYPE, Message
from .listener import Heard

SECOND_MS = 1000
MISSING = "NATS needs an extra: pip install 'tallystick[nats]'"


class JetStreamLine:
    """Publishes each message to the subject of its type, and waits until a stream has kept it.

    The id of the event is the id of the message: within its window a stream keeps it once. A URL
    `nats://host/shop` puts `shop.` before the subjects.
    """

    def __init__(self, url: str, timeout_ms: int) -> None:
        parts = urlsplit(url)
        self._server = urlunsplit(parts._replace(path=""))
        self._prefix = f"{parts.path.strip('/')}." if parts.path.strip("/") else ""
        self._timeout_s = timeout_ms / SECOND_MS
        self._runner = asyncio.Runner()
        self._client: Any = None

    def send(self, message: Message) -> Heard:
        """See `Line`."""
        try:
            import nats.errors
        except ImportError:
            return Heard(MISSING)
        try:
            self._runner.run(asyncio.wait_for(self._publish(message), self._timeout_s))
        except (nats.errors.Error, OSError, TimeoutError, ValueError) as error:
            self._drop()
            words = str(error) or type(error).__name__
            return Heard(f"not kept by a stream: {words}")
        return Heard()

    def close(self) -> None:
        """See `Line`."""
        self._drop()
        self._runner.close()

    async def _publish(self, message: Message) -> None:
        """Publish over the connection there is, or a new one."""
        import nats

        if self._client is None:
            self._client = await nats.connect(
                self._server,
                allow_reconnect=False,
                connect_timeout=self._timeout_s,
                error_cb=pass_over,
            )
        headers = {"Nats-Msg-Id": message.id, "Content-Type": CONTENT_TYPE}
        stream = self._client.jetstream(timeout=self._timeout_s)
        await stream.publish(self._prefix + message.type, message.body, headers=headers)

    def _drop(self) -> None:
        """Close the connection, whatever state it is in."""
        if self._client is not None:
            with suppress(Exception):
                self._runner.run(self._client.close())
            self._client = None


async def pass_over(error: Exception) -> None:
    """What goes wrong is raised where it is asked for as well."""
