"""An order that came into a state in, points that waited for it out: they begin to count.

So do lots that were taken back whole before: what was spent counts for tiers with the first lot of
an order, also what is left of it where nothing is left of the lot.
"""

from __future__ import annotations

from ..schema.frame import NEVER_US
from .account import Account
from .crediting import settle_credit
from .journal import Journal
from .life import Calendar, activated
from .lot import OF_ORDER
from .ranking import reaches_more
from .sliding import slides_of


def activate(
    journal: Journal, account: Account, order_id: str, state: str, reached_at_us: int | None = None
) -> None:
    """Begin the life of an order's lots that waited for a state; see `Book.activate`."""
    found = journal.read_lots(OF_ORDER, account=account.id, order_id=order_id)
    waiting = [lot for lot in found if lot.waits_for == state and lot.activates_at_us == NEVER_US]
    if not waiting:
        return
    at_us = journal.now(account)
    slides = slides_of(journal, account)
    calendar = Calendar(journal.terms, account.program)
    for lot in waiting:
        program = journal.program(account, lot.earned_at_us)
        reached_us = at_us if reached_at_us is None else reached_at_us
        life = activated(program, lot.earned_at_us, reached_us)
        lot.activates_at_us = life.activates_at_us
        if lot.expires_at_us == NEVER_US:
            lot.first_expires_at_us = life.expires_at_us
            lot.expires_at_us = calendar.end_of_lot(lot, life.expires_at_us, slides, at_us)
        is_active = lot.activates_at_us <= at_us
        if is_active:
            account.pending -= lot.remaining
            account.active += lot.remaining
        if lot.remaining:
            next_us = lot.expires_at_us if is_active else lot.activates_at_us
            account.due_at_us = min(account.due_at_us, next_us)
        journal.change_lot(lot)
    journal.touch(account, at_us)
    settle_credit(journal, account, [lot for lot in waiting if lot.remaining], at_us)
    tiers = journal.program(account, at_us).tiers
    if tiers is not None and reaches_more(tiers, account):
        journal.to_rank[account.id] = False
