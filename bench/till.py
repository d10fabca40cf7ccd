"""A store of SQLite in, points given and spent out; and the same rows written by nobody's rules.

What a request costs beyond the rows it leaves is what a store is asked about. So every write of a
store is noted as it is done, and `Twin` does it again on a database of its own: the same statements
with the same values, between the same BEGIN and COMMIT, and nothing else.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from itertools import count
from pathlib import Path
from typing import Any

import msgspec
import sqlalchemy as sa

from tallystick.dsl.source import Source
from tallystick.store.acting import act
from tallystick.store.database.connecting import CACHE_KIB
from tallystick.store.ledger.account import AccountKey
from tallystick.store.ledger.book import Book
from tallystick.store.ledger.cause import Cause
from tallystick.store.rules.timeline import read_timeline
from tallystick.store.shop import Shop
from tallystick.store.store import Store
from tallystick.store.transaction import Transaction

NOON_US = 1_783_684_800_000_000  # 2026-07-10T12:00:00Z
DAY_US = 86_400_000_000
RULES = """
ruleset: {currency: EUR, timezone: Europe/Madrid}
programs:
  club:
    points: {expire_after: 12 months}
    redemption: {points: 100, value: 1 EUR}
    tiers: {levels: {green: {from: 0}, gold: {from: 1000000000}}}
earning_rules:
  buy: {program: club, event: purchase, award: {points: 1 per 1 EUR}}
"""


class Booked(msgspec.Struct):
    """The answer to a request."""

    balance: int


Write = tuple[str, Sequence[Any], bool]  # a statement that wrote, its values, whether it has many


def open_shop(url: str, rules: str = RULES) -> Shop:
    """A new store at a URL, and its shop: the rules are in force since 1970."""
    store = Store(url, clock=lambda: NOON_US)
    store.migrate()
    shop = store.shop()
    shop.rules.publish([Source("rules.yaml", rules)], author="", at_us=0)
    return shop


class Till:
    """Gives and spends points of one shop, each request with a key of its own."""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop
        self.tenancy = shop.tenancy
        self._numbers = count(1)

    def _source(self) -> str:
        """A name that was never there."""
        return f"s{next(self._numbers):07}"

    def award(self, member: str = "ana", points: int = 100) -> Booked:
        """Give points, as a purchase does."""

        def work(book: Book, source: str) -> Booked:
            account = self._open(book, [member])[0]
            cause = Cause("purchase", source, "buy", order_id=source)
            return Booked(book.earn(account, points, cause, base_minor=points * 100).balance)

        return self.ask(work)

    def redeem(self, member: str = "ana", points: int = 1) -> Booked:
        """Spend points."""

        def work(book: Book, source: str) -> Booked:
            account = self._open(book, [member])[0]
            return Booked(book.redeem(account, points, Cause("redeem", source, "spend")).balance)

        return self.ask(work)

    def award_many(self, members: Sequence[str]) -> Booked:
        """Give points to many, in one transaction."""

        def work(book: Book, source: str) -> Booked:
            cause = Cause("birthday", source, "gift")
            opened = self._open(book, members)
            book.recall((account, cause) for account in opened)
            return Booked(sum(book.earn(account, 100, cause).balance for account in opened))

        return self.ask(work)

    def fill(self, member: str, lots: int, points: int = 1_000) -> None:
        """Give points so often, each time to end on another day."""

        def work(book: Book, source: str) -> Booked:
            account = self._open(book, [member])[0]
            for number in range(lots):
                until_us = NOON_US + (number + 1) * DAY_US
                cause = Cause("opening", f"{source}-{number}")
                book.earn(account, points, cause, expires_at_us=until_us)
            return Booked(account.balance)

        self.ask(work)

    def move(self, giver: str, taker: str, points: int = 1) -> Booked:
        """Move points from one to another."""

        def work(book: Book, source: str) -> Booked:
            accounts = self._open(book, [giver, taker])
            cause = Cause("transfer", source)
            given, _ = book.transfer(accounts[0], accounts[1], points, cause)
            return Booked(given.balance)

        return self.ask(work)

    def ask(self, work: Callable[[Book, str], Booked]) -> Booked:
        """One request."""
        source = self._source()

        def once(tx: Transaction) -> Booked:
            return work(Book(tx, read_timeline(tx, self.shop.library)), source)

        answer = act(self.tenancy, "bench", source, once, Booked, request=source)
        assert isinstance(answer, Booked), answer
        return answer

    @staticmethod
    def _open(book: Book, members: Sequence[str]) -> list[Any]:
        """The accounts of some members."""
        keys = [AccountKey(member, "club") for member in members]
        opened = book.open(keys)
        return [opened[key] for key in keys]


class Twin:
    """A second file, in which every write of a shop is done again by hand."""

    def __init__(self, shop: Shop, path: Path) -> None:
        self._writes: list[Write] = []
        database = shop.tenancy.database
        source = sqlite3.connect(str(database.url.database))
        self._raw = sqlite3.connect(path, isolation_level=None)
        source.backup(self._raw)
        source.close()
        for pragma in ("journal_mode=WAL", "synchronous=FULL", f"cache_size=-{CACHE_KIB}"):
            self._raw.execute(f"PRAGMA {pragma}")
        # `retval` saves a wrapper: what is done here is in the time that is measured.
        sa.event.listen(database.engine, "before_cursor_execute", self._note, retval=True)

    def _note(
        self, _: Any, __: Any, text: str, values: Any, ___: Any, is_many: bool
    ) -> tuple[str, Any]:
        """Keep a statement that writes."""
        if text.startswith(("INSERT", "UPDATE", "DELETE")):
            kept = list(values) if is_many else values  # a list is emptied when it is written
            self._writes.append((text, kept, is_many))
        return text, values

    def catch_up(self) -> int:
        """Do what was written since, in one transaction; how many rows that were."""
        writes, self._writes = self._writes, []
        run, rows = self._raw.execute, 0
        run("BEGIN IMMEDIATE")
        for text, values, is_many in writes:
            if is_many:
                self._raw.executemany(text, values)
            else:
                run(text, values)
            rows += len(values) if is_many else 1
        run("COMMIT")
        return rows

    def close(self) -> None:
        """Close the file."""
        self._raw.close()
