"""Lines in, a file or stdout out, and never half a line of it.

A file is written under another name beside its own and takes its place when all is well, so that
a run that ends early leaves what was there. Ctrl-C waits while a batch of lines is being written.
"""

import os
import signal
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from shutil import copymode
from threading import current_thread, main_thread
from types import FrameType
from typing import BinaryIO

from .failure import Failure, unwritable

BATCH_BYTES = 64 * 1024
STDOUT = Path("-")


class Output:
    """Writes whole lines in batches."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._lines: list[bytes] = []
        self._size_bytes = 0

    @property
    def file(self) -> BinaryIO:
        """The file itself, for what is not made of lines."""
        return self._file

    @property
    def is_terminal(self) -> bool:
        """Whether a person sees the lines as they come."""
        return self._file.isatty()

    def write(self, line: bytes) -> None:
        """Write a line, given without its end; it may wait for others."""
        self._lines.append(line)
        self._size_bytes += len(line)
        if self._size_bytes >= BATCH_BYTES:
            self.flush()

    def write_lines(self, lines: bytes) -> None:
        """Write some lines, each with its end, in batches; they may wait for others."""
        first = 0
        while first < len(lines):
            last = lines.find(b"\n", first + BATCH_BYTES)
            last = last if last >= 0 else len(lines) - 1
            self.write(lines[first:last])
            first = last + 1

    def flush(self) -> None:
        """Write the lines that wait."""
        if not self._lines:
            return
        self._lines.append(b"")
        batch = b"\n".join(self._lines)
        self._lines.clear()
        self._size_bytes = 0
        with unbroken():
            self._file.write(batch)
            self._file.flush()


@contextmanager
def unbroken() -> Iterator[None]:
    """Hold Ctrl-C back until the block is done.

    No system call of this thread is cut short; what another thread is told waits as well.
    """
    if current_thread() is not main_thread():
        yield
        return
    held: list[int] = []

    def hold(number: int, frame: FrameType | None) -> None:
        held.append(number)

    before = signal.signal(signal.SIGINT, hold)
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)
        signal.signal(signal.SIGINT, before)
    if held:
        raise KeyboardInterrupt


@contextmanager
def open_output(path: Path) -> Iterator[Output]:
    """Open a place to write lines to; `-` is stdout. Raises `Failure` if it cannot be written."""
    if path == STDOUT:
        output = Output(sys.stdout.buffer)
        try:
            yield output
        except KeyboardInterrupt:
            output.flush()
            raise
        output.flush()
        return
    target = Path(os.path.realpath(path))
    if target.exists() and not target.is_file():  # a device or a pipe; a folder fails to open
        with open_new(path, target, os.O_WRONLY) as output:
            yield output
        return
    part = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        with open_new(path, part, os.O_WRONLY | os.O_CREAT | os.O_EXCL) as output:
            yield output
        if target.exists():
            copymode(target, part)
        os.replace(part, target)
    finally:
        with suppress(FileNotFoundError):
            part.unlink()


@contextmanager
def open_new(path: Path, real: Path, flags: int) -> Iterator[Output]:
    """Open `real` for writing, until all is written; errors speak of `path`, as it was given."""
    try:
        with os.fdopen(os.open(real, flags, 0o666), "wb") as file:
            output = Output(file)
            yield output
            output.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        raise unwritable(path, error) from None


def protect_inputs(output: Path, inputs: Iterable[Path]) -> None:
    """Raise `Failure` if the output would replace an input. A device may well be both."""
    if output == STDOUT or not os.path.isfile(output):
        return
    for path in inputs:
        if os.path.exists(path) and os.path.samefile(path, output):
            raise Failure(f"`{output}` is read and cannot be written")
