"""Points of one account in, the same points in another out, each with the dates of its lot."""

from __future__ import annotations

from ..errors import StoreError
from .account import Account
from .cause import Cause
from .crediting import add_lot, settle_credit
from .entry import Entry, another
from .journal import Journal, check_size
from .life import Life
from .lot import Lot
from .spending import check_points, draw


def transfer(
    journal: Journal, giver: Account, taker: Account, points: int, cause: Cause
) -> tuple[Entry, Entry]:
    """Move points that count from one account to another; see `Book.transfer`."""
    check_points(points)
    if giver.id == taker.id or (giver.program, giver.unit) != (taker.program, taker.unit):
        expected = "another account of the same program and unit"
        raise StoreError("bad_value", "taker", expected=expected, got=f"`{taker.id}`")
    before = journal.booked(giver, cause, "transfer", -points)
    after = journal.booked(taker, cause, "transfer", points)
    if before is not None and after is not None and before.note.get("to", taker.id) == taker.id:
        return before, after
    found = before or after
    if found is not None:
        raise another(found)
    check_size(taker.active + taker.pending + points)
    parts = draw(journal, giver, points)
    at_us = journal.now(giver)
    number = parts[0][0].number if len(parts) == 1 else 0
    to = {"to": taker.id}
    given = journal.write(giver, "transfer", -points, cause, at_us, lot=number, note=to)
    journal.allocate(given, "move", parts, at_us)
    at_us = journal.now(taker)
    made = [add_moved(journal, taker, lot, part, at_us) for lot, part in parts]
    number = made[0].number if len(made) == 1 else 0
    taken = journal.write(taker, "transfer", points, cause, at_us, lot=number)
    settle_credit(journal, taker, made, at_us)
    return given, taken


def add_moved(journal: Journal, taker: Account, lot: Lot, points: int, at_us: int) -> Lot:
    """Points of a lot in a new one: it is of no order and no rule, so no refund finds it."""
    life = Life(min(lot.activates_at_us, at_us), lot.expires_at_us)
    return add_lot(journal, taker, points, life, lot.earned_at_us, Cause("transfer", ""))
