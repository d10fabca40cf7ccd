"""An earn or a redemption in, the lots whose end it moves out; and back, when it is undone.

With `sliding: true` each earn or redemption moves all lots that are left then to at least the end
of a lot earned then. Lots with nothing left are not written: if something is given back to one, its
end is worked out then (`end_of_lot`).
"""

from __future__ import annotations

from zoneinfo import ZoneInfo

from ...engine.loyalty.days import activation_of, expiry_of
from ..schema.frame import NEVER_US
from ..schema.ledger import slides
from .account import POINTS, Account
from .entry import Entry
from .journal import Journal
from .life import Calendar
from .lot import OPEN_BEFORE, Lot
from .slide import OF_ACCOUNT, Slide


def slide(journal: Journal, account: Account, entry: Entry) -> None:
    """Move the end of all lots alive, if an earn or a redemption does that."""
    if account.unit != POINTS:
        return
    program = journal.program(account, entry.effective_at_us)
    points = program.points
    if not points.is_sliding:
        return
    zone = ZoneInfo(program.timezone)
    earned_us = entry.effective_at_us
    active_us = activation_of(points, earned_us, zone, earned_us)
    assert active_us is not None
    expires_us = expiry_of(points, earned_us, active_us, zone)
    if expires_us is None:
        return
    at_us = entry.recorded_at_us
    row = Slide(account.id, entry.seq, at_us, expires_us)
    journal.inserts[slides].append(row)
    calendar = Calendar(journal.terms, account.program)
    for lot in journal.read_lots(OPEN_BEFORE, account=account.id, before_us=expires_us):
        if not calendar.is_over(lot.expires_at_us, at_us):
            move(journal, lot, expires_us)


def move(journal: Journal, lot: Lot, expires_us: int) -> None:
    """Give a lot another end."""
    if lot.expires_at_us != expires_us:
        lot.expires_at_us = expires_us
        journal.change_lot(lot)


def slides_of(journal: Journal, account: Account) -> list[Slide]:
    """The slides of an account that hold, in order."""
    journal.flush_rows()
    return [Slide(**row) for row in journal.transaction.fetch(OF_ACCOUNT, account=account.id)]


def undo_slides(journal: Journal, account: Account, entries: set[int]) -> list[Lot]:
    """Undo what entries moved; the lots that are left, with the ends they have now."""
    if not entries:
        return []
    found = slides_of(journal, account)
    undone = [one for one in found if one.entry in entries]
    if not undone:
        return []
    at_us = journal.now(account)
    for one in undone:
        one.undone_at_us = at_us
        journal.change_slide(one)
    held = [one for one in found if one.entry not in entries]
    calendar = Calendar(journal.terms, account.program)
    left = list(journal.open_lots(account))
    for lot in left:
        if lot.activates_at_us == NEVER_US:  # its end is not known yet
            continue
        move(journal, lot, calendar.end_of_lot(lot, lot.first_expires_at_us, held, at_us))
        account.due_at_us = min(account.due_at_us, lot.expires_at_us)
    return left
