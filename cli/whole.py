"""A whole number as people write it in, the number out: never another one that is near."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

from cyclopts import Parameter, Token


def read_whole(_: Any, tokens: Sequence[Token]) -> int:
    """The number of an option. Raises `ValueError` for decimals, which would be rounded."""
    text = tokens[0].value
    try:
        return int(text)
    except ValueError:
        raise ValueError(f"expected a whole number, got `{text}`") from None


Whole = Annotated[int, Parameter(converter=read_whole)]
