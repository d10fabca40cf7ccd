"""Tokens in, counters out that stand at something else than the tokens that stand in them."""

from __future__ import annotations

from collections.abc import Iterator

import sqlalchemy as sa

from ..database.pile import Row, place_of, stream
from ..schema.usage import counters, tokens
from .finding import Finding
from .seals import finding_of
from .snapshot import Snapshot

COUNTING = tokens.c.status.in_(("reserved", "committed"))
# A row for each place that a token stands in, by counter.
EXPLODED = {
    "sqlite": "json_each(tokens.places) AS place",
    "postgresql": "json_array_elements_text(tokens.places::json) AS place(value)",
}
COLLATED = {"sqlite": "place.value", "postgresql": 'place.value COLLATE "C"'}


def check_counters(snapshot: Snapshot) -> Iterator[Finding]:
    """Count the tokens of every counter anew."""
    counted = snapshot.table(counters, counters.c.promotion, counters.c.place)
    standing = stream(snapshot.connection, standing_query(snapshot))
    counter, tally = next(counted, None), next(standing, None)
    while counter is not None or tally is not None:
        here, there = name_of(counter), name_of(tally)
        if there is None or (here is not None and here < there):
            assert counter is not None
            yield from compare(counter, 0)
            counter = next(counted, None)
        elif here is None or there < here:
            assert tally is not None
            key = {"promotion": tally.promotion, "place": tally.place}
            expected = f"used {tally.used}"
            yield Finding("counter", str(tally.tenant), "counters", key, expected, "no row")
            tally = next(standing, None)
        else:
            assert counter is not None and tally is not None
            yield from compare(counter, tally.used)
            counter, tally = next(counted, None), next(standing, None)


def standing_query(snapshot: Snapshot) -> sa.Select[tuple[str, str, str, int]]:
    """How many tokens stand in each counter, in the order of counters."""
    dialect = snapshot.connection.dialect.name
    place: sa.ColumnElement[str] = sa.literal_column(COLLATED[dialect], sa.Text)
    name = tokens.c.tenant, tokens.c.promotion, place
    query = (
        sa.select(
            tokens.c.tenant,
            tokens.c.promotion,
            place.label("place"),
            sa.func.count().label("used"),
        )
        .select_from(tokens, sa.text(EXPLODED[dialect]))
        .where(COUNTING)
        .group_by(*name)
        .order_by(*name)
    )
    if snapshot.tenant is not None:
        query = query.where(tokens.c.tenant == snapshot.tenant)
    return query


def name_of(row: Row | None) -> tuple[tuple[int, object], ...] | None:
    """Where the counter of a row stands in the order of counters."""
    return None if row is None else place_of(row.tenant, row.promotion, row.place)


def compare(counter: Row, used: int) -> Iterator[Finding]:
    """Find a counter that does not stand at what it should."""
    if counter.used != used:
        yield finding_of(counters, counter, "counter", f"used {used}", f"used {counter.used}")
