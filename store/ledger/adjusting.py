"""Points given or taken by hand in, entries out, with who did it and why."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from ...dsl.loyalty import Program
from ...engine.loyalty.days import expiry_of
from ..errors import StoreError
from ..schema.frame import NEVER_US
from .account import POINTS, Account
from .cause import Cause
from .crediting import add_lot, program_of, settle_credit
from .entry import Entry
from .journal import Journal, check_size
from .life import Life
from .spending import check_points, draw


def adjust(
    journal: Journal,
    account: Account,
    points: int,
    cause: Cause,
    *,
    expires_at_us: int | None = None,
) -> Entry:
    """Give points, or take them; see `Book.adjust`."""
    for name, text in (("reason", cause.reason), ("actor", cause.actor)):
        if not text:
            raise StoreError("bad_value", name, expected="a text", got="nothing")
    if points == 0:
        raise StoreError("bad_value", "points", expected="a whole number but 0", got="0")
    check_points(abs(points))
    before = journal.booked(account, cause, "adjust", points)
    if before is not None:
        return before
    if points < 0:
        return deduct(journal, account, -points, cause)
    return give(journal, account, points, cause, expires_at_us)


def give(
    journal: Journal, account: Account, points: int, cause: Cause, expires_at_us: int | None
) -> Entry:
    """Give points, which count at once."""
    at_us = journal.now(account)
    check_size(account.active + account.pending + points)
    program = program_of(journal, account, at_us)
    life = Life(at_us, end_of_given(program, account.unit, at_us, expires_at_us))
    lot = add_lot(journal, account, points, life, at_us, cause)
    entry = journal.write(account, "adjust", points, cause, at_us, lot=lot.number)
    settle_credit(journal, account, [lot], at_us)
    return entry


def end_of_given(program: Program, unit: str, at_us: int, expires_at_us: int | None) -> int:
    """When points are gone that are given now: as the terms say, unless somebody does."""
    if expires_at_us is not None:
        return expires_at_us
    if unit != POINTS:
        return NEVER_US
    expires_us = expiry_of(program.points, at_us, at_us, ZoneInfo(program.timezone))
    return NEVER_US if expires_us is None else expires_us


def deduct(journal: Journal, account: Account, points: int, cause: Cause) -> Entry:
    """Take points, in the order of spending."""
    at_us = journal.now(account)
    parts = draw(journal, account, points)
    lot = parts[0][0].number if len(parts) == 1 else 0
    entry = journal.write(account, "adjust", -points, cause, at_us, lot=lot)
    journal.allocate(entry, "adjust", parts, at_us)
    return entry
