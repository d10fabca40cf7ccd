"""Rows of disbursements in, what becomes of them step by step out.

    pending --> requested --> sent --> confirmed
       |            |          | ^---> failed
       v            v          v |
    cancelled   cancelled    unknown

`pending` waits for staff. `sent` is written before a disbursement is handed to its provider, so a
row that says `requested` or `pending` is certain not to be there. Each step is a row of its own,
and tells one event of the subject `payout/<id>`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from msgspec import Struct

from ..outbox.names import names_of
from ..refusals import Decline, Refusal
from ..schema.frame import NEVER_US
from ..schema.payouts import disbursement_steps, disbursements
from ..transaction import Found, Transaction, of_tenant

OVER = ("confirmed", "failed", "cancelled")
BEFORE_SENT = ("pending", "requested")
UNDER_WAY = ("sent", "unknown")
# What a step is called outside, where its status alone does not tell it.
APPROVED = "approved"

BY_ID = of_tenant(disbursements).where(disbursements.c.id == sa.bindparam("id"))
STEPS = (
    of_tenant(disbursement_steps)
    .where(disbursement_steps.c.disbursement == sa.bindparam("id"))
    .order_by(disbursement_steps.c.number)
)

OVER_OF = of_tenant(disbursements).where(
    disbursements.c.member == sa.bindparam("member"),
    disbursements.c.status.in_(sa.bindparam("over", expanding=True)),
    disbursements.c.recipient != "",
)


class Disbursement(Struct, frozen=True):
    """Something that is paid out. Money is in minor units.

    `member` is an id of the store, `customer` what the shop calls them; empty once they are erased.
    """

    id: str
    member: str
    customer: str
    program: str
    rule: str
    kind: str
    currency: str
    amount_minor: int
    provider: str
    recipient: str
    status: str
    source: str
    reference: str
    detail: str
    attempts: int
    expires_at_us: int
    created_at_us: int
    next_at_us: int


class Step(Struct, frozen=True):
    """What became of a payout, when, and by whom; no `actor`: by itself."""

    number: int
    was: str
    becomes: str
    at_us: int
    actor: str
    detail: str


def steps_of(tx: Transaction, id: str) -> list[Step]:
    """The steps of a payout, in order."""
    fields = Step.__struct_fields__
    return [Step(**{name: row[name] for name in fields}) for row in tx.fetch(STEPS, id=id)]


def disbursements_of(tx: Transaction, rows: Sequence[Found]) -> list[Disbursement]:
    """Rows as others see them."""
    customers = names_of(tx, (row["member"] for row in rows))
    fields = [name for name in Disbursement.__struct_fields__ if name != "customer"]
    return [
        Disbursement(
            customer=customers.get(row["member"], ""), **{name: row[name] for name in fields}
        )
        for row in rows
    ]


def lock_disbursement(tx: Transaction, id: str) -> Found:
    """The row of a disbursement, kept from others. Declines what there is not."""
    rows = tx.lock(BY_ID, id=id)
    if not rows:
        raise Decline(Refusal.UNKNOWN_DISBURSEMENT, f"there is no disbursement `{id}`")
    return rows[0]


def begin(tx: Transaction, row: dict[str, Any]) -> Found:
    """Write a new disbursement: `row` says what it is and its first status."""
    is_waiting = row["status"] == "pending"
    whole = {
        "provider": "",
        "recipient": "",
        "hold": "",
        "reference": "",
        "detail": "",
        "expires_at_us": NEVER_US,
        **row,
        "steps": 1,
        "attempts": 0,
        "created_at_us": tx.at_us,
        "next_at_us": NEVER_US if is_waiting else tx.at_us,
    }
    tx.insert(disbursements, [whole])
    tell_step(tx, whole, "", "requested")
    return whole


def step(
    tx: Transaction,
    row: Found,
    becomes: str,
    *,
    detail: str = "",
    actor: str = "",
    called: str = "",
) -> Found:
    """The row in its next status, told and with its step written; the row itself is not."""
    was = row["status"]
    moved = {**row, "status": becomes, "detail": detail, "steps": row["steps"] + 1}
    if becomes in OVER:
        moved["next_at_us"] = NEVER_US
        if row["member"] and not names_of(tx, [row["member"]]):
            moved["recipient"] = ""  # they were erased meanwhile
    tell_step(tx, moved, was, called or becomes, actor)
    return moved


def tell_step(tx: Transaction, row: Found, was: str, called: str, actor: str = "") -> None:
    """Write the step that a row has just taken, and tell it."""
    number = row["steps"]
    written = {
        "disbursement": row["id"],
        "number": number,
        "was": was,
        "becomes": row["status"],
        "at_us": tx.at_us,
        "actor": actor,
        "detail": row["detail"],
    }
    tx.insert(disbursement_steps, [written])
    names = ("member", "program", "rule", "kind", "currency", "amount_minor", "provider")
    told = {name: row[name] for name in (*names, "status", "reference", "detail")}
    tx.tell(f"payout.{called}", f"payout/{row['id']}", number, {**told, "disbursement": row["id"]})


def keep(tx: Transaction, row: Found) -> None:
    """Write a row that has changed."""
    tx.update(disbursements, [row])


def forget_recipients(tx: Transaction, member: str) -> None:
    """Forget where the money of somebody went who is erased.

    What is not over yet keeps its recipient until it is: the money is on its way to them.
    """
    rows = tx.lock(OVER_OF, member=member, over=list(OVER))
    tx.update(disbursements, [{**row, "recipient": ""} for row in rows])
