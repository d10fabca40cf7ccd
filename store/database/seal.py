"""A row in, its digest out.

The digest is over the name of the table and the values of all columns, in their order, without
those at the end that hold nothing: so a column that is added behind the others changes, as long as
it is empty, no digest of rows written before.
"""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from hashlib import sha256
from operator import itemgetter
from typing import Any

import msgspec
import sqlalchemy as sa

from ..errors import StoreError

SEAL = "seal"  # always the last column
BACKSLASH = b"\\"
NUL = b"\\u0000"  # as JSON spells it, or a text that looks like it

encoder = msgspec.json.Encoder(order="sorted")
row_encoder = msgspec.json.Encoder()


class Sealer:
    """Makes the digests of the rows of one table."""

    def __init__(self, table: sa.Table) -> None:
        names = [str(column.name) for column in table.columns]
        self.names = tuple(names[:-1] if names[-1] == SEAL else names)
        self._head = row_encoder.encode(str(table.name))

    def seal(self, values: Sequence[Any]) -> str:
        """The digest of the values of a row in the order of columns, 64 hexadecimal digits.

        Raises `StoreError` for a text that one of the databases could not keep, or give back as it
        is.
        """
        seal: str = self.seal_all([values])[0][-1]
        return seal

    def seal_all(self, rows: Sequence[Sequence[Any]]) -> list[tuple[Any, ...]]:
        """The values of rows, each with its digest behind them."""
        encode, head = row_encoder.encode, self._head
        sealed = []
        for values in rows:
            try:
                text = encode(values if values[-1] is not None else without_last(values))
            except UnicodeEncodeError as error:
                raise StoreError("bad_text", "") from error
            if BACKSLASH in text and NUL in text:  # one byte is found much faster
                check_texts(dict(zip(self.names, values, strict=True)))
            sealed.append((*values, sha256(head + text).hexdigest()))
        return sealed


def without_last(values: Sequence[Any]) -> Sequence[Any]:
    """The values without those at the end that hold nothing."""
    while values and values[-1] is None:
        values = values[:-1]
    return values


@lru_cache(maxsize=256)
def sealer_of(table: sa.Table) -> Sealer:
    """What makes the digests of a table, made once."""
    return Sealer(table)


def seal_of(table: sa.Table, row: Mapping[str, Any]) -> str:
    """The digest of a row; its own column `seal` does not count."""
    sealer = sealer_of(table)
    return sealer.seal(itemgetter(*sealer.names)(row))


def check_texts(texts: Mapping[str, Any]) -> None:
    """Raise `StoreError` if one of the values, or of a list of values, holds NUL."""
    for name, value in texts.items():
        if isinstance(value, str):
            if "\0" in value:
                raise StoreError("bad_text", name)
        elif isinstance(value, list | tuple) and has_nul(value):
            raise StoreError("bad_text", name)


def has_nul(values: Sequence[object]) -> bool:
    """Whether one of some values is a text with NUL, or a list with one."""
    return any(
        "\0" in one if isinstance(one, str) else isinstance(one, list | tuple) and has_nul(one)
        for one in values
    )


def digest_of(value: object) -> str:
    """The digest of anything JSON can say: the same value has the same digest."""
    return sha256(encode(value)).hexdigest()


def encode(value: object) -> bytes:
    """The one JSON text of a value. Raises `StoreError` for half of a character."""
    try:
        return encoder.encode(value)
    except UnicodeEncodeError as error:
        raise StoreError("bad_text", "") from error
