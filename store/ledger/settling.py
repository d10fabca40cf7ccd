"""Accounts in, settled accounts out: what was due by now is booked, each at its own instant.

Whoever opens an account settles it first, and a job does nothing else. So a late, a repeated or a
split job writes the same rows as one that was in time. At one instant comes, in this order: holds
that time out, lots that become active, deficits repaid by what came free, lots that lapse, tiers.

INVARIANT: all that is due by `written_at_us` is done.
"""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from ..schema.frame import NEVER_US
from ..schema.ledger import holds, lots
from .account import POINTS, Account
from .hold import DUE, LOTS_HELD, HeldLot, Hold
from .journal import Journal
from .lapsing import lapse_overdue, repay
from .life import Calendar, pause_at
from .lot import IS_OPEN, NUMBERED, ROWS, Lot
from .ranking import Ranking
from .slices import slices_of

OF_ACCOUNTS = lots.c.account.in_(sa.bindparam("accounts", expanding=True))
DUE_LOTS = ROWS.where(
    OF_ACCOUNTS,
    IS_OPEN,
    (lots.c.expires_at_us <= sa.bindparam("now_us"))
    | (
        (lots.c.activates_at_us > sa.bindparam("since_us"))
        & (lots.c.activates_at_us <= sa.bindparam("now_us"))
    ),
).order_by(lots.c.account, lots.c.expires_at_us, lots.c.earned_at_us, lots.c.number)
NEXT_LOTS = (
    sa.select(
        lots.c.account,
        sa.func.min(
            sa.case(
                (
                    (lots.c.expires_at_us > sa.bindparam("now_us"))
                    & (lots.c.remaining > lots.c.held),
                    lots.c.expires_at_us,
                )
            )
        ).label("expires_us"),
        sa.func.min(
            sa.case((lots.c.activates_at_us > sa.bindparam("now_us"), lots.c.activates_at_us))
        ).label("activates_us"),
    )
    .where(lots.c.tenant == sa.bindparam("tenant"), OF_ACCOUNTS, IS_OPEN)
    .group_by(lots.c.account)
)
NEXT_HOLDS = (
    sa.select(holds.c.account, sa.func.min(holds.c.expires_at_us).label("expires_us"))
    .where(
        holds.c.tenant == sa.bindparam("tenant"),
        holds.c.account.in_(sa.bindparam("accounts", expanding=True)),
        holds.c.status == "held",
    )
    .group_by(holds.c.account)
)


def settle(journal: Journal, accounts: Sequence[Account]) -> None:
    """Book all that is due on accounts by now."""
    at_us = journal.transaction.at_us
    due = [one for one in accounts if one.due_at_us <= max(at_us, one.written_at_us)]
    if not due:
        return
    due.sort(key=lambda account: account.id)
    for some in slices_of(due):
        settle_some(journal, some)


def settle_some(journal: Journal, accounts: Sequence[Account]) -> None:
    """Book what is due on some accounts, read together."""
    agendas = read_agendas(journal, accounts)
    ranking = Ranking(journal, [one for one in accounts if may_fall(journal, one)])
    for account in accounts:
        Settlement(journal, account, agendas[account.id], ranking).run()
    if not journal.is_dry:
        set_due(journal, accounts)


def may_fall(journal: Journal, account: Account) -> bool:
    """Whether the tier of an account may change by itself by now."""
    if account.unit != POINTS or not account.member:
        return False
    change_us = journal.terms.changes(account.program, known_until(account))
    return min(account.tier_due_us, change_us) <= journal.now(account)


def known_until(account: Account) -> int:
    """The last instant whose terms an account has surely come under.

    Where a clock was set back, terms can begin before an account was written last, and behind it.
    """
    return min(account.written_at_us, account.due_at_us) - 1


class Agenda:
    """What is due on one account."""

    def __init__(self) -> None:
        self.lots: list[Lot] = []
        self.holds: list[tuple[Hold, list[tuple[Lot, int]]]] = []


def read_agendas(journal: Journal, accounts: Sequence[Account]) -> dict[str, Agenda]:
    """What is due on accounts, in a few statements for all of them."""
    agendas = {account.id: Agenda() for account in accounts}
    fetch, fetch_tuples = journal.transaction.fetch, journal.transaction.fetch_tuples
    ids = list(agendas)
    now_us = max(journal.now(account) for account in accounts)
    since_us = min(account.written_at_us for account in accounts)
    for values in fetch_tuples(DUE_LOTS, accounts=ids, now_us=now_us, since_us=since_us):
        lot = journal.keep_lot(values)
        agendas[lot.account].lots.append(lot)
    for row in fetch(DUE, accounts=ids, now_us=now_us):
        hold = journal.holds.setdefault(row["id"], Hold(**row))
        agendas[hold.account].holds.append((hold, []))
    holds = [hold for agenda in agendas.values() for hold, _ in agenda.holds]
    parts = held_parts(journal, holds)
    for agenda in agendas.values():
        agenda.holds = [(hold, parts[hold.id]) for hold, _ in agenda.holds]
    return agendas


def held_parts(journal: Journal, holds: Sequence[Hold]) -> dict[str, list[tuple[Lot, int]]]:
    """The lots in which each hold is, in the order in which they were picked."""
    parts: dict[str, list[tuple[Lot, int]]] = {hold.id: [] for hold in holds}
    if not holds:
        return parts
    found = journal.transaction.fetch(LOTS_HELD, holds=list(parts))
    held = [HeldLot(**row) for row in found]
    if held:
        accounts = sorted({one.account for one in held})
        for numbers in slices_of(sorted({one.lot for one in held})):
            journal.read_lots(NUMBERED, accounts=accounts, numbers=numbers)
    for one in held:
        parts[one.hold].append((journal.lots[one.account][one.lot], one.points))
    return parts


