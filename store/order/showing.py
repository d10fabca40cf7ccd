"""An order in, what it is and was out; and priced again, from its papers alone."""

from __future__ import annotations

import msgspec

from ..rules.library import Library
from ..schema.frame import NEVER_US
from ..transaction import Transaction
from .papers import thaw
from .records import (
    FIND_ORDER,
    FIND_PAPERS,
    FIND_REFUNDS,
    FIND_STEPS,
    OrderShown,
    Refunded,
    Replayed,
    Step,
    unknown,
)
from .store_credit import paid_for


def show(tx: Transaction, order: str) -> OrderShown:
    """An order, what became of it, and its refunds. Declines one that there is not."""
    row = tx.find(FIND_ORDER, order=order)
    if row is None:
        raise unknown(order)
    steps = [
        Step(one["number"], one["was"], one["becomes"], one["at_us"], one["actor"])
        for one in tx.fetch(FIND_STEPS, order=order)
    ]
    refunds = tx.fetch(FIND_REFUNDS, order=order)
    return OrderShown(
        order=order,
        member=row["member"],
        state=row["status"],
        ruleset=row["ruleset"],
        currency=row["currency"],
        placed_at_us=row["placed_at_us"],
        subtotal_minor=row["subtotal_minor"],
        discount_minor=row["discount_minor"],
        grand_total_minor=row["total_minor"],
        refunded_minor=sum(one["amount_minor"] for one in refunds),
        steps=steps,
        refunds=[msgspec.json.decode(one["answer"], type=Refunded) for one in refunds],
        result=msgspec.Raw(row["result"]),
        credit_minor=paid_for(tx, row).taken_minor,
    )


def replay(tx: Transaction, library: Library, order: str) -> Replayed:
    """Price an order again, by the rules it was priced with, and hold both results side by side.

    Declines one that there is not. The cart of somebody who was erased says less than it did, and
    the answer says so.
    """
    row, paper = tx.find(FIND_ORDER, order=order), tx.find(FIND_PAPERS, order=order)
    if row is None or paper is None:
        raise unknown(order)
    frozen = thaw(paper)
    engine = library.engine(tx, row["ruleset"])
    again = engine.quote(bytes(frozen.cart), frozen.facts).to_json()
    return Replayed(
        order,
        row["ruleset"],
        again == row["result"],
        msgspec.Raw(row["result"]),
        msgspec.Raw(again),
        paper["erased_at_us"] != NEVER_US,
    )
