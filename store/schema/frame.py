"""The kinds of column and table that all themes are made of.

Every table has its tenant in its key, so no row of one is ever found by another. Instants are
microseconds since 1970 UTC, points and money whole numbers of their smallest unit.

A table is of one of three sorts, kept in `Table.info`:

* `append`: rows are written once; the database itself refuses UPDATE and DELETE.
* `frozen`: rows stay, and only the columns named in `may_change` may change; DELETE is refused.
* `state`: rows are rewritten as things go on, and removed if nobody needs them.

A change of tables needs a step of `store/migrations`: tests compare what the steps make with what
stands here (`tests/store/upgrades`).

`seal` is a digest over all other columns of a row, in their order (`store.database.seal`). It is
written with every row, and finds a byte that changed by itself. Only counters have none: they are
counted up by the database, and proven by counting anew. A column that is added later stands behind
all others but the seal, and may be null: empty ones at the end change no digest.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

NEVER_US = 2**63 - 1  # an instant that does not come, and the last in every order
BIGGEST = 2**63 - 1  # what a column of a whole number can hold

metadata = sa.MetaData()

WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
# Compared and sorted by code point on every database.
NAME = sa.Text().with_variant(postgresql.TEXT(collation="C"), "postgresql")
BLOB = sa.LargeBinary()


def key(name: str) -> sa.Column[str]:
    """A column of the primary key that holds a name."""
    return sa.Column(name, NAME, primary_key=True)


def count_key(name: str) -> sa.Column[int]:
    """A column of the primary key that counts, from 1."""
    return sa.Column(name, WHOLE, primary_key=True, autoincrement=False)


def name(column: str) -> sa.Column[str]:
    """A name or a text; empty where there is none."""
    return sa.Column(column, NAME, nullable=False, server_default="")


def maybe(column: str) -> sa.Column[str | None]:
    """A name or a text, or nothing."""
    return sa.Column(column, NAME)


def whole(column: str) -> sa.Column[int]:
    """A whole number: points, minor units, a count, or an instant."""
    return sa.Column(column, WHOLE, nullable=False)


def maybe_whole(column: str) -> sa.Column[int | None]:
    """A whole number, or nothing."""
    return sa.Column(column, WHOLE)


def blob(column: str) -> sa.Column[bytes]:
    """Bytes, kept as they are."""
    return sa.Column(column, BLOB, nullable=False)


def seal() -> sa.Column[str]:
    """The digest of the row."""
    return sa.Column("seal", sa.Text, nullable=False)


def append(table: str, *columns: sa.schema.SchemaItem) -> sa.Table:
    """A table whose rows are written once."""
    return sa.Table(table, metadata, key("tenant"), *columns, seal(), info={"sort": "append"})


def frozen(table: str, may_change: Sequence[str], *columns: sa.schema.SchemaItem) -> sa.Table:
    """A table whose rows stay, and of which only some columns may change."""
    info = {"sort": "frozen", "may_change": (*may_change, "seal")}
    return sa.Table(table, metadata, key("tenant"), *columns, seal(), info=info)


def state(table: str, *columns: sa.schema.SchemaItem, fixed: Sequence[str] = ()) -> sa.Table:
    """A table whose rows are rewritten, but for their keys and columns that are `fixed`."""
    info = {"sort": "state", "fixed": (*fixed,)}
    return sa.Table(table, metadata, key("tenant"), *columns, seal(), info=info)


def counted(table: str, *columns: sa.schema.SchemaItem) -> sa.Table:
    """A table of counters, which the database counts up by itself."""
    return sa.Table(table, metadata, key("tenant"), *columns, info={"sort": "counted"})
