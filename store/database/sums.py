"""A column in, the sum of it out, also where that is more than a column can hold.

Databases add up whole numbers of 64 bits in 64 bits, or not. So sums are made in two halves.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

HALF = 2**32


def halves(column: sa.Column[int]) -> tuple[sa.Label[Any], sa.Label[Any]]:
    """The sum of a column, in two parts: `<name>_high` times `HALF` and `<name>_low`."""
    high = sa.func.sum(column.op("/")(HALF)).label(f"{column.name}_high")
    return high, sa.func.sum(column % HALF).label(f"{column.name}_low")


def total_of(row: Mapping[str, Any], name: str) -> int:
    """The sum of a column that was made in halves."""
    return int(row[f"{name}_high"]) * HALF + int(row[f"{name}_low"])
