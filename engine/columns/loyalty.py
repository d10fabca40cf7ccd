"""A result as a plain dict in, the same out, or an error if a number of it fits no column.

Points are exact integers of any size in a result; a column of them has 64 bits.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from ..cart.errors import refusal

NUMBER_MAX = 2**63 - 1
NUMBERS = ("wanted", "times", "points", "amount", "base")
PARTS = ("amount", "share")


def fitting(record: dict[str, Any]) -> dict[str, Any]:
    """A result whose numbers fit, or the record of an error that names the one that does not."""
    for path, number in loyalty_numbers(record):
        if number > NUMBER_MAX:
            error = refusal(
                "out_of_range",
                path,
                expected=f"at most {NUMBER_MAX:,} in a column",
                got=f"{number:,}",
            )
            error.cart_id = record["cart"]
            return error.as_record()
    return record


def loyalty_numbers(record: Mapping[str, Any]) -> Iterator[tuple[str, int]]:
    """What was redeemed and earned, with its place in the result."""
    for name in ("redemptions", "earned"):
        for place, one in enumerate(record.get(name, ())):
            path = f"{name}[{place}]"
            yield from ((f"{path}.{key}", one[key]) for key in NUMBERS if key in one)
            for number, line in enumerate(one["lines"]):
                yield from (
                    (f"{path}.lines[{number}].{key}", line[key]) for key in PARTS if key in line
                )
