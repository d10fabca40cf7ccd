"""What counts for tiers, in memory: a series of its own beside the entries."""

from __future__ import annotations

from msgspec import Struct


class Counted(Struct, frozen=True, gc=False):
    """The row of the series `qualifying`; see `store.schema.ledger`."""

    account: str
    entry: int
    place: int
    lot: int
    earned_at_us: int
    counts_from_us: int
    recorded_at_us: int
    points: int
    spend_minor: int
