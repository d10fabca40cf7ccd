"""Accounts as they are in, the same as they stood at the instant that somebody asks about out.

An account knows how it stands since it was written last, and goes on from there by itself. How it
stood before is worked out from its history.
"""

from __future__ import annotations

from collections.abc import Iterable

from msgspec.structs import replace

from .account import Account
from .book import Book
from .state import State, state_at


def account_at(book: Book, account: Account, at_us: int | None) -> Account:
    """An account that is opened, as it stood at an instant; see `accounts_at`."""
    return accounts_at(book, [account], at_us)[account.id]


def opened_by(book: Book, ids: Iterable[str], at_us: int | None) -> list[Account]:
    """Those of some accounts that were opened by an instant, as they stood at it, by their keys."""
    found = book.open_ids(ids).values()
    there = [one for one in found if at_us is None or one.opened_at_us <= at_us]
    return sorted(accounts_at(book, there, at_us).values(), key=lambda one: one.key)


def accounts_at(book: Book, found: Iterable[Account], at_us: int | None) -> dict[str, Account]:
    """Accounts by their ids, as they stood at an instant; None: now, which is as they are.

    What was opened later has nothing yet. Only what is shown of an account is that of then. Nobody
    who names no instant is told of the past: a clock may lag behind the one that wrote.
    """
    then = {one.id: one for one in found}
    if at_us is None:
        return then
    tx, terms = book.journal.transaction, book.journal.terms
    later = [one.id for one in then.values() if one.written_at_us > at_us]
    for id, state in state_at(tx, later, at_us, terms, is_early=True).items():
        then[id] = account_then(then[id], state)
    return then


def account_then(account: Account, state: State) -> Account:
    """An account with what it had at an instant in place of what it has."""
    tier = state.tier
    return replace(
        account,
        balance=state.balance,
        active=state.active,
        pending=state.pending,
        held=state.held,
        deficit=state.deficit,
        lifetime=state.lifetime,
        tier=tier.tier if tier else "",
        tier_since_us=since_us(account, state),
    )


def since_us(account: Account, state: State) -> int:
    """Since when a tier was held: at the latest since the account was opened, or was asked for."""
    if state.tier is None or state.tier.since_us is None:
        return min(account.opened_at_us, state.at_us)
    return state.tier.since_us
