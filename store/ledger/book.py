"""Accounts in, what is done with them out: the unit of work that everybody books through."""

from __future__ import annotations

from collections.abc import Iterable

from ..transaction import Transaction
from .account import Account, AccountKey
from .cause import Cause
from .crediting import earn
from .entry import Entry, Matter
from .journal import Journal
from .ranking import begin_tiers, rank_changed
from .settling import settle
from .spending import redeem
from .terms import Terms


class Book:
    """The accounts of one transaction: locked in the order of their ids, made where there is none,
    settled to now, changed in memory, and written once, before the transaction is committed.

    There is one book a transaction. `is_dry` looks ahead and writes nothing. Whatever asks for
    points declines with `Decline`, which undoes the transaction, and raises `StoreError` for what
    makes no sense. Asked again for the same (account, event, source, rule), it returns the entry
    that is there.
    """

    def __init__(self, transaction: Transaction, terms: Terms, *, is_dry: bool = False) -> None:
        self.journal = Journal(transaction, terms, is_dry=is_dry)
        if not is_dry:
            transaction.before_commit.append(self.flush)

    def open(self, keys: Iterable[AccountKey]) -> dict[AccountKey, Account]:
        """Accounts by whose they are, in a statement or two for any number."""
        wanted = list(keys)
        found = self.journal.find(wanted)
        begin_tiers(self.journal, [one for one in found if self.journal.is_new(one)])
        settle(self.journal, found)
        return {key: self.journal.of(key) for key in wanted}

    def open_ids(self, ids: Iterable[str]) -> dict[str, Account]:
        """Accounts by their ids; those that are not there are left out."""
        wanted = list(ids)
        settle(self.journal, self.journal.find_ids(wanted))
        found = self.journal.accounts
        return {id: found[id] for id in wanted if id in found}

    def recall(self, matters: Iterable[tuple[Account, Cause]]) -> None:
        """Read what was booked before for all of these, in one statement, before a batch."""
        self.journal.recall(
            Matter(account.id, cause.event, cause.source) for account, cause in matters
        )

    def flush(self) -> None:
        """Write all that has changed, so that queries find it."""
        self.journal.flush_rows()
        rank_changed(self.journal)
        self.journal.flush_accounts()

    def earn(
        self,
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
        """Give points, in a lot of their own that lives as the terms at the earn say.

        They repay a deficit first, when they are active. `base_minor` counts for tiers that measure
        spend. `earned_at_us` is the effective instant unless it is named; the other instants are
        worked out from it (NEVER_US: never). `is_opening` is for balances that are brought along:
        they come also while a program is paused, and move the end of no other lot.

        Declines UNKNOWN_PROGRAM, PAUSED and TOO_LARGE.
        """
        return earn(
            self.journal,
            account,
            points,
            cause,
            base_minor=base_minor,
            earned_at_us=earned_at_us,
            activates_at_us=activates_at_us,
            expires_at_us=expires_at_us,
            is_opening=is_opening,
        )

    def redeem(self, account: Account, points: int, cause: Cause) -> Entry:
        """Spend points. Declines PAUSED, and INSUFFICIENT_POINTS above what is available."""
        return redeem(self.journal, account, points, cause)
