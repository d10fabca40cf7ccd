"""Moves about rewards in, rewards issued, used, revoked and expired out.

A reward is open, then used, revoked or expired; by the clock it is expired from `expires_at_us` on,
whenever its row is rewritten. A coupon has a code of its pool, that only its member may use, and
that lives and goes with it.
"""

from __future__ import annotations

from collections import Counter as Tally
from collections.abc import Collection, Sequence
from typing import Any

import msgspec
import sqlalchemy as sa
from msgspec import UNSET

from ...engine.cart.instants import read_instant_us
from ...engine.loyalty.days import spell_instant
from ...engine.loyalty.moves import Issue
from ..refusals import Decline, Refusal
from ..schema.frame import NEVER_US
from ..schema.usage import codes, rewards
from ..transaction import Found, Transaction, of_tenant
from .codes import lock_codes
from .drawing import draw_codes

encoder = msgspec.json.Encoder(order="sorted")

IN_ORDER = of_tenant(rewards).order_by(rewards.c.id)  # in which they are locked
IS_OPEN = rewards.c.status == "open"
BY_ID = IN_ORDER.where(rewards.c.id.in_(sa.bindparam("ids", expanding=True)))
BY_CODE = IN_ORDER.where(rewards.c.code.in_(sa.bindparam("codes", expanding=True)), IS_OPEN)
BY_ORDER = IN_ORDER.where(rewards.c.order_id == sa.bindparam("order_id"))
BY_SOURCE = IN_ORDER.where(rewards.c.source == sa.bindparam("source"))
OF_MEMBER = of_tenant(rewards).where(rewards.c.member == sa.bindparam("member"))
NEWEST = OF_MEMBER.where(
    rewards.c.rule == sa.bindparam("rule"), rewards.c.card == sa.bindparam("card"), IS_OPEN
).order_by(rewards.c.issued_at_us.desc(), rewards.c.id.desc())
USED_OF_CARDS = (
    sa.select(rewards.c.card, sa.func.count().label("used"))
    .where(
        rewards.c.tenant == sa.bindparam("tenant"),
        rewards.c.member == sa.bindparam("member"),
        rewards.c.status == "used",
        rewards.c.card.in_(sa.bindparam("cards", expanding=True)),
    )
    .group_by(rewards.c.card)
)
DUE = (
    of_tenant(rewards)
    .where(IS_OPEN, rewards.c.expires_at_us <= sa.bindparam("now_us"))
    .order_by(rewards.c.expires_at_us, rewards.c.id)
    .limit(sa.bindparam("most"))
)


# Facts.


def issued_of(tx: Transaction, ids: Collection[str], member: str) -> dict[str, dict[str, Any]]:
    """The facts `issued` about rewards that a member asks for. Those of others are not known."""
    if not ids:
        return {}
    rows = [row for row in tx.fetch(BY_ID, ids=sorted(ids)) if row["member"] == member]
    return {
        row["id"]: {
            "rule": row["rule"],
            "status": row["status"],
            "expires_at": None
            if row["expires_at_us"] == NEVER_US
            else spell_instant(row["expires_at_us"]),
        }
        for row in sorted(rows, key=lambda row: str(row["id"]))
    }


def used_of(tx: Transaction, cards: Collection[str], member: str) -> dict[str, int]:
    """How many rewards of stamp cards a member has used, by card: for the facts `cards`."""
    if not cards:
        return {}
    rows = tx.fetch(USED_OF_CARDS, cards=sorted(cards), member=member)
    return {row["card"]: row["used"] for row in rows}


# Moves.


def issue(tx: Transaction, moves: Sequence[tuple[Issue, str]], source: str) -> list[Found]:
    """Issue what moves say, each to a member; `source` is the event and its id. The new rows.

    Coupons get their codes. Raises `Decline` where a pool has not enough of them.
    """
    rows = [row_of(tx, move, member, source) for move, member in moves for _ in range(move.times)]
    coupons = [row for row in rows if row["pool"]]
    wanted = Tally(row["pool"] for row in coupons)
    drawn = {pool: draw_codes(tx, pool, wanted[pool]) for pool in sorted(wanted)}
    given = []
    for row in coupons:
        code = drawn[row["pool"]].pop(0)
        expires_at_us = min(code["expires_at_us"], row["expires_at_us"])
        row |= {"code": code["code"], "expires_at_us": expires_at_us}
        bound = {"status": "issued", "member": row["member"], "expires_at_us": expires_at_us}
        given.append(code | bound)
    tx.update(codes, given)
    tx.insert(rewards, rows)
    return rows


