"""Arrays in, a fault out if they are not as the kernel must find them."""

from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]


class Fault(Exception):
    """Something that the kernel must not meet."""


def require(is_right: object, what: str) -> None:
    """Raise `Fault` unless all of something is right."""
    if not np.all(is_right):  # type: ignore[call-overload]
        raise Fault(what)


def require_index(values: Array, count: int, what: str, least: int = 0) -> None:
    """Every value is an index of so many things; -1 as `least` lets NOTHING pass."""
    require((values >= least) & (values < count), what)


def require_range(first: Array, last: Array, count: int, what: str) -> None:
    """Every pair is a range, maybe empty, of so many things."""
    require((first >= 0) & (first <= last) & (last <= count), what)
