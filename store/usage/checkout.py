"""A priced cart in, its uses reserved, committed with its order, or given back out.

Whoever reserves or commits again for the same cart exchanges what it has for what it uses now.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

import sqlalchemy as sa

from ..schema.frame import NEVER_US
from ..schema.usage import usages
from ..transaction import Found, Transaction, of_tenant
from .codes import claim_codes, lock_codes
from .counters import lock_guards
from .rewards import reopen, use_codes
from .tokens import Claim, Terms, exchange, give_back, read_committed, read_reserved
from .uses import Shopper, Use, limits_of

USED = of_tenant(usages).where(
    usages.c.order_id == sa.bindparam("order_id"), usages.c.kind == "use"
)


def reserve(
    tx: Transaction, reservation: str, uses: Sequence[Use], shopper: Shopper, ttl_us: int
) -> None:
    """Keep a place under every limit for a cart, for so long; what nothing limits needs none.

    Raises `Decline` for a limit that is reached, and for a code that may not be used.
    """
    terms = Terms(reservation, shopper.member, tx.at_us + ttl_us)
    take(tx, reservation, uses, shopper, terms)


def commit(
    tx: Transaction,
    order_id: str,
    uses: Sequence[Use],
    shopper: Shopper,
    *,
    revenue_minor: int,
    reservation: str = "",
) -> None:
    """Count what an order uses, out of what was reserved for its cart, and write it down.

    A code that was a member's reward makes that reward used. Raises `Decline` as `reserve` does.
    """
    terms = Terms(reservation or order_id, shopper.member, NEVER_US, order_id)
    take(tx, reservation, uses, shopper, terms)
    use_codes(tx, codes_in(uses), order_id)
    tx.insert(
        usages, [row for use in uses for row in rows_of(use, shopper, order_id, revenue_minor)]
    )


def release(tx: Transaction, reservation: str) -> None:
    """Give back what is reserved for a cart; nothing is reserved: nothing happens."""
    held, _ = hold_still(tx, reservation, (), ())
    give_back(tx, held)


def cancel(tx: Transaction, order_id: str) -> None:
    """Give back what an order uses, rewards too, and write down that its amounts are none.

    The order is locked, so that it happens once.
    """
    held = read_committed(tx, order_id)
    lock_codes(tx, {token["code"] for token in held if token["code"]})
    lock_guards(tx, {token["promotion"] for token in held})
    give_back(tx, held)
    reopen(tx, order_id)
    tx.insert(usages, [cancelled(row, tx.at_us) for row in tx.fetch(USED, order_id=order_id)])


def take(
    tx: Transaction, reservation: str, uses: Sequence[Use], shopper: Shopper, terms: Terms
) -> None:
    """Exchange what is reserved for a cart for what it uses now."""
    pooled = codes_in(uses)
    limited = {use.promotion for use in uses if use.limits.counted}
    held, rows = hold_still(tx, reservation, limited, pooled)
    claims = claim_codes(tx, pooled, rows, shopper)
    claims += [Claim(use.promotion, "", limits_of(use, shopper)) for use in uses]
    if not terms.order_id:
        claims = [claim for claim in claims if claim.is_limited]
    exchange(tx, held, claims, terms)


def hold_still(
    tx: Transaction, reservation: str, promotions: Collection[str], codes: Collection[str]
) -> tuple[list[Found], dict[str, Found]]:
    """What is reserved for a cart, and the rows of codes; guards of all of them locked.

    What is reserved is read again when they are: others may have changed it before. It can then
    be about more than what was locked, and all is done once more.
    """
    held = read_reserved(tx, reservation) if reservation else []
    while True:
        named = {token["code"] for token in held} - {""}
        rows = lock_codes(tx, named.union(codes))
        owned = {token["promotion"] for token in held}
        lock_guards(tx, owned.union(promotions))
        if not (tx.is_locking and reservation):
            return held, rows
        again = read_reserved(tx, reservation)
        if all(
            token["promotion"] in owned.union(promotions, {""})
            and token["code"] in named.union(codes, {""})
            for token in again
        ):
            return again, rows
        held = again


def codes_in(uses: Iterable[Use]) -> set[str]:
    """The codes of pools among what is used."""
    return {code for use in uses for code in use.pooled}


# What analytics read.


def rows_of(use: Use, shopper: Shopper, order_id: str, revenue_minor: int) -> list[Found]:
    """The rows of one use: one, or one a code. The first has the amounts, so that rows sum."""
    row = {
        "order_id": order_id,
        "promotion": use.promotion,
        "kind": "use",
        "member": shopper.member,
        "account": shopper.account,
        "location": shopper.location,
        "channel": shopper.channel,
        "amount_minor": use.amount_minor,
        "revenue_minor": revenue_minor,
        "at_us": shopper.placed_at_us,
        "warning": use.warning,
    }
    first, *others = use.codes or ("",)
    rest = {"amount_minor": 0, "revenue_minor": 0}
    return [row | {"code": first}, *(row | rest | {"code": code} for code in others)]


def cancelled(row: Found, at_us: int) -> Found:
    """The row that takes back another."""
    amounts = {name: -row[name] for name in ("amount_minor", "revenue_minor")}
    return row | amounts | {"kind": "cancel", "at_us": at_us}
