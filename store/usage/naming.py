"""Rule sets in force in, the codes that their promotions name themselves out."""

from __future__ import annotations

from collections.abc import Collection

from ..rules.timeline import Timeline
from ..transaction import Transaction


def named_codes(tx: Transaction, timeline: Timeline) -> Collection[str]:
    """The codes of all promotions in force now, and in what is planned."""
    found: set[str] = set()
    instants = [tx.at_us, *(release.effective_at_us for release in timeline.later(tx.at_us))]
    for at_us in instants:
        if timeline.release(at_us) is not None:
            ruleset = timeline.engine_at(tx, at_us).ruleset
            found.update(code for one in ruleset.promotions for code in one.coupons)
    return found
