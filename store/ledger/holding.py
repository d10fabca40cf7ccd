"""Points set aside in, holds out: captured in whole or part, released, or out of time.

A hold is in certain lots, picked in the order of spending. What is held outlives the end of its
lot; what comes free late lapses at once.
"""

from __future__ import annotations

from collections.abc import Sequence

from ..errors import StoreError
from ..refusals import Decline, Refusal
from ..schema.frame import NEVER_US
from ..schema.ledger import hold_lots
from .account import Account
from .cause import Cause
from .entry import Entry, another
from .hold import TTL_MAX_US, HeldLot, Hold
from .journal import Journal
from .lapsing import lapse_overdue, repay
from .settling import free_hold, held_parts
from .spending import Part, check_open, check_points, pick, take, write_redeem

CLOSED = {
    "captured": (Refusal.ALREADY_CAPTURED, "the hold was captured before"),
    "released": (Refusal.ALREADY_RELEASED, "the hold was released before"),
    "expired": (Refusal.EXPIRED, "the hold has timed out"),
}


def hold(
    journal: Journal,
    account: Account,
    points: int | None,
    *,
    ttl_us: int | None,
    is_clip: bool,
    source: str,
    effective_at_us: int | None = None,
) -> Hold:
    """Set points aside; see `Book.hold`."""
    if points is not None:
        check_points(points)
    if ttl_us is not None and (type(ttl_us) is not int or not 0 < ttl_us <= TTL_MAX_US):
        expected = f"microseconds above 0, at most {TTL_MAX_US} (7 days)"
        raise StoreError("bad_value", "ttl_us", expected=expected, got=repr(ttl_us))
    at_us = journal.now(account)
    until_us = NEVER_US if ttl_us is None else at_us + ttl_us
    check_open(journal, account, at_us if effective_at_us is None else effective_at_us)
    available = account.available
    asked = available if points is None else points
    if asked > available and not is_clip:
        words = f"{asked} are asked for and {available} available"
        raise Decline(Refusal.INSUFFICIENT_POINTS, words, asked=asked, available=available)
    held = min(asked, available)
    made = Hold(journal.transaction.ids(), account.id, asked, held, "held", at_us, until_us, source)
    for place, (lot, part) in enumerate(pick(journal, account, held), start=1):
        lot.held += part
        journal.change_lot(lot)
        row = HeldLot(made.id, place, account.id, lot.number, part)
        journal.inserts[hold_lots].append(row)
    account.held += held
    account.due_at_us = min(account.due_at_us, made.expires_at_us)
    journal.add_hold(made)
    journal.touch(account, at_us)
    return made


def capture(
    journal: Journal, account: Account, held: Hold, points: int | None, cause: Cause
) -> Entry | None:
    """Spend what was set aside; see `Book.capture`."""
    captured = held.points if points is None else points
    if type(captured) is not int or captured < 0:
        expected = "a whole number, at least 0"
        raise StoreError("bad_value", "points", expected=expected, got=repr(points))
    before = journal.booked(account, cause, "redeem", -captured)
    if before is not None:
        if before.seq != held.entry:
            raise another(before)
        return before
    check_held(held)
    if captured > held.points:
        words = f"{captured} are asked for and {held.points} held"
        raise Decline(Refusal.EXCEEDS_HOLD, words, asked=captured, held=held.points)
    at_us = journal.now(account)
    parts = parts_of(journal, held)
    free_hold(journal, account, held, parts, "captured", at_us)
    held.captured = captured
    entry = None
    if captured:
        spent = first_of(parts, captured)
        take(journal, account, spent)
        entry = write_redeem(journal, account, captured, spent, cause)
        held.entry = entry.seq
    settle_freed(journal, account, parts, at_us)
    return entry


def release(journal: Journal, account: Account, held: Hold) -> Hold:
    """Give what was set aside free again; see `Book.release`."""
    check_held(held)
    at_us = journal.now(account)
    parts = parts_of(journal, held)
    free_hold(journal, account, held, parts, "released", at_us)
    settle_freed(journal, account, parts, at_us)
    return held


def check_held(held: Hold) -> None:
    """Decline a hold that is over."""
    if held.status in CLOSED:
        raise Decline(*CLOSED[held.status])


def parts_of(journal: Journal, held: Hold) -> list[Part]:
    """The lots in which a hold is."""
    journal.flush_rows()
    return held_parts(journal, [held])[held.id]


def first_of(parts: Sequence[Part], points: int) -> list[Part]:
    """The first of parts that have so many points."""
    found: list[Part] = []
    for lot, part in parts:
        part = min(part, points)
        if part:
            found.append((lot, part))
            points -= part
    return found


def settle_freed(journal: Journal, account: Account, parts: Sequence[Part], at_us: int) -> None:
    """What becomes of points that are not held any more: deficits, and what has ended."""
    came_free = sorted((lot for lot, _ in parts), key=lambda lot: lot.place)
    repay(journal, account, came_free, at_us)
    lapse_overdue(journal, account, came_free, at_us)
    for lot in came_free:
        if lot.free:
            account.due_at_us = min(account.due_at_us, lot.expires_at_us)
