"""Accounts in, what is done with them out: the unit of work that everybody books through."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import sqlalchemy as sa

from ..refusals import Decline, Refusal
from ..schema.ledger import ENTRY_HAS_ORDER, entries
from ..transaction import Transaction
from .account import Account, AccountKey
from .adjusting import adjust
from .cause import Cause
from .clawing import claw_back
from .crediting import earn
from .entry import Entry
from .hold import BY_ID, TTL_MAX_US, Hold
from .holding import capture, hold, release
from .journal import Journal
from .moving import transfer
from .ranking import Standing, begin_tiers, qualify_by_hand, standings_at
from .reranking import rank_changed
from .returning import give_back
from .settling import settle
from .spending import redeem, redeem_across
from .terms import Terms
from .value import value_at
from .waiting import activate

OF_ORDER = (
    sa.select(entries.c.account)
    .distinct()
    .where(
        entries.c.tenant == sa.bindparam("tenant"),
        ENTRY_HAS_ORDER,
        entries.c.order_id == sa.bindparam("order_id"),
    )
    .order_by(entries.c.account)
)


class Book:
    """The accounts of one transaction: locked in the order of their ids, made where there is none,
    settled to now, changed in memory, and written once, before the transaction is committed.

    There is one book a transaction. `is_dry` looks ahead and writes nothing. Whatever asks for
    points declines with `Decline`, which undoes the transaction, and raises `StoreError` for what
    makes no sense. Asked again for the same (account, event, source, rule), it returns the entry
    that is there, and declines CONFLICT where that is of other points or another order.
    """

    def __init__(self, transaction: Transaction, terms: Terms, *, is_dry: bool = False) -> None:
        self.journal = Journal(transaction, terms, is_dry=is_dry)
        if not is_dry:
            transaction.before_commit.append(self.flush)

    def open(self, keys: Iterable[AccountKey]) -> dict[AccountKey, Account]:
        """Accounts by whose they are, in a statement or two for any number."""
        wanted = list(keys)
        found, made = self.journal.find(wanted)
        begin_tiers(self.journal, made)
        settle(self.journal, [*found, *made])
        return {key: self.journal.of(key) for key in wanted}

    def open_ids(self, ids: Iterable[str]) -> dict[str, Account]:
        """Accounts by their ids; those that are not there are left out."""
        wanted = list(ids)
        settle(self.journal, self.journal.find_ids(wanted))
        found = self.journal.accounts
        return {id: found[id] for id in wanted if id in found}

    def open_member(self, member: str) -> None:
        """Open all accounts of a member, so that they are locked in the order of their ids."""
        settle(self.journal, self.journal.find_member(member))

    def open_order(self, order_id: str) -> list[Account]:
        """All accounts on which something was booked for an order, by their ids."""
        self.journal.flush_rows()
        found = self.journal.transaction.fetch(OF_ORDER, order_id=order_id)
        return list(self.open_ids([row["account"] for row in found]).values())

    def standings(self, asked: Sequence[tuple[Account, int]]) -> dict[tuple[str, int], Standing]:
        """The tiers of accounts at instants, by their ids and these, and what counts for them."""
        return standings_at(self.journal, asked)

    def value(self, account: Account, at_us: int) -> int:
        """What counts for the tier of an account at an instant."""
        return value_at(self.journal, account, at_us)

    def rank_again(self, accounts: Iterable[Account]) -> None:
        """Work out the tiers of accounts that this transaction may have changed, for who asks."""
        if not self.journal.to_rank.keys().isdisjoint(one.id for one in accounts):
            self.journal.flush_rows()
            rank_changed(self.journal)

    def recall(self, matters: Iterable[tuple[Account, Cause]]) -> None:
        """Read what was booked before for all of these, in one statement, before a batch."""
        self.journal.recall([(one.id, cause.event, cause.source) for one, cause in matters])

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
        they come also while a program is paused, by the terms of now whenever they were earned,
        and move the end of no other lot.

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

    def redeem_across(
        self, accounts: Sequence[Account], points: int, cause: Cause, *, is_proportional: bool
    ) -> list[Entry]:
        """Spend points of several accounts: in proportion to what each has available (units that
        are left over go by the largest remainders, ties by id), or in their order.

        One entry for each account that pays something. Declines as `redeem` does.
        """
        return redeem_across(self.journal, accounts, points, cause, is_proportional)

    def adjust(
        self, account: Account, points: int, cause: Cause, *, expires_at_us: int | None = None
    ) -> Entry:
        """Give points by hand, or take them (negative); the cause has a `reason` and an `actor`.

        What is given counts at once, ends as the terms say unless it is named, and counts for no
        tier. Declines INSUFFICIENT_POINTS, UNKNOWN_PROGRAM and TOO_LARGE.
        """
        return adjust(self.journal, account, points, cause, expires_at_us=expires_at_us)

    def claw_back(
        self,
        account: Account,
        points: int,
        cause: Cause,
        *,
        order_id: str = "",
        rule: str = "",
        entry: int = 0,
        base_minor: int = 0,
    ) -> Entry:
        """Take back what was earned with an order by a rule, or by the entry of this number.

        It comes out of its own lot first, pending or not, then out of others in the order of
        spending; what is missing is a deficit, unless the program says otherwise. `note` of the
        entry says what had `lapsed` and was not taken again, and what was `written_off`.

        Declines EXCEEDS_BOOKED, and DEFICIT where the program has `deficit: forbid`.
        """
        return claw_back(
            self.journal,
            account,
            points,
            cause,
            order_id=order_id,
            rule=rule,
            entry=entry,
            base_minor=base_minor,
        )

    def give_back(
        self,
        account: Account,
        points: int | None,
        cause: Cause,
        *,
        order_id: str = "",
        rule: str = "",
        entry: int = 0,
    ) -> Entry:
        """Give back what was redeemed with an order by a rule, or by the entry of this number;
        None: all that was not given back yet.

        It goes into the lots it came from, the one drawn last first. They keep their end, and what
        is past it lapses at once. Declines EXCEEDS_BOOKED and TOO_LARGE.
        """
        return give_back(
            self.journal, account, points, cause, order_id=order_id, rule=rule, entry=entry
        )

    def transfer(
        self, giver: Account, taker: Account, points: int, cause: Cause
    ) -> tuple[Entry, Entry]:
        """Move points that count, with the dates of their lots; both were opened together.

        Declines INSUFFICIENT_POINTS and TOO_LARGE.
        """
        return transfer(self.journal, giver, taker, points, cause)

    def hold(
        self,
        account: Account,
        points: int | None = None,
        *,
        ttl_us: int | None = TTL_MAX_US,
        is_clip: bool = False,
        source: str = "",
        effective_at_us: int | None = None,
    ) -> Hold:
        """Set points aside for a while, at most 7 days; None: all that are available.

        A payout that nobody knows the end of must not time out: `ttl_us` None is for ever.
        `is_clip`: as many as there are, also none. `effective_at_us` is when it was asked, unless
        now: PAUSED is declined by then. Declines INSUFFICIENT_POINTS too.
        """
        return hold(
            self.journal,
            account,
            points,
            ttl_us=ttl_us,
            is_clip=is_clip,
            source=source,
            effective_at_us=effective_at_us,
        )

    def find_hold(self, id: str) -> tuple[Account, Hold]:
        """A hold and its account, locked and settled. Declines UNKNOWN_HOLD."""
        journal = self.journal
        if id not in journal.holds:
            row = journal.transaction.find(BY_ID, id=id)
            if row is None:
                raise Decline(Refusal.UNKNOWN_HOLD, f"there is no hold `{id}`")
            self.open_ids([row["account"]])
            if id not in journal.holds:  # as it is now that nobody else can change it
                row = journal.transaction.find(BY_ID, id=id)
                assert row is not None
                journal.holds[id] = Hold(**row)
        found = journal.holds[id]
        return journal.accounts[found.account], found

    def capture(self, hold_id: str, points: int | None, cause: Cause) -> Entry | None:
        """Spend what was set aside, all of it (None) or less; the rest is free again.

        No entry for 0 points. Declines UNKNOWN_HOLD, ALREADY_CAPTURED, ALREADY_RELEASED, EXPIRED
        and EXCEEDS_HOLD.
        """
        account, found = self.find_hold(hold_id)
        return capture(self.journal, account, found, points, cause)

    def release(self, hold_id: str) -> Hold:
        """Give what was set aside free again. Declines as `capture` does."""
        account, found = self.find_hold(hold_id)
        return release(self.journal, account, found)

    def activate(
        self, account: Account, order_id: str, state: str, *, reached_at_us: int | None = None
    ) -> None:
        """Begin the life of points of an order that wait for it to come into a state."""
        activate(self.journal, account, order_id, state, reached_at_us)

    def qualify(
        self,
        account: Account,
        *,
        points: int = 0,
        spend_minor: int = 0,
        earned_at_us: int,
        order_id: str = "",
    ) -> None:
        """Count something for tiers for which the account has no entry, or take it back.

        What is of an order begins to count with its points.
        """
        qualify_by_hand(self.journal, account, points, spend_minor, earned_at_us, order_id)

    def rank(self, account: Account) -> None:
        """Work the tier out anew, after the floor of the member was changed."""
        self.journal.to_rank[account.id] = False
        self.journal.touch(account, self.journal.now(account))
