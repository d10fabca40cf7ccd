"""Why something is booked: what every entry says about where it comes from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import Struct

SPEND = "spend"  # the event of what is spent by hand: no order, event or payout is called so


class Cause(Struct, frozen=True):
    """What happened, by which rule, and for whom to see.

    (account, `event`, `source`, `rule`) is booked once: asked again, the first entry is the answer,
    if it is of the same points and order.
    """

    event: str  # purchase, signup, refund, cancel, adjust, spend ...
    source: str  # its id
    rule: str = ""
    order_id: str = ""
    ruleset: str = ""  # its hash; empty: the one in force at the effective instant
    tier: str = ""  # empty: the one of the account
    campaigns: tuple[str, ...] = ()
    reason: str = ""
    actor: str = ""
    effective_at_us: int | None = None  # None: now
    note: Mapping[str, Any] = {}
