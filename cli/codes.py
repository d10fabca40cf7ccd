"""The reason why a code gave nothing in, words for people out."""

from ..engine.outcome import Reason

REFUSED = {
    Reason.UNKNOWN: "unknown",
    Reason.INACTIVE: "its promotion is not active",
    Reason.LIMIT_REACHED: "used up",
    Reason.EXCLUDED_BY_EXCLUSIVE: "shut out by an exclusive promotion",
    Reason.EXCLUDED_BY_LAST: "after the last promotion",
    Reason.OUTRANKED: "beaten inside its stack group",
    Reason.EXCLUDED_BY_SIBLING: "excluded by another promotion",
    Reason.MAX_PROMOTIONS: "too many promotions",
    Reason.CONDITION: "a condition is false",
    Reason.NO_EFFECT: "nothing to give",
}


def why_refused(reason: str, by: object = None) -> str:
    """Why a code was refused, and by which promotion, if one applied instead."""
    words = REFUSED.get(Reason[reason.upper()], reason)
    return f"{words} (`{by}`)" if isinstance(by, str) else words
