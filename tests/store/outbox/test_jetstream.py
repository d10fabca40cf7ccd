"""Events published to NATS: to a small server here that speaks its protocol and keeps a stream."""

from __future__ import annotations

import json
import socketserver
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest

from tallystick.store.outbox.relay import Relay, Relayed
from tallystick.store.outbox.webhooks import Webhooks
from tallystick.store.tenancy import Tenancy

from ..hearing import tell

EARNED = "loyalty.earned"
INFO = {
    "server_id": "x",
    "version": "2.11.0",
    "headers": True,
    "max_payload": 1_048_576,
    "proto": 1,
}
NOBODY = b"NATS/1.0 503\r\n\r\n"


@dataclass
class Stream:
    """What a stream has kept: by message id, its subject and body, once."""

    url: str = ""
    is_there: bool = True
    kept: dict[str, tuple[str, bytes]] = field(default_factory=dict)
    published: int = 0


class Session(socketserver.StreamRequestHandler):
    """One client: PING, SUB and HPUB, as https://docs.nats.io describes them."""

    def handle(self) -> None:
        self.wfile.write(b"INFO " + json.dumps(INFO).encode() + b"\r\n")
        sid = b""
        while line := self.rfile.readline():
            word, *words = line.split()
            if word == b"PING":
                self.wfile.write(b"PONG\r\n")
            elif word == b"SUB":
                sid = words[-1]
            elif word == b"HPUB":
                subject, reply, head, size = words
                message = self.rfile.read(int(size))
                self.rfile.readline()
                self.publish(subject, reply, sid, message[: int(head)], message[int(head) :])

    def publish(self, subject: bytes, reply: bytes, sid: bytes, head: bytes, body: bytes) -> None:
        """Keep a message, and say so."""
        stream: Stream = self.server.stream  # type: ignore[attr-defined]
        if not stream.is_there:
            length = len(NOBODY)
            self.wfile.write(b"HMSG %b %b %d %d\r\n%b\r\n" % (reply, sid, length, length, NOBODY))
            return
        headers = dict(line.split(": ") for line in head.decode().split("\r\n")[1:] if line)
        stream.published += 1
        stream.kept.setdefault(headers["Nats-Msg-Id"], (subject.decode(), body))
        answer = json.dumps({"stream": "events", "seq": len(stream.kept)}).encode()
        self.wfile.write(b"MSG %b %b %d\r\n%b\r\n" % (reply, sid, len(answer), answer))


@pytest.fixture
def stream() -> Iterator[Stream]:
    """A server with a stream for all subjects."""

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True
        stream = Stream()

    server = Server(("127.0.0.1", 0), Session)
    server.stream.url = f"nats://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server.stream
    server.shutdown()
    server.server_close()
    thread.join()


def test_events_are_published_under_their_ids(tenancy: Tenancy, stream: Stream) -> None:
    Webhooks(tenancy).add(stream.url)
    tell(tenancy, (EARNED, "account/1", 1), (EARNED, "account/1", 2))
    assert Relay(tenancy, lanes=1).deliver() == Relayed(2, 0)
    for id, (subject, body) in stream.kept.items():
        assert subject == "tallystick.loyalty.earned.v1"
        assert json.loads(body)["id"] == id
    assert [json.loads(body)["data"]["points"] for _, body in stream.kept.values()] == [1, 2]


def test_a_path_stands_before_the_subjects(tenancy: Tenancy, stream: Stream) -> None:
    Webhooks(tenancy).add(stream.url + "/shop1")
    tell(tenancy, (EARNED, "account/1", 1))
    Relay(tenancy).deliver()
    assert [subject for subject, _ in stream.kept.values()] == [
        "shop1.tallystick.loyalty.earned.v1"
    ]


def test_what_no_stream_keeps_waits(tenancy: Tenancy, stream: Stream) -> None:
    """Published is not kept: a message without a stream would be lost."""
    face = Webhooks(tenancy)
    webhook = face.add(stream.url).id
    tell(tenancy, (EARNED, "account/1", 1))
    stream.is_there = False
    assert Relay(tenancy).deliver() == Relayed(0, 1)
    assert face.failing()[0].error.startswith("not kept by a stream: ")
    assert face.ping(webhook).error.startswith("not kept by a stream: ")
    stream.is_there = True
    assert face.ping(webhook).error == ""


def test_a_server_that_is_away_is_tried_again(tenancy: Tenancy) -> None:
    Webhooks(tenancy).add("nats://127.0.0.1:1")
    tell(tenancy, (EARNED, "account/1", 1))
    assert Relay(tenancy, timeout_ms=500).deliver() == Relayed(0, 1)
    assert Webhooks(tenancy).all()[0].waiting == 1
