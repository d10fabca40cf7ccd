"""A row in, its digest out.

The digest is over the names and values of all columns that hold something, in the order of names,
so that a column added later, as long as it is empty, changes no digest of rows written before.
"""

from collections.abc import Mapping
from functools import lru_cache
from hashlib import sha256
from typing import Any

import msgspec
import sqlalchemy as sa

from ..errors import StoreError

NUL = b"\\u0000"  # as JSON spells it, or a text that looks like it

encoder = msgspec.json.Encoder(order="sorted")
row_encoder = msgspec.json.Encoder()  # of rows, whose names are in order already


@lru_cache(maxsize=256)
def names_of(table: sa.Table) -> tuple[str, tuple[str, ...]]:
    """The name of a table and those of its columns that a digest is over, in order."""
    names = sorted(str(column.name) for column in table.columns if column.name != "seal")
    return str(table.name), tuple(names)


def seal_of(table: sa.Table, row: Mapping[str, Any]) -> str:
    """The digest of a row, 64 hexadecimal digits; its own column `seal` does not count.

    Raises `StoreError` for a text that one of the databases could not keep, or give back as it is.
    """
    whose, names = names_of(table)
    told = {name: row[name] for name in names}
    if None in told.values():
        told = {name: value for name, value in told.items() if value is not None}
    try:
        text = row_encoder.encode([whose, told])
    except UnicodeEncodeError as error:
        raise StoreError("bad_text", "") from error
    if NUL in text:
        check_texts(told)
    return sha256(text).hexdigest()


def check_texts(texts: Mapping[str, Any]) -> None:
    """Raise `StoreError` if one of the values, or of a list of values, holds NUL."""
    for name, value in texts.items():
        for one in value if isinstance(value, list | tuple) else (value,):
            if isinstance(one, str) and "\0" in one:
                raise StoreError("bad_text", name)


def digest_of(value: object) -> str:
    """The digest of anything JSON can say: the same value has the same digest."""
    return sha256(encode(value)).hexdigest()


def encode(value: object) -> bytes:
    """The one JSON text of a value. Raises `StoreError` for half of a character."""
    try:
        return encoder.encode(value)
    except UnicodeEncodeError as error:
        raise StoreError("bad_text", "") from error
