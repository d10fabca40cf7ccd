"""The states of an order: what may follow on what, and which were reached on the way.

    placed -> awaiting_fulfilment -> fulfilled      forward; steps may be skipped
    placed, awaiting_fulfilment -> cancelled        unless something was refunded
    any but cancelled, refunded -> partly_refunded, refunded

What was refunded in part goes on to states that it had not reached.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import StrEnum

from ..errors import StoreError
from ..refusals import Decline, Refusal


class OrderState(StrEnum):
    """Every state there is."""

    PLACED = "placed"
    AWAITING = "awaiting_fulfilment"
    FULFILLED = "fulfilled"
    CANCELLED = "cancelled"
    PARTLY_REFUNDED = "partly_refunded"
    REFUNDED = "refunded"


FORWARD = (OrderState.PLACED, OrderState.AWAITING, OrderState.FULFILLED)
REFUNDS = (OrderState.PARTLY_REFUNDED, OrderState.REFUNDED)
OVER = (OrderState.CANCELLED, OrderState.REFUNDED)


def reached(states: Iterable[str]) -> int:
    """How many forward states an order has reached that was in these: a skipped one counts."""
    return max((FORWARD.index(OrderState(one)) + 1 for one in states if one in FORWARD), default=0)


def passed(before: Iterable[str], becomes: str) -> Sequence[OrderState]:
    """The states that an order reaches by becoming something, skipped ones included."""
    return FORWARD[reached(before) : reached([becomes])] if becomes in FORWARD else ()


def possible(history: Sequence[str]) -> list[OrderState]:
    """What an order may become that was in these states; it is in the last."""
    now = history[-1]
    if now in OVER:
        return []
    found = list(FORWARD[reached(history) :])
    if now in FORWARD[:2] and not any(one in REFUNDS for one in history):
        found.append(OrderState.CANCELLED)
    return [*found, *REFUNDS]


def check_forward(state: str) -> None:
    """Raise `StoreError` for a state to which nobody brings an order forward."""
    if state not in FORWARD:
        expected = f"one of {', '.join(FORWARD)}"
        raise StoreError("bad_value", "state", expected=expected, got=repr(state))


def check_step(order: str, history: Sequence[str], becomes: str) -> None:
    """Decline what an order may not become, naming what it may."""
    allowed = possible(history)
    if becomes in allowed:
        return
    ways = ", ".join(allowed) or "nothing else"
    raise Decline(
        Refusal.WRONG_STATE,
        f"order `{order}` is {history[-1]} and cannot become {becomes}; it can become {ways}",
        state=history[-1],
        possible=[one.value for one in allowed],
    )
