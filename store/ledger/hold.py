"""Holds in memory: points that are set aside for a while, and in which lots."""

from __future__ import annotations

import sqlalchemy as sa
from msgspec import Struct

from ..schema.frame import NEVER_US
from ..schema.ledger import hold_lots, holds

COLUMNS = [str(column.name) for column in holds.c if column.name not in ("tenant", "seal")]
TTL_MAX_US = 7 * 86_400_000_000


class Hold(Struct):
    """The row of a hold as it stands now; see `store.schema.ledger`."""

    id: str
    account: str
    asked: int
    points: int
    status: str  # held, captured, released, expired
    created_at_us: int
    expires_at_us: int
    source: str
    closed_at_us: int = NEVER_US
    captured: int = 0
    entry: int = 0


class HeldLot(Struct, frozen=True):
    """So many points of one lot."""

    hold: str
    place: int
    account: str
    lot: int
    points: int


ROWS = sa.select(*(holds.c[name] for name in COLUMNS)).where(
    holds.c.tenant == sa.bindparam("tenant")
)
BY_ID = ROWS.where(holds.c.id == sa.bindparam("id"))
DUE = ROWS.where(
    holds.c.account.in_(sa.bindparam("accounts", expanding=True)),
    holds.c.status == "held",
    holds.c.expires_at_us <= sa.bindparam("now_us"),
).order_by(holds.c.account, holds.c.expires_at_us, holds.c.id)
LOTS_HELD = (
    sa.select(*(hold_lots.c[name] for name in HeldLot.__struct_fields__))
    .where(
        hold_lots.c.tenant == sa.bindparam("tenant"),
        hold_lots.c.hold.in_(sa.bindparam("holds", expanding=True)),
    )
    .order_by(hold_lots.c.hold, hold_lots.c.place)
)
