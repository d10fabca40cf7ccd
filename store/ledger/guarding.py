"""A hold in, whether somebody may end it by hand out, or something else waits for it."""

from __future__ import annotations

import msgspec
import sqlalchemy as sa

from ..refusals import Decline, Refusal
from ..schema.frame import NEVER_US
from ..schema.orders import reservations
from .book import Book
from .hold import Hold
from .purse import UNITS

RESERVATION = "reservation/"  # before the id of a reservation: the source of what it holds
HOLDS = sa.select(reservations.c.holds).where(
    reservations.c.tenant == sa.bindparam("tenant"),
    reservations.c.id == sa.bindparam("reservation"),
)


def check_own(book: Book, hold: str) -> None:
    """Decline the hold of a reservation, of a payout, which alone has no time-out, and of a gift
    card, which may be blocked."""
    account, found = book.find_hold(hold)
    if account.unit not in UNITS:
        raise Decline(Refusal.UNKNOWN_HOLD, f"there is no hold `{hold}` of a member")
    check_free(book, found)


def check_free(book: Book, hold: Hold) -> None:
    """Decline the hold of a reservation or a payout: an order, or a provider, waits for it."""
    if hold.expires_at_us == NEVER_US:
        words = "cancel or resolve that"
    elif hold.status == "held" and is_reserved(book, hold):
        words = "place its order, or release that"
    else:
        return
    raise Decline(Refusal.WRONG_STATE, f"it is held for `{hold.source}`: {words}")


def is_reserved(book: Book, hold: Hold) -> bool:
    """Whether a reservation holds it, and not somebody who calls what they hold for so."""
    if not hold.source.startswith(RESERVATION):
        return False
    name = hold.source.removeprefix(RESERVATION)
    row = book.journal.transaction.find(HOLDS, reservation=name)
    if row is None:
        return False
    listed = msgspec.json.decode(row["holds"], type=list[tuple[str, str, str]])
    return any(id == hold.id for _, _, id in listed)
