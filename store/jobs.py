"""An instant in, everything that is due by it booked out: what somebody runs every night, or hour.

Nothing waits for this job: whoever touches an account books first what is due on it. The job does
the same for accounts that nobody touches, so late, repeated, split and killed runs end with the
same rows. It goes in steps, each some rows in a transaction of its own.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from typing import TypeVar

import msgspec
import sqlalchemy as sa
from msgspec import Struct

from .acting import complete
from .asking import careful
from .ledger.book import Book
from .ledger.terms import TermsOf
from .schema.ledger import accounts
from .tenancy import Tenancy
from .transaction import Transaction
from .usage.settling import settle_usage

T = TypeVar("T")

STEP = 500  # accounts settled in one transaction

DUE = (
    sa.select(accounts.c.id)
    .where(
        accounts.c.tenant == sa.bindparam("tenant"),
        accounts.c.due_at_us <= sa.bindparam("now_us"),
        accounts.c.id > sa.bindparam("after"),
    )
    .order_by(accounts.c.id)
    .limit(STEP)
)

Progress = Callable[[int], None]  # accounts settled so far


class JobReport(Struct, frozen=True):
    """What a run has booked, or in a dry run would have: accounts looked at, events by type."""

    at_us: int
    is_dry: bool
    accounts: int
    events: dict[str, int]
    lapsed: dict[str, int]  # points by program and unit, such as `club points`


class RolledBack(Exception):
    """Undoes the step of a dry run, and carries what it came to."""


@careful
class Jobs:
    """Books what is due for one tenant."""

    def __init__(self, tenancy: Tenancy, terms_of: TermsOf) -> None:
        self._tenancy = tenancy
        self._terms_of = terms_of

    def run(
        self, at_us: int | None = None, *, is_dry: bool = False, progress: Progress | None = None
    ) -> JobReport:
        """Book all that is due by an instant (default: now); a dry run writes nothing.

        `progress` is told how many accounts are done. Killed at any moment, the steps that were
        done stay, and the next run does the rest.
        """
        run = Run(self._tenancy, self._tenancy.clock() if at_us is None else at_us, is_dry)
        run.settle_usage()
        run.settle_accounts(self._terms_of, progress)
        return JobReport(
            run.at_us, is_dry, run.accounts, dict(sorted(run.events.items())), dict(run.lapsed)
        )


class Run:
    """One run of the job, step by step."""

    def __init__(self, tenancy: Tenancy, at_us: int, is_dry: bool) -> None:
        self.at_us = at_us
        self.accounts = 0
        self.events: Counter[str] = Counter()
        self.lapsed: Counter[str] = Counter()
        self._tenancy = tenancy
        self._is_dry = is_dry

    def settle_usage(self) -> None:
        """Close reservations and rewards that are over."""
        while self._step(settle_usage) and not self._is_dry:
            pass

    def settle_accounts(self, terms_of: TermsOf, progress: Progress | None) -> None:
        """Settle all accounts on which something is due."""
        after = ""
        while True:
            ids = self._step(lambda tx, after=after: settle_some(tx, terms_of, after))  # type: ignore[misc]
            self.accounts += len(ids)
            if progress is not None:
                progress(self.accounts)
            if len(ids) < STEP:
                return
            after = ids[-1]

    def _step(self, work: Callable[[Transaction], T]) -> T:
        """Do some work in a transaction of its own, and count what it tells of."""
        tenancy = self._tenancy
        kept: list[tuple[T, Transaction]] = []

        def once(connection: sa.Connection) -> None:
            transaction = Transaction(connection, tenancy.tenant, self.at_us, tenancy.ids)
            kept[:] = [(complete(transaction, work), transaction)]
            if self._is_dry:
                raise RolledBack

        with suppress(RolledBack):
            tenancy.database.write(once)
        answer, transaction = kept[0]
        self._count(transaction)
        return answer

    def _count(self, transaction: Transaction) -> None:
        """Count what a step has told of."""
        for told in transaction.told:
            self.events[told.type] += 1
            if told.type == "loyalty.expired":
                data = msgspec.json.decode(told.data)
                self.lapsed[f"{data['program']} {data['unit']}".strip()] -= data["points"]


def settle_some(transaction: Transaction, terms_of: TermsOf, after: str) -> list[str]:
    """Settle the next accounts on which something is due; their ids, in order."""
    ids = [row["id"] for row in transaction.fetch(DUE, now_us=transaction.at_us, after=after)]
    if ids:
        Book(transaction, terms_of(transaction)).open_ids(ids)
    return ids
