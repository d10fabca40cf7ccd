"""Points that come in: a lot of its own for each, deficits repaid first."""

from __future__ import annotations

from collections.abc import Sequence

from ...dsl.loyalty import Program
from ..knowing import hint
from ..refusals import Decline, Refusal
from ..schema.ledger import qualifying
from .account import POINTS, Account
from .cause import Cause
from .counted import Counted
from .entry import Entry
from .journal import Journal, check_size
from .lapsing import lapse_overdue, repay
from .life import Life, lives
from .lot import Lot
from .ranking import count_for_tier
from .sliding import slide
from .spending import check_open, check_points


def earn(
    journal: Journal,
    account: Account,
    points: int,
    cause: Cause,
    *,
    base_minor: int = 0,
    earned_at_us: int | None = None,
    activates_at_us: int | None = None,
    expires_at_us: int | None = None,
    is_opening: bool = False,
) -> Entry:
    """Give points; see `Book.earn`."""
    check_points(points)
    before = journal.booked(account, cause, "earn", points)
    if before is not None:
        return before
    at_us = journal.now(account)
    effective_us = at_us if cause.effective_at_us is None else cause.effective_at_us
    check_size(account.lifetime + points, account.active + account.pending + points, base_minor)
    earned_us = effective_us if earned_at_us is None else earned_at_us
    # What is brought along was earned when there may have been no rules here.
    terms_us = at_us if is_opening else earned_us
    program = program_of(journal, account, terms_us)
    if not is_opening:  # what a refund earns again is of its order, also in a pause after that
        check_open(journal, account, earned_us)
    life = lives.of(program, account.unit, earned_us, bool(cause.order_id))
    if activates_at_us is not None or expires_at_us is not None:
        life = with_dates(life, activates_at_us, expires_at_us)
    account.lifetime += points
    lot = add_lot(journal, account, points, life, earned_us, cause)
    entry = journal.write(account, "earn", points, cause, at_us, lot=lot.number)
    if account.unit == POINTS:
        qualify(journal, account, entry.seq, lot, points, base_minor, at_us)
    if not is_opening:
        slide(journal, account, entry)
    settle_credit(journal, account, [lot], at_us)
    return entry


def program_of(journal: Journal, account: Account, at_us: int) -> Program:
    """The terms of an account at an instant. Declines a program that was not there."""
    found = journal.program_in_force(account, at_us)
    if found is None:
        meant = hint(account.program, journal.terms.programs_at(at_us))
        words = f"there is no program `{account.program}` in force then: {meant}"
        raise Decline(Refusal.UNKNOWN_PROGRAM, words)
    return found


def with_dates(life: Life, activates_at_us: int | None, expires_at_us: int | None) -> Life:
    """A life with the instants that a caller knows better."""
    if activates_at_us is not None:
        life = Life(activates_at_us, life.expires_at_us)
    if expires_at_us is not None:
        starts_us = 0 if life.waits_for else life.activates_at_us
        life = life._replace(expires_at_us=max(expires_at_us, starts_us))
    return life


def add_lot(
    journal: Journal, account: Account, points: int, life: Life, earned_us: int, cause: Cause
) -> Lot:
    """A new lot for the entry that is written next."""
    account.lots += 1
    lot = Lot(
        account.id,
        account.lots,
        account.seq + 1,
        points,
        points,
        earned_us,
        life.activates_at_us,
        life.expires_at_us,
        life.expires_at_us,
        life.waits_for,
        cause.order_id,
        cause.rule,
    )
    journal.add_lot(account, lot)
    if lot.activates_at_us <= journal.now(account):
        account.active += points
        account.due_at_us = min(account.due_at_us, lot.expires_at_us)
    else:
        account.pending += points
        account.due_at_us = min(account.due_at_us, lot.activates_at_us)
    return lot


def qualify(
    journal: Journal,
    account: Account,
    entry: int,
    lot: Lot,
    points: int,
    spend_minor: int,
    at_us: int,
    place: int = 1,
) -> None:
    """Count what was earned, or taken back of it, for tiers, on the day of its earn."""
    waits = bool(lot.waits_for)
    row = Counted(
        account.id,
        entry,
        place,
        lot.number if waits else 0,
        lot.earned_at_us,
        lot.activates_at_us,
        at_us,
        points,
        spend_minor,
    )
    journal.inserts[qualifying].append(row)
    count_for_tier(journal, account, points, spend_minor, at_us)


def settle_credit(journal: Journal, account: Account, lots: Sequence[Lot], at_us: int) -> None:
    """Have points that came in repay a deficit; what is over already lapses at once."""
    if not account.deficit and all(lot.expires_at_us > at_us for lot in lots):
        return
    active = sorted(
        (lot for lot in lots if lot.activates_at_us <= at_us), key=lambda lot: lot.place
    )
    repay(journal, account, active, at_us)
    lapse_overdue(journal, account, active, at_us)
