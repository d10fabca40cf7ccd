"""Carts of the standard workload in, one Arrow table of them out, as a warehouse would hold it.

Repeated texts are dictionaries with the narrowest index that holds them, numbers are as wide as
they need to be, ids are plain text.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import pyarrow as pa


def texts(index: pa.DataType) -> pa.DataType:
    """Dictionary-encoded text."""
    return pa.dictionary(index, pa.string())


LINE = pa.struct(
    [
        ("id", texts(pa.int16())),
        ("sku", texts(pa.int32())),
        ("quantity", pa.int32()),
        ("unit_price", pa.int32()),
        ("categories", pa.list_(texts(pa.int16()))),
        ("brand", texts(pa.int16())),
    ]
)
SCHEMA = pa.schema(
    [
        ("id", pa.string()),
        ("currency", texts(pa.int8())),
        ("placed_at", pa.timestamp("s", "UTC")),
        ("channel", texts(pa.int8())),
        ("lines", pa.list_(LINE)),
        ("shipments", pa.list_(pa.struct([("amount", pa.int32())]))),
        ("shipping_address", pa.struct([("country", texts(pa.int8()))])),
        ("payment", pa.struct([("method", texts(pa.int8()))])),
        ("coupons", pa.list_(texts(pa.int16()))),
        (
            "customer",
            pa.struct([("tier", texts(pa.int8())), ("groups", pa.list_(texts(pa.int16())))]),
        ),
    ]
)


def table_of(carts: Sequence[dict[str, Any]]) -> pa.Table:
    """One row a cart."""
    rows = [{**cart, "placed_at": datetime.fromisoformat(cart["placed_at"])} for cart in carts]
    return pa.Table.from_pylist(rows, schema=SCHEMA)


def cart_bytes(table: pa.Table) -> float:
    """What one cart takes, its share of the dictionaries included."""
    size_bytes: int = table.nbytes
    return size_bytes / len(table)
