"""What staff do to a member in, a row that says who did it and why out."""

from __future__ import annotations

import sqlalchemy as sa

from ..errors import StoreError
from ..schema.tenancy import interventions
from ..transaction import Transaction

LAST = sa.select(sa.func.max(interventions.c.number).label("number")).where(
    interventions.c.tenant == sa.bindparam("tenant"),
    interventions.c.member == sa.bindparam("member"),
)


def check_staff(actor: str, reason: str) -> None:
    """Raise `StoreError` unless it is said who does something, and why."""
    for path, text in (("actor", actor), ("reason", reason)):
        if not text.strip():
            raise StoreError("bad_value", path, expected="who it is, or why", got="nothing")


def note_intervention(
    tx: Transaction,
    member: str,
    action: str,
    *,
    actor: str,
    reason: str,
    program: str = "",
    detail: str = "",
) -> None:
    """Write down for ever what was done to a member by hand."""
    last = tx.find(LAST, member=member)
    number = (last["number"] if last and last["number"] else 0) + 1
    row = {"member": member, "number": number, "action": action, "program": program}
    row |= {"detail": detail, "actor": actor, "reason": reason, "at_us": tx.at_us}
    tx.insert(interventions, [row])
