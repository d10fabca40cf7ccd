"""A pool in, its codes out as people see them: one, or all of them as a stream of CSV.

The CSV is that of RFC 4180. A cell that a spreadsheet would take for a formula has an apostrophe in
front, which shows that it is text. Names of members are those that the shop has for them.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

import sqlalchemy as sa
from msgspec import Struct

from ...engine.loyalty.days import spell_instant
from ..acting import look
from ..schema.frame import NEVER_US
from ..schema.tenancy import members
from ..schema.usage import codes
from ..tenancy import Tenancy
from ..transaction import Found
from .codes import USED, WITH_COUNTERS
from .form import FORMULA

PAGE = 10_000  # codes of a pool read at once

PEOPLE = {name: members.alias(name) for name in ("members", "owners")}
MEMBER, OWNER = PEOPLE["members"], PEOPLE["owners"]
SHOWN = (
    sa.select(
        codes.c.code,
        codes.c.pool,
        codes.c.batch,
        codes.c.number,
        codes.c.status,
        MEMBER.c.external_id.label("member"),
        OWNER.c.external_id.label("owner"),
        codes.c.use_max,
        USED.label("used"),
        codes.c.expires_at_us,
    )
    .select_from(
        WITH_COUNTERS.outerjoin(
            MEMBER, sa.and_(MEMBER.c.tenant == codes.c.tenant, MEMBER.c.id == codes.c.member)
        ).outerjoin(OWNER, sa.and_(OWNER.c.tenant == codes.c.tenant, OWNER.c.id == codes.c.owner))
    )
    .where(codes.c.tenant == sa.bindparam("tenant"))
)
SHOW = SHOWN.where(codes.c.code == sa.bindparam("code"))
NEXT_PAGE = (
    SHOWN.where(
        codes.c.pool == sa.bindparam("pool"),
        sa.tuple_(codes.c.batch, codes.c.number)
        > sa.tuple_(sa.bindparam("batch"), sa.bindparam("number")),
    )
    .order_by(codes.c.batch, codes.c.number)
    .limit(PAGE)
)


class Coupon(Struct, frozen=True):
    """A code of a pool. `expires_at` is RFC 3339, null: never; `use_max` 0: no limit of its own."""

    code: str
    pool: str
    batch: int
    status: str  # free, issued, revoked
    member: str | None  # who alone may use it
    owner: str | None  # who shares it
    use_max: int
    used: int  # what is reserved is used
    expires_at: str | None


def coupon_of(row: Found) -> Coupon:
    """A row as people see it."""
    return Coupon(
        row["code"],
        row["pool"],
        row["batch"],
        row["status"],
        row["member"],
        row["owner"],
        row["use_max"],
        row["used"],
        None if row["expires_at_us"] == NEVER_US else spell_instant(row["expires_at_us"]),
    )


def export_csv(tenancy: Tenancy, pool: str) -> Iterator[str]:
    """The codes of a pool as CSV, as they were made, some thousand lines at a time.

    Each part is read by itself: codes that are made meanwhile may be there or not.
    """
    yield lines_of([list(Coupon.__struct_fields__)])
    place = {"batch": 0, "number": 0}
    while True:
        rows = look(
            tenancy,
            lambda tx, place=place: tx.fetch(  # type: ignore[misc]
                NEXT_PAGE, pool=pool, now_us=tx.at_us, reservation="", **place
            ),
        )
        if not rows:
            return
        yield lines_of([cells_of(coupon_of(row)) for row in rows])
        place = {name: rows[-1][name] for name in ("batch", "number")}


def cells_of(coupon: Coupon) -> list[str]:
    """A line of CSV."""
    values = [getattr(coupon, name) for name in Coupon.__struct_fields__]
    return ["" if value is None else plain_text(str(value)) for value in values]


def plain_text(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula.

    >>> plain_text("=1+1"), plain_text("SUMMER-1")
    ("'=1+1", 'SUMMER-1')
    """
    return f"'{cell}" if cell.startswith((*FORMULA, "\t", "\r")) else cell


def lines_of(rows: list[list[str]]) -> str:
    """Lines of CSV, each with its end."""
    written = io.StringIO()
    csv.writer(written, lineterminator="\r\n").writerows(rows)
    return written.getvalue()