class Settlement:
    """The way of one account from when it was written to now, from instant to instant."""

    def __init__(
        self, journal: Journal, account: Account, agenda: Agenda, ranking: Ranking
    ) -> None:
        self._journal = journal
        self._account = account
        self._ranking = ranking
        self._until_us = journal.now(account)
        self._calendar = Calendar(journal.terms, account.program)
        self._instants: list[int] = []
        self._starts: defaultdict[int, list[Lot]] = defaultdict(list)
        self._ends: defaultdict[int, list[Lot]] = defaultdict(list)
        self._delays: defaultdict[int, list[Lot]] = defaultdict(list)
        self._timeouts: defaultdict[int, list[Any]] = defaultdict(list)
        self._tiers: set[int] = set()
        for lot in agenda.lots:
            if lot.activates_at_us > account.written_at_us:
                self._note(self._starts, lot.activates_at_us, lot)
            self._note_end(lot)
        for hold, parts in agenda.holds:
            self._note(self._timeouts, hold.expires_at_us, (hold, parts))
        self._note_tiers()

    def _note(self, when: defaultdict[int, list[Any]], at_us: int, what: object) -> None:
        """Have something come at an instant, unless that is later than now."""
        if at_us <= self._until_us:
            when[at_us].append(what)
            heapq.heappush(self._instants, at_us)

    def _note_end(self, lot: Lot) -> None:
        """Have a lot lapse at its end, or be put off when the pause is over in which it falls."""
        pause = pause_at(self._calendar.pauses, lot.expires_at_us)
        if pause is None:
            self._note(self._ends, lot.expires_at_us, lot)
        else:
            self._note(self._delays, pause[1], lot)

    def _note_tiers(self) -> None:
        """Have the tier worked out when it falls, and when the terms change."""
        account = self._account
        if account.unit != POINTS or not account.member:
            return
        change_us = known_until(account)
        while (change_us := self._next_change(change_us)) <= self._until_us:
            self._tiers.add(change_us)
            heapq.heappush(self._instants, change_us)
        heapq.heappush(self._instants, account.tier_due_us)

    def _next_change(self, after_us: int) -> int:
        """When the terms change next."""
        return self._journal.terms.changes(self._account.program, after_us)

    def run(self) -> None:
        """Book it all, in order."""
        account = self._account
        while self._instants and self._instants[0] <= self._until_us:
            instant_us = heapq.heappop(self._instants)
            while self._instants and self._instants[0] == instant_us:
                heapq.heappop(self._instants)
            self._step(instant_us, max(instant_us, account.written_at_us))

    def _step(self, instant_us: int, at_us: int) -> None:
        """Book what is due at one instant."""
        account, journal = self._account, self._journal
        came_free: list[Lot] = []
        for hold, parts in self._timeouts.pop(instant_us, ()):
            came_free += free_hold(journal, account, hold, parts, "expired", at_us)
        for lot in self._starts.pop(instant_us, ()):
            account.pending -= lot.remaining
            account.active += lot.remaining
            journal.touch(account, at_us)
            came_free.append(lot)
        came_free.sort(key=lambda lot: lot.place)
        repay(journal, account, came_free, at_us)
        for lot in self._delays.pop(instant_us, ()):
            lot.expires_at_us = self._calendar.grace_of(instant_us)
            journal.change_lot(lot)
            journal.touch(account, at_us)
            self._note_end(lot)
        ending = {lot.number: lot for lot in (*came_free, *self._ends.pop(instant_us, ()))}
        lapse_overdue(journal, account, sorted(ending.values(), key=lambda lot: lot.place), at_us)
        has_new_terms = instant_us in self._tiers  # which say what is due next, and when
        if has_new_terms:
            journal.touch(account, at_us)
        if has_new_terms or account.tier_due_us <= instant_us:
            self._ranking.rank(account, at_us)
            heapq.heappush(self._instants, account.tier_due_us)


def free_hold(
    journal: Journal,
    account: Account,
    hold: Hold,
    parts: Sequence[tuple[Lot, int]],
    status: str,
    at_us: int,
) -> list[Lot]:
    """Close a hold; the lots that it was in, out of which nothing was taken yet."""
    for lot, points in parts:
        lot.held -= points
        journal.change_lot(lot)
    account.held -= hold.points
    hold.status = status
    hold.closed_at_us = at_us
    journal.change_hold(hold)
    journal.touch(account, at_us)
    return [lot for lot, _ in parts]


def set_due(journal: Journal, accounts: Sequence[Account]) -> None:
    """Find out when something is due next on accounts that were settled."""
    journal.flush_rows()
    ids = [account.id for account in accounts]
    now_us = journal.transaction.at_us
    next_us: defaultdict[str, int] = defaultdict(lambda: NEVER_US)
    fetch = journal.transaction.fetch
    for row in (
        *fetch(NEXT_LOTS, accounts=ids, now_us=now_us),
        *fetch(NEXT_HOLDS, accounts=ids),
    ):
        for name in ("expires_us", "activates_us"):
            next_us[row["account"]] = min(next_us[row["account"]], row.get(name) or NEVER_US)
    for account in accounts:
        due_us = min(next_us[account.id], account.tier_due_us)
        if account.program:
            due_us = min(due_us, journal.terms.changes(account.program, now_us))
        if account.due_at_us != due_us:
            account.due_at_us = due_us
            journal.change(account)