def row_of(tx: Transaction, move: Issue, member: str, source: str) -> Found:
    """The row of one reward, its pool beside it."""
    expires = move.expires_at
    return {
        "id": tx.ids(),
        "member": member,
        "program": move.program,
        "rule": move.rule,
        "card": "" if move.card is UNSET else move.card,
        "reward": encoder.encode(move.reward).decode(),
        "status": "open",
        "code": "",
        "source": source,
        "order_id": "",
        "issued_at_us": tx.at_us,
        "expires_at_us": NEVER_US if expires is None else read_instant_us(expires, ""),
        "closed_at_us": NEVER_US,
        "pool": move.reward.get("pool", ""),
    }


def use(tx: Transaction, ids: Collection[str], member: str, order_id: str) -> None:
    """Let an order use rewards of its customer. Raises `Decline` for one that is not open."""
    if not ids:
        return
    found = {row["id"]: row for row in tx.lock(BY_ID, ids=sorted(ids))}
    for name in sorted(ids):
        row = found.get(name)
        if row is None or row["member"] != member:
            raise Decline(
                Refusal.UNKNOWN_REWARD, f"the customer has no reward `{name}`", reward=name
            )
        status = status_of(row, tx.at_us)
        if status != "open":
            raise Decline(Refusal.WRONG_STATE, f"reward `{name}` is {status}", reward=name)
    tx.update(rewards, [used(row, order_id, tx.at_us) for row in found.values()])


def use_codes(tx: Transaction, names: Collection[str], order_id: str) -> None:
    """Let an order use the rewards whose codes it used; most codes are nobody's reward."""
    if names:
        rows = tx.lock(BY_CODE, codes=sorted(names))
        tx.update(rewards, [used(row, order_id, tx.at_us) for row in rows])


def reopen(tx: Transaction, order_id: str) -> None:
    """Give back the rewards that a cancelled order used; who is expired by now is expired."""
    rows = tx.lock(BY_ORDER, order_id=order_id)
    opened = [row | {"status": "open", "order_id": "", "closed_at_us": NEVER_US} for row in rows]
    tx.update(rewards, [expired(one) if is_over(one, tx.at_us) else one for one in opened])


def revoke(tx: Transaction, member: str, rule: str, card: str, times: int) -> int:
    """Take back so many unused rewards of a card, the newest first; how many there were."""
    rows = tx.lock(NEWEST, member=member, rule=rule, card=card)
    unused = [row for row in rows if not is_over(row, tx.at_us)][:times]
    withdraw(tx, unused)
    return len(unused)


def revoke_from(tx: Transaction, source: str) -> list[Found]:
    """Take back what was issued by something that is undone; the rows of what was used already."""
    rows = tx.lock(BY_SOURCE, source=source)
    withdraw(tx, [row for row in rows if status_of(row, tx.at_us) == "open"])
    return [row for row in rows if row["status"] == "used"]


def withdraw(tx: Transaction, rows: Sequence[Found]) -> None:
    """Revoke rewards, and the codes they are."""
    found = lock_codes(tx, {row["code"] for row in rows if row["code"]})
    tx.update(codes, [row | {"status": "revoked"} for _, row in sorted(found.items())])
    closing = {"status": "revoked", "closed_at_us": tx.at_us}
    tx.update(rewards, [row | closing for row in rows])


def expire_rewards(tx: Transaction, most: int) -> int:
    """Close so many rewards that are expired by the clock; how many there were."""
    rows = tx.lock(DUE, now_us=tx.at_us, most=most)
    tx.update(rewards, [expired(row) for row in rows])
    return len(rows)


# Rows.


def is_over(row: Found, at_us: int) -> bool:
    """Whether the time of a reward is over."""
    return bool(row["expires_at_us"] <= at_us)


def status_of(row: Found, at_us: int) -> str:
    """What a reward is by the clock."""
    is_late = row["status"] == "open" and is_over(row, at_us)
    return "expired" if is_late else str(row["status"])


def used(row: Found, order_id: str, at_us: int) -> Found:
    """A reward that an order used."""
    return row | {"status": "used", "order_id": order_id, "closed_at_us": at_us}


def expired(row: Found) -> Found:
    """A reward that expired, at its own instant."""
    return row | {"status": "expired", "closed_at_us": row["expires_at_us"]}
