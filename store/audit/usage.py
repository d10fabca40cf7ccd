"""Tokens and takings in, counters and stocks out that stand at something else than they come to.

Counters have no seals: the database counts them up by itself. They are proven by counting anew.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa

from ..database.pile import Place, Row, place_of, stream
from ..database.rows import keys_of
from ..schema.usage import counters, stocks, takings, tokens
from .finding import Finding
from .seals import finding_of
from .snapshot import Snapshot

COUNTING = tokens.c.status.in_(("reserved", "committed"))
# A row for each place that a token stands in, by counter.
EXPLODED = {
    "sqlite": "json_each(tokens.places) AS place",
    "postgresql": "json_array_elements_text(tokens.places::json) AS place(value)",
}
PLACES = {"sqlite": "place.value", "postgresql": 'place.value COLLATE "C"'}


def check_counters(snapshot: Snapshot) -> Iterator[Finding]:
    """Count the tokens of every counter anew."""
    dialect = snapshot.connection.dialect.name
    place: sa.ColumnElement[str] = sa.literal_column(PLACES[dialect], sa.Text)
    name = tokens.c.tenant, tokens.c.promotion, place
    query = (
        sa.select(*name[:2], place.label("place"), sa.func.count().label("used"))
        .select_from(tokens, sa.text(EXPLODED[dialect]))
        .where(COUNTING)
        .group_by(*name)
        .order_by(*name)
    )
    yield from check_counts(snapshot, counters, "used", query, tokens)


def check_stocks(snapshot: Snapshot) -> Iterator[Finding]:
    """Count what was taken out of every stock anew."""
    name = takings.c.tenant, takings.c.rule
    taken = sa.cast(sa.func.sum(takings.c.times), sa.BigInteger).label("taken")
    query = sa.select(*name, taken).group_by(*name).order_by(*name)
    yield from check_counts(snapshot, stocks, "taken", query, takings)


def check_counts(
    snapshot: Snapshot, table: sa.Table, column: str, query: sa.Select[Any], source: sa.Table
) -> Iterator[Finding]:
    """Hold what a table counts against what a query counts, both in the order of its keys."""
    if snapshot.tenant is not None:
        query = query.where(source.c.tenant == snapshot.tenant)
    keys = keys_of(table)
    counts = snapshot.table(table, *(table.c[key] for key in keys[1:]))
    sums = stream(snapshot.connection, query)
    counted, summed = next(counts, None), next(sums, None)
    while counted is not None or summed is not None:
        here, there = place_in(counted, keys), place_in(summed, keys)
        if counted is not None and (there is None or (here is not None and here <= there)):
            expected = getattr(summed, column) if here == there else 0
            found = getattr(counted, column)
            if found != expected:
                words = f"{column} {expected}", f"{column} {found}"
                yield finding_of(table, counted, "count", *words)
            counted = next(counts, None)
        elif summed is not None and getattr(summed, column):
            expected = f"{column} {getattr(summed, column)}"
            yield finding_of(table, summed, "count", expected, "no row")
        if here is None or (there is not None and there <= here):
            summed = next(sums, None)


def place_in(row: Row | None, keys: tuple[str, ...]) -> Place | None:
    """Where a row stands in the order of keys."""
    return None if row is None else place_of(*(getattr(row, key) for key in keys))
