"""Whose account is meant in, the account out; and how it is shown."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from ..errors import StoreError
from ..knowing import check_card, check_currency, check_program
from ..member.people import members_named
from ..transaction import Transaction
from .account import BY_MEMBER, POINTS, Account, AccountKey
from .book import Book

STAMPS = "stamps"
CREDIT = "credit"
UNITS = (POINTS, "cashback", STAMPS, CREDIT)


class Purse(Struct, frozen=True):
    """Of what a member's account is: points of a program, its cashback, stamps of a card ...

    Points are a program's own; `unit` is else cashback, stamps (of the `card`), or credit (of no
    program; `card` is its currency).
    """

    member: str  # as the shop calls them
    program: str
    unit: str = POINTS
    card: str = ""


class Balance(Struct, frozen=True):
    """How an account stands at an instant; points in the smallest unit of its program."""

    purse: Purse
    at_us: int
    balance: int  # active + pending - deficit
    available: int  # active - held
    active: int
    pending: int
    held: int
    deficit: int
    lifetime: int
    tier: str  # empty: none
    tier_since_us: int


def check_unit(unit: str, path: str) -> None:
    """Raise `StoreError` for what no account is of."""
    if unit not in UNITS:
        expected = f"one of {', '.join(UNITS)}"
        raise StoreError("bad_value", path, expected=expected, got=f"`{unit}`")


def check_purse(purse: Purse) -> None:
    """Raise `StoreError` for what is no purse that anybody could have."""
    check_unit(purse.unit, "purse.unit")
    wanted = {"program": purse.unit != CREDIT, "card": purse.unit in (STAMPS, CREDIT)}
    for name, is_wanted in wanted.items():
        text = getattr(purse, name)
        if bool(text) != is_wanted:
            expected = f"{'a' if is_wanted else 'no'} {name} of {purse.unit}"
            got = f"`{text}`" if text else "an empty text"
            raise StoreError("bad_value", f"purse.{name}", expected=expected, got=got)
    if purse.unit == CREDIT:
        check_currency(purse.card, "purse.card")


def keys_of(
    tx: Transaction, purses: Sequence[Purse], *, may_be_closed: bool = True
) -> dict[Purse, AccountKey]:
    """Whose accounts are meant. Declines members who are not there, or closed."""
    for purse in purses:
        check_purse(purse)
    names = [purse.member for purse in purses]
    ids = members_named(tx, names, may_be_closed=may_be_closed)
    return {
        purse: AccountKey(ids[purse.member], purse.program, purse.unit, purse.card)
        for purse in purses
    }


def one_of(book: Book, tx: Transaction, purse: Purse, *, may_be_closed: bool = True) -> Account:
    """The account of a purse, opened. Declines a program or card that no rules know, unless it was
    used."""
    key = keys_of(tx, [purse], may_be_closed=may_be_closed)[purse]
    account = book.open([key])[key]
    known = book.journal.terms.programs_at(tx.at_us)
    if known and purse.program and not account.seq:
        check_program(purse.program, known)
        check_stamps(book, account, tx.at_us)
    return account


def check_stamps(book: Book, account: Account, at_us: int) -> None:
    """Decline stamps of a card that is none of its program at an instant, unless it was used."""
    terms, tx = book.journal.terms, book.journal.transaction
    if account.unit != STAMPS or account.seq or account.program not in terms.programs_at(at_us):
        return
    check_card(account.card, account.program, terms.cards(tx, account.program, at_us))


def purses_of(tx: Transaction, member: str) -> dict[str, Purse]:
    """All that a member has, by the ids of accounts. Declines one who is not there."""
    rows = tx.fetch(BY_MEMBER, asked=[members_named(tx, [member])[member]])
    return {row["id"]: Purse(member, row["program"], row["unit"], row["card"]) for row in rows}


def balance_of(purse: Purse, account: Account, at_us: int) -> Balance:
    """An account as it is shown."""
    return Balance(
        purse,
        at_us,
        account.balance,
        account.available,
        account.active,
        account.pending,
        account.held,
        account.deficit,
        account.lifetime,
        account.tier,
        account.tier_since_us,
    )
