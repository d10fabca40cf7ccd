"""Results as JSON lines in, the same as columns out, and the other way round.

Both forms say the same. A line leaves out what is absent, such as `by` where a rejected coupon has
none, and for a refused cart has nothing but its id and the error. A result with points beyond the
64 bits of a column is an error there.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from typing import TYPE_CHECKING, Any

import msgspec

from .engine.columns.loyalty import fitting
from .engine.columns.results import QuoteColumns

if TYPE_CHECKING:
    import pyarrow

# Keys that a line leaves out where the column has a null, by the list they are in.
ABSENT = {
    "rejected_coupons": ("by",),
    "redemptions": ("reason",),
    "earned": ("card", "reason"),
}


@cache
def result_schema() -> pyarrow.Schema:
    """The columns of results, every text in its place: Spark takes no dictionaries."""
    import pyarrow

    return plain_schema(pyarrow.schema(QuoteColumns((), ())))


def plain_schema(schema: pyarrow.Schema) -> pyarrow.Schema:
    """A schema without dictionaries."""
    import pyarrow

    return pyarrow.schema([plain_field(field) for field in schema])


def plain_field(field: pyarrow.Field) -> pyarrow.Field:
    """A field without dictionaries, in it or in what is below it."""
    return field.with_type(plain_type(field.type)).with_nullable(True)


def plain_type(kind: pyarrow.DataType) -> pyarrow.DataType:
    """A type with the texts of dictionaries in their place."""
    import pyarrow

    if pyarrow.types.is_dictionary(kind):
        return plain_type(kind.value_type)
    if pyarrow.types.is_struct(kind):
        return pyarrow.struct([plain_field(field) for field in kind])
    if pyarrow.types.is_list(kind):
        return pyarrow.list_(plain_field(kind.value_field))
    return kind


def batch_of(lines: Iterable[bytes]) -> pyarrow.RecordBatch:
    """Lines of results and errors as columns."""
    import pyarrow

    rows = [fitting(msgspec.json.decode(line)) for line in lines]
    return pyarrow.RecordBatch.from_pylist(rows, schema=result_schema())


def lines_of(batch: pyarrow.RecordBatch) -> Iterator[bytes]:
    """Columns of results as lines, the bytes that the engine itself writes."""
    for row in batch.to_pylist():
        yield msgspec.json.encode(record_of(row))


def record_of(row: dict[str, Any]) -> dict[str, Any]:
    """One row as the object on its line."""
    error = row.pop("error")
    if error is not None:
        return {"cart": row["cart"], "error": error}
    for name, keys in ABSENT.items():
        for one in row[name]:
            for key in keys:
                if one[key] is None:
                    del one[key]
    return row
