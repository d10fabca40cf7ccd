"""Lots in, what becomes of them by themselves out: they repay a deficit, or lapse."""

from __future__ import annotations

from collections.abc import Iterable

from .account import Account
from .cause import Cause
from .entry import Entry
from .journal import Journal
from .life import Calendar
from .lot import Lot


def repay(
    journal: Journal,
    account: Account,
    lots: Iterable[Lot],
    at_us: int,
    entry: Entry | None = None,
) -> None:
    """Repay a deficit out of points that have just come free, in this order.

    The balance stays as it is, so there is no entry; the allocation stands under the one that gave
    the points back, or else the one that made the lot.
    """
    for lot in lots:
        points = min(account.deficit, lot.free)
        if points <= 0:
            continue
        lot.remaining -= points
        account.active -= points
        account.deficit -= points
        number = lot.entry if entry is None else entry.seq
        journal.allocate_to(account.id, number, "repay", lot, points, at_us)
        journal.change_lot(lot)
        journal.touch(account, at_us)


def lapse_overdue(journal: Journal, account: Account, lots: Iterable[Lot], at_us: int) -> None:
    """Take what is over by an instant out of lots, in this order; what is held outlives it."""
    calendar = Calendar(journal.terms, account.program)
    for lot in lots:
        if lot.free > 0 and calendar.is_over(lot.expires_at_us, at_us):
            lapse(journal, account, lot, at_us)


def lapse(journal: Journal, account: Account, lot: Lot, at_us: int) -> None:
    """Take all that is free out of a lot that is over, in one entry."""
    points = lot.free
    # A lot lapses again when held points come free late, or some are given back.
    source = f"lot-{lot.number}" if not lot.lapsed else f"lot-{lot.number}-{lot.lapsed}"
    lot.remaining -= points
    lot.lapsed += points
    account.active -= points
    journal.change_lot(lot)
    cause = Cause("expire", source, lot.rule, lot.order_id)
    entry = journal.write(account, "expire", -points, cause, at_us, lot=lot.number)
    journal.allocate(entry, "expire", [(lot, points)], at_us)
