"""Accounts whose tiers may have changed in, their tiers out: worked out from all they ever earned.

Where something was taken back from who earned a thousand times, that is done only if it can matter.
The database adds up what counts, day by day, and if that is enough for the tier as it is, the tier
stays. The sums are of days in UTC, and each day is taken as over up to two days early: so the tier
is worked out anew in time, before it falls.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from ...dsl.kinds import DAY_US, QualifyAt
from ...dsl.loyalty import Tiers
from ...engine.loyalty.days import day_of
from ...engine.loyalty.tiers import window_of
from ..database.sums import halves, total_of
from ..schema.frame import NEVER_US
from ..schema.ledger import qualifying
from .account import Account
from .journal import Journal
from .ranking import ACTIVE_US, SERIES, Ranking, measure_of, rank_of
from .slices import slices_of

LONG = 1_000  # entries from which on an account is not read whole, if need not be
BY_DAY = (
    sa.select(
        qualifying.c.earned_at_us.op("/")(DAY_US).label("day"),
        *halves(qualifying.c.points),
        *halves(qualifying.c.spend_minor),
    )
    .select_from(SERIES)
    .where(
        qualifying.c.tenant == sa.bindparam("tenant"),
        qualifying.c.account == sa.bindparam("account"),
        sa.bindparam("active_us") >= ACTIVE_US,
    )
    .group_by(sa.text("1"))
)


def rank_changed(journal: Journal) -> None:
    """Work out the tiers that may have changed, after all else is written."""
    if not journal.to_rank:
        return
    changed = [(journal.accounts[id], is_less) for id, is_less in sorted(journal.to_rank.items())]
    journal.to_rank.clear()
    found = [one for one, is_less in changed if not (is_less and keeps_tier(journal, one))]
    for some in slices_of(found):
        ranking = Ranking(journal, some)
        for account in some:
            ranking.rank(account, journal.now(account))


def keeps_tier(journal: Journal, account: Account) -> bool:
    """Whether an account surely keeps its tier for now, of which something was taken back.

    Its levels are reached no sooner than before. So the one it has stays, as long as what counts is
    enough for that, and none above it comes before the tier was due anyway.
    """
    at_us = journal.now(account)
    program = journal.program(account, at_us)
    if account.seq < LONG or program.tiers is None:
        return False
    if not account.tier:
        return True
    rank = rank_of(program.tiers, account.tier)
    if rank < 0:
        return False
    ends = ends_of(journal, account, program.tiers, ZoneInfo(program.timezone))
    falls_us = first_below(program.tiers.levels[rank].threshold, ends, at_us)
    if falls_us is None:
        return False
    account.tier_due_us = min(account.tier_due_us, falls_us)
    account.due_at_us = min(account.due_at_us, falls_us)
    journal.change(account)
    return True


def ends_of(journal: Journal, account: Account, tiers: Tiers, zone: ZoneInfo) -> dict[int, int]:
    """How much of what counts now counts no more from which instant on, or before."""
    is_early = tiers.qualify_at is QualifyAt.EARN
    active_us = NEVER_US if is_early else journal.now(account)
    rows = journal.transaction.fetch(BY_DAY, account=account.id, active_us=active_us)
    ends: dict[int, int] = {}
    for row in rows:
        ends_us = end_of_row(row, tiers, zone)
        ends[ends_us] = ends.get(ends_us, 0) + total_of(row, measure_of(tiers))
    return ends


def end_of_row(row: Mapping[str, Any], tiers: Tiers, zone: ZoneInfo) -> int:
    """From when on the earns of a day in UTC count no more, if they were of the first day there
    that it may be: the one before that in which it begins, as clocks go back over midnight."""
    _, ends_us = window_of(day_of(row["day"] * DAY_US, zone) - 1, tiers, zone)
    return NEVER_US if ends_us is None else ends_us


def first_below(threshold: int, ends: Mapping[int, int], at_us: int) -> int | None:
    """When what counts is below a threshold, NEVER_US for never; None: it is now, or may be."""
    if min(ends.values(), default=0) < 0:
        return None
    left = sum(amount for ends_us, amount in ends.items() if ends_us > at_us)
    if left < threshold:
        return None
    for ends_us, amount in sorted(ends.items()):
        if ends_us > at_us:
            left -= amount
            if left < threshold:
                return ends_us
    return NEVER_US
