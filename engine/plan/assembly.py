"""Rows and cells in, the records of all promotions out, filled column by column."""

from collections.abc import Sequence

import numpy as np

from .index import Index
from .plan import NOTHING, PROMOTION, Records
from .tables import Row

Cells = dict[str, int]
# What every promotion has, as `lowering` gives it in a row.
COMMON = (
    *("starts_at", "ends_at", "cap_minor", "max_in_cart", "stage", "mode", "group", "policy"),
    *("rank", "is_enabled", "is_used_up", "is_compound", "needs_code", "is_softened"),
    *("first_condition", "last_condition", "first_excluded", "last_excluded"),
)
# What is NOTHING unless an action says otherwise.
OPTIONAL = (
    *("percent_ppm", "amount_minor", "price_minor", "max_units", "repeat"),
    *("on", "get_on", "first_method"),
)


def assemble(rows: Sequence[Row], actions: Sequence[Cells], index: Index) -> Records:
    """All promotions: what each has, what its action has, and what the index leaves to be asked."""
    made = np.zeros(len(rows), PROMOTION)
    for name in OPTIONAL:
        made[name] = NOTHING
    for name, column in zip(COMMON, zip(*rows, strict=True), strict=False):
        made[name] = column
    columns: dict[str, tuple[list[int], list[int]]] = {}
    for number, cells in enumerate(actions):
        for name, value in cells.items():
            numbers, values = columns.setdefault(name, ([], []))
            numbers.append(number)
            values.append(value)
    for name, (numbers, values) in columns.items():
        made[name][numbers] = values
    made["first_residual"] = index.gates.residual_starts[:-1]
    made["last_residual"] = index.gates.residual_starts[1:]
    made["is_found"] = index.gates.found & (made["on"] != NOTHING)
    return made
