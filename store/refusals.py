"""Why a store declines what it was asked: expected in business, written nowhere, and no exception.

Functions that may be declined return what they do, or a `Declined`. Inside a transaction `Decline`
is raised, undoes it, and becomes a `Declined` at the door (`store.acting`): nobody else catches it.
"""

from enum import StrEnum
from typing import Any

from msgspec import Struct


class Refusal(StrEnum):
    """Every reason there is, as answers spell it."""

    # Asking twice.
    CONFLICT = "conflict"  # the request key came with something else before
    # What is not there.
    UNKNOWN_MEMBER = "unknown_member"
    UNKNOWN_PROGRAM = "unknown_program"
    UNKNOWN_TIER = "unknown_tier"
    UNKNOWN_CARD = "unknown_card"
    UNKNOWN_ORDER = "unknown_order"
    UNKNOWN_HOLD = "unknown_hold"
    UNKNOWN_RESERVATION = "unknown_reservation"
    UNKNOWN_CODE = "unknown_code"
    UNKNOWN_REWARD = "unknown_reward"
    UNKNOWN_RULESET = "unknown_ruleset"
    UNKNOWN_DISBURSEMENT = "unknown_disbursement"
    BAD_SIGNATURE = "bad_signature"  # whoever called back is not who they say
    # Rules.
    HAS_BALANCES = "has_balances"  # a program that a rule set leaves out still owes something
    # Points.
    INSUFFICIENT_POINTS = "insufficient_points"
    PAUSED = "paused"
    DEFICIT = "deficit"  # `deficit: forbid`, and what is to be taken back was spent
    TOO_LARGE = "too_large"  # beyond what an account can hold
    ALREADY_CAPTURED = "already_captured"
    ALREADY_RELEASED = "already_released"
    EXPIRED = "expired"
    WRONG_CURRENCY = "wrong_currency"  # a gift card pays in its own
    EXCEEDS_HOLD = "exceeds_hold"
    EXCEEDS_BOOKED = "exceeds_booked"  # more is to be undone than was booked and is left
    # Usage.
    LIMIT_REACHED = "limit_reached"
    OUT_OF_STOCK = "out_of_stock"
    POOL_EMPTY = "pool_empty"  # a reward is a code, and the pool has none left
    CODE_TAKEN = "code_taken"  # there is one already
    CODE_REVOKED = "code_revoked"
    CODE_EXPIRED = "code_expired"
    CODE_USED_UP = "code_used_up"
    CODE_OF_ANOTHER = "code_of_another"  # only another member may use it
    # Orders.
    PRICE_CHANGED = "price_changed"  # the order is not worth what the caller expects
    WRONG_STATE = "wrong_state"  # the order, reward or card is not in a state that allows it


class Declined(Struct, frozen=True):
    """What was declined and why; `facts` are the numbers behind it, for people to read."""

    refusal: Refusal
    message: str
    facts: dict[str, Any] = {}


class Decline(Exception):
    """Undoes the transaction it is raised in. Never leaves the store."""

    def __init__(self, refusal: Refusal, message: str, **facts: Any) -> None:
        self.declined = Declined(refusal, message, facts)
        super().__init__(message)
