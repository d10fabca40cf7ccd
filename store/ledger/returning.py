"""A redemption that is undone in, an entry that gives its points back out.

They go back into the lots that they came from, the one drawn last first, with the ends that these
have. What has ended meanwhile lapses at once.
"""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from ..refusals import Decline, Refusal
from ..schema.ledger import allocations, entries
from .account import Account
from .cause import Cause
from .entry import Entry, another
from .journal import Journal, check_size
from .lapsing import lapse_overdue, repay
from .life import Calendar
from .lot import Lot
from .slices import slices_of
from .sliding import move, slides_of, undo_slides
from .spending import Part, check_points

OF_ACCOUNT = (
    entries.c.tenant == sa.bindparam("tenant"),
    entries.c.account == sa.bindparam("account"),
    entries.c.kind == "redeem",
)
BY_NUMBER = sa.select(entries.c.seq, entries.c.order_id).where(
    *OF_ACCOUNT, entries.c.seq == sa.bindparam("entry")
)
BY_ORDER = (
    sa.select(entries.c.seq)
    .where(
        *OF_ACCOUNT,
        entries.c.order_id == sa.bindparam("order_id"),
        entries.c.rule == sa.bindparam("rule"),
    )
    .order_by(entries.c.seq)
)
TAKEN = (
    sa.select(allocations.c.lot, allocations.c.points)
    .where(
        allocations.c.tenant == sa.bindparam("tenant"),
        allocations.c.account == sa.bindparam("account"),
        allocations.c.entry.in_(sa.bindparam("redeems", expanding=True)),
        allocations.c.kind == "spend",
    )
    .order_by(allocations.c.entry, allocations.c.place)
)
RETURNED = (
    sa.select(sa.func.coalesce(sa.func.sum(-allocations.c.points), 0).label("points"))
    .select_from(
        allocations.join(
            entries,
            (entries.c.tenant == allocations.c.tenant)
            & (entries.c.account == allocations.c.account)
            & (entries.c.seq == allocations.c.entry),
        )
    )
    .where(
        allocations.c.tenant == sa.bindparam("tenant"),
        allocations.c.account == sa.bindparam("account"),
        allocations.c.lot.in_(sa.bindparam("lots", expanding=True)),
        allocations.c.kind == "return",
        entries.c.reverses.in_(sa.bindparam("redeems", expanding=True)),
    )
)


def give_back(
    journal: Journal,
    account: Account,
    points: int | None,
    cause: Cause,
    *,
    order_id: str = "",
    rule: str = "",
    entry: int = 0,
) -> Entry:
    """Give points of redemptions back; see `Book.give_back`."""
    if points is not None:
        check_points(points)
    redeems = redeems_of(journal, account, order_id, rule, entry)
    before = journal.booked(account, cause, "reverse", points, "redeem")
    if before is not None:
        if before.reverses not in redeems:
            raise another(before)
        return before
    taken, returned = taken_by(journal, account, redeems)
    left = sum(part for _, part in taken) - returned
    points = left if points is None else points
    if points > left or not left:
        words = f"{points} are to be given back, and {left} are left of what was redeemed"
        raise Decline(Refusal.EXCEEDS_BOOKED, words, asked=points, booked=left)
    check_size(account.active + account.pending + points)
    parts = last_first(taken, returned, points)
    for lot, part in parts:
        lot.remaining += part
        account.active += part
        journal.change_lot(lot)
    at_us = journal.now(account)
    written = journal.write(
        account,
        "reverse",
        points,
        cause,
        at_us,
        lot=parts[0][0].number if len(parts) == 1 else 0,
        reverses=redeems[-1],
        undoes="redeem",
    )
    journal.allocate(written, "return", [(lot, -part) for lot, part in parts], at_us)
    settle_returned(journal, account, written, [lot for lot, _ in parts], redeems, points == left)
    return written


def redeems_of(
    journal: Journal, account: Account, order_id: str, rule: str, entry: int
) -> list[int]:
    """The redemptions that are undone: all of an order by a rule, or one by its number.

    Declines WRONG_STATE for one of an order by its number: the order would give it back again.
    """
    journal.flush_rows()
    find = journal.transaction.fetch
    if entry:
        found = find(BY_NUMBER, account=account.id, entry=entry)
        for row in found:
            if row["order_id"]:
                words = f"entry {entry} paid for order `{row['order_id']}`: refund or cancel that"
                raise Decline(Refusal.WRONG_STATE, words)
        return [row["seq"] for row in found]
    if not order_id:
        return []
    return [row["seq"] for row in find(BY_ORDER, account=account.id, order_id=order_id, rule=rule)]


def taken_by(journal: Journal, account: Account, redeems: Sequence[int]) -> tuple[list[Part], int]:
    """What redemptions took out of which lots, in order, and how much of that was given back."""
    if not redeems:
        return [], 0
    fetch = journal.transaction.fetch
    found = fetch(TAKEN, account=account.id, redeems=redeems)
    numbers = sorted({row["lot"] for row in found})
    journal.lots_numbered(account, numbers)
    lots = journal.lots[account.id]
    returned = 0
    for part in slices_of(numbers):
        [row] = fetch(RETURNED, account=account.id, lots=part, redeems=redeems)
        returned += int(row["points"])
    return [(lots[row["lot"]], row["points"]) for row in found], returned


def last_first(taken: Sequence[Part], returned: int, points: int) -> list[Part]:
    """Of what was taken, these points that were not returned yet, the last drawn first."""
    parts: list[Part] = []
    skip, left = returned, points
    for lot, part in reversed(taken):
        skipped = min(skip, part)
        skip -= skipped
        part = min(left, part - skipped)
        left -= part
        if part:
            parts.append((lot, part))
    return parts


def settle_returned(
    journal: Journal,
    account: Account,
    entry: Entry,
    lots: Sequence[Lot],
    redeems: Sequence[int],
    is_whole: bool,
) -> None:
    """What becomes of points that were given back: their ends, deficits, and what has ended."""
    at_us = entry.recorded_at_us
    unique = {lot.number: lot for lot in lots}
    if is_whole:
        unique |= {lot.number: lot for lot in undo_slides(journal, account, set(redeems))}
    slides = slides_of(journal, account)
    calendar = Calendar(journal.terms, account.program)
    for number in {lot.number for lot in lots}:  # their ends may be old: they were empty
        lot = unique[number]
        move(journal, lot, calendar.end_of_lot(lot, lot.first_expires_at_us, slides, at_us))
        account.due_at_us = min(account.due_at_us, lot.expires_at_us)
    came_free = sorted((unique[lot.number] for lot in lots), key=lambda lot: lot.place)
    repay(journal, account, came_free, at_us, entry)
    lapse_overdue(journal, account, sorted(unique.values(), key=lambda lot: lot.place), at_us)
