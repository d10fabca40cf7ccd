"""A cart in, what it keeps until it is placed out: uses under limits, points, store credit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import msgspec
from msgspec import Struct

from ...engine.loyalty.moves import Redeem
from ..errors import StoreError
from ..ledger.account import AccountKey
from ..ledger.guarding import RESERVATION
from ..ledger.hold import TTL_MAX_US
from ..member.people import meet
from ..schema.orders import reservations
from ..usage.checkout import release as release_uses
from ..usage.checkout import reserve as reserve_uses
from .booking import merge, rule_of
from .desk import Desk
from .holding import Held, Holds, find_reservation, holds_of, write_holds
from .papers import Paper
from .pricing import Sale, price
from .store_credit import HELD, hold


class Reserved(Struct, frozen=True):
    """What a cart keeps until an instant. `result` is its quote; points in smallest units."""

    reservation: str
    expires_at_us: int
    grand_total_minor: int
    points: dict[str, int]  # held, by program
    result: msgspec.Raw
    credit_minor: int = 0  # held of the wallet


class Released(Struct, frozen=True):
    """A reservation that keeps nothing any more."""

    reservation: str


@dataclass(frozen=True, slots=True)
class Terms:
    """How a cart is kept."""

    reservation: str  # the one that it replaces; empty: a new one
    ttl_us: int | None  # None: as the tenant's settings say

    def check(self) -> None:
        """Raise `StoreError` for a time that no reservation lasts."""
        if self.ttl_us is not None and not 0 < self.ttl_us <= TTL_MAX_US:
            expected = f"1 to {TTL_MAX_US} microseconds, which are 7 days"
            raise StoreError("bad_value", "ttl_us", expected=expected, got=str(self.ttl_us))


def reserve(desk: Desk, paper: Paper, terms: Terms) -> Reserved:
    """Price a cart and keep what it uses, instead of what the reservation kept before."""
    tx = desk.tx
    before = find_reservation(tx, terms.reservation) if terms.reservation else None
    name = terms.reservation or tx.ids()
    old = holds_of(tx, before)
    person = meet(tx, desk.timeline, paper.customer_id)
    sale = price(desk, paper, person, name, old)
    ttl_us = desk.timeline.settings.reservation_ttl_us if terms.ttl_us is None else terms.ttl_us
    reserve_uses(tx, name, sale.uses, sale.shopper, ttl_us)
    let_go(desk, old)
    source = f"{RESERVATION}{name}"
    made = hold_points(desk, sale, ttl_us, source) | hold(desk, sale, ttl_us, source)
    row: dict[str, Any] = {
        "id": name,
        "cart": paper.cart.id,
        "member": person.id,
        "holds": write_holds(made),
        "status": "reserved",
        "created_at_us": tx.at_us if before is None else before["created_at_us"],
        "expires_at_us": tx.at_us + ttl_us,
    }
    if before is None:
        tx.insert(reservations, [row])
    else:
        tx.update(reservations, [row])
    return reserved_of(row, sale, made)


def hold_points(desk: Desk, sale: Sale, ttl_us: int, source: str) -> Holds:
    """Set aside what a cart redeems."""
    moves = [one for one in merge(sale.purchase.moves) if isinstance(one, Redeem)]
    keys = {AccountKey(sale.person.id, move.program): move for move in moves}
    accounts = desk.book.open(sorted(keys))
    made = {}
    for move in moves:
        account = accounts[AccountKey(sale.person.id, move.program)]
        hold = desk.book.hold(account, move.points, ttl_us=ttl_us, source=source)
        made[move.program, rule_of(move)] = Held(hold.id, account.id, hold.points)
    return made


def let_go(desk: Desk, holds: Holds) -> None:
    """Release what is still held."""
    for _, held in sorted(holds.items()):
        desk.book.release(held.id)


def reserved_of(row: dict[str, Any], sale: Sale, made: Holds) -> Reserved:
    """The answer of who reserved."""
    points: dict[str, int] = {}
    for name, held in sorted(made.items()):
        if name != HELD:
            points[name[0]] = points.get(name[0], 0) + held.points
    credit = made[HELD].points if HELD in made else 0
    quote = sale.quote
    result = msgspec.Raw(quote.to_json())
    return Reserved(row["id"], row["expires_at_us"], quote.grand_total, points, result, credit)


def release(desk: Desk, reservation: str) -> Released:
    """Let go of what a reservation keeps. Declines one that there is not, or no longer."""
    row = find_reservation(desk.tx, reservation)
    let_go(desk, holds_of(desk.tx, row))
    release_uses(desk.tx, reservation)
    desk.tx.update(reservations, [{**row, "status": "released"}])
    return Released(reservation)
