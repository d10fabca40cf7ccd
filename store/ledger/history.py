"""Accounts in, every row that is about one of them out, account by account.

Each table is read once, in the order of accounts, however many there are.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Any

import sqlalchemy as sa

from ..database.pile import Pile, Row, stream
from ..schema.ledger import (
    accounts,
    allocations,
    entries,
    hold_lots,
    holds,
    lots,
    qualifying,
    slides,
)

# In which order the rows of one account are read.
ORDERS: dict[sa.Table, tuple[sa.Column[Any], ...]] = {
    entries: (entries.c.seq,),
    allocations: (allocations.c.entry, allocations.c.place),
    lots: (lots.c.number,),
    holds: (holds.c.created_at_us, holds.c.id),
    hold_lots: (hold_lots.c.hold, hold_lots.c.place),
    slides: (slides.c.at_us, slides.c.entry),
    qualifying: (qualifying.c.entry, qualifying.c.place),
}


@dataclass(frozen=True, slots=True)
class History:
    """All rows of one account, as columns of the tables name them."""

    account: Row
    entries: Sequence[Row]
    allocations: Sequence[Row]
    lots: Sequence[Row]
    holds: Sequence[Row]
    hold_lots: Sequence[Row]
    slides: Sequence[Row]
    qualifying: Sequence[Row]


class Choice(StrEnum):
    """Which accounts are read, and what values that takes."""

    ALL = "all"  # of all tenants
    TENANT = "tenant"  # tenant
    PROGRAM = "program"  # tenant, program, unit
    IDS = "ids"  # tenant, ids


def read_histories(connection: sa.Connection, choice: Choice, **values: Any) -> Iterator[History]:
    """The histories of accounts, in the order of tenants and ids."""

    def read(query: sa.Select[Any]) -> Iterator[Row]:
        return stream(connection, query, **values)

    piles = [Pile(read(rows_of(table, choice)), "account") for table in ORDERS]
    for account in read(accounts_of(choice)):
        yield History(account, *(pile.take(account.tenant, account.id) for pile in piles))


@cache
def accounts_of(choice: Choice) -> sa.Select[Any]:
    """The query of the accounts."""
    chosen = sa.select(accounts).where(*terms_of(choice))
    return chosen.order_by(accounts.c.tenant, accounts.c.id)


@cache
def rows_of(table: sa.Table, choice: Choice) -> sa.Select[Any]:
    """The query of the rows of a table that are about these accounts."""
    query = sa.select(table)
    if choice is not Choice.ALL:
        query = query.where(table.c.tenant == sa.bindparam("tenant"))
    if choice in (Choice.PROGRAM, Choice.IDS):
        query = query.where(table.c.account.in_(sa.select(accounts.c.id).where(*terms_of(choice))))
    return query.order_by(table.c.tenant, table.c.account, *ORDERS[table])


def terms_of(choice: Choice) -> list[sa.ColumnElement[bool]]:
    """What is asked of an account."""
    terms: list[sa.ColumnElement[bool]] = []
    if choice is not Choice.ALL:
        terms.append(accounts.c.tenant == sa.bindparam("tenant"))
    if choice is Choice.PROGRAM:
        terms.append(accounts.c.program == sa.bindparam("program"))
        terms.append(accounts.c.unit == sa.bindparam("unit"))
    if choice is Choice.IDS:
        terms.append(accounts.c.id.in_(sa.bindparam("ids", expanding=True)))
    return terms
