"""A form and a number in, so many new codes in a pool out, one batch of them in a transaction.

Codes that the tenant has already, and those that promotions name themselves, are never made.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from ..schema.usage import codes, pools
from ..transaction import Found, Transaction
from .form import Chance, Mould, spell

POOL = sa.select(
    sa.func.coalesce(sa.func.max(pools.c.batch), 0).label("batch"),
    sa.func.coalesce(sa.func.sum(pools.c.codes), 0).label("codes"),
).where(pools.c.tenant == sa.bindparam("tenant"), pools.c.id == sa.bindparam("pool"))
CODES_OF_BATCH = sa.select(codes.c.code).where(
    codes.c.tenant == sa.bindparam("tenant"),
    codes.c.pool == sa.bindparam("pool"),
    codes.c.batch == sa.bindparam("batch"),
)


@dataclass(frozen=True, slots=True)
class Filling:
    """What new codes have in common."""

    pool: str
    member: str  # who alone may use them, by `members.id`; empty: anybody
    owner: str  # who shares them
    use_max: int  # uses of each; 0: no limit of its own
    expires_at_us: int  # NEVER_US: never
    author: str

    @property
    def status(self) -> str:
        """What the codes are: those that somebody has are nobody else's reward."""
        return "issued" if self.member or self.owner else "free"


def count_codes(tx: Transaction, pool: str) -> int:
    """How many codes were ever put into a pool."""
    row = tx.find(POOL, pool=pool)
    return 0 if row is None else int(row["codes"])


def add_batch(
    tx: Transaction,
    filling: Filling,
    mould: Mould,
    count: int,
    *,
    named: Collection[str],
    draw: Chance,
) -> int:
    """Put so many new codes into a pool; the number of their batch.

    `named` are codes of promotions, `draw` gives random bytes.
    """
    batch = open_batch(tx, filling, spell(mould.form), count)
    wanted: set[str] = set()
    kept: set[str] = set()
    while len(kept) < count:
        made: list[str] = []
        while len(made) < count - len(kept):
            for code in mould.make(count - len(kept) - len(made), draw):
                if code not in wanted and code not in named:
                    wanted.add(code)
                    made.append(code)
        rows = rows_of(filling, batch, made, len(wanted) - len(made) + 1)
        if tx.insert_new(codes, rows) == len(made):
            kept.update(made)
            continue
        # Some were there: those that are new stay, and the rest is made anew.
        found = tx.fetch(CODES_OF_BATCH, pool=filling.pool, batch=batch)
        kept = {row["code"] for row in found}
    return batch


def add_code(tx: Transaction, filling: Filling, code: str) -> bool:
    """Put a code that somebody chose into a pool, as a batch of its own; False: there is one."""
    batch = open_batch(tx, filling, "", 1)
    return tx.insert_new(codes, rows_of(filling, batch, [code], 1)) == 1


def open_batch(tx: Transaction, filling: Filling, spec: str, count: int) -> int:
    """Write down a batch of a pool; its number. Of two at once one fails, and begins anew."""
    found = tx.find(POOL, pool=filling.pool)
    batch = 1 if found is None else int(found["batch"]) + 1
    row: dict[str, Any] = {"id": filling.pool, "batch": batch, "spec": spec, "codes": count}
    tx.insert(pools, [row | {"created_at_us": tx.at_us, "author": filling.author}])
    return batch


def rows_of(filling: Filling, batch: int, names: Iterable[str], first: int) -> list[Found]:
    """The rows of new codes."""
    row = {
        "pool": filling.pool,
        "batch": batch,
        "status": filling.status,
        "member": filling.member,
        "owner": filling.owner,
        "use_max": filling.use_max,
        "expires_at_us": filling.expires_at_us,
    }
    return [row | {"code": code, "number": number} for number, code in enumerate(names, first)]
