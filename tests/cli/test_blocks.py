"""Blocks of lines: whole, numbered, and never more of a line than it takes to refuse it."""

import io
from random import Random
from typing import BinaryIO, cast

import pytest

from tallystick.cli import blocks, carts
from tallystick.cli.blocks import read_blocks
from tallystick.cli.carts import number_lines

TEXTS = (b"", b" ", b"{}", b'{"id": 1}', b"\r", b"a\x0bb", b"x" * 50, b"y" * 300)


class Trickle(io.BytesIO):
    """A stream that gives a little at a time, as a pipe may."""

    def __init__(self, data: bytes, dice: Random) -> None:
        super().__init__(data)
        self._dice = dice

    def read1(self, size: int | None = -1, /) -> bytes:
        return super().read1(self._dice.randint(1, 80))


def numbered(stream: BinaryIO) -> list[tuple[int, bytes]]:
    """The lines that are not blank out of blocks, with their numbers."""
    found: list[tuple[int, bytes]] = []
    for block in read_blocks(stream):
        lines = io.BytesIO(block.data).readlines()
        found += [
            (number, line) for number, line in enumerate(lines, block.number) if not line.isspace()
        ]
    return [(number, line) for number, line in found if line]


@pytest.mark.parametrize("seed", range(40))
@pytest.mark.parametrize("line_max", [10**6, 100, 40])
def test_blocks_hold_the_lines_of_a_stream(
    monkeypatch: pytest.MonkeyPatch, seed: int, line_max: int
) -> None:
    monkeypatch.setattr(carts, "LINE_MAX", line_max)
    monkeypatch.setattr(blocks, "BLOCK_BYTES", 64)
    dice = Random(seed)
    data = b"\n".join(dice.choices(TEXTS, k=dice.randint(0, 30)))
    if seed % 3 == 0 and line_max > len(data):
        data = carts.MARK + data
    expected = list(number_lines(io.BytesIO(data)))
    assert numbered(cast(BinaryIO, io.BytesIO(data))) == expected
    assert numbered(cast(BinaryIO, Trickle(data, dice))) == expected


def test_a_line_without_an_end_is_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(carts, "LINE_MAX", 1_000)
    monkeypatch.setattr(blocks, "BLOCK_BYTES", 100)
    first, second = read_blocks(io.BytesIO(b"x" * 10**6 + b"\n{}\n"))
    assert (first.number, len(first.data)) == (1, 1_000)
    assert (second.number, second.data) == (2, b"{}\n")
