"""A stream of JSON lines in, blocks of whole lines out, each with the number of its first line.

A byte order mark at the start is ignored. A line longer than any cart may be is cut where it is
certain to be refused, and comes alone; the rest of it is never kept.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from io import BufferedIOBase
from typing import BinaryIO, cast

from . import carts
from .carts import MARK, skip_line

BLOCK_BYTES = 2**20


@dataclass(frozen=True, slots=True)
class Block:
    """Whole lines of a stream; the last one may lack its end."""

    number: int  # of the first line, from 1
    data: bytes


def read_blocks(stream: BinaryIO) -> Iterator[Block]:
    """The lines of a stream, as many at once as there are, up to about a megabyte.

    A pipe gives what is in it: nobody waits for a block to be full.
    """
    number = 1
    for data in whole_lines(stream):
        data = data.removeprefix(MARK) if number == 1 else data
        if len(data) <= carts.LINE_MAX:
            yield Block(number, data)
            number += data.count(b"\n")
            continue
        for line in data.removesuffix(b"\n").split(b"\n"):
            yield Block(number, (line + b"\n")[: carts.LINE_MAX])
            number += 1


def whole_lines(stream: BinaryIO) -> Iterator[bytes]:
    """The bytes of a stream, parted between lines; of a line too long no more than shows it."""
    parts: list[bytes] = []  # of a line that has not ended yet
    while data := cast(BufferedIOBase, stream).read1(BLOCK_BYTES):
        cut = data.rfind(b"\n") + 1
        if cut:
            yield b"".join((*parts, data[:cut]))
            parts = []
        if cut < len(data):
            parts.append(data[cut:])
        if sum(map(len, parts)) > carts.LINE_MAX:
            skip_line(stream, parts[-1])
            yield b"".join(parts)
            parts = []
    if parts:
        yield b"".join(parts)
