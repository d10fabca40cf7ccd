"""Orders in, those out that do not agree with what is written of them elsewhere.

An order is in the state of its last transition, its papers have the digests they were priced with
unless they are erased, and its placements are those of its result, which comes to its totals.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from hashlib import sha256

import msgspec
import sqlalchemy as sa

from ..database.pile import Pile, Row
from ..schema.frame import NEVER_US
from ..schema.orders import orders, papers, placements, refunds, transitions
from .finding import Finding
from .seals import finding_of
from .snapshot import Snapshot

Placement = tuple[str, str, int, str, int, int]  # part, item, place, rule, stage, amount


class Allocation(msgspec.Struct):
    """Who took how much of something."""

    rule: str
    stage: int
    amount: int


class Item(msgspec.Struct):
    """A line, a shipment, or what was paid."""

    id: str = ""
    allocations: list[Allocation] = []


class Priced(msgspec.Struct):
    """Of a result what is written down elsewhere too."""

    cart: str
    subtotal: int
    discount_total: int
    grand_total: int
    ruleset: str
    currency: str
    payment: Item
    lines: list[Item] = []
    shipments: list[Item] = []


decoder = msgspec.json.Decoder(Priced)


def check_orders(snapshot: Snapshot) -> Iterator[Finding]:
    """Hold every order against its transitions, papers, placements and refunds."""

    def pile(table: sa.Table, *order: sa.Column[object]) -> Pile:
        return Pile(snapshot.table(table, table.c.order_id, *order), "order_id")

    piles = {
        transitions: pile(transitions, transitions.c.number),
        papers: pile(papers),
        placements: pile(placements, placements.c.part, placements.c.item, placements.c.place),
        refunds: pile(refunds, refunds.c.number),
    }
    for order in snapshot.table(orders, orders.c.id):
        rows = {table: one.take(order.tenant, order.id) for table, one in piles.items()}
        yield from check_status(order, rows[transitions])
        yield from check_papers(order, rows[papers])
        yield from check_result(order, rows[placements])
        yield from check_count(refunds, rows[refunds])
    for table, one in piles.items():
        for row in one.leave():
            yield finding_of(table, row, "reference", "an order", "none")


def check_status(order: Row, steps: Sequence[Row]) -> Iterator[Finding]:
    """An order is what it became last."""
    yield from check_count(transitions, steps)
    was = ""
    for step in steps:
        if step.was != was:
            yield finding_of(transitions, step, "status", f"was `{was}`", f"was `{step.was}`")
        was = step.becomes
    if order.status != was:
        yield finding_of(orders, order, "status", f"`{was}`", f"`{order.status}`")


def check_count(table: sa.Table, rows: Sequence[Row]) -> Iterator[Finding]:
    """Rows of an order are numbered from 1."""
    for number, row in enumerate(rows, start=1):
        if row.number != number:
            yield finding_of(table, row, "number", f"number {number}", f"number {row.number}")
            return


def check_papers(order: Row, found: Sequence[Row]) -> Iterator[Finding]:
    """An order has the papers that it was priced from, unless they are erased."""
    if len(found) != 1:
        yield finding_of(orders, order, "reference", "papers", "none")
    for paper in found:
        if paper.erased_at_us != NEVER_US:
            continue
        for name in ("cart", "facts"):
            digest = sha256(getattr(paper, name)).hexdigest()
            expected = getattr(paper, f"{name}_digest")
            if digest != expected:
                yield finding_of(papers, paper, "digest", f"{name} {expected}", digest)


def check_result(order: Row, found: Sequence[Row]) -> Iterator[Finding]:
    """What is written of an order is what its result says."""
    try:
        result = decoder.decode(order.result)
    except msgspec.MsgspecError as error:
        yield finding_of(orders, order, "sum", "a result", str(error))
        return
    expected = {
        "id": result.cart,
        "ruleset": result.ruleset,
        "currency": result.currency,
        "subtotal_minor": result.subtotal,
        "discount_minor": result.discount_total,
        "total_minor": result.grand_total,
    }
    for name, value in expected.items():
        if getattr(order, name) != value:
            words = f"{name} {value}", f"{name} {getattr(order, name)}"
            yield finding_of(orders, order, "sum", *words)
    written = {placement_of(row): row for row in found}
    placed = set(placements_in(result))
    for one in sorted(placed - written.keys()):
        yield finding_of(orders, order, "sum", f"the placement {one}", "none")
    for one in sorted(written.keys() - placed):
        yield finding_of(placements, written[one], "sum", "what the result says", str(one))


def placement_of(row: Row) -> Placement:
    """A row as the result says it."""
    return (row.part, row.item, row.place, row.rule, row.stage, row.amount_minor)


def placements_in(result: Priced) -> Iterator[Placement]:
    """Who took how much of what, as the result says it."""
    parts = (("line", result.lines), ("shipment", result.shipments), ("payment", [result.payment]))
    for part, items in parts:
        for item in items:
            for place, one in enumerate(item.allocations, start=1):
                yield (part, item.id, place, one.rule, one.stage, one.amount)
