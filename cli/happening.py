"""The event of a test, and the answer to it, in; what a test can speak of out."""

from collections.abc import Mapping
from typing import Any

from ..engine.loyalty.answers import EventAnswer

SIDES = ("referrer", "friend")


def earned_in(answer: EventAnswer, event: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What an event gave, as the entries of a result; of a referral with the `side` that got it."""
    sides = {event[side]["id"]: side for side in SIDES if side in event}
    earned = (one for one in moves_of(answer) if one["move"] == "earn")
    return [{**one, "side": sides.get(one["member"])} for one in earned]


def refused_in(answer: EventAnswer) -> dict[str, str]:
    """Why rules gave nothing, each with its first reason."""
    reasons: dict[str, str] = {}
    for one in answer.refused:
        reasons.setdefault(one.rule, one.reason)
    return reasons


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
