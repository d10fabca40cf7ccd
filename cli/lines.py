"""Lines of results in, the same as columns out."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from ..records import batch_of, result_schema
from .output import Output
from .sinks import Sink, open_sink

CHUNK = 4_096  # lines that become one batch


class LinesAsColumns:
    """Takes the lines of an output and writes them as columns."""

    def __init__(self, output: Output, sink: Sink) -> None:
        self._output = output
        self._sink = sink
        self._lines: list[bytes] = []

    @property
    def is_terminal(self) -> bool:
        """Whether a person sees what comes."""
        return self._output.is_terminal

    def write(self, line: bytes) -> None:
        """Write a line, given without its end; it waits for others."""
        self._lines.append(line)
        if len(self._lines) == CHUNK:
            self.flush()

    def write_lines(self, lines: bytes) -> None:
        """Write some lines, each with its end."""
        for line in lines.splitlines():
            self.write(line)

    def flush(self) -> None:
        """Write the lines that wait."""
        if self._lines:
            self._sink.write(batch_of(self._lines))
            self._lines.clear()


@contextmanager
def open_columns(output: Output, form: str) -> Iterator[LinesAsColumns]:
    """An output for lines, which are columns of a form in the file."""
    with open_sink(output, form, result_schema()) as sink:
        lines = LinesAsColumns(output, sink)
        yield lines
        lines.flush()
