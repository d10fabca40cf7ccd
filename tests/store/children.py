"""Work in, the exit of a process of its own out: what tests of crashes and of races need."""

from __future__ import annotations

import os
import traceback
from collections.abc import Callable
from typing import NamedTuple

import msgspec


class Ended(NamedTuple):
    """How a child ended: 0 or 1, or the signal that killed it, negative; and what it said."""

    status: int
    answer: object


class Child:
    """A process that does some work, begun by a fork: it has all that its parent has."""

    def __init__(self, work: Callable[[], object]) -> None:
        """Start it. What the work returns must be plain enough for JSON."""
        self._reads, writes = os.pipe()
        self.pid = os.fork()
        if self.pid:
            os.close(writes)
            return
        status = 1
        try:
            os.write(writes, msgspec.json.encode(work()))
            status = 0
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(status)

    def end(self) -> Ended:
        """Wait until it is over."""
        said = b""
        while part := os.read(self._reads, 1 << 16):
            said += part
        os.close(self._reads)
        _, status = os.waitpid(self.pid, 0)
        return Ended(os.waitstatus_to_exitcode(status), msgspec.json.decode(said or b"null"))


def in_child(work: Callable[[], object]) -> Ended:
    """Do work in a child, and wait for it."""
    return Child(work).end()
