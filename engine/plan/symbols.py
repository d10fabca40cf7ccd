"""Texts in, one run of bytes that knows the number of each out."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise

import numpy as np

from .plan import Indexes


class SymbolTable(Mapping[str, int]):
    """The texts that rules name, numbered from 0.

    `texts` holds them in UTF-8, one after the other; text n is `texts[starts[n]:starts[n + 1]]`.
    The mapping is made when somebody first asks for it: the kernel reads the bytes alone.
    """

    def __init__(self, texts: bytes, starts: Indexes) -> None:
        self.texts = texts
        self.starts = starts
        self._numbers: dict[str, int] | None = None

    @classmethod
    def of(cls, texts: Iterable[str]) -> "SymbolTable":
        """The table of some distinct texts."""
        encoded = [text.encode() for text in texts]
        sizes = [0, *map(len, encoded)]
        return cls(b"".join(encoded), np.cumsum(sizes, dtype=np.int32))

    def __len__(self) -> int:
        return len(self.starts) - 1

    def __iter__(self) -> Iterator[str]:
        return iter(self._known())

    def __getitem__(self, text: str) -> int:
        return self._known()[text]

    def _known(self) -> dict[str, int]:
        if self._numbers is None:
            starts = self.starts.tolist()
            spans = pairwise(starts)
            self._numbers = {
                self.texts[first:last].decode(): number
                for number, (first, last) in enumerate(spans)
            }
        return self._numbers
