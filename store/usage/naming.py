"""Rule sets in force in, the codes and pools that their promotions name out."""

from __future__ import annotations

from collections.abc import Collection

import sqlalchemy as sa

from ..knowing import check_pool
from ..rules.timeline import Timeline
from ..schema.usage import pools
from ..transaction import Transaction

POOLS = sa.select(pools.c.id).where(pools.c.tenant == sa.bindparam("tenant")).distinct()


def check_known(pool: str, tx: Transaction, timeline: Timeline) -> None:
    """Raise `StoreError` for a pool that has no codes and that no rules in force name."""
    known = {row["id"] for row in tx.fetch(POOLS)}
    if pool not in known:
        known |= named_pools(tx, timeline)
    check_pool(pool, known)


def named_pools(tx: Transaction, timeline: Timeline) -> set[str]:
    """The pools whose codes promotions and rewards of the rules in force take."""
    if timeline.release(tx.at_us) is None:
        return set()
    ruleset = timeline.engine_at(tx, tx.at_us).ruleset
    found = {one.coupon_pool for one in ruleset.promotions if one.coupon_pool}
    return found | {one.reward.pool for one in ruleset.loyalty.burning_rules if one.reward.pool}


def named_codes(tx: Transaction, timeline: Timeline) -> Collection[str]:
    """The codes of all promotions in force now, and in what is planned."""
    found: set[str] = set()
    instants = [tx.at_us, *(release.effective_at_us for release in timeline.later(tx.at_us))]
    for at_us in instants:
        if timeline.release(at_us) is not None:
            ruleset = timeline.engine_at(tx, at_us).ruleset
            found.update(code for one in ruleset.promotions for code in one.coupons)
    return found
