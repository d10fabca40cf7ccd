"""Uses in, the counters of promotions and codes out: read, locked, and counted up and down.

A counter is named by a promotion and a place in which its uses are counted (see
`store.schema.usage`). Its first one, the place `""`, counts all uses and guards the others.

INVARIANT: on PostgreSQL whoever counts under a limit, or changes a reserved token, holds the
guards: of a promotion its first counter, of a code its row in `codes`. They are locked codes
first, each sorted, so that nobody waits in a circle.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import NamedTuple

import sqlalchemy as sa

from ..schema.usage import counters
from ..transaction import Transaction

TOTAL = ""  # the place of all uses


class Counter(NamedTuple):
    """The name of a counter; sorts as counters are locked."""

    promotion: str  # empty for codes
    place: str


Used = dict[Counter, int]

OWN = counters.c.tenant == sa.bindparam("tenant")
OF_PROMOTIONS = counters.c.promotion.in_(sa.bindparam("promotions", expanding=True))
LOCK_GUARDS = (
    sa.select(counters.c.promotion)
    .where(OWN, OF_PROMOTIONS, counters.c.place == TOTAL)
    .order_by(counters.c.promotion)
)
READ_COUNTERS = sa.select(counters.c.promotion, counters.c.place, counters.c.used).where(
    OWN, OF_PROMOTIONS, counters.c.place.in_(sa.bindparam("places", expanding=True))
)
ADD_GUARD = (
    "INSERT INTO counters (tenant, promotion, place, used) VALUES (?, ?, '', 0) "
    "ON CONFLICT DO NOTHING"
)
COUNT_UP = (
    "INSERT INTO counters (used, tenant, promotion, place) VALUES (?, ?, ?, ?) "
    "ON CONFLICT (tenant, promotion, place) DO UPDATE SET used = counters.used + excluded.used"
)
COUNT_DOWN = "UPDATE counters SET used = used + ? WHERE tenant = ? AND promotion = ? AND place = ?"


def counter_of_code(code: str) -> Counter:
    """The counter of a code."""
    return Counter("", f"code/{code}")


def lock_guards(tx: Transaction, promotions: Collection[str]) -> None:
    """Lock the guards of promotions, and make those that are not there."""
    wanted = sorted(set(promotions) - {""})
    if not tx.is_locking or not wanted:
        return
    found = tx.lock(LOCK_GUARDS, promotions=wanted)
    if len(found) < len(wanted):
        tx.run(ADD_GUARD, [(tx.tenant, promotion) for promotion in wanted])
        tx.lock(LOCK_GUARDS, promotions=wanted)


def read_counters(tx: Transaction, names: Collection[Counter]) -> Used:
    """What counters stand at, those that nobody used at 0.

    INVARIANT: guards are locked in a statement before it. One that waits for a lock would not see
    counters that others have made meanwhile.
    """
    if not names:
        return {}
    promotions = sorted({name.promotion for name in names})
    places = sorted({name.place for name in names})
    rows = tx.fetch(READ_COUNTERS, promotions=promotions, places=places)
    found = {Counter(row["promotion"], row["place"]): row["used"] for row in rows}
    return {name: found.get(name, 0) for name in names}


def count(tx: Transaction, changes: Mapping[Counter, int]) -> None:
    """Count up and down, by so much each; counters that are not there begin at 0."""
    for text, sign in ((COUNT_DOWN, -1), (COUNT_UP, 1)):
        tx.run(
            text,
            [
                (by, tx.tenant, name.promotion, name.place)
                for name, by in sorted(changes.items())
                if by * sign > 0
            ],
        )
