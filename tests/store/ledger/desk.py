"""A ledger for tests: fixed terms in, and work done in one transaction each, on both databases."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from tallystick.dsl.loyalty import Program
from tallystick.store.acting import act, look
from tallystick.store.ledger.account import Account, AccountKey
from tallystick.store.ledger.book import Book
from tallystick.store.ledger.cause import Cause
from tallystick.store.ledger.entry import Entry
from tallystick.store.refusals import Declined, Refusal
from tallystick.store.schema.frame import NEVER_US
from tallystick.store.schema.ledger import accounts, entries, lots
from tallystick.store.tenancy import Tenancy
from tallystick.store.transaction import Transaction, of_tenant

from ..conftest import Clock

T = TypeVar("T")


@dataclass
class FixedTerms:
    """One program named `club` over time: (from, as it is then), rising."""

    history: list[tuple[int, Program]] = field(default_factory=lambda: [(0, Program(id="club"))])

    def program(self, program: str, at_us: int) -> Program | None:
        """The last version that began by then."""
        found = [one for since_us, one in self.history if since_us <= at_us and one.id == program]
        return found[-1] if found else None

    def programs_at(self, at_us: int) -> Mapping[str, Program]:
        """Each in its last version that began by then."""
        return {one.id: one for since_us, one in self.history if since_us <= at_us}

    def cards(self, transaction: Transaction, program: str, at_us: int) -> Collection[str]:
        """There are none."""
        return ()

    def ruleset(self, at_us: int) -> str:
        """A name for the version."""
        return f"v{sum(since_us <= at_us for since_us, _ in self.history)}"

    def pauses(self, program: str) -> Sequence[tuple[int, int]]:
        """Where versions are paused."""
        ends = [since_us for since_us, _ in self.history[1:]] + [NEVER_US]
        found: list[tuple[int, int]] = []
        for (since_us, one), end_us in zip(self.history, ends, strict=True):
            if one.is_paused and found and found[-1][1] == since_us:
                found[-1] = (found[-1][0], end_us)
            elif one.is_paused:
                found.append((since_us, end_us))
        return found

    def changes(self, program: str, after_us: int) -> int:
        """When the next version begins."""
        return min((since for since, _ in self.history if since > after_us), default=NEVER_US)


class Desk:
    """Work on accounts of the members `ana`, `bo`, ... in the program `club`."""

    def __init__(self, tenancy: Tenancy, clock: Clock) -> None:
        self.tenancy = tenancy
        self.clock = clock
        self.terms = FixedTerms()
        self._number = 0

    def be(self, program: Program) -> None:
        """Have the program as it is from the beginning."""
        self.terms.history = [(0, program)]

    def go(self, when: str, zone: str = "UTC") -> int:
        """Set the clock to a local time."""
        at = datetime.fromisoformat(when).replace(tzinfo=ZoneInfo(zone))
        self.clock.now_us = int(at.timestamp()) * 1_000_000
        return self.clock.now_us

    def cause(self, event: str = "purchase", source: str = "", **more: Any) -> Cause:
        """A cause with a source of its own, unless it is named."""
        self._number += 1
        return Cause(event, source or f"{event}-{self._number}", **more)

    def do(self, work: Callable[[Book, Account], T], member: str = "ana", **key: str) -> T:
        """Work on one account, in one transaction. It must not be declined."""
        answer = self.ask(work, member, **key)
        assert not isinstance(answer, Declined), answer
        return answer

    def ask(
        self, work: Callable[[Book, Account], T], member: str = "ana", **key: str
    ) -> T | Declined:
        """The same, if it may be declined."""
        asked = AccountKey(member, key.pop("program", "club"), **key)

        def once(transaction: Transaction) -> T:
            book = Book(transaction, self.terms)
            return work(book, book.open([asked])[asked])

        kind: Any = object  # no answer is read again: there is no request
        return act(self.tenancy, "test", "", once, kind)

    def refused(self, work: Callable[[Book, Account], object], member: str = "ana") -> Refusal:
        """Why work is declined."""
        answer = self.ask(work, member)
        assert isinstance(answer, Declined), answer
        return answer.refusal

    def earn(self, points: int, member: str = "ana", **more: Any) -> Entry:
        """Give points."""
        given = {name: more.pop(name) for name in list(more) if name in GIVEN}
        cause = more.pop("cause", None) or self.cause(**more)
        return self.do(lambda book, account: book.earn(account, points, cause, **given), member)

    def redeem(self, points: int, member: str = "ana", **more: Any) -> Entry:
        """Spend points."""
        cause = more.pop("cause", None) or self.cause("redeem", **more)
        return self.do(lambda book, account: book.redeem(account, points, cause), member)

    def claw(self, points: int, order: str, member: str = "ana", **more: Any) -> Entry:
        """Take back what the rule `buy` gave for an order."""
        cause = self.cause("refund", rule="buy", order_id=order, **more)
        return self.do(
            lambda book, one: book.claw_back(one, points, cause, order_id=order, rule="buy"), member
        )

    def give_back(self, points: int, order: str, member: str = "ana", **more: Any) -> Entry:
        """Give back what the rule `off` took for an order."""
        cause = self.cause("refund", rule="off", order_id=order, **more)
        return self.do(
            lambda book, one: book.give_back(one, points, cause, order_id=order, rule="off"), member
        )

    def buy(self, order: str, points: int, member: str = "ana", **more: Any) -> Entry:
        """Give points for an order by the rule `buy`."""
        return self.earn(points, member, source=order, order_id=order, rule="buy", **more)

    def pay(self, order: str, points: int, member: str = "ana", **more: Any) -> Entry:
        """Spend points on an order by the rule `off`."""
        return self.redeem(points, member, source=order, order_id=order, rule="off", **more)

    def book(self, member: str = "ana") -> list[tuple[str, int, int]]:
        """Kind, points and balance of all entries of a member."""
        [account] = self.rows(accounts, member=member)
        found = self.rows(entries, account=account["id"])
        return [(row["kind"], row["points"], row["balance"]) for row in found]

    def left(self) -> list[int]:
        """What is left in each lot."""
        return [row["remaining"] for row in self.rows(lots)]

    def settle(self, member: str = "ana") -> Account:
        """The account as it is now, all that is due booked."""
        return self.do(lambda _, account: account, member)

    def rows(self, table: sa.Table, **where: Any) -> list[dict[str, Any]]:
        """The rows of a table in the order of their keys."""
        query = of_tenant(table).order_by(*table.primary_key.columns)
        for name, value in where.items():
            query = query.where(table.c[name] == value)
        return look(self.tenancy, lambda one: one.fetch(query))


GIVEN = ("base_minor", "earned_at_us", "activates_at_us", "expires_at_us", "is_opening")
