"""A PostgreSQL in, a way to it out that is cut when its time comes: before or after COMMIT."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable
from contextlib import suppress

import sqlalchemy as sa

Judge = Callable[[bytes], bool]


class Cutter:
    """Passes on what a client and a server say, until it is told to cut.

    `asks` and `answers` judge each piece that the client or the server says. Of a piece that is
    judged true nothing is passed on, and both sides lose their connection. Each cuts once.
    """

    def __init__(self, url: str) -> None:
        self._server = sa.make_url(url)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.asks: Judge | None = None
        self.answers: Judge | None = None
        self.cuts = 0
        self.open: list[socket.socket] = []
        self._lock = threading.Lock()
        threading.Thread(target=self._serve, daemon=True).start()

    @property
    def url(self) -> str:
        """The same database, through here."""
        host, port = self._listener.getsockname()
        query = {"sslmode": "disable", "gssencmode": "disable"}
        parts = {"host": host, "port": port, "query": query}
        return self._server.set(**parts).render_as_string(hide_password=False)

    def close(self) -> None:
        """Take no more connections, and end those that are there."""
        with suppress(OSError):  # wakes up who waits in accept()
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self.drop()

    def drop(self) -> None:
        """End all connections."""
        with self._lock:
            for one in self.open:
                with suppress(OSError):
                    one.shutdown(socket.SHUT_RDWR)
                one.close()
            self.open.clear()

    def _serve(self) -> None:
        """Take connections until it is closed."""
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            server = self._reach()
            with self._lock:
                self.open += [client, server]
            for ends in ((client, server, True), (server, client, False)):
                threading.Thread(target=self._pass_on, args=ends, daemon=True).start()

    def _reach(self) -> socket.socket:
        """A connection to the server, where its URL says."""
        host = str(self._server.query.get("host", self._server.host or "localhost"))
        port = self._server.port or 5432
        if not host.startswith("/"):
            return socket.create_connection((host, port))
        reached = socket.socket(socket.AF_UNIX)
        reached.connect(f"{host}/.s.PGSQL.{port}")
        return reached

    def _pass_on(self, source: socket.socket, target: socket.socket, is_asking: bool) -> None:
        """One direction, until either side is gone."""
        with suppress(OSError):
            while piece := source.recv(1 << 16):
                if self._is_cut(piece, is_asking):
                    break
                target.sendall(piece)
        for one in (source, target):
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)

    def _is_cut(self, piece: bytes, is_asking: bool) -> bool:
        """Whether now is the time."""
        judge = self.asks if is_asking else self.answers
        if judge is None or not judge(piece):
            return False
        if is_asking:
            self.asks = None
        else:
            self.answers = None
        self.cuts += 1
        return True


def is_commit(piece: bytes) -> bool:
    """Whether a client asks to commit, or a server says that it has."""
    return b"COMMIT\0" in piece
