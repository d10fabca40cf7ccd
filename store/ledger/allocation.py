"""Allocations in memory: from which lot a debit was taken, to which a credit was given back."""

from __future__ import annotations

from msgspec import Struct


class Allocation(Struct, frozen=True, gc=False):
    """The row of an allocation; see `store.schema.ledger`."""

    account: str
    entry: int
    place: int
    lot: int
    points: int
    kind: str
    at_us: int
