"""A shop for tests of payouts: members with points and cashback, and providers that do as told."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from tallystick.engine.loyalty.moves import Disburse
from tallystick.store.acting import act, look
from tallystick.store.ledger.account import Account, AccountKey
from tallystick.store.ledger.book import Book
from tallystick.store.ledger.cause import Cause
from tallystick.store.payout.disbursement import Disbursement
from tallystick.store.payout.provider import Confirmed, Outcome, Provider
from tallystick.store.payout.requesting import request
from tallystick.store.refusals import Declined
from tallystick.store.rules.timeline import read_timeline
from tallystick.store.schema.outbox import outbox
from tallystick.store.shop import Shop
from tallystick.store.tenancy import Tenancy
from tallystick.store.transaction import Transaction, of_tenant

from ..people import add_member
from ..shops import CLUB, publish

MINUTE_US = 60_000_000
DAY_US = 86_400_000_000


class Counter:
    """A shop, and ana who is a member of its club."""

    def __init__(self, tenancy: Tenancy, plugged: Mapping[str, Provider] | None = None) -> None:
        self.tenancy = tenancy
        self.shop = Shop(tenancy, plugged=plugged)
        publish(self.shop.rules, CLUB, at_us=0)
        self.ana = add_member(tenancy, "ana")

    def book(self, work: Callable[[Transaction, Book], str]) -> str:
        """Work with a book in one transaction."""

        def once(tx: Transaction) -> str:
            return work(tx, Book(tx, read_timeline(tx, self.shop.library)))

        answer = act(self.tenancy, "test", "", once, str)
        assert not isinstance(answer, Declined), answer
        return answer

    def fund(self, amount: int, unit: str, source: str = "e0") -> None:
        """Give ana points or cashback."""
        key = AccountKey(self.ana, "club", unit)

        def work(_: Transaction, book: Book) -> str:
            book.earn(book.open([key])[key], amount, Cause("purchase", source))
            return ""

        self.book(work)

    def account(self, unit: str) -> Account:
        """What ana has now."""
        key = AccountKey(self.ana, "club", unit)
        found: list[Account] = []

        def work(_: Transaction, book: Book) -> str:
            found.append(book.open([key])[key])
            return ""

        self.book(work)
        return found[0]

    def reward(
        self,
        points: int,
        kind: str,
        amount: int,
        provider: str | None = None,
        *,
        source: str = "e1",
    ) -> str:
        """Redeem points for something that is paid out, as orders do, and its id."""
        move = Disburse("ana", "club", "reward", kind, 1, amount, provider, "sea@x", None)

        def work(_: Transaction, book: Book) -> str:
            name = f"redeem/{source}"
            return request(book, move, self.ana, points, source=name, currency="EUR")

        return self.book(work)

    def cashback(self, amount: int, provider: str = "") -> str:
        """Ask for cashback to be paid out, approved at once, and its id."""
        asked = self.shop.payouts.request(
            "ana", "club", amount, provider=provider, recipient="iban"
        )
        assert isinstance(asked, Disbursement), asked
        approved = self.shop.payouts.approve(asked.id, actor="staff")
        assert isinstance(approved, Disbursement), approved
        return asked.id

    def show(self, id: str) -> Disbursement:
        """A payout that is there."""
        shown = self.shop.payouts.show(id)
        assert shown is not None
        return shown

    def told(self, id: str) -> list[str]:
        """The types of the events of a payout, in order, without a gap."""
        rows = look(self.tenancy, lambda tx: tx.fetch(of_tenant(outbox)))
        mine = sorted(
            (row["number"], row["type"]) for row in rows if row["subject"] == f"payout/{id}"
        )
        assert [number for number, _ in mine] == list(range(1, len(mine) + 1))
        return [type.removeprefix("payout.") for _, type in mine]


class Bank:
    """A provider that pays once under a key, and answers what it is told to."""

    def __init__(self, *answers: Outcome | BaseException) -> None:
        self.answers = list(answers)
        self.keys: list[str] = []  # every call
        self.asked: list[str] = []
        self.seen: list[Disbursement] = []

    def send(self, disbursement: Disbursement) -> Outcome:
        """Note the key, and answer."""
        self.keys.append(disbursement.id)
        self.seen.append(disbursement)
        answer = self.answers.pop(0) if self.answers else Confirmed("tr-1")
        if isinstance(answer, BaseException):
            raise answer
        return answer

    def ask(self, disbursement: Disbursement) -> Outcome:
        """The same."""
        self.asked.append(disbursement.id)
        return self.send(disbursement)
