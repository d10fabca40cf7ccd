"""A friend's order that qualifies in, what both sides of the referral get out; and taken back.

The order decides by the rules that it was priced with, and is worth what it was worth then. What
members have and may still get is read now. The answer is kept with the order, and the referral is
over: a friend counts once.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from ...engine.loyalty.answers import EventAnswer
from ...engine.loyalty.days import spell_instant
from ...engine.loyalty.referrals import OPEN, REFERRAL
from ..member.people import Person, meet_ids
from ..schema.orders import happenings
from ..schema.tenancy import members
from ..transaction import Found
from .booking import Occasion, book_moves
from .desk import Desk
from .facts import tiers_in
from .hearing import rename, row_of
from .papers import Frozen, digest_of_text, encode_facts, encoder, thaw
from .records import FIND_PAPERS
from .standing import facts_about

DECIDED = ("qualified", "rewarded")
REFERRER = " referrer/"  # before the id: no shop calls a customer so, as names begin with no space
OF_ORDER = "order/"  # before the id of an order: the event of the referral that it decides


def decide_referral(desk: Desk, order: Found) -> None:
    """Decide the referral of an order's customer, if there is one that nobody decided yet."""
    tx = desk.tx
    friend = meet_ids(tx, [order["member"]]).get(order["member"])
    if friend is None or friend.row["referral"] not in OPEN or not friend.row["referred_by"]:
        return
    name = str(friend.row["referred_by"])
    paper = tx.find(FIND_PAPERS, order=order["id"])
    assert paper is not None, "an order has papers"
    frozen = thaw(paper)
    event = event_of(order["id"], frozen, name, tx.at_us)
    engine = desk.library.engine(tx, order["ruleset"])
    needs = engine.event_needs(REFERRAL)
    referrer = meet_ids(tx, [name])[name]
    facts: dict[str, Any] = {
        "referrer": facts_about(desk, engine, needs, referrer, tx.at_us),
        "friend": joined(frozen.facts, facts_about(desk, engine, needs, friend, tx.at_us)),
        "state": friend.row["referral"],
    }
    sent = encoder.encode({**event, "cart": frozen.cart})
    known = encode_facts(facts)
    answer = engine.award(sent, known)
    if answer.state not in DECIDED:
        return
    occasion = Occasion(
        event=REFERRAL,
        source=event["id"],
        people={frozen.customer_id: friend.id, event["referrer"]["id"]: referrer.id},
        ruleset=order["ruleset"],
        at_us=tx.at_us,
        order_id=order["id"],
        tiers=tiers_in(facts["referrer"], referrer.id) | tiers_in(facts["friend"], friend.id),
    )
    book_moves(desk, occasion, engine.ruleset, answer.moves)
    kept = rename(answer, occasion.people)
    row = row_of(desk, occasion, known, kept, digest_of_text(encoder.encode(event)))
    tx.insert(happenings, [{**row, "member": referrer.id}])
    set_referral(desk, friend, str(answer.state))


def event_of(order: str, frozen: Frozen, referrer: str, at_us: int) -> dict[str, Any]:
    """The referral of an order's customer as an event, without its cart."""
    return {
        "id": f"{OF_ORDER}{order}",
        "event": REFERRAL,
        "at": spell_instant(at_us),
        "referrer": {"id": f"{REFERRER}{referrer}"},
        "friend": {"id": frozen.customer_id},
    }


def joined(frozen: Mapping[str, Any], now: Mapping[str, Any]) -> dict[str, Any]:
    """Facts of a friend: the order is worth what it was, and what they get is by what is now."""
    found = dict(frozen)
    for name in ("members", "rooms"):
        found[name] = {**now.get(name, {}), **frozen.get(name, {})}
    return found | {"cards": {**frozen.get("cards", {}), **now.get("cards", {})}}


def set_referral(desk: Desk, friend: Person, state: str) -> None:
    """Write what became of a friend's referral."""
    desk.tx.update(members, [{**friend.row, "referral": state}])


# Refunds of the order.


def find_decided(happened: list[Found]) -> Found | None:
    """Among what happened with an order, the referral that it decided."""
    return next((row for row in happened if row["event"] == REFERRAL), None)


def referral_of(row: Found, order: str, frozen: Frozen) -> dict[str, Any]:
    """The referral that an order decided, as a refund of the order names it."""
    event = event_of(order, frozen, row["member"], row["effective_at_us"])
    return {"event": event, "facts": msgspec.json.decode(row["facts"])}


def names_in(row: Found) -> dict[str | None, str]:
    """What moves of that referral call the referrer."""
    return {f"{REFERRER}{row['member']}": row["member"]}


def reverse(desk: Desk, friend: str) -> None:
    """Write that a referral was reversed."""
    for person in meet_ids(desk.tx, [friend]).values():
        set_referral(desk, person, "reversed")


def gave(row: Found) -> EventAnswer:
    """What something that happened gave."""
    return msgspec.json.decode(row["answer"], type=EventAnswer)
