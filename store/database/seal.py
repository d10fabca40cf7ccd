"""A row in, its digest out.

The digest is over the names and values of all columns that hold something, in the order of names,
so that a column added later, as long as it is empty, changes no digest of rows written before.
"""

from collections.abc import Mapping
from hashlib import sha256
from typing import Any

import msgspec
import sqlalchemy as sa

encoder = msgspec.json.Encoder(order="sorted")


def seal_of(table: sa.Table, row: Mapping[str, Any]) -> str:
    """The digest of a row, 64 hexadecimal digits; its own column `seal` does not count."""
    told = {name: value for name, value in row.items() if value is not None and name != "seal"}
    return sha256(encoder.encode([str(table.name), told])).hexdigest()


def digest_of(value: object) -> str:
    """The digest of anything JSON can say: the same value has the same digest."""
    return sha256(encoder.encode(value)).hexdigest()
