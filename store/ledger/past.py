"""Accounts as they are in, the same as they stood at the instant that somebody asks about out.

An account knows how it stands since it was written last, and goes on from there by itself. How it
stood before is worked out from its history.
"""

from __future__ import annotations

from collections.abc import Iterable

from msgspec.structs import replace

from ..transaction import Transaction
from .account import Account
from .state import State, state_at
from .terms import Terms


def accounts_then(
    tx: Transaction, terms: Terms, found: Iterable[Account], at_us: int | None
) -> dict[str, Account]:
    """Accounts by their ids, as they stood at an instant; None: now, which is as they are.

    What was opened later has nothing yet. Only what is shown of an account is that of then. Nobody
    who names no instant is told of the past: a clock may lag behind the one that wrote.
    """
    then = {one.id: one for one in found}
    if at_us is None:
        return then
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


def opened_by(found: Iterable[Account], at_us: int | None) -> list[Account]:
    """The accounts that there were at an instant; None: now."""
    return [one for one in found if at_us is None or one.opened_at_us <= at_us]
