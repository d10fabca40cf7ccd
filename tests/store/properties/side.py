"""A database in, one ledger on it out, for machines that drive several of them side by side."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from msgspec import Struct

from tallystick.store.acting import act, look
from tallystick.store.database.database import Database
from tallystick.store.ledger.account import AccountKey
from tallystick.store.ledger.book import Book
from tallystick.store.ledger.state import State, state_at
from tallystick.store.refusals import Declined
from tallystick.store.schema.ledger import accounts
from tallystick.store.tenancy import Tenancy
from tallystick.store.transaction import Transaction, of_tenant

from ..conftest import Clock
from ..ledger.desk import FixedTerms

Work = Callable[[Book], "Done"]

DUE = of_tenant(accounts).where(accounts.c.due_at_us <= sa.bindparam("now_us"))


class Done(Struct, frozen=True):
    """What came of a request."""

    points: int = 0
    hold: str = ""


class Names:
    """Ids that depend on the request alone: `r7-1`, `r7-2`, ... however many jobs ran before."""

    def __init__(self) -> None:
        self.request = ""
        self._number = 0

    def begin(self, request: str) -> None:
        """Go on with another request."""
        self.request = request
        self._number = 0

    def __call__(self) -> str:
        self._number += 1
        return f"{self.request}-{self._number}"


class Side:
    """The ledger of one tenant, and the program `club` as it is there."""

    def __init__(self, database: Database, tenant: str, clock: Clock, terms: FixedTerms) -> None:
        self.names = Names()
        self.terms = terms
        self.tenancy = Tenancy(database, tenant, clock, self.names)

    def ask(self, request: str, work: Work) -> Done | Declined:
        """Do something once, by the key of the request."""
        self.names.begin(request)
        return act(
            self.tenancy,
            "test",
            request,
            lambda transaction: work(Book(transaction, self.terms)),
            Done,
            request=request,
        )

    def run_jobs(self, number: int) -> None:
        """Settle what is due, as a job does."""
        self.names.begin(f"job{number}")

        def work(transaction: Transaction) -> None:
            found = transaction.fetch(DUE, now_us=transaction.at_us)
            Book(transaction, self.terms).open_ids([row["id"] for row in found])

        act(self.tenancy, "job", "", work, type(None))

    def publish(self) -> None:
        """Have accounts looked at again from now on, as whoever publishes rules does."""

        def work(transaction: Transaction) -> None:
            rows = transaction.fetch(of_tenant(accounts).order_by(accounts.c.id))
            at_us = transaction.at_us
            changed = [row | {"due_at_us": min(row["due_at_us"], at_us)} for row in rows]
            transaction.update(accounts, changed)

        act(self.tenancy, "publish", "", work, type(None))

    def states(self, at_us: int) -> dict[str, State]:
        """How each member stands at an instant."""

        def work(transaction: Transaction) -> dict[str, State]:
            ids = [row["id"] for row in transaction.fetch(of_tenant(accounts))]
            return state_at(transaction, ids, at_us, self.terms)

        return {one.member: one for one in look(self.tenancy, work).values()}

    def rows(self, table: sa.Table) -> list[dict[str, Any]]:
        """All rows of a table, in the order of their keys."""
        query = of_tenant(table).order_by(*table.primary_key.columns)
        return look(self.tenancy, lambda transaction: transaction.fetch(query))


def key_of(member: str) -> AccountKey:
    """The account of a member."""
    return AccountKey(member, "club")
