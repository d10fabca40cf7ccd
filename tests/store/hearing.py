"""A server that hears webhooks, answers as it is told, and remembers what it heard."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from tallystick.store.acting import act
from tallystick.store.tenancy import Tenancy
from tallystick.store.transaction import Transaction

Answer = Callable[[BaseHTTPRequestHandler, "Call"], int]


@dataclass(frozen=True)
class Call:
    """A post that came in."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def event(self) -> Any:
        """The event in it."""
        return json.loads(self.body)


@dataclass
class Hearer:
    """The server; `answer` gives the status of each call, 0 for what it has sent by itself."""

    url: str
    answer: Answer
    calls: list[Call] = field(default_factory=list)

    @property
    def heard(self) -> list[tuple[str, str]]:
        """Subject and type of the events that came, in order."""
        return [(one.event["subject"], one.event["type"]) for one in self.calls]


def in_order(_: BaseHTTPRequestHandler, __: Call) -> int:
    """Everything is well."""
    return 204


@contextmanager
def open_hearer() -> Iterator[Hearer]:
    """A server that says 204."""
    lock = threading.Lock()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            call = Call(self.path, {k.lower(): v for k, v in self.headers.items()}, body)
            with lock:
                found.calls.append(call)
            status = found.answer(self, call)
            if not status:
                self.close_connection = True
                return
            self.send_response(status)
            self.send_header("location", "/elsewhere")
            self.send_header("content-length", "0")
            self.end_headers()

        def do_GET(self) -> None:
            raise AssertionError("redirects are not followed")

        def log_message(self, format: str, *args: object) -> None:
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, request: Any, client_address: Any) -> None:
            """Those who hang up in time-outs are no matter."""

    server = Server(("127.0.0.1", 0), Handler)
    found = Hearer(f"http://127.0.0.1:{server.server_port}", in_order)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield found
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def tell(tenancy: Tenancy, *told: tuple[str, str, int], **data: object) -> None:
    """Tell of events, each (type, subject, number), in one transaction."""

    def work(tx: Transaction) -> str:
        for type, subject, number in told:
            tx.tell(type, subject, number, {"points": number, **data})
        return "told"

    assert act(tenancy, "tell", [list(one) for one in told], work, str) == "told"
