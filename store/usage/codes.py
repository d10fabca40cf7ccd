"""Codes of a cart in, what pools they are of out: those that may be used now, and why not others.

A code may be bound to a member, expire, be revoked, and have a limit of its own, which is counted
as those of promotions are. Nothing here knows codes that promotions name themselves.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

import sqlalchemy as sa

from ..refusals import Decline, Refusal
from ..schema.usage import codes, counters, tokens
from ..transaction import Found, Transaction, of_tenant
from .counters import counter_of_code
from .tokens import IS_EXPIRED, IS_RESERVED, Claim
from .uses import Shopper

OF_CODES = codes.c.code.in_(sa.bindparam("codes", expanding=True))
LOCK_CODES = of_tenant(codes).where(OF_CODES).order_by(codes.c.code)
# Uses that do not count for a cart: those that expired, and its own.
VOID = (
    sa.select(sa.func.count())
    .where(
        tokens.c.tenant == sa.bindparam("tenant"),
        tokens.c.promotion == "",
        tokens.c.code == codes.c.code,
        IS_RESERVED,
        sa.or_(IS_EXPIRED, tokens.c.reservation == sa.bindparam("reservation")),
    )
    .scalar_subquery()
)
USED = sa.func.coalesce(counters.c.used, 0) - VOID
WITH_COUNTERS = codes.outerjoin(
    counters,
    sa.and_(
        counters.c.tenant == codes.c.tenant,
        counters.c.promotion == "",
        counters.c.place == sa.literal("code/").concat(codes.c.code),
    ),
)
LOOK_UP = (
    sa.select(codes, USED.label("used"))
    .select_from(WITH_COUNTERS)
    .where(codes.c.tenant == sa.bindparam("tenant"), OF_CODES)
    .order_by(codes.c.code)
)

MESSAGES = {
    Refusal.CODE_REVOKED: "was revoked",
    Refusal.CODE_EXPIRED: "is expired",
    Refusal.CODE_OF_ANOTHER: "is another member's",
    Refusal.CODE_USED_UP: "was used as often as it may be",
    Refusal.UNKNOWN_CODE: "is in no pool",
}


class CodesFound(NamedTuple):
    """What is known of the codes of a cart, each by code. Those of no pool are in none."""

    pools: dict[str, str]  # may be used now: the facts `codes`
    refused: dict[str, Refusal]
    owners: dict[str, str]  # members who share a code that may be used


def pools_of(
    tx: Transaction, cart_codes: Collection[str], shopper: Shopper, reservation: str = ""
) -> CodesFound:
    """The pools of the codes that this customer may use now, in one query.

    What the cart itself has reserved does not count against it.
    """
    found = CodesFound({}, {}, {})
    if not cart_codes:
        return found
    rows = tx.fetch(LOOK_UP, codes=sorted(cart_codes), now_us=tx.at_us, reservation=reservation)
    for row in rows:
        refusal = refuse(row, shopper)
        if refusal is None and 0 < row["use_max"] <= row["used"]:
            refusal = Refusal.CODE_USED_UP
        if refusal is not None:
            found.refused[row["code"]] = refusal
            continue
        found.pools[row["code"]] = row["pool"]
        if row["owner"]:
            found.owners[row["code"]] = row["owner"]
    return found


def refuse(row: Found, shopper: Shopper) -> Refusal | None:
    """Why a customer may not use a code, whoever else used it."""
    if row["status"] == "revoked":
        return Refusal.CODE_REVOKED
    if row["expires_at_us"] <= shopper.placed_at_us:
        return Refusal.CODE_EXPIRED
    if row["member"] not in ("", shopper.member):
        return Refusal.CODE_OF_ANOTHER
    return None


def lock_codes(tx: Transaction, names: Collection[str]) -> dict[str, Found]:
    """The rows of codes, locked, by code."""
    if not names:
        return {}
    return {row["code"]: row for row in tx.lock(LOCK_CODES, codes=sorted(names))}


def claim_codes(
    tx: Transaction, names: Collection[str], rows: dict[str, Found], shopper: Shopper
) -> list[Claim]:
    """What a cart claims of codes whose rows are locked. Nobody draws them as rewards any more.

    Raises `Decline` for one that this customer may not use.
    """
    for name in sorted(names):
        refusal = refuse(rows[name], shopper) if name in rows else Refusal.UNKNOWN_CODE
        if refusal is not None:
            raise Decline(refusal, f"code `{name}` {MESSAGES[refusal]}", code=name)
    hand_out(tx, [rows[name] for name in sorted(names) if rows[name]["status"] == "free"])
    return [
        Claim("", name, {counter_of_code(name): rows[name]["use_max"] or None})
        for name in sorted(names)
    ]


def hand_out(tx: Transaction, rows: Collection[Found]) -> None:
    """Note that somebody has these codes."""
    tx.update(codes, [{**row, "status": "issued"} for row in rows])
