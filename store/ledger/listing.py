"""A member's accounts in, their entries out, the newest first, page by page."""

from __future__ import annotations

from collections.abc import Mapping

import sqlalchemy as sa
from msgspec import Struct

from ..errors import StoreError
from ..schema.frame import NEVER_US
from ..schema.ledger import entries
from ..transaction import Transaction, of_tenant
from .entry import Entry, entry_of
from .purse import Purse

LIMIT_MAX = 1_000  # entries of one page
FIRST = (NEVER_US, 0, "")

PLACE = (entries.c.recorded_at_us, entries.c.seq, entries.c.account)
BEFORE = (
    of_tenant(entries)
    .where(
        entries.c.account.in_(sa.bindparam("accounts", expanding=True)),
        sa.tuple_(*PLACE)
        < sa.tuple_(sa.bindparam("recorded"), sa.bindparam("seq"), sa.bindparam("account")),
    )
    .order_by(*(column.desc() for column in PLACE))
    .limit(sa.bindparam("most"))
)


class Page(Struct, frozen=True):
    """Some entries, the newest first, and how to ask for those before them; None: these are all.

    What is written meanwhile moves nothing: no entry comes twice, and none is left out that was
    there when the first page was read.
    """

    entries: tuple[Entry, ...]
    cursor: str | None
    purses: Mapping[str, Purse]  # all that the member has, by the accounts that entries name


def read_page(
    transaction: Transaction, purses: Mapping[str, Purse], cursor: str | None, limit: int
) -> Page:
    """The entries of purses, by their accounts, before a cursor.

    Raises `StoreError` for a cursor that is none.
    """
    if type(limit) is not int or not 0 < limit <= LIMIT_MAX:
        expected = f"a whole number from 1 to {LIMIT_MAX}"
        raise StoreError("bad_value", "limit", expected=expected, got=repr(limit))
    recorded, seq, account = FIRST if cursor is None else read_cursor(cursor)
    if not purses:
        return Page((), None, purses)
    found = transaction.fetch(
        BEFORE,
        accounts=list(purses),
        recorded=recorded,
        seq=seq,
        account=account,
        most=limit + 1,
    )
    page = tuple(entry_of(row) for row in found[:limit])
    return Page(page, cursor_of(page[-1]) if len(found) > limit else None, purses)


def cursor_of(entry: Entry) -> str:
    """The place of an entry in the order of pages."""
    return f"{entry.recorded_at_us}.{entry.seq}.{entry.account}"


def read_cursor(cursor: str) -> tuple[int, int, str]:
    """The place that a cursor stands for."""
    parts = cursor.split(".", 2)
    if len(parts) != 3 or not all(part.isdecimal() and len(part) < 20 for part in parts[:2]):
        expected = "the `cursor` of a page"
        raise StoreError("bad_value", "cursor", expected=expected, got=f"`{cursor}`")
    return int(parts[0]), int(parts[1]), parts[2]
