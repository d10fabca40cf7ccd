"""An instant as people write it in, microseconds since 1970 UTC out."""

from collections.abc import Mapping
from typing import Annotated, Any

from cyclopts import Parameter

from ...engine.cart.errors import CartError
from ...engine.cart.instants import read_instant_us
from ...engine.loyalty.days import spell_instant
from ...store.acting import END_US
from ...store.schema.frame import NEVER_US
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
        found_us = read_instant_us(at, "")
    except CartError as error:
        raise Failure(f"{option}: {error.message}") from None
    if not 0 <= found_us < END_US:
        raise Failure(f"{option}: expected an instant from 1970 on, before the year 9000, got {at}")
    return found_us


def readable(record: Mapping[str, Any]) -> dict[str, Any]:
    """A record with its instants spelled: `joined_at_us` becomes `joined_at`, never is null.

    So are those of the records in its lists.
    """
    plain: dict[str, Any] = {}
    for name, value in record.items():
        if name == "at_us" or name.endswith("_at_us"):
            plain[name.removesuffix("_us")] = spell_at(value)
        elif isinstance(value, list):
            plain[name] = [readable(one) if isinstance(one, dict) else one for one in value]
        else:
            plain[name] = value
    return plain


def spell_at(at_us: int | None) -> str | None:
    """An instant as RFC 3339; None for one that does not come."""
    return None if at_us is None or at_us == NEVER_US else spell_instant(at_us)
