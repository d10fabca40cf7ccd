"""An order and a state in, what the order becomes out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ..schema.orders import orders, transitions
from ..transaction import Found
from .arriving import arrive
from .desk import Desk
from .records import FIND_STEPS, Placed, history_of, lock_order, placed_of, step_of, teller_of
from .states import FORWARD, OrderState, check_step, passed

NOTHING: Mapping[str, Any] = {}


def move(desk: Desk, order: str, becomes: str, actor: str) -> Placed:
    """Bring an order forward. Declines what it cannot become, or is already."""
    row, steps = open_order(desk, order)
    history = history_of(steps)
    check_step(order, history, becomes)
    write_step(desk, row, steps, becomes, actor=actor)
    arrive(desk, row, passed(history, becomes))
    return placed_of(row, becomes)


def open_order(desk: Desk, order: str) -> tuple[Found, list[Found]]:
    """The row of an order, kept from others, and what it became so far."""
    row = lock_order(desk.tx, order)
    return row, desk.tx.fetch(FIND_STEPS, order=order)


def write_step(
    desk: Desk,
    row: Found,
    steps: Sequence[Found],
    becomes: str,
    *,
    actor: str,
    source: str = "",
    type: str = "order.changed",
    told: Mapping[str, Any] = NOTHING,
) -> None:
    """Write that an order became something, and tell of it, with what else is `told`."""
    tx, was = desk.tx, steps[-1]["becomes"]
    number = len(steps) + 1
    made = step_of(tx, row["id"], number, was, becomes, actor=actor, source=source)
    tx.insert(transitions, [made])
    tx.update(orders, [{**row, "status": str(becomes)}])
    change = {"order": row["id"], "member": row["member"], "was": was, "state": str(becomes)}
    teller_of(tx, row["id"]).tell(type, {**change, **told})


def reached_at(steps: Sequence[Found]) -> dict[OrderState, int]:
    """When an order reached each forward state that it reached, skipped ones with the later."""
    found: dict[OrderState, int] = {}
    for number, step in enumerate(steps):
        for state in passed([one["becomes"] for one in steps[:number]], step["becomes"]):
            found.setdefault(state, step["at_us"])
    return {state: found[state] for state in FORWARD if state in found}
