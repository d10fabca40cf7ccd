"""Accounts and their entries in, gaps and breaks in their chains out.

Entries of an account are numbered from 1, each says the seal of the one before and the balance
after it, and the account says the number and the seal of its last.
"""

from __future__ import annotations

from collections.abc import Iterator

from ..database.pile import Pile, Row
from ..schema.ledger import accounts, entries
from .finding import Finding
from .seals import finding_of
from .snapshot import Snapshot


def check_chains(snapshot: Snapshot) -> Iterator[Finding]:
    """Follow the chain of every account."""
    pile = Pile(snapshot.table(entries, entries.c.account, entries.c.seq), "account")
    for account in snapshot.table(accounts, accounts.c.id):
        chain = pile.take(account.tenant, account.id)
        yield from follow(chain)
        last = chain[-1] if chain else None
        yield from compare(account, "seq", last.seq if last else 0)
        yield from compare(account, "head", last.seal if last else "")
    for row in pile.leave():
        yield finding_of(entries, row, "chain", "an account", "none")


def follow(chain: list[Row]) -> Iterator[Finding]:
    """Go through the entries of an account, in order."""
    number, balance, seal = 0, 0, ""
    for entry in chain:
        number += 1
        balance += entry.points
        if entry.seq != number:
            yield finding_of(entries, entry, "chain", f"number {number}", f"number {entry.seq}")
            number = entry.seq
        if entry.previous != seal:
            yield finding_of(entries, entry, "chain", f"previous {seal}", f"{entry.previous}")
        if entry.balance != balance:
            yield finding_of(entries, entry, "chain", f"balance {balance}", f"{entry.balance}")
            balance = entry.balance
        seal = entry.seal


def compare(account: Row, column: str, expected: object) -> Iterator[Finding]:
    """Find an account that says something else of its chain."""
    found = getattr(account, column)
    if found != expected:
        words = f"{column} {expected}", f"{column} {found}"
        yield finding_of(accounts, account, "chain", *words)
