"""Slides in memory: what moved the expiry of all lots that were alive, until it is undone."""

from __future__ import annotations

import sqlalchemy as sa
from msgspec import Struct

from ..schema.frame import NEVER_US
from ..schema.ledger import slides


class Slide(Struct):
    """The row of a slide as it stands now; see `store.schema.ledger`."""

    account: str
    entry: int
    at_us: int
    expires_at_us: int
    undone_at_us: int = NEVER_US


OF_ACCOUNT = (
    sa.select(*(slides.c[name] for name in Slide.__struct_fields__))
    .where(
        slides.c.tenant == sa.bindparam("tenant"),
        slides.c.account == sa.bindparam("account"),
        slides.c.undone_at_us == NEVER_US,
    )
    .order_by(slides.c.entry)
)
