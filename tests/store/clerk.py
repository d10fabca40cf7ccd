"""A tenancy in, requests on accounts out, each with its key: what a checkout sends, maybe twice.

Everything happens in the program `club`, under terms that never change.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import sqlalchemy as sa
from msgspec import Struct

from tallystick.dsl.loyalty import Duration, PointsCurrency, Program
from tallystick.store.acting import act, look
from tallystick.store.audit.verifying import verify
from tallystick.store.database.database import Database
from tallystick.store.ledger.account import Account, AccountKey
from tallystick.store.ledger.book import Book
from tallystick.store.ledger.cause import Cause
from tallystick.store.ledger.entry import Entry
from tallystick.store.refusals import Declined
from tallystick.store.schema.catalog import metadata
from tallystick.store.schema.ledger import accounts, entries
from tallystick.store.tenancy import Tenancy
from tallystick.store.transaction import Transaction, of_tenant

from .ledger.desk import FixedTerms

TEXTS = {
    table: f"SELECT * FROM {table.name} ORDER BY {', '.join(table.primary_key.columns.keys())}"
    for table in metadata.sorted_tables
}
Work = Callable[[Book, dict[str, Account]], Entry]


class Booked(Struct, frozen=True):
    """The answer to a request."""

    points: int
    balance: int


@dataclass
class Clerk:
    """Sends requests about the members `ana`, `bo`, ..."""

    tenancy: Tenancy
    terms: FixedTerms = field(default_factory=FixedTerms)

    def ask(
        self, action: str, members: tuple[str, ...], asked: object, work: Work, key: str | None
    ) -> Booked | Declined:
        """One request on the accounts of some members."""

        def once(transaction: Transaction) -> Booked:
            book = Book(transaction, self.terms)
            keys = {member: AccountKey(member, "club") for member in members}
            opened = book.open(keys.values())
            entry = work(book, {member: opened[keys[member]] for member in members})
            return Booked(entry.points, entry.balance)

        return act(self.tenancy, action, [members, asked], once, Booked, request=key)

    def earn(self, member: str, points: int, source: str, key: str | None = None) -> object:
        """Give points."""
        cause = Cause("purchase", source, rule="buy", order_id=source)
        return self.ask(
            "earn", (member,), points, lambda book, of: book.earn(of[member], points, cause), key
        )

    def redeem(self, member: str, points: int, source: str, key: str | None = None) -> object:
        """Spend points."""
        cause = Cause("redeem", source, rule="spend", order_id=source)
        return self.ask(
            "redeem",
            (member,),
            points,
            lambda book, of: book.redeem(of[member], points, cause),
            key,
        )

    def claw_back(self, member: str, points: int, order: str, key: str | None = None) -> object:
        """Take back points of an order."""
        cause = Cause("refund", f"refund of {order}", rule="buy", order_id=order)

        def work(book: Book, of: dict[str, Account]) -> Entry:
            return book.claw_back(of[member], points, cause, order_id=order, rule="buy")

        return self.ask("claw back", (member,), points, work, key)

    def give_back(self, member: str, points: int, order: str, key: str | None = None) -> object:
        """Give back points that were spent with an order."""
        cause = Cause("cancel", f"cancel of {order}", rule="spend", order_id=order)

        def work(book: Book, of: dict[str, Account]) -> Entry:
            return book.give_back(of[member], points, cause, order_id=order, rule="spend")

        return self.ask("give back", (member,), points, work, key)

    def transfer(
        self, giver: str, taker: str, points: int, source: str, key: str | None = None
    ) -> object:
        """Move points."""
        cause = Cause("transfer", source)

        def work(book: Book, of: dict[str, Account]) -> Entry:
            return book.transfer(of[giver], of[taker], points, cause)[0]

        return self.ask("transfer", (giver, taker), points, work, key)

    def hold_and_capture(self, member: str, points: int, source: str, key: str | None) -> object:
        """Set points aside and spend all but one of them."""
        cause = Cause("checkout", source)

        def work(book: Book, of: dict[str, Account]) -> Entry:
            held = book.hold(of[member], points, source=source)
            entry = book.capture(held.id, points - 1, cause)
            assert entry is not None
            return entry

        return self.ask("hold", (member,), points, work, key)

    def balance(self, member: str) -> int:
        """What is there now."""
        query = of_tenant(accounts).where(accounts.c.member == member)
        rows = look(self.tenancy, lambda one: one.fetch(query))
        return sum(int(row["balance"]) for row in rows)

    def entries(self, kind: str) -> int:
        """How many entries there are of a kind."""
        query = of_tenant(entries).where(entries.c.kind == kind)
        return look(self.tenancy, lambda one: len(one.fetch(query)))


def lively(points_live_days: int = 30) -> FixedTerms:
    """Terms under which points end, and every earn moves the end of the others."""
    points = PointsCurrency(expire_after=Duration(days=points_live_days), is_sliding=True)
    return FixedTerms([(0, Program(id="club", points=points))])


def is_sound(database: Database, *, has_shop: bool = False) -> bool:
    """Whether nothing is wrong in a database.

    Unless it `has_shop`, members and rule sets have no rows: the clerk only knows their names.
    """
    found = [one for one in verify(database) if has_shop or one.check != "reference"]
    assert found == [], found[:3]
    return True


def rows_of(database: Database) -> dict[str, list[tuple[object, ...]]]:
    """Everything there is."""

    def read(connection: sa.Connection) -> dict[str, list[tuple[object, ...]]]:
        return {
            str(table.name): [tuple(row) for row in connection.exec_driver_sql(TEXTS[table])]
            for table in metadata.sorted_tables
        }

    return database.read(read)
