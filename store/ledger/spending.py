"""Points to be spent in, the lots they come from and the entries of redemptions out.

Points are spent in the order of `lots_to_spend`: earliest expiry, earliest earned, number.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from ...engine.money import apportion
from ..errors import StoreError
from ..refusals import Decline, Refusal
from .account import Account
from .cause import Cause
from .entry import Entry, another
from .journal import Journal
from .life import pause_at
from .lot import Lot
from .sliding import slide

Part = tuple[Lot, int]  # so many points of a lot


def check_points(points: int, path: str = "points") -> None:
    """Raise `StoreError` for what is no number of points above 0."""
    if type(points) is not int or points <= 0:
        raise StoreError("bad_value", path, expected="a whole number above 0", got=repr(points))


def check_open(journal: Journal, account: Account, at_us: int) -> None:
    """Decline what a paused program does not do."""
    if not account.program:
        return
    pauses = journal.terms.pauses(account.program)
    if pauses and pause_at(pauses, at_us) is not None:
        raise Decline(Refusal.PAUSED, f"the program `{account.program}` is paused")


def pick(journal: Journal, account: Account, points: int) -> list[Part]:
    """Lots that have these points free, of those that count, in the order of spending.

    The account must have so many available.
    """
    at_us = journal.now(account)
    parts: list[Part] = []
    left = points
    if left == 0:
        return parts
    for lot in journal.open_lots(account):
        if lot.activates_at_us > at_us or lot.free <= 0:
            continue
        part = min(left, lot.free)
        parts.append((lot, part))
        left -= part
        if left == 0:
            return parts
    raise AssertionError(f"the lots of account {account.id} have less than is available")


def take(journal: Journal, account: Account, parts: Sequence[Part]) -> None:
    """Take points out of lots that count."""
    for lot, points in parts:
        lot.remaining -= points
        account.active -= points
        journal.change_lot(lot)


def draw(journal: Journal, account: Account, points: int) -> list[Part]:
    """Take points in the order of spending. Declines more than is available."""
    if points > account.available:
        raise Decline(
            Refusal.INSUFFICIENT_POINTS,
            f"{points} are asked for and {account.available} available",
            asked=points,
            available=account.available,
        )
    parts = pick(journal, account, points)
    take(journal, account, parts)
    return parts


def redeem(journal: Journal, account: Account, points: int, cause: Cause) -> Entry:
    """Spend points."""
    check_points(points)
    before = journal.booked(account, cause, "redeem", -points)
    if before is not None:
        return before
    at_us = journal.now(account)
    check_open(journal, account, at_us if cause.effective_at_us is None else cause.effective_at_us)
    parts = draw(journal, account, points)
    return write_redeem(journal, account, points, parts, cause)


def write_redeem(
    journal: Journal, account: Account, points: int, parts: Sequence[Part], cause: Cause
) -> Entry:
    """Book a redemption of points that were taken out of lots."""
    at_us = journal.now(account)
    lot = parts[0][0].number if len(parts) == 1 else 0
    entry = journal.write(account, "redeem", -points, cause, at_us, lot=lot)
    journal.allocate(entry, "spend", parts, at_us)
    slide(journal, account, entry)
    return entry


def redeem_across(
    journal: Journal, accounts: Sequence[Account], points: int, cause: Cause, is_proportional: bool
) -> list[Entry]:
    """Spend points of several accounts; see `Book.redeem_across`."""
    check_points(points)
    found = [journal.booked(account, cause, "redeem", None) for account in accounts]
    before = [entry for entry in found if entry is not None]
    if before:
        if -sum(entry.points for entry in before) != points:
            raise another(before[0])
        return before
    shares = shares_of(accounts, points, is_proportional)
    return [
        redeem(journal, account, share, cause)
        for account, share in zip(accounts, shares, strict=True)
        if share
    ]


def shares_of(accounts: Sequence[Account], points: int, is_proportional: bool) -> list[int]:
    """How many of the points each account pays, in order or in proportion to what is available."""
    available = [one.available for one in accounts]
    total = sum(available)
    if points > total:
        raise Decline(
            Refusal.INSUFFICIENT_POINTS,
            f"{points} are asked for and {total} available",
            asked=points,
            available=total,
        )
    if is_proportional:
        exact = [Fraction(points * one, total) for one in available]
        return apportion(points, exact, [one.id for one in accounts])
    shares: list[int] = []
    for one in available:
        share = min(points - sum(shares), one)
        shares.append(share)
    return shares
