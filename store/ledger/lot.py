"""Lots in memory: what credits left to spend, and how they are found in the order of spending."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import sqlalchemy as sa
from msgspec import Struct

from ..schema.ledger import LOT_HAS_ORDER, lots
from ..transaction import Transaction

CHUNK_FIRST = 4  # lots read at first; then eight times as many each time
CHUNK_MAX = 2048


class Lot(Struct, gc=False):
    """The row of a lot as it stands now; see `store.schema.ledger`."""

    account: str
    number: int
    entry: int
    points: int
    remaining: int
    earned_at_us: int
    activates_at_us: int
    expires_at_us: int
    first_expires_at_us: int
    waits_for: str = ""
    order_id: str = ""
    rule: str = ""
    held: int = 0
    lapsed: int = 0
    clawed: int = 0
    absorbed: int = 0

    @property
    def free(self) -> int:
        """What is left and not held."""
        return self.remaining - self.held

    @property
    def place(self) -> tuple[int, int, int]:
        """Where it stands in the order of spending."""
        return (self.expires_at_us, self.earned_at_us, self.number)


ROWS = sa.select(*(lots.c[name] for name in Lot.__struct_fields__)).where(
    lots.c.tenant == sa.bindparam("tenant")
)
OF_ACCOUNT = ROWS.where(lots.c.account == sa.bindparam("account"))
IS_OPEN = lots.c.remaining > sa.text("0")  # as the index has it, and no parameter
PLACE = (lots.c.expires_at_us, lots.c.earned_at_us, lots.c.number)
OPEN = (
    OF_ACCOUNT.where(
        IS_OPEN,
        sa.tuple_(*PLACE)
        > sa.tuple_(sa.bindparam("expires"), sa.bindparam("earned"), sa.bindparam("number")),
    )
    .order_by(*PLACE)
    .limit(sa.bindparam("most"))
)
OPEN_BEFORE = OF_ACCOUNT.where(IS_OPEN, lots.c.expires_at_us < sa.bindparam("before_us")).order_by(
    *PLACE
)
OF_ENTRY = OF_ACCOUNT.where(lots.c.entry == sa.bindparam("entry")).order_by(lots.c.number)
OF_ORDER = OF_ACCOUNT.where(LOT_HAS_ORDER, lots.c.order_id == sa.bindparam("order_id")).order_by(
    lots.c.number
)
NUMBERED = ROWS.where(
    lots.c.account.in_(sa.bindparam("accounts", expanding=True)),
    lots.c.number.in_(sa.bindparam("numbers", expanding=True)),
).order_by(lots.c.account, lots.c.number)


def open_lots(transaction: Transaction, account: str) -> Iterator[Sequence[Any]]:
    """Lots with something left in the order of spending, as many as are asked for: their fields."""
    place = (-1, 0, 0)
    most = CHUNK_FIRST
    while True:
        expires, earned, number = place
        found = transaction.fetch_tuples(
            OPEN, account=account, expires=expires, earned=earned, number=number, most=most
        )
        yield from found
        if len(found) < most:
            return
        place = Lot(*found[-1]).place
        most = min(most * 8, CHUNK_MAX)
