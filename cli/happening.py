"""The event of a test, and the answer to it, in; what a test can speak of out."""

from collections.abc import Mapping
from typing import Any

from ..engine.loyalty.answers import EventAnswer

SOMEBODY = "customer"  # whose event it is, where a test does not say


def whole_event(event: Mapping[str, Any]) -> dict[str, Any]:
    """An event as the shop would send it: somebody's."""
    customer = {"id": SOMEBODY, **(event.get("customer") or {})}
    return {**event, "customer": customer}


def earned_in(answer: EventAnswer) -> list[dict[str, Any]]:
    """What an event gave, as the entries of a result."""
    return [one for one in moves_of(answer) if one["move"] == "earn"]


def redeemed_in(answer: EventAnswer) -> list[dict[str, Any]]:
    """What an event redeemed, and what it could not, as the entries of a result."""
    reasons = {one.rule: one.reason for one in answer.refused}
    if answer.type != "redeem":
        return []
    found = []
    for move in moves_of(answer):
        if move["move"] == "redeem":
            reason = reasons.pop(move["rule"], None)
            status = "honoured" if reason is None else "clipped"
            found.append({**move, "issued": None, "status": status, "reason": reason})
    for rule, reason in reasons.items():
        found.append({"rule": rule, "issued": None, "status": "refused", "reason": reason})
    return found


def moves_of(answer: EventAnswer) -> list[dict[str, Any]]:
    """The moves as plain data."""
    moves: list[dict[str, Any]] = answer.to_dict()["moves"]
    return moves
