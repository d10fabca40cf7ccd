"""What staff, imports and services ask of balances: give, spend, hold, undo, move, and read."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from msgspec import Struct

from ..acting import act, look_up
from ..asking import careful
from ..errors import StoreError
from ..refusals import Declined
from ..schema.frame import NEVER_US
from ..tenancy import Tenancy
from ..transaction import Transaction
from .account import Account, find_accounts
from .book import Book
from .cause import SPEND, Cause
from .entry import Entry
from .guarding import check_own
from .hold import TTL_MAX_US, Hold
from .listing import Page, read_page
from .past import account_at, opened_by
from .purse import (
    Balance,
    Purse,
    balance_of,
    check_stamps,
    keys_of,
    one_of,
    purses_of,
)
from .state import State, state_at
from .terms import TermsOf

T = TypeVar("T")

AWARDS_MAX = 10_000  # of one batch


class Award(Struct, frozen=True):
    """Points for somebody, and what for. The same event, source and rule are booked once."""

    purse: Purse
    points: int
    event: str
    source: str
    rule: str = ""
    base_minor: int = 0  # spend that counts for tiers which measure it
    effective_at_us: int | None = None  # None: now


@careful
class Ledger:
    """The accounts of one tenant. Safe to share between threads.

    What changes something takes `request`, a key under which it is done once, and `at_us`, its now.
    Members are named as the shop names them, and have to be there: UNKNOWN_MEMBER. Who is closed is
    given and spends nothing, by nobody's hand: WRONG_STATE. What was spent or held before can be
    given back, captured and released.
    """

    def __init__(self, tenancy: Tenancy, terms_of: TermsOf) -> None:
        self._tenancy = tenancy
        self._terms_of = terms_of

    # Reading.

    def balance(self, purse: Purse, *, at_us: int | None = None) -> Balance | Declined:
        """How an account stands, now or at an instant, with all that is due by then.

        Nothing is written. What was written since that instant does not show.
        """

        def work(tx: Transaction) -> Balance:
            book = Book(tx, self._terms_of(tx), is_dry=True)
            account = account_at(book, one_of(book, tx, purse), at_us)
            return balance_of(purse, account, tx.at_us)

        return look_up(self._tenancy, work, at_us)

    def balances(self, member: str, *, at_us: int | None = None) -> tuple[Balance, ...] | Declined:
        """The same for all accounts of a member, by program, unit and card."""

        def work(tx: Transaction) -> tuple[Balance, ...]:
            book = Book(tx, self._terms_of(tx), is_dry=True)
            purses = purses_of(tx, member)
            found = opened_by(book, purses, at_us)
            return tuple(balance_of(purses[one.id], one, tx.at_us) for one in found)

        return look_up(self._tenancy, work, at_us)

    def state(self, purse: Purse, *, at_us: int | None = None) -> State | Declined | None:
        """How an account stands at any instant, past or to come, with its lots; None: not opened.

        All of its history is read.
        """

        def work(tx: Transaction) -> State | None:
            found = find_accounts(tx, [keys_of(tx, [purse])[purse]])
            states = state_at(tx, [one.id for one in found], tx.at_us, self._terms_of(tx))
            return next(iter(states.values()), None)

        return look_up(self._tenancy, work, at_us)

    def transactions(
        self, member: str, *, cursor: str | None = None, limit: int = 100
    ) -> Page | Declined:
        """What was booked for a member, newest first; `cursor` is that of the page before.

        What is due and not booked yet does not show. Raises `StoreError` for a bad cursor or limit.
        """

        def work(tx: Transaction) -> Page:
            return read_page(tx, purses_of(tx, member), cursor, limit)

        return look_up(self._tenancy, work, None)

    # Writing.

    def earn(
        self, award: Award, *, request: str | None = None, at_us: int | None = None
    ) -> Entry | Declined:
        """Give points. Declines UNKNOWN_PROGRAM, UNKNOWN_CARD, PAUSED and TOO_LARGE."""
        found = self.earn_many([award], request=request, at_us=at_us)
        return found if isinstance(found, Declined) else found[0]

    def earn_many(
        self, awards: Sequence[Award], *, request: str | None = None, at_us: int | None = None
    ) -> list[Entry] | Declined:
        """Give points to many at once, all of them or none: in a few statements for any number."""
        if len(awards) > AWARDS_MAX:
            expected = f"at most {AWARDS_MAX} awards"
            raise StoreError("bad_value", "awards", expected=expected, got=str(len(awards)))

        def work(tx: Transaction) -> list[Entry]:
            book = Book(tx, self._terms_of(tx))
            keys = keys_of(tx, [award.purse for award in awards], may_be_closed=False)
            found = book.open(keys.values())
            due = [(found[keys[award.purse]], cause_of(award, tx), award) for award in awards]
            book.recall((account, cause) for account, cause, _ in due)
            for account, cause, _ in due:
                at_us = tx.at_us if cause.effective_at_us is None else cause.effective_at_us
                check_stamps(book, account, at_us)
            return [
                book.earn(account, award.points, cause, base_minor=award.base_minor)
                for account, cause, award in due
            ]

        kind: type[list[Entry]] = list[Entry]
        return act(self._tenancy, "earn", list(awards), work, kind, request=request, at_us=at_us)

    def redeem(
        self,
        purse: Purse,
        points: int,
        *,
        source: str = "",
        rule: str = "",
        request: str | None = None,
        at_us: int | None = None,
    ) -> Entry | Declined:
        """Spend points by hand; the same source and rule once, which pays for no order or event.

        Declines PAUSED and INSUFFICIENT_POINTS.
        """

        def work(book: Book, account: Account, name: str) -> Entry:
            return book.redeem(account, points, Cause(SPEND, name, rule))

        asked = [purse, points, source, rule]
        return self._act("redeem", asked, purse, work, Entry, source, request, at_us)

    def adjust(
        self,
        purse: Purse,
        points: int,
        *,
        reason: str,
        actor: str,
        source: str = "",
        expires_at_us: int | None = None,
        request: str | None = None,
        at_us: int | None = None,
    ) -> Entry | Declined:
        """Give points by hand, or take them (negative): never below what is available."""

        if expires_at_us is not None:
            check_instant(expires_at_us, "expires_at_us", NEVER_US)

        def work(book: Book, account: Account, name: str) -> Entry:
            cause = Cause("adjust", name, reason=reason, actor=actor)
            return book.adjust(account, points, cause, expires_at_us=expires_at_us)

        asked = [purse, points, reason, actor, source, expires_at_us]
        return self._act("adjust", asked, purse, work, Entry, source, request, at_us)

    def undo(
        self,
        purse: Purse,
        entry: int,
        points: int | None = None,
        *,
        reason: str = "",
        actor: str = "",
        source: str = "",
        request: str | None = None,
        at_us: int | None = None,
    ) -> Entry | Declined:
        """Give back what a redemption took, by the number of its entry; None: all that is left.

        Declines EXCEEDS_BOOKED, and WRONG_STATE for what paid for an order: that gives it back.
        """

        def work(book: Book, account: Account, name: str) -> Entry:
            cause = Cause("undo", name, reason=reason, actor=actor)
            return book.give_back(account, points, cause, entry=entry)

        asked = [purse, entry, points, reason, actor, source]
        return self._act(
            "undo", asked, purse, work, Entry, source, request, at_us, may_be_closed=True
        )

    def transfer(
        self,
        giver: Purse,
        taker: str,
        points: int,
        *,
        source: str = "",
        reason: str = "",
        actor: str = "",
        request: str | None = None,
        at_us: int | None = None,
    ) -> list[Entry] | Declined:
        """Move points that count to another member; what the giver and the taker booked."""

        def work(tx: Transaction) -> list[Entry]:
            book = Book(tx, self._terms_of(tx))
            to = Purse(taker, giver.program, giver.unit, giver.card)
            keys = keys_of(tx, [giver, to], may_be_closed=False)
            found = book.open(keys.values())
            cause = Cause("transfer", source or request or tx.ids(), reason=reason, actor=actor)
            return [*book.transfer(found[keys[giver]], found[keys[to]], points, cause)]

        kind: type[list[Entry]] = list[Entry]
        asked = [giver, taker, points, source, reason, actor]
        return act(self._tenancy, "transfer", asked, work, kind, request=request, at_us=at_us)

    def hold(
        self,
        purse: Purse,
        points: int | None = None,
        *,
        ttl_us: int = TTL_MAX_US,
        is_clip: bool = False,
        source: str = "",
        request: str | None = None,
        at_us: int | None = None,
    ) -> Hold | Declined:
        """Set points aside for a while; see `Book.hold`."""

        def work(book: Book, account: Account, _: str) -> Hold:
            return book.hold(account, points, ttl_us=ttl_us, is_clip=is_clip, source=source)

        asked = [purse, points, ttl_us, is_clip, source]
        return self._act("hold", asked, purse, work, Hold, source, request, at_us)

    def capture(
        self,
        hold: str,
        points: int | None = None,
        *,
        source: str = "",
        rule: str = "",
        request: str | None = None,
        at_us: int | None = None,
    ) -> Hold | Declined:
        """Spend what a hold has set aside, all of it or less; the rest is free again.

        Declines WRONG_STATE for what is held for a reservation or a payout.
        """

        def work(tx: Transaction) -> Hold:
            book = Book(tx, self._terms_of(tx))
            check_own(book, hold)
            book.capture(hold, points, Cause(SPEND, source or f"hold/{hold}", rule))
            return book.find_hold(hold)[1]

        asked = [hold, points, source, rule]
        return act(self._tenancy, "capture", asked, work, Hold, request=request, at_us=at_us)

    def release(
        self, hold: str, *, request: str | None = None, at_us: int | None = None
    ) -> Hold | Declined:
        """Give what a hold has set aside free again. Declines as `capture` does."""

        def work(tx: Transaction) -> Hold:
            book = Book(tx, self._terms_of(tx))
            check_own(book, hold)
            return book.release(hold)

        return act(self._tenancy, "release", hold, work, Hold, request=request, at_us=at_us)

    # The ways to a transaction.

    def _act(
        self,
        action: str,
        asked: object,
        purse: Purse,
        work: Callable[[Book, Account, str], T],
        kind: type[T],
        source: str,
        request: str | None,
        at_us: int | None,
        *,
        may_be_closed: bool = False,
    ) -> T | Declined:
        """Work on one account; it is told the source, or a name for what has none."""

        def once(tx: Transaction) -> T:
            book = Book(tx, self._terms_of(tx))
            account = one_of(book, tx, purse, may_be_closed=may_be_closed)
            return work(book, account, source or request or tx.ids())

        return act(self._tenancy, action, asked, once, kind, request=request, at_us=at_us)


def cause_of(award: Award, tx: Transaction) -> Cause:
    """Why points are given. Raises `StoreError` for an instant that has not come.

    Awards without a source would pass for one and the same, and but the first would be booked.
    """
    if not award.source:
        words = {"expected": "what brought them, such as the id of an order", "got": "nothing"}
        raise StoreError("bad_value", "award.source", **words)
    if award.effective_at_us is not None:
        check_instant(award.effective_at_us, "effective_at_us", tx.at_us)
    return Cause(award.event, award.source, award.rule, effective_at_us=award.effective_at_us)


def check_instant(at_us: int, path: str, last_us: int) -> None:
    """Raise `StoreError` for what is no instant, or is later than another."""
    if type(at_us) is not int or not 0 <= at_us <= last_us:
        expected = f"microseconds since 1970, at most {last_us}"
        raise StoreError("bad_value", path, expected=expected, got=repr(at_us))
