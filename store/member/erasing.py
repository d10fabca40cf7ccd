"""A person in, nothing that tells who it is left: all sums, seals and entries stay as they are.

What tells who people are stands in `members`, in the papers of orders and in what was known of
somebody at an event, and nowhere else. So only these rows change. Everything else knows the person
by an id that now leads to nobody.
"""

from __future__ import annotations

from typing import Any

import msgspec
import sqlalchemy as sa
from msgspec import Struct

from ...dsl.ruleset import Ruleset
from ...engine.cart.cart import Cart, Customer, Line
from ..payout.disbursement import forget_recipients
from ..refusals import Decline, Refusal
from ..rules.library import Library
from ..schema.frame import NEVER_US
from ..schema.orders import happenings, orders, papers
from ..schema.tenancy import enrolments, members
from ..transaction import Found, Transaction, of_tenant
from .enrolling import find_member
from .people import ERASED, find_enrolments
from .staff import note_intervention

BATCH = 100  # papers rewritten at once

PAPERS = (
    sa.select(papers, orders.c.ruleset)
    .join(orders, sa.and_(orders.c.tenant == papers.c.tenant, orders.c.id == papers.c.order_id))
    .where(papers.c.tenant == sa.bindparam("tenant"), orders.c.member == sa.bindparam("member"))
    .where(papers.c.erased_at_us == NEVER_US, papers.c.order_id > sa.bindparam("after"))
    .order_by(papers.c.order_id)
    .limit(BATCH)
)
THEIR_ORDERS = sa.select(orders.c.id).where(
    orders.c.tenant == sa.bindparam("tenant"), orders.c.member == sa.bindparam("member")
)
HAPPENINGS = (
    of_tenant(happenings)
    .where(
        (happenings.c.member == sa.bindparam("member")) | happenings.c.order_id.in_(THEIR_ORDERS)
    )
    .order_by(happenings.c.event, happenings.c.source)
)
encoder = msgspec.json.Encoder(order="deterministic")
read_cart = msgspec.json.Decoder(Cart).decode
LINE_ATTRIBUTE = "line.attributes."
SIDES = ("referrer", "friend")


class Erased(Struct, frozen=True):
    """Somebody who is nobody any more; `member` is the id that the books know them by."""

    member: str
    orders: int  # whose papers were erased


def erase(tx: Transaction, library: Library, name: str, actor: str, reason: str) -> Erased:
    """Take away all that tells who a member is. Declines somebody who is none."""
    row = find_member(tx, name)
    if row["status"] == ERASED:
        raise Decline(Refusal.WRONG_STATE, "the member is erased already")
    id = row["id"]
    tombstone = f"erased-{id}"
    gone = {"external_id": tombstone, "referral_code": tombstone, "segments": "", "status": ERASED}
    tx.update(members, [row | gone])
    notes = [one | {"note": None} for one in find_enrolments(tx, [id]).get(id, [])]
    tx.update(enrolments, notes)
    count = erase_papers(tx, library, id, tombstone)
    forget_recipients(tx, id)
    erase_happenings(tx, id)
    note_intervention(tx, id, "erase", actor=actor, reason=reason)
    return Erased(id, count)


def erase_papers(tx: Transaction, library: Library, member: str, tombstone: str) -> int:
    """Take a member out of the papers of all their orders; how many there were."""
    count, after = 0, ""
    while True:
        found = tx.fetch(PAPERS, member=member, after=after)
        rows: list[Found] = []
        for paper in found:
            ruleset = library.engine(tx, paper.pop("ruleset")).ruleset
            erased = {
                "cart": encoder.encode(erase_cart(read_cart(paper["cart"]), tombstone, ruleset)),
                "facts": encoder.encode(erase_facts(msgspec.json.decode(paper["facts"]))),
                "erased_at_us": tx.at_us,
            }
            rows.append(paper | erased)
        tx.update(papers, rows)
        count += len(rows)
        if len(rows) < BATCH:
            return count
        after = rows[-1]["order_id"]


def erase_happenings(tx: Transaction, member: str) -> None:
    """Take a member out of what was known at their events, and at those of their orders."""
    rows = tx.fetch(HAPPENINGS, member=member)
    left = [erase_facts(msgspec.json.decode(row["facts"])) for row in rows]
    facts = [{"facts": encoder.encode(one)} for one in left]
    tx.update(happenings, [row | one for row, one in zip(rows, facts, strict=True)])


def erase_cart(cart: Cart, tombstone: str, ruleset: Ruleset) -> Cart:
    """A cart without its customer, address and attributes; what was bought stays, to be refunded.

    Lines keep the attributes that the rules know: they say what was bought. A tier and the number
    of orders before stay as well, as they tell of nobody who it was.
    """
    known = {
        name.removeprefix(LINE_ATTRIBUTE)
        for name in ruleset.attributes
        if name.startswith(LINE_ATTRIBUTE)
    }
    customer = cart.customer or Customer()
    return msgspec.structs.replace(
        cart,
        lines=[erase_line(line, known) for line in cart.lines],
        shipping_address=None,
        customer=Customer(id=tombstone, tier=customer.tier, orders=customer.orders),
        attributes=None,
    )


def erase_line(line: Line, known: set[str]) -> Line:
    """A line without the attributes that no rule knows: an engraving, a greeting."""
    kept = {name: value for name, value in (line.attributes or {}).items() if name in known}
    return msgspec.structs.replace(line, attributes=kept or None)


def erase_facts(facts: dict[str, Any]) -> dict[str, Any]:
    """Facts without segments and the days people joined; of a referral on both sides."""
    left = {
        name: erase_facts(known) if name in SIDES and isinstance(known, dict) else known
        for name, known in facts.items()
    }
    found = facts.get("members")
    if isinstance(found, dict):
        left["members"] = {program: erase_known(known) for program, known in found.items()}
    return left


def erase_known(known: dict[str, Any] | None) -> dict[str, Any] | None:
    """What is known of a member of a program, without what tells them from others."""
    if known is None:
        return None
    return {name: value for name, value in known.items() if name not in ("segments", "joined")}
