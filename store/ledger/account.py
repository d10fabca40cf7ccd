"""A purse in memory: the row of one account, and whose it is."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from msgspec import Struct

from ..schema.frame import NEVER_US
from ..schema.ledger import accounts
from ..transaction import Transaction
from .slices import slices_of

POINTS = "points"


class AccountKey(Struct, frozen=True, order=True, gc=False):
    """Whose account it is, and of what. A gift card is of no member: `card` is its id."""

    member: str
    program: str
    unit: str = POINTS
    card: str = ""


class Account(Struct, gc=False):
    """The row of an account as it stands now; see `store.schema.ledger`.

    INVARIANT: balance = active + pending - deficit, and where there is a deficit nothing is
    available.
    """

    id: str
    program: str
    unit: str
    card: str
    member: str
    opened_at_us: int
    written_at_us: int
    tier_since_us: int
    seq: int = 0
    lots: int = 0
    head: str = ""
    balance: int = 0
    active: int = 0
    pending: int = 0
    held: int = 0
    deficit: int = 0
    lifetime: int = 0
    tier: str = ""
    tier_most: int = 0
    tier_due_us: int = NEVER_US
    events: int = 0
    due_at_us: int = NEVER_US

    @property
    def available(self) -> int:
        """What may be spent now."""
        return self.active - self.held

    @property
    def key(self) -> AccountKey:
        """Whose account it is."""
        return AccountKey(self.member, self.program, self.unit, self.card)


ROWS = sa.select(*(accounts.c[name] for name in Account.__struct_fields__)).where(
    accounts.c.tenant == sa.bindparam("tenant")
)
ONE = ROWS.where(
    accounts.c.program == sa.bindparam("program"),
    accounts.c.unit == sa.bindparam("unit"),
    accounts.c.card == sa.bindparam("card"),
    accounts.c.member == sa.bindparam("member"),
)


def rows_with(column: sa.Column[Any]) -> sa.Select[Any]:
    """The accounts with one of these values, in the order in which accounts are locked."""
    asked: sa.BindParameter[Any] = sa.bindparam("asked", expanding=True)
    return ROWS.where(column.in_(asked)).order_by(accounts.c.id)


BY_ID = rows_with(accounts.c.id)
BY_MEMBER = rows_with(accounts.c.member)
BY_CARD = rows_with(accounts.c.card).where(accounts.c.member == "")


def find_accounts(transaction: Transaction, keys: list[AccountKey]) -> list[Account]:
    """The accounts there are of these, locked."""
    if len(keys) == 1:
        key = keys[0]
        whose = {"member": key.member, "program": key.program, "unit": key.unit, "card": key.card}
        return find_rows(transaction, ONE, **whose)
    members = sorted({key.member for key in keys if key.member})
    cards = sorted({key.card for key in keys if not key.member})
    found = find_any(transaction, BY_MEMBER, members) + find_any(transaction, BY_CARD, cards)
    wanted = set(keys)
    return [one for one in found if one.key in wanted]


def find_accounts_by_id(transaction: Transaction, ids: list[str]) -> list[Account]:
    """The accounts with these ids, locked."""
    return find_any(transaction, BY_ID, sorted(ids))


def find_accounts_of(transaction: Transaction, member: str) -> list[Account]:
    """All accounts of a member, locked."""
    return find_rows(transaction, BY_MEMBER, asked=[member])


def find_any(transaction: Transaction, query: sa.Select[Any], asked: list[str]) -> list[Account]:
    """The accounts of a query for any number of values."""
    found: list[Account] = []
    for part in slices_of(asked):
        found += find_rows(transaction, query, asked=part)
    return found


def find_rows(transaction: Transaction, query: sa.Select[Any], **values: Any) -> list[Account]:
    """The accounts of a query, locked."""
    return [Account(*row) for row in transaction.lock_tuples(query, **values)]
