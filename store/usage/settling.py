"""An instant in, reservations and rewards that are over by then closed out: the work of the job."""

from __future__ import annotations

import sqlalchemy as sa

from ..schema.usage import tokens
from ..transaction import Transaction
from .codes import lock_codes
from .counters import count, lock_guards
from .rewards import expire_rewards
from .tokens import IS_EXPIRED, IS_RESERVED, free_expired

NAMES_DUE = (
    sa.select(tokens.c.promotion, tokens.c.code)
    .where(tokens.c.tenant == sa.bindparam("tenant"), IS_RESERVED, IS_EXPIRED)
    .order_by(tokens.c.expires_at_us, tokens.c.id)
    .limit(sa.bindparam("most"))
)


def settle_usage(tx: Transaction, most: int = 1_000) -> bool:
    """Close what is expired by now, some of it; whether there was anything.

    However often it is called, and when, the rows end the same: all of it expired at its own
    instant. Whoever wants all of it calls again, in transactions of their own, while it is true.
    """
    due = {
        (row["promotion"], row["code"]) for row in tx.fetch(NAMES_DUE, now_us=tx.at_us, most=most)
    }
    if due:
        lock_codes(tx, {code for _, code in due if code})
        lock_guards(tx, {promotion for promotion, _ in due})
        count(tx, {name: -by for name, by in free_expired(tx, due).items()})
    return expire_rewards(tx, most) > 0 or bool(due)
