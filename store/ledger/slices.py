"""Many values in, as many at a time as one query may take out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeVar

T = TypeVar("T")

MOST = 5_000  # databases take some 32,000 values in one statement


def slices_of(values: Sequence[T], most: int = MOST) -> Iterator[Sequence[T]]:
    """The values in their order, some at a time; nothing for none."""
    for start in range(0, len(values), most):
        yield values[start : start + most]
