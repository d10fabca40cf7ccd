"""Money of the shop's own in an account in, what orders take of it out: held, spent, given back.

Wallets and gift cards pay alike: they are accounts as those of points are. Orders are paid once by
one purse: asked again for the same order, hold or refund, nothing more is booked.

INVARIANT: all of it is booked under a rule of its own, so that what is taken by hand and what an
order takes as its `store_credit` never pay for, or give back, one another.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar, TypeVar

from msgspec import Struct

from ..acting import act
from ..errors import StoreError
from ..ledger.account import Account
from ..ledger.book import Book
from ..ledger.cause import SPEND, Cause
from ..ledger.guarding import check_free
from ..ledger.spending import check_points
from ..ledger.terms import TermsOf
from ..refusals import Decline, Declined, Refusal
from ..tenancy import Tenancy
from ..transaction import Transaction

T = TypeVar("T")

BY_HAND = "by hand"  # in place of a rule; none can be called so


class Held(Struct, frozen=True):
    """Money that is set aside until an instant, to be captured or released by its id."""

    id: str
    amount_minor: int
    expires_at_us: int


class Moved(Struct, frozen=True):
    """Money that was moved, and what is available now."""

    amount_minor: int
    available_minor: int


class Purses:
    """What the faces of wallets and of gift cards have in common."""

    noun: ClassVar[str]  # in the names of their actions

    def __init__(self, tenancy: Tenancy, terms_of: TermsOf) -> None:
        self._tenancy = tenancy
        self._terms_of = terms_of

    def _act(
        self,
        verb: str,
        asked: object,
        work: Callable[[Transaction, Book], T],
        kind: type[T],
        request: str | None,
        at_us: int | None,
    ) -> T | Declined:
        """Do work on accounts in one transaction."""
        return act(
            self._tenancy,
            f"{self.noun}.{verb}",
            asked,
            lambda tx: work(tx, Book(tx, self._terms_of(tx))),
            kind,
            request=request,
            at_us=at_us,
        )


def check_amount(amount_minor: int) -> None:
    """Raise `StoreError` for an amount of money that nobody could give or take."""
    check_points(amount_minor, "amount_minor")


def hold(
    book: Book, account: Account, amount_minor: int, source: str, ttl_us: int, is_clip: bool
) -> Held:
    """Set money aside; see `Book.hold`."""
    check_amount(amount_minor)
    made = book.hold(account, amount_minor, ttl_us=ttl_us, is_clip=is_clip, source=source)
    return Held(made.id, made.points, made.expires_at_us)


def capture(book: Book, hold_id: str, unit: str, amount_minor: int | None, order_id: str) -> Moved:
    """Spend what was set aside, all (None) or a part of it; the rest is free again."""
    if amount_minor is not None and amount_minor < 0:
        expected = "a whole number, at least 0"
        raise StoreError("bad_value", "amount_minor", expected=expected, got=repr(amount_minor))
    account = account_held(book, hold_id, unit)
    entry = book.capture(hold_id, amount_minor, Cause(SPEND, hold_id, BY_HAND, order_id))
    return Moved(0 if entry is None else -entry.points, account.available)


def release(book: Book, hold_id: str, unit: str) -> Moved:
    """Let what was set aside go."""
    account = account_held(book, hold_id, unit)
    return Moved(book.release(hold_id).points, account.available)


def account_held(book: Book, hold_id: str, unit: str) -> Account:
    """The account of a hold. Declines a hold of something else, and that of a reservation."""
    account, found = book.find_hold(hold_id)
    if account.unit != unit:
        raise Decline(Refusal.UNKNOWN_HOLD, f"there is no hold `{hold_id}` of this kind")
    check_free(book, found)
    return account


def spend(book: Book, account: Account, amount_minor: int, order_id: str) -> Moved:
    """Pay for an order. Declines INSUFFICIENT_POINTS, never taking less."""
    check_amount(amount_minor)
    entry = book.redeem(account, amount_minor, Cause(SPEND, order_id, BY_HAND, order_id))
    return Moved(-entry.points, account.available)


def refund(book: Book, account: Account, amount_minor: int, order_id: str, source: str) -> Moved:
    """Give back what an order paid; `source` is the id of the refund. Declines EXCEEDS_BOOKED."""
    check_amount(amount_minor)
    cause = Cause("refund", source, BY_HAND, order_id)
    entry = book.give_back(account, amount_minor, cause, order_id=order_id, rule=BY_HAND)
    return Moved(entry.points, account.available)
