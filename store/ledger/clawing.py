"""What was earned on something that came back in, an entry that takes it back out.

What lapsed of the own lot is absorbed: it is gone already, and is not taken again. Of the rest the
own lot pays what it has, also while it is pending, then other lots in the order of spending, and
what is missing then is carried as a deficit, written off, or refuses it all, as the program says.

With 100 points earned, of which 30 were spent and 70 lapsed, a refund of everything absorbs 70 and
takes 30. Two refunds of a half absorb 50 and 20, and take nothing and 30: the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from ...dsl.kinds import Deficit
from ..refusals import Decline, Refusal
from .account import POINTS, Account
from .cause import Cause
from .crediting import qualify
from .entry import Entry
from .journal import Journal, check_size
from .lapsing import lapse_overdue
from .lot import OF_ENTRY, OF_ORDER, Lot
from .sliding import undo_slides
from .spending import Part, check_points, pick, take


class Claim(NamedTuple):
    """What is taken back of one lot, and how much of that had lapsed."""

    lot: Lot
    points: int
    absorbed: int


def claw_back(
    journal: Journal,
    account: Account,
    points: int,
    cause: Cause,
    *,
    order_id: str = "",
    rule: str = "",
    entry: int = 0,
    base_minor: int = 0,
) -> Entry:
    """Take back what was earned; see `Book.claw_back`."""
    check_points(points)
    before = journal.booked(account, cause, "reverse", None, "earn")
    if before is not None:
        return before
    at_us = journal.now(account)
    own = own_lots(journal, account, order_id, rule, entry)
    claims = claims_on(own, points)
    parts, missing = collect(journal, account, own, points - sum(one.absorbed for one in claims))
    effective_us = at_us if cause.effective_at_us is None else cause.effective_at_us
    written_off = owe(journal, account, missing, effective_us)
    for lot, claimed, absorbed in claims:
        lot.clawed += claimed
        lot.absorbed += absorbed
        journal.change_lot(lot)
    account.lifetime -= points
    absorbed = sum(one.absorbed for one in claims)
    note = {"lapsed": absorbed, "written_off": written_off}
    written = journal.write(
        account,
        "reverse",
        -(points - absorbed - written_off),
        cause,
        at_us,
        lot=own[0].number if len(own) == 1 else 0,
        reverses=own[0].entry,
        undoes="earn",
        note={name: value for name, value in note.items() if value},
    )
    journal.allocate(written, "claw", parts, at_us)
    count_less(journal, account, written, claims, base_minor)
    whole = {lot.entry for lot in own if lot.clawed == lot.points}
    lapse_overdue(journal, account, undo_slides(journal, account, whole), at_us)
    return written


def own_lots(journal: Journal, account: Account, order_id: str, rule: str, entry: int) -> list[Lot]:
    """The lots of what is taken back, in the order in which they were made."""
    if entry:
        return journal.read_lots(OF_ENTRY, account=account.id, entry=entry)
    found = journal.read_lots(OF_ORDER, account=account.id, order_id=order_id) if order_id else []
    return [lot for lot in found if lot.rule == rule]


def claims_on(own: Sequence[Lot], points: int) -> list[Claim]:
    """What is taken back of each lot. Declines more than they were made with."""
    claims = []
    left = points
    for lot in own:
        claimed = min(left, lot.points - lot.clawed)
        if claimed > 0:
            absorbed = min(claimed, lot.lapsed - lot.absorbed)
            claims.append(Claim(lot, claimed, absorbed))
            left -= claimed
    if left:
        words = f"{points} are to be taken back, and {points - left} are left of what was earned"
        raise Decline(Refusal.EXCEEDS_BOOKED, words, asked=points, booked=points - left)
    return claims


def collect(
    journal: Journal, account: Account, own: Sequence[Lot], points: int
) -> tuple[list[Part], int]:
    """Take points out of the own lots, then out of others; what was taken, and what is missing."""
    parts: list[Part] = []
    left = points
    at_us = journal.now(account)
    for lot in own:
        part = min(left, lot.free)
        if part <= 0:
            continue
        if lot.activates_at_us > at_us:
            lot.remaining -= part
            account.pending -= part
            journal.change_lot(lot)
        else:
            take(journal, account, [(lot, part)])
        parts.append((lot, part))
        left -= part
    others = pick(journal, account, min(left, account.available))
    take(journal, account, others)
    return parts + others, left - sum(part for _, part in others)


def owe(journal: Journal, account: Account, points: int, at_us: int) -> int:
    """Have an account owe points that are not there; how many of them are written off."""
    if points == 0:
        return 0
    program = journal.program(account, at_us)
    match program.deficit:
        case Deficit.FORBID:
            words = f"{points} of the points to be taken back were spent"
            raise Decline(Refusal.DEFICIT, words, missing=points)
        case Deficit.WRITE_OFF:
            return points
    owed = points
    if program.deficit_max is not None:
        owed = min(points, max(0, program.deficit_max - account.deficit))
    check_size(account.deficit + owed)
    account.deficit += owed
    return points - owed


def count_less(
    journal: Journal, account: Account, entry: Entry, claims: Sequence[Claim], base_minor: int
) -> None:
    """Count what was taken back for tiers, with the dates of what it was earned with."""
    if account.unit != POINTS:
        return
    for place, (lot, points, _) in enumerate(claims, start=1):
        spend_minor = -base_minor if place == 1 else 0
        at_us = entry.recorded_at_us
        qualify(journal, account, entry.seq, lot, -points, spend_minor, at_us, place)
