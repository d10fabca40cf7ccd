"""A sentence in, the end of a command out: what a person did that the command cannot go on from."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from os import PathLike
from typing import BinaryIO


class Failure(Exception):
    """Ends a command with exit status 2 and its message on stderr. Its text is for people."""


@contextmanager
def telling_of_interrupt(words: Callable[[], str]) -> Iterator[None]:
    """Let the command say, when Ctrl-C ends the block, how far it came: what was written."""
    try:
        yield
    except KeyboardInterrupt:
        raise KeyboardInterrupt(words()) from None


def unreadable(path: str | PathLike[str], error: OSError) -> Failure:
    """The failure of a file that cannot be read."""
    return Failure(f"cannot read `{path}`: {reason_of(error)}")


def unwritable(path: str | PathLike[str], error: OSError) -> Failure:
    """The failure of a file that cannot be written."""
    return Failure(f"cannot write `{path}`: {reason_of(error)}")


def bytes_of_stdin() -> BinaryIO:
    """Standard input as bytes. Raises `Failure` if whoever started the command has closed it."""
    if sys.stdin is None:
        raise Failure("cannot read stdin: it is closed")
    return sys.stdin.buffer


def reason_of(error: OSError) -> str:
    """What the system says, in lower case: `no such file or directory`."""
    return (error.strerror or str(error) or type(error).__name__).lower()


def complain(text: str) -> None:
    """Say one thing on stderr, in the name of the command."""
    print(f"tally: {printable(text)}", file=sys.stderr)


def printable(text: str) -> str:
    """A text without what would steer a terminal: ids and names come from other people's files."""
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text)
