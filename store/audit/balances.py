"""Accounts in, those out whose columns are not what their entries come to.

Every account is replayed from its rows alone (`store.ledger.replay`), up to when it was written
last, and must then stand exactly as its own row, its lots and its holds say, with nothing left to
do by then.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa

from ...engine.loyalty.tiers import ALWAYS_US
from ..database.pile import Row
from ..errors import StoreError
from ..ledger.account import POINTS
from ..ledger.floors import Floor, Floors
from ..ledger.history import Choice, History, read_histories
from ..ledger.replay import Replay, earned_by, lifetime_then
from ..ledger.state import tier_of
from ..ledger.terms import Terms
from ..schema.frame import NEVER_US
from ..schema.ledger import accounts, entries, holds, lots
from ..schema.tenancy import enrolments, tenants
from .finding import Finding
from .seals import finding_of
from .snapshot import Snapshot
from .terms import TermsOf


def check_balances(snapshot: Snapshot, terms_of: TermsOf) -> Iterator[Finding]:
    """Replay every account."""
    if snapshot.tenant is None:
        histories = read_histories(snapshot.connection, Choice.ALL)
    else:
        histories = read_histories(snapshot.connection, Choice.TENANT, tenant=snapshot.tenant)
    tenant: str | None = None
    terms: Terms | None = None
    floors: Floors = {}
    for history in histories:
        if history.account.tenant != tenant:
            tenant = str(history.account.tenant)
            floors = floors_of(snapshot, tenant)
            try:
                terms = terms_of(snapshot, tenant)
            except StoreError as error:
                terms = None
                yield Finding("reference", tenant, tenants.name, {}, "a tenant", str(error))
        if terms is not None:
            yield from check_account(history, terms, floors)


def floors_of(snapshot: Snapshot, tenant: str) -> Floors:
    """The tiers below which members of a tenant do not fall."""
    query = sa.select(enrolments).where(
        enrolments.c.tenant == tenant, enrolments.c.tier_floor != ""
    )
    rows = snapshot.connection.execute(query)
    return {(row.member, row.program): [Floor(ALWAYS_US, row.tier_floor)] for row in rows}


def check_account(history: History, terms: Terms, floors: Floors) -> Iterator[Finding]:
    """Hold one account against its rows."""
    account = history.account
    written_us = account.written_at_us
    again = Replay(history, written_us, terms)
    again.advance(written_us)
    tier = tier_of(history, written_us, terms, floors)
    waits_us = terms.changes(account.program, account.due_at_us - 1)
    if waits_us <= written_us and account.tier != (tier.tier if tier else ""):
        # Other terms began by when it was written last, and behind it: then it is due, and stands
        # by the terms before.
        tier = tier_of(history, written_us, terms, floors, terms_us=waits_us - 1)
    expected = {
        "balance": again.balance,
        "active": again.active,
        "pending": again.pending,
        "held": again.held,
        "deficit": again.deficit,
        "lifetime": lifetime_then(history, written_us),
        "lots": len(history.lots),
        "tier": tier.tier if tier else "",
    }
    yield from differ(accounts, account, "balance", expected)
    yield from check_due(history, again, tier.valid_until_us if tier else None)
    for lot in history.lots:
        yield from check_lot(lot, again)
    yield from check_holds(history)
    yield from check_entries(history)
    yield from check_returns(history)
    yield from check_series(history)
    left = again.active + again.pending - again.deficit
    if again.deficit < 0 or again.balance != left:
        words = f"balance {left}, deficit {again.deficit}"
        yield finding_of(accounts, account, "balance", words, f"balance {again.balance}")


def check_due(history: History, again: Replay, falls_us: int | None) -> Iterator[Finding]:
    """An account must be looked at again before anything happens on it."""
    account = history.account
    due_us = min(again.next_due_us(), NEVER_US if falls_us is None else falls_us)
    if account.due_at_us > due_us:
        words = f"due_at_us {due_us} at most", f"due_at_us {account.due_at_us}"
        yield finding_of(accounts, account, "due", *words)
    last_us = max((entry.recorded_at_us for entry in history.entries), default=0)
    if account.written_at_us < last_us:
        words = f"written_at_us {last_us} at least", f"written_at_us {account.written_at_us}"
        yield finding_of(accounts, account, "due", *words)


def check_lot(lot: Row, again: Replay) -> Iterator[Finding]:
    """A lot must have left what its allocations leave."""
    then = again.lots.get(lot.number)
    if then is None:
        yield finding_of(lots, lot, "lot", "an entry that made it", f"entry {lot.entry}")
        return
    expected = {"remaining": then.left, "held": then.held, "lapsed": then.lapsed}
    if then.left:  # the end of an empty lot is worked out when something is given back to it
        expected["expires_at_us"] = then.expires_at_us
    yield from differ(lots, lot, "lot", expected)
    if not lot.absorbed <= min(lot.lapsed, lot.clawed) or lot.clawed > lot.points:
        words = "absorbed <= lapsed, absorbed <= clawed <= points"
        found = f"{lot.absorbed}, {lot.lapsed}, {lot.clawed}, {lot.points}"
        yield finding_of(lots, lot, "lot", words, found)


def check_entries(history: History) -> Iterator[Finding]:
    """What an entry credits is in lots, and what it debits came out of them."""
    moved: Counter[int] = Counter()
    for lot in history.lots:
        moved[lot.entry] += lot.points
    for one in history.allocations:
        if one.kind != "repay":
            moved[one.entry] -= one.points
    for entry in history.entries:
        may_owe = entry.undoes == "earn"
        if entry.points != moved[entry.seq] and not (may_owe and entry.points < moved[entry.seq]):
            words = f"{moved[entry.seq]} points in its lots", f"{entry.points} points"
            yield finding_of(entries, entry, "balance", *words)


def check_returns(history: History) -> Iterator[Finding]:
    """What was redeemed, of an order by a rule or by itself, is not given back more than once."""
    taken: Counter[object] = Counter()
    of_entry: dict[int, object] = {}
    for entry in history.entries:
        if entry.kind == "redeem":
            what = (entry.order_id, entry.rule) if entry.order_id else entry.seq
            of_entry[entry.seq] = what
            taken[what] -= entry.points
        elif entry.undoes == "redeem":
            what = of_entry.get(entry.reverses)
            if entry.points > taken[what]:
                words = f"{taken[what]} points at most given back", f"{entry.points}"
                yield finding_of(entries, entry, "balance", *words)
            taken[what] -= entry.points


def check_series(history: History) -> Iterator[Finding]:
    """What counts for tiers is what was earned, less what was taken back, entry by entry."""
    counted: Counter[int] = Counter()
    for one in history.qualifying:
        counted[one.entry] += one.points
    del counted[0]  # by hand
    for entry in history.entries:
        earned = earned_by(entry) if history.account.unit == POINTS else 0
        if counted[entry.seq] != earned:
            words = f"{earned} points that count", f"{counted[entry.seq]} points"
            yield finding_of(entries, entry, "series", *words)


def check_holds(history: History) -> Iterator[Finding]:
    """Holds must hold what they say, and have captured what their entries took."""
    parts: Counter[str] = Counter()
    for part in history.hold_lots:
        parts[part.hold] += part.points
    points = {entry.seq: entry.points for entry in history.entries}
    for hold in history.holds:
        expected: dict[str, Any] = {"points": parts[hold.id]}
        expected["captured"] = -points.get(hold.entry, 0)
        if (hold.status == "held") != (hold.closed_at_us == NEVER_US):
            expected["status"] = "held" if hold.closed_at_us == NEVER_US else "one that is over"
        yield from differ(holds, hold, "hold", expected)


def differ(table: sa.Table, row: Row, check: str, expected: dict[str, Any]) -> Iterator[Finding]:
    """A finding for each column that says something else."""
    for column, value in expected.items():
        found = getattr(row, column)
        if found != value:
            yield finding_of(table, row, check, f"{column} {value}", f"{column} {found}")
