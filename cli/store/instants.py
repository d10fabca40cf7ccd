"""An instant as people write it in, microseconds since 1970 UTC out."""

from typing import Annotated

from cyclopts import Parameter

from ...engine.cart.errors import CartError
from ...engine.cart.instants import read_instant_us
from ..failure import Failure

At = Annotated[
    str | None,
    Parameter(help="The instant to act at, such as 2026-07-10T12:00:00Z; by default now."),
]


def instant_of(at: str | None, option: str = "--at") -> int | None:
    """The instant of an option; None where it was not given."""
    if at is None:
        return None
    try:
        return read_instant_us(at, "")
    except CartError as error:
        raise Failure(f"{option}: {error.message}") from None
