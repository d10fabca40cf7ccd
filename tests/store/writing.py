"""A tenancy in, the simplest request that writes out: what tests of the database write."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from msgspec import Struct

from tallystick.store.acting import act, look
from tallystick.store.database.database import Database
from tallystick.store.identity import new_id
from tallystick.store.refusals import Declined
from tallystick.store.schema.tenancy import members
from tallystick.store.tenancy import Tenancy
from tallystick.store.transaction import Transaction, of_tenant


class Named(Struct, frozen=True):
    """An answer."""

    id: str


def member_row(transaction: Transaction, external_id: str) -> dict[str, Any]:
    """A member as the table wants them; their code is what they are called."""
    row: dict[str, Any] = {"id": transaction.ids(), "external_id": external_id, "status": "active"}
    row |= {"referral_code": external_id, "referred_by": "", "referral": "", "segments": ""}
    return row | {"joined_at_us": transaction.at_us}


def add(tenancy: Tenancy, external_id: str, request: str | None = None) -> Named | Declined:
    """Write a member."""

    def work(transaction: Transaction) -> Named:
        row = member_row(transaction, external_id)
        transaction.insert(members, [row])
        return Named(row["id"])

    return act(tenancy, "test", external_id, work, Named, request=request)


def names(tenancy: Tenancy) -> list[str]:
    """Who is written."""
    query = of_tenant(members).order_by(members.c.external_id)
    return look(tenancy, lambda one: [row["external_id"] for row in one.fetch(query)])


def tenancy_of(database: Database) -> Tenancy:
    """The tenant `main` of a database, at noon."""
    return Tenancy(database, "main", lambda: 1_783_684_800_000_000, new_id)


def table_names(database: Database) -> list[str]:
    """All tables there are."""
    return database.read(lambda one: sa.inspect(one).get_table_names())
