"""Events that wait in, sent to whoever listens out: at least once, each subject in its order.

Any number of relays may run at once, in one process or in many. Between them stands only the lease
of a claim (`claims`): nothing is locked while something is sent. A relay that is killed leaves its
claim, and when the lease is over the same events are sent again, under the same ids.

LIMIT: a lease is measured on the clocks of the machines. Where these differ by minutes two relays
can send the same event at the same time.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor

from msgspec import Struct

from ..acting import look
from ..asking import careful
from ..tenancy import Tenancy
from .claims import LEASE_US, Ended, Run, claim, listeners_of, pause_webhook, settle, write
from .lines import open_line
from .listener import Line, Listener

TIMEOUT_MS = 10_000  # of one message
LANES = 4  # subjects of one listener that are sent at the same time
THREADS_MAX = 64
SECOND_MS = 1000
MS_US = 1000


class Relayed(Struct, frozen=True):
    """How many messages arrived, and how many tries failed."""

    sent: int = 0
    failed: int = 0


@careful
class Relay:
    """Sends the events of one tenant. Safe to share between threads."""

    def __init__(
        self, tenancy: Tenancy, *, timeout_ms: int = TIMEOUT_MS, lanes: int = LANES
    ) -> None:
        self._tenancy = tenancy
        self._timeout_ms = timeout_ms
        self._lanes = lanes

    def deliver(self, at_us: int | None = None) -> Relayed:
        """Send all that is due, and come back when everything was tried."""
        listeners = look(self._tenancy, listeners_of, at_us)
        if not listeners:
            return Relayed()
        lanes = [listener for listener in listeners for _ in range(self._lanes)]
        with ThreadPoolExecutor(min(len(lanes), THREADS_MAX)) as threads:
            done = list(threads.map(lambda one: self._work(one, at_us, None), lanes))
        return Relayed(sum(one.sent for one in done), sum(one.failed for one in done))

    def run(self, stop: threading.Event, *, pause_ms: int = SECOND_MS) -> None:
        """Send whatever comes, until somebody sets `stop`; a slow listener delays no other.

        Raises what a database raises that cannot be reached; beginning again loses nothing.
        """
        working: dict[tuple[str, int], Future[Relayed]] = {}
        with ThreadPoolExecutor(THREADS_MAX) as threads:
            while not stop.is_set():
                for key in [key for key, one in working.items() if one.done()]:
                    working.pop(key).result()
                for listener in look(self._tenancy, listeners_of):
                    for number in range(self._lanes):
                        if (listener.id, number) not in working:
                            one = threads.submit(self._work, listener, None, stop)
                            working[listener.id, number] = one
                stop.wait(pause_ms / SECOND_MS)

    def _work(self, listener: Listener, at_us: int | None, stop: threading.Event | None) -> Relayed:
        """One lane: claim, send and settle until nothing of a listener is due."""
        line = open_line(listener, self._timeout_ms, self._tenancy.clock)
        sent = failed = 0
        try:
            while stop is None or not stop.is_set():
                now_us = self._now(at_us)
                runs, is_more = write(self._tenancy, now_us, lambda tx: claim(tx, listener.id))
                if not is_more:
                    break
                ended, is_gone = self._send(line, runs, now_us + LEASE_US, at_us)
                self._settle(listener, ended, at_us)
                sent += sum(end.sent for end in ended)
                failed += sum(1 for end in ended if end.error)
                if is_gone:
                    write(self._tenancy, now_us, lambda tx: pause_webhook(tx, listener.id))
                    break
        finally:
            line.close()
        return Relayed(sent, failed)

    def _settle(self, listener: Listener, ended: Sequence[Ended], at_us: int | None) -> None:
        """Write what became of a claim."""
        write(self._tenancy, self._now(at_us), lambda tx: settle(tx, listener.id, ended))

    def _send(
        self, line: Line, runs: Sequence[Run], until_us: int, at_us: int | None
    ) -> tuple[list[Ended], bool]:
        """Send runs, each up to its first failure, as long as the lease is sure to last.

        The second is whether nobody listens any more.
        """
        ended: list[Ended] = []
        is_gone = False
        last_us = until_us - self._timeout_ms * MS_US
        for run in runs:
            sent, error = 0, ""
            for message in run.messages:
                if is_gone or self._now(at_us) > last_us:
                    break
                heard = line.send(message)
                if heard.error:
                    error, is_gone = heard.error, heard.is_gone
                    break
                sent += 1
            ended.append(Ended(run, sent, error))
        return ended, is_gone

    def _now(self, at_us: int | None) -> int:
        """The instant of a step."""
        return self._tenancy.clock() if at_us is None else at_us
