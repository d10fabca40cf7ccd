"""What an account has earned in, its tier out: worked out anew only when it can have changed.

`tier_most` is what an account has of what counts for tiers, now or later, if nothing more is
earned; until it reaches the level above, an earn changes no tier. `tier_due_us` is when the tier
changes if nothing is earned or taken back.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from ...dsl.kinds import QualifyAt, TierMeasure
from ...dsl.loyalty import Program, Tiers
from ...engine.loyalty.days import day_of
from ...engine.loyalty.tiers import ALWAYS_US, Qualifying, Stairs, ranks_over_time
from ..schema.frame import BIGGEST, NEVER_US
from ..schema.ledger import lots, qualifying
from .account import POINTS, Account
from .counted import Counted
from .event import TierChanged
from .floors import NONE, OF_MEMBERS, read_floors, with_floors
from .journal import Journal
from .life import life_of
from .lot import OF_ORDER
from .slices import slices_of

Rows = Sequence[dict[str, Any]]


class Standing(NamedTuple):
    """A tier and what counts for it: points in their smallest unit, or minor units of spend."""

    tier: str  # empty: none
    value: int


SERIES = qualifying.outerjoin(
    lots,
    (lots.c.tenant == qualifying.c.tenant)
    & (lots.c.account == qualifying.c.account)
    & (lots.c.number == qualifying.c.lot),
)
ACTIVE_US = sa.func.coalesce(lots.c.activates_at_us, qualifying.c.counts_from_us)
OF_ACCOUNTS = (
    sa.select(
        qualifying.c.account,
        qualifying.c.earned_at_us,
        qualifying.c.recorded_at_us,
        qualifying.c.points,
        qualifying.c.spend_minor,
        ACTIVE_US.label("active_us"),
    )
    .select_from(SERIES)
    .where(
        qualifying.c.tenant == sa.bindparam("tenant"),
        qualifying.c.account.in_(sa.bindparam("accounts", expanding=True)),
    )
)
LAST_PLACE = sa.select(sa.func.max(qualifying.c.place).label("place")).where(
    qualifying.c.tenant == sa.bindparam("tenant"),
    qualifying.c.account == sa.bindparam("account"),
    qualifying.c.entry == 0,
)


class Ranking:
    """What tiers are worked out from, read for many accounts at once."""

    def __init__(self, journal: Journal, accounts: Sequence[Account]) -> None:
        self._journal = journal
        self._series: dict[str, list[dict[str, Any]]] = {one.id: [] for one in accounts}
        old = [one.id for one in accounts if one.seq]
        if old:
            for row in journal.transaction.fetch(OF_ACCOUNTS, accounts=old):
                self._series[row["account"]].append(row)
        members = sorted({one.member for one in accounts})
        rows = journal.transaction.fetch(OF_MEMBERS, members=members) if members else []
        self._floors = read_floors(rows)

    def rank(self, account: Account, at_us: int) -> None:
        """Give an account the tier of an instant, and tell if it is another."""
        was = account.tier
        self._work_out(account, at_us)
        account.due_at_us = min(account.due_at_us, account.tier_due_us)
        self._journal.change(account)
        if account.tier == was:
            return
        self._journal.touch(account, at_us)
        whose = (account.id, account.member, account.program, account.unit, account.card)
        told = TierChanged(*whose, at_us, was, account.tier, account.tier_since_us)
        self._journal.tell(account, "tier.changed", told)

    def begin(self, account: Account) -> None:
        """Give a new account its first tier."""
        self._work_out(account, account.opened_at_us)

    def _work_out(self, account: Account, at_us: int) -> None:
        """The tier of an account at an instant, and until when it stays."""
        program = self._journal.program(account, at_us)
        tiers = program.tiers
        if tiers is None:
            if account.tier:
                account.tier_since_us = at_us
            account.tier, account.tier_most, account.tier_due_us = "", 0, NEVER_US
            return
        stairs, ranks = self._over_time(account, program, tiers)
        past = [(since_us, rank) for since_us, rank in ranks if since_us <= at_us]
        since_us, rank = past[-1]
        account.tier = tiers.levels[rank].id if rank >= 0 else ""
        account.tier_since_us = account.opened_at_us if since_us == ALWAYS_US else since_us
        account.tier_due_us = ranks[len(past)][0] if len(past) < len(ranks) else NEVER_US
        later = [
            value for time, value in zip(stairs.times, stairs.values, strict=True) if time > at_us
        ]
        rows = self._series[account.id]
        waiting = sum(row[measure_of(tiers)] for row in rows if is_waiting(row))
        most = max([stairs.value_at(at_us), *later]) + max(waiting, 0)
        account.tier_most = min(most, BIGGEST)

    def standing(self, account: Account, at_us: int) -> Standing:
        """Where an account stood at an instant, which may be past."""
        program = self._journal.program(account, at_us)
        if program.tiers is None:
            return Standing("", 0)
        stairs, ranks = self._over_time(account, program, program.tiers)
        rank = [rank for since_us, rank in ranks if since_us <= at_us][-1]
        tier = program.tiers.levels[rank].id if rank >= 0 else ""
        return Standing(tier, stairs.value_at(at_us))

    def _over_time(
        self, account: Account, program: Program, tiers: Tiers
    ) -> tuple[Stairs, Sequence[tuple[int, int]]]:
        """What counts for tiers over time, and the ranks that are held by it."""
        zone = ZoneInfo(program.timezone)
        stairs = Stairs(qualifying_of(program, self._series[account.id], zone), tiers, zone)
        floors = self._floors.get((account.member, account.program), NONE)
        first, *others = [(one.since_us, rank_of(tiers, one.tier)) for one in floors]
        ranks = ranks_over_time(stairs, tiers, zone, -1 if others else first[1])
        return stairs, with_floors(ranks, [first, *others]) if others else ranks


def standings_at(
    journal: Journal, asked: Sequence[tuple[Account, int]]
) -> dict[tuple[str, int], Standing]:
    """Where accounts stood at instants, by their ids and these; for all of them together."""
    if not asked:
        return {}
    journal.flush_rows()
    accounts = {account.id: account for account, _ in asked}
    ranking = Ranking(journal, [accounts[id] for id in sorted(accounts)])
    return {(account.id, at_us): ranking.standing(account, at_us) for account, at_us in asked}


def qualifying_of(program: Program, rows: Rows, zone: ZoneInfo) -> list[Qualifying]:
    """Rows of the series as the tiers of a program count them."""
    tiers = program.tiers
    assert tiers is not None
    name = measure_of(tiers)
    is_early = tiers.qualify_at is QualifyAt.EARN
    return [
        Qualifying(
            day_of(row["earned_at_us"], zone),
            row["recorded_at_us"] if is_early else max(row["recorded_at_us"], row["active_us"]),
            row[name],
        )
        for row in rows
        if row[name] and (is_early or not is_waiting(row))
    ]


def measure_of(tiers: Tiers) -> str:
    """The column of the series that counts."""
    return "spend_minor" if tiers.measure is TierMeasure.SPEND else "points"


def is_waiting(row: dict[str, Any]) -> bool:
    """Whether something waits for the state of an order to count."""
    return bool(row["active_us"] == NEVER_US)


def rank_of(tiers: Tiers, level: str) -> int:
    """The rank of a level by its name; -1 where there is none."""
    for rank, one in enumerate(tiers.levels):
        if one.id == level:
            return rank
    return -1


def count_for_tier(
    journal: Journal, account: Account, points: int, spend_minor: int, at_us: int
) -> None:
    """Note that something more counts, or less; the tier is worked out at the end."""
    tiers = journal.program(account, at_us).tiers
    if tiers is None:
        return
    amount = spend_minor if tiers.measure is TierMeasure.SPEND else points
    if amount < 0:
        journal.to_rank.setdefault(account.id, True)
        return
    account.tier_most = min(account.tier_most + amount, BIGGEST)
    if reaches_more(tiers, account):
        journal.to_rank[account.id] = False


def reaches_more(tiers: Tiers, account: Account) -> bool:
    """Whether an account may have, now or soon, a level above the one it has."""
    above = rank_of(tiers, account.tier) + 1
    return above < len(tiers.levels) and account.tier_most >= tiers.levels[above].threshold


def begin_tiers(journal: Journal, made: Iterable[Account]) -> None:
    """Give new accounts their first tier."""
    ranked = [one for one in made if one.unit == POINTS and one.member]
    ranked = [one for one in ranked if journal.program(one, one.opened_at_us).tiers is not None]
    for some in slices_of(ranked):
        ranking = Ranking(journal, some)
        for account in some:
            ranking.begin(account)


def qualify_by_hand(
    journal: Journal,
    account: Account,
    points: int,
    spend_minor: int,
    earned_at_us: int,
    order_id: str = "",
) -> None:
    """Count something for tiers that no entry of the account stands for; negative: less.

    What was spent on an order counts from when the points of that order do, or would, if it gave
    any: then after the time that the program says, whatever becomes of the order.
    """
    find = journal.transaction.find
    journal.flush_rows()
    lot, counts_from_us = 0, earned_at_us
    if order_id:
        lot, counts_from_us = start_with(journal, account, order_id, earned_at_us)
    last = find(LAST_PLACE, account=account.id)
    row = Counted(
        account.id,
        0,
        ((last and last["place"]) or 0) + 1,
        lot,
        earned_at_us,
        counts_from_us,
        journal.now(account),
        points,
        spend_minor,
    )
    journal.inserts[qualifying].append(row)
    journal.touch(account, row.recorded_at_us)
    count_for_tier(journal, account, points, spend_minor, row.recorded_at_us)


def start_with(
    journal: Journal, account: Account, order_id: str, earned_at_us: int
) -> tuple[int, int]:
    """The lot with which something of an order begins to count, if that waits, and when it does."""
    for lot in journal.read_lots(OF_ORDER, account=account.id, order_id=order_id):
        return lot.number if lot.waits_for else 0, lot.activates_at_us
    program = journal.program(account, earned_at_us)
    return 0, life_of(program, POINTS, earned_at_us, has_order=False).activates_at_us
