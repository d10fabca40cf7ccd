"""An instant in, what a shop owes and to whom out."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct
from msgspec.structs import asdict

from ...store.refusals import Declined
from ...store.reports import TOP
from ..status import CLEAN
from ..whole import Whole
from .instants import At, instant_of
from .opening import HERE, Where, granted, open_shop
from .options import Program, Unit
from .sheet import Format, show

EMPTY = "there are no accounts yet"


def top_balances(
    *,
    program: Program,
    unit: Unit = "points",
    count: Whole = TOP,
    where: Where = HERE,
    at: At = None,
    format: Format = "text",
) -> int:
    """Show the largest balances of a program.

    Parameters
    ----------
    count
        How many.
    """
    at_us = instant_of(at)
    with open_shop(where) as shop:
        found = shop.reports.top_balances(program, unit=unit, count=count, at_us=at_us)
    return tell(found, format)


def liability(*, where: Where = HERE, at: At = None, format: Format = "text") -> int:
    """Show what is outstanding by program and unit, and what it is worth in minor units."""
    with open_shop(where) as shop:
        found = shop.reports.liability(instant_of(at))
    return tell(found, format)


def kpi(*, where: Where = HERE, at: At = None, format: Format = "text") -> int:
    """Show members, what is outstanding and what ever was, by program and unit."""
    with open_shop(where) as shop:
        found = shop.reports.key_figures(instant_of(at))
    return tell(found, format)


def tell(found: Sequence[Struct] | Declined, format: Format) -> int:
    """Print what a report found, a record a line. Ends the command where it was declined."""
    show(map(asdict, granted(found)), format, EMPTY)
    return CLEAN
