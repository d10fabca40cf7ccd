"""What a row should be and what it is: the form in which everything wrong is told."""

from __future__ import annotations

from msgspec import Struct


class Finding(Struct, frozen=True):
    """One thing that is wrong, at one row.

    `check` names the law that is broken: storage, guard, seal, chain, balance, lot, hold,
    series, due, event, count, status, digest, sum, number, reference. `key` is the primary key
    of the row without its tenant, or of the row that is missing.
    """

    check: str
    tenant: str
    table: str
    key: dict[str, object]
    expected: str
    found: str

    def __str__(self) -> str:
        words = " ".join(f"{name}={value}" for name, value in self.key.items())
        place = " ".join(part for part in (self.tenant, self.table, words) if part)
        return f"{place}: {self.check}: expected {self.expected}, found {self.found}"
