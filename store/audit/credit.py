"""Orders in, those out whose store credit the wallet of their customer did not pay, or get back.

What a cart pays with store credit, and what its refunds give back of it, are entries of a wallet;
of an order that was cancelled nothing stays taken.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec
import sqlalchemy as sa

from ..database.pile import Pile, Row
from ..schema.ledger import accounts, entries
from ..schema.orders import orders, papers, refunds
from .finding import Finding
from .seals import finding_of
from .snapshot import Snapshot

CREDIT = "credit"
BOOKED = (
    sa.select(entries, accounts.c.member)
    .join(
        accounts,
        (accounts.c.tenant == entries.c.tenant) & (accounts.c.id == entries.c.account),
    )
    .where(accounts.c.unit == CREDIT, entries.c.order_id != "")
    .order_by(entries.c.tenant, entries.c.order_id)
)


class Cart(msgspec.Struct):
    """Of a cart what it pays with."""

    store_credit: int | None = None


class Line(msgspec.Struct):
    """Of a line what is left of its price."""

    net: int


class Priced(msgspec.Struct):
    """Of a result what store credit may pay."""

    grand_total: int
    lines: list[Line]


class Refunded(msgspec.Struct):
    """Of a refund what the wallet got."""

    credit_minor: int = 0


def check_credit(snapshot: Snapshot) -> Iterator[Finding]:
    """Hold the carts and refunds of orders against what wallets paid for them."""
    booked = Pile(snapshot.rows(BOOKED, entries), "order_id")
    paper = Pile(snapshot.table(papers, papers.c.order_id), "order_id")
    back = Pile(snapshot.table(refunds, refunds.c.order_id), "order_id")
    for order in snapshot.table(orders, orders.c.id):
        piles = [pile.take(order.tenant, order.id) for pile in (booked, paper, back)]
        try:
            yield from check_order(order, *piles)
        except msgspec.MsgspecError as error:
            yield finding_of(orders, order, "sum", "a cart, a result and refunds", str(error))


def check_order(
    order: Row, booked: Sequence[Row], paper: Sequence[Row], back: Sequence[Row]
) -> Iterator[Finding]:
    """Hold one order against its wallet."""
    own = [row for row in booked if row.member == order.member and not row.rule]
    taken = -sum(row.points for row in own if row.kind == "redeem")
    result = msgspec.json.decode(order.result, type=Priced)
    asked = sum(msgspec.json.decode(row.cart, type=Cart).store_credit or 0 for row in paper)
    due = min(asked, sum(line.net for line in result.lines), result.grand_total)
    if taken != due:
        words = f"{due} of store credit taken", f"{taken}"
        yield finding_of(orders, order, "sum", *words)
    told = sum(msgspec.json.decode(row.answer, type=Refunded).credit_minor for row in back)
    got = sum(row.points for row in own if row.event == "refund")
    if told != got:
        yield finding_of(orders, order, "sum", f"{told} of store credit refunded", f"{got}")
    left = -sum(row.points for row in own)
    if left < 0 or (left and order.status == "cancelled"):
        yield finding_of(orders, order, "sum", "0 of store credit kept", f"{left}")
