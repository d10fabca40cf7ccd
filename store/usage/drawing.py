"""A pool in, codes that nobody has out: for rewards, and how many are left for them."""

from __future__ import annotations

from collections.abc import Collection
from functools import lru_cache
from typing import Any

import sqlalchemy as sa

from ..refusals import Decline, Refusal
from ..schema.usage import codes
from ..transaction import Found, Transaction, of_tenant

LEFT_MOST = 10_000  # codes left that are counted; more are as good as these

# The status is written out, so that the databases see that the partial index holds all of it.
IS_FREE = codes.c.status == sa.literal_column("'free'")
IS_ALIVE = codes.c.expires_at_us > sa.bindparam("now_us")
DRAW = (
    of_tenant(codes)
    .where(IS_FREE, IS_ALIVE, codes.c.pool == sa.bindparam("pool"))
    .order_by(codes.c.expires_at_us, codes.c.batch, codes.c.number)
    .limit(sa.bindparam("times"))
)
# On PostgreSQL, so that those who draw at once do not wait for each other; elsewhere it is DRAW.
DRAW_UNLOCKED = DRAW.with_for_update(skip_locked=True)


def draw_codes(tx: Transaction, pool: str, times: int) -> list[Found]:
    """So many free codes of a pool, locked: those that expire first, then as they were made.

    Raises `Decline` where there are not enough.
    """
    found = tx.fetch(DRAW_UNLOCKED, pool=pool, times=times, now_us=tx.at_us)
    if len(found) < times and tx.is_locking:  # others may hold them, and give them back
        found = tx.lock(DRAW, pool=pool, times=times, now_us=tx.at_us)
    if len(found) < times:
        words = f"pool `{pool}` has {len(found)} codes left, {times} are wanted"
        raise Decline(Refusal.POOL_EMPTY, words, pool=pool, left=len(found))
    return found


def codes_left(tx: Transaction, pools: Collection[str]) -> dict[str, int]:
    """The facts `pools`: how many codes nobody has yet, of each pool; at most `LEFT_MOST`.

    A pool that does not exist has none.
    """
    if not pools:
        return {}
    names = sorted(pools)
    values: dict[str, Any] = {f"pool{number}": name for number, name in enumerate(names)}
    row = tx.find(count_query(len(names)), now_us=tx.at_us, **values)
    assert row is not None
    return {name: row[f"left{number}"] for number, name in enumerate(names)}


@lru_cache(maxsize=32)
def count_query(pools: int) -> sa.Select[Any]:
    """The query that counts the free codes of so many pools, none further than need be."""

    def left(number: int) -> sa.Label[int]:
        free = (
            sa.select(codes.c.code)
            .where(
                codes.c.tenant == sa.bindparam("tenant"),
                codes.c.pool == sa.bindparam(f"pool{number}"),
                IS_FREE,
                IS_ALIVE,
            )
            .limit(LEFT_MOST)
            .subquery()
        )
        counted = sa.select(sa.func.count()).select_from(free)
        return counted.scalar_subquery().label(f"left{number}")

    columns: list[Any] = [left(number) for number in range(pools)]
    return sa.select(*columns)
