"""The steps of long work in, a line on the terminal that says which one is under way out."""

from __future__ import annotations

import sys
from time import monotonic

PATIENCE_SECONDS = 1  # shorter work shows nothing
ERASE = "\r\x1b[K"


class Steps:
    """Says on stderr, only on a terminal and only when it takes long, what is being done."""

    def __init__(self, words: str = "") -> None:
        self.count = 0
        self.words = words  # of the step that was begun last
        self._began = monotonic()
        self._is_shown = sys.stderr.isatty()

    def __enter__(self) -> Steps:
        return self

    def __exit__(self, *_: object) -> None:
        self.clear()

    def show(self, words: object) -> None:
        """Begin a step."""
        self.count += 1
        self.words = str(words)
        if self._is_shown and monotonic() - self._began >= PATIENCE_SECONDS:
            print(f"{ERASE}{words}", end="", file=sys.stderr, flush=True)

    def clear(self) -> None:
        """Take the line away."""
        if self._is_shown:
            print(ERASE, end="", file=sys.stderr, flush=True)
