"""Orders as callers see them, and the queries that find their rows."""

from __future__ import annotations

from typing import Any

import msgspec
import sqlalchemy as sa
from msgspec import Struct

from ...engine.loyalty.answers import CardAnswer, LineRefund, Unrecoverable
from ...engine.loyalty.moves import Move
from ..refusals import Decline, Refusal
from ..schema.orders import happenings, orders, papers, refunds, transitions
from ..schema.outbox import outbox
from ..transaction import Found, Transaction, of_tenant


class Placed(Struct, frozen=True):
    """An order that was placed; amounts in minor units. `member` is the store's id, or empty."""

    order: str
    member: str
    state: str
    ruleset: str
    placed_at_us: int
    subtotal_minor: int
    discount_minor: int
    grand_total_minor: int


class Step(Struct, frozen=True):
    """What an order became, and when."""

    number: int
    was: str
    becomes: str
    at_us: int
    actor: str


class Refunded(Struct, frozen=True):
    """What a refund of an order came to; amounts in minor units, people by their names."""

    order: str
    refund: str
    state: str
    amount_minor: int  # what comes back
    lines: list[LineRefund]
    moves: list[Move]
    unrecoverable: list[Unrecoverable]
    cards: list[CardAnswer]
    credit_minor: int = 0  # of the amount: is in the wallet again; the rest is to be paid back


class OrderShown(Struct, frozen=True):
    """An order, all that became of it, and its result as it was priced."""

    order: str
    member: str
    state: str
    ruleset: str
    currency: str
    placed_at_us: int
    subtotal_minor: int
    discount_minor: int
    grand_total_minor: int
    refunded_minor: int
    steps: list[Step]
    refunds: list[Refunded]
    result: msgspec.Raw
    credit_minor: int = 0  # of the grand total: what the wallet paid as it was placed


class Replayed(Struct, frozen=True):
    """An order priced again from its papers, by the rule set that it was priced with.

    `is_erased` says that the papers were: what the cart said of the customer is gone, so that the
    result need not be the same.
    """

    order: str
    ruleset: str
    is_same: bool  # byte for byte
    frozen: msgspec.Raw
    again: msgspec.Raw
    is_erased: bool = False


FIND_ORDER = of_tenant(orders).where(orders.c.id == sa.bindparam("order"))
FIND_PAPERS = of_tenant(papers).where(papers.c.order_id == sa.bindparam("order"))
FIND_STEPS = (
    of_tenant(transitions)
    .where(transitions.c.order_id == sa.bindparam("order"))
    .order_by(transitions.c.number)
)
FIND_REFUNDS = (
    of_tenant(refunds).where(refunds.c.order_id == sa.bindparam("order")).order_by(refunds.c.number)
)
FIND_HAPPENINGS = (
    of_tenant(happenings)
    .where(happenings.c.order_id == sa.bindparam("order"))
    .order_by(happenings.c.event, happenings.c.source)
)
LAST_NUMBER = sa.select(sa.func.max(outbox.c.number).label("number")).where(
    outbox.c.tenant == sa.bindparam("tenant"), outbox.c.subject == sa.bindparam("subject")
)


def lock_order(tx: Transaction, order: str) -> Found:
    """The row of an order, kept from others. Declines one that there is not."""
    found = tx.lock(FIND_ORDER, order=order)
    if not found:
        raise unknown(order)
    return found[0]


def unknown(order: str) -> Decline:
    """What is said of an order that there is not."""
    return Decline(Refusal.UNKNOWN_ORDER, f"there is no order `{order}`")


def placed_of(row: Found, state: str) -> Placed:
    """The answer of who placed an order in a state."""
    return Placed(
        row["id"],
        row["member"],
        str(state),
        row["ruleset"],
        row["placed_at_us"],
        row["subtotal_minor"],
        row["discount_minor"],
        row["total_minor"],
    )


def history_of(steps: list[Found]) -> list[str]:
    """The states that an order was in, the last one last."""
    return [step["becomes"] for step in steps]


class Teller:
    """Tells of one order, one number after the other."""

    def __init__(self, tx: Transaction, order: str, number: int) -> None:
        self._tx = tx
        self._subject = f"order/{order}"
        self._number = number

    def tell(self, type: str, data: dict[str, Any]) -> None:
        """Tell others of something."""
        self._number += 1
        self._tx.tell(type, self._subject, self._number, data)


def teller_of(tx: Transaction, order: str) -> Teller:
    """Who tells of an order that others may have told of before."""
    found = tx.find(LAST_NUMBER, subject=f"order/{order}")
    return Teller(tx, order, (found and found["number"]) or 0)


def step_of(tx: Transaction, order: str, number: int, was: str, becomes: str, **by: str) -> Found:
    """The row of a transition."""
    return {
        "order_id": order,
        "number": number,
        "was": was,
        "becomes": becomes,
        "at_us": tx.at_us,
        "actor": by.get("actor", ""),
        "source": by.get("source", ""),
    }
