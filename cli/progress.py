"""Bytes read and carts priced in, a moving bar on the terminal out, if there is one to move on."""

from __future__ import annotations

import os
import stat
import sys
from time import monotonic
from types import TracebackType
from typing import TYPE_CHECKING, BinaryIO

from .tally import number_of

if TYPE_CHECKING:
    from rich.progress import Progress as Bar
    from rich.progress import TaskID

PATIENCE_SECONDS = 1  # shorter work shows no bar
STEP = 64  # carts between two looks at the clock


class Progress:
    """Shows how far a run is, on stderr, only on a terminal and only when it takes long."""

    def __init__(self, source: BinaryIO, *, is_wanted: bool = True, noun: str = "cart") -> None:
        """Watch the reading of a source; of a file its size tells how much there is to do."""
        self._noun = noun
        self.total_bytes = size_of(source)
        self._is_shown = is_wanted and sys.stderr.isatty()
        self._began = monotonic()
        self._bar: Bar | None = None
        self._task: TaskID | None = None
        self.read_bytes = 0
        self.cart_count = 0

    def __enter__(self) -> Progress:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._bar is not None:
            self._bar.stop()

    def count(self, carts: int = 1) -> None:
        """Count some carts more."""
        steps = self.cart_count // STEP
        self.cart_count += carts
        if self._is_shown and self.cart_count // STEP > steps:
            self._show()

    def _show(self) -> None:
        """Move the bar, once the work has taken long enough to have one."""
        if self._bar is None:
            if monotonic() - self._began < PATIENCE_SECONDS:
                return
            self._bar, self._task = start_bar(self.total_bytes)
        assert self._task is not None
        self._bar.update(
            self._task,
            completed=self.read_bytes,
            description=number_of(self.cart_count, self._noun),
        )


def start_bar(total_bytes: int | None) -> tuple[Bar, TaskID]:
    """A bar that moves; without a total it only shows that something goes on."""
    from rich.console import Console
    from rich.progress import BarColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    bar = Bar(
        TextColumn("{task.description}"),
        BarColumn(),
        TimeRemainingColumn(),
        console=Console(stderr=True),
        transient=True,
        redirect_stdout=False,
        redirect_stderr=False,
    )
    bar.start()
    return bar, bar.add_task("", total=total_bytes)


def size_of(source: BinaryIO) -> int | None:
    """The size of a plain file; None of anything that has no end to know."""
    try:
        found = os.fstat(source.fileno())
    except OSError:
        return None
    return found.st_size if stat.S_ISREG(found.st_mode) else None
