"""A reservation in, what it still holds out: points for the redemptions of its cart, and credit."""

from __future__ import annotations

from typing import NamedTuple

import msgspec
import sqlalchemy as sa

from ..member.people import Person
from ..refusals import Decline, Refusal
from ..schema.ledger import holds
from ..schema.orders import reservations
from ..transaction import Found, Transaction, of_tenant

FIND = of_tenant(reservations).where(reservations.c.id == sa.bindparam("reservation"))
FIND_HOLDS = (
    of_tenant(holds)
    .where(holds.c.id.in_(sa.bindparam("ids", expanding=True)))
    .where(holds.c.status == "held", holds.c.expires_at_us > sa.bindparam("now_us"))
    .order_by(holds.c.id)
)
Holds = dict[tuple[str, str], "Held"]  # by program and rule; a program at its own rate is both


class Held(NamedTuple):
    """Points that are set aside."""

    id: str
    account: str
    points: int


def find_reservation(tx: Transaction, reservation: str) -> Found:
    """A reservation that was not placed or let go, kept from others. It may have timed out.

    Declines one that there is not, or no longer.
    """
    found = tx.lock(FIND, reservation=reservation) if reservation else []
    if not found or found[0]["status"] != "reserved":
        words = f"there is no reservation `{reservation}`"
        if found:
            words = f"the reservation `{reservation}` is {found[0]['status']}"
        raise Decline(Refusal.UNKNOWN_RESERVATION, words)
    return found[0]


def check_owner(reservation: Found | None, person: Person) -> None:
    """Decline to place for one member what was reserved for another: their points are held."""
    if reservation is not None and reservation["member"] not in ("", person.id):
        words = f"the reservation `{reservation['id']}` is of another member"
        raise Decline(Refusal.CONFLICT, words)


def holds_of(tx: Transaction, reservation: Found | None) -> Holds:
    """What a reservation still holds."""
    named = {} if reservation is None else read_holds(reservation)
    if not named:
        return {}
    rows = tx.fetch(FIND_HOLDS, ids=sorted(named), now_us=tx.at_us)
    return {named[row["id"]]: Held(row["id"], row["account"], row["points"]) for row in rows}


def read_holds(reservation: Found) -> dict[str, tuple[str, str]]:
    """The program and rule of each hold that was made for a reservation."""
    listed = msgspec.json.decode(reservation["holds"], type=list[tuple[str, str, str]])
    return {hold: (program, rule) for program, rule, hold in listed}


def write_holds(made: Holds) -> str:
    """What is held, as a row keeps it."""
    listed = [(program, rule, held.id) for (program, rule), held in sorted(made.items())]
    return msgspec.json.encode(listed).decode()
