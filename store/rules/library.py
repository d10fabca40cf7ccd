"""The hash of a published rule set in, its engine out: compiled or read once, then kept."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from ...dsl.source import Source
from ...engine.engine import Engine
from ..database.seal import seal_of
from ..errors import StoreError
from ..refusals import Decline, Refusal
from ..schema.tenancy import compilations, rulesets
from ..tenancy import Tenancy
from ..transaction import Transaction, of_tenant
from .compiling import read_compiled, read_sources
from .shelf import Kept, Shelf

NEWEST = (
    of_tenant(rulesets)
    .where(rulesets.c.hash == sa.bindparam("hash"))
    .order_by(rulesets.c.edition.desc())
    .limit(1)
)
FIND_CONTENT = (
    of_tenant(compilations)
    .where(compilations.c.hash == sa.bindparam("hash"))
    .where(compilations.c.edition == sa.bindparam("edition"))
)


class Library:
    """The engines of one tenant. Safe to share between threads, and costs nothing to make anew."""

    def __init__(self, tenancy: Tenancy, shelf: Shelf | None = None) -> None:
        self.tenancy = tenancy
        self.shelf = Shelf() if shelf is None else shelf
        self.last_read: Any = None  # what `timeline.read_timeline` made last

    def engine(self, transaction: Transaction, hash: str, edition: int = 1) -> Engine:
        """What prices by a rule set that was published: its newest edition, or one from `edition`.

        Declines a hash that never was; raises `StoreError` where the row of it is damaged.
        """
        return self.shelf.get(
            self.tenancy.tenant, hash, edition, lambda: read_engine(transaction, hash)
        )


def find_ruleset(transaction: Transaction, hash: str) -> dict[str, Any]:
    """The row of the newest edition of a rule set, whole."""
    row = transaction.find(NEWEST, hash=hash)
    if row is None:
        words = f"no rule set with the hash `{hash}` was ever published here"
        raise Decline(Refusal.UNKNOWN_RULESET, words)
    if seal_of(rulesets, row) != row["seal"]:
        raise StoreError("damaged_row", "", what=f"rule set `{hash}`, edition {row['edition']}")
    return row


def find_sources(transaction: Transaction, hash: str) -> list[Source]:
    """The rule files that were published under a hash, as they last were."""
    return read_sources(find_ruleset(transaction, hash)["sources"])


def read_engine(transaction: Transaction, hash: str) -> Kept:
    """An engine, made of the newest edition of a rule set."""
    row = find_ruleset(transaction, hash)
    compiled = transaction.find(FIND_CONTENT, hash=hash, edition=row["edition"])
    content = None if compiled is None else compiled["content"]
    ruleset = read_compiled(hash, read_sources(row["sources"]), content)
    return Kept(Engine(ruleset), row["edition"], len(row["sources"]))
