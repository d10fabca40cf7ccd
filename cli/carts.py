"""A path or stdin in, JSON documents out, one line after the other.

Blank lines are skipped and give no output line; a byte order mark at the start is ignored. Nothing
is kept: a file of any length is read in the memory of its longest line, of which
16 MB are enough to refuse it.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import chain
from pathlib import Path
from typing import BinaryIO, TypeVar

import msgspec

from ..engine.cart.wire import JSON_MAX
from ..files import list_files
from .failure import Failure, bytes_of_stdin, unreadable
from .output import protect_inputs

T = TypeVar("T")

STDIN = Path("-")
LINE_MAX = JSON_MAX + 2  # of a longer line the rest is left out; it is too long anyhow
MARK = b"\xef\xbb\xbf"  # what some editors put in front of UTF-8


class Named(msgspec.Struct):
    """The one field of a cart that is looked at to find it."""

    id: str | None = None


name_reader = msgspec.json.Decoder(Named)
json_reader = msgspec.json.Decoder()


@contextmanager
def open_source(path: Path) -> Iterator[BinaryIO]:
    """Open a file for reading; `-` is stdin. Raises `Failure` if it cannot be opened."""
    if path == STDIN:
        yield bytes_of_stdin()
        return
    try:
        file = path.open("rb")
    except OSError as error:
        raise unreadable(path, error) from None
    with file:
        yield file


def read_all(path: Path, items: Iterator[T]) -> Iterator[T]:
    """What is read from a source. Raises `Failure` when it cannot be."""
    try:
        yield from items
    except OSError as error:
        raise unreadable(path, error) from None


def refuse_clashes(
    carts: Path, facts: Path | None, rules: Path, output: Path, things: str = "carts"
) -> None:
    """Raise `Failure` where one place would be two things."""
    if carts == STDIN and facts == STDIN:
        raise Failure(f"{things} and facts cannot both come from stdin")
    inputs = [path for path in (carts, facts) if path is not None and path != STDIN]
    protect_inputs(output, [*inputs, *(found.path for found in list_files([rules]))])


def number_lines(stream: BinaryIO) -> Iterator[tuple[int, bytes]]:
    """The lines that are not blank, with their numbers from 1."""
    number = 0
    while line := stream.readline(LINE_MAX):
        number += 1
        if len(line) == LINE_MAX:
            skip_line(stream, line)
        if number == 1 and line.startswith(MARK):
            line = line[len(MARK) :]
        if line and not line.isspace():
            yield number, line


def skip_line(stream: BinaryIO, line: bytes) -> None:
    """Read on to the end of a line; the part in hand is too long already to be a cart."""
    while line and not line.endswith(b"\n"):
        line = stream.readline(LINE_MAX)


def read_documents(stream: BinaryIO) -> Iterator[tuple[int, bytes]]:
    """The documents of a file with the lines they begin on: JSON Lines, or one over many lines."""
    lines = number_lines(stream)
    first = next(lines, None)
    if first is None:
        return
    if is_json(first[1]):
        yield first
        yield from lines
    else:
        yield first[0], join_lines(line for _, line in chain([first], lines))


def join_lines(lines: Iterable[bytes]) -> bytes:
    """Lines as one document, as far as a document may go."""
    parts: list[bytes] = []
    size = 0
    for line in lines:
        parts.append(line)
        size += len(line)
        if size > JSON_MAX:
            break
    return b"".join(parts)


def is_json(text: bytes) -> bool:
    """Whether a text is a whole JSON document."""
    try:
        json_reader.decode(text)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return False
    return True


def find_cart(path: Path, cart_id: str | None) -> bytes:
    """The cart of an id, or the only one of a file. Raises `Failure` if there is none such."""
    with open_source(path) as stream:
        try:
            documents = read_documents(stream)
            if cart_id is None:
                return only_document(path, documents)
            for _, document in documents:
                if id_of(document) == cart_id:
                    return document
        except OSError as error:
            raise unreadable(path, error) from None
    raise Failure(f"`{path}` has no cart `{cart_id}`")


def only_document(path: Path, documents: Iterator[tuple[int, bytes]]) -> bytes:
    """The document of a file that must hold one."""
    found = next(documents, None)
    if found is None:
        raise Failure(f"`{path}` has no cart in it")
    if next(documents, None) is not None:
        raise Failure(f"`{path}` has more than one cart in it: choose one with --cart ID")
    return found[1]


def id_of(document: bytes) -> str | None:
    """The id of a cart, if it can be read."""
    try:
        return name_reader.decode(document).id
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
