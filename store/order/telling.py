"""Events that a shop tells of in, answered and kept out: who is meant, and what may be told."""

from __future__ import annotations

from collections.abc import Sequence

from ...engine.loyalty.answers import EventAnswer
from ...engine.loyalty.events import Event
from ...engine.loyalty.referrals import OPEN, REFERRAL
from ..errors import StoreError
from ..member.enrolling import check_new, first_orders
from ..member.people import Person, meet_all
from ..refusals import Decline, Refusal
from ..schema.tenancy import members
from .desk import Desk
from .hearing import Case, hear
from .papers import Notice
from .referring import OF_ORDER
from .sharing import COUPON_SHARED

AHEAD_MAX_US = 300_000_000  # how far the clocks of those who tell may be ahead of ours
BY_ORDERS = ("purchase", "refund", COUPON_SHARED)


def check_told(event: Event) -> None:
    """Raise `StoreError` for an event that comes about by orders, and is not told."""
    if event.event in BY_ORDERS or event.cart is not None:
        expected = "an event that no order makes: place and refund orders with `shop.orders`"
        raise StoreError("bad_value", "event", expected=expected, got=f"`{event.event}`")
    if event.event == REFERRAL and event.id.startswith(OF_ORDER):
        expected = f"an id that does not begin with `{OF_ORDER}`, as those of orders do"
        raise StoreError("bad_value", "id", expected=expected, got=f"`{event.id}`")


def tell(desk: Desk, notices: Sequence[Notice]) -> list[EventAnswer]:
    """Answer events, in their order, people by `members.id`. Declines as `hear` does."""
    for notice in notices:
        if notice.at_us > desk.tx.at_us + AHEAD_MAX_US:
            expected = "an instant that has come"
            raise StoreError("bad_value", "at", expected=expected, got=str(notice.event.at))
    names = {name for notice in notices for name in names_in(notice.event)}
    people = meet_all(desk.tx, desk.timeline, names)
    cases = [
        Case(notice, {name: people[name] for name in names_in(notice.event)}) for notice in notices
    ]
    check_referrals(desk, [case for case in cases if case.notice.event.event == REFERRAL])
    answers = hear(desk, cases)
    for case, answer in zip(cases, answers, strict=True):
        if case.notice.event.event == REFERRAL:
            note_referral(desk, case, str(answer.state))
    return answers


def names_in(event: Event) -> list[str]:
    """What an event calls the people in it."""
    people = (event.customer, event.referrer, event.friend)
    found = [one.id for one in people if one is not None and one.id is not None]
    return found if event.member is None else [*found, event.member]


def sides_of(case: Case) -> tuple[Person, Person]:
    """The two of a referral: who refers, and the friend."""
    event = case.notice.event
    assert event.referrer is not None and event.friend is not None
    return case.people[event.referrer.id or ""], case.people[event.friend.id or ""]


def check_referrals(desk: Desk, cases: Sequence[Case]) -> None:
    """Decline friends whom somebody else brought, and those who were customers before."""
    sides = [(*sides_of(case), case.notice.at_us) for case in cases]
    new = [one for one in sides if not one[1].row["referred_by"] and one[0].id != one[1].id]
    first = first_orders(desk.tx, sorted({friend.id for _, friend, _ in new}))
    for referrer, friend, _ in sides:
        if friend.row["referred_by"] not in ("", referrer.id):
            words = f"`{friend.row['external_id']}` was referred by somebody else before"
            raise Decline(Refusal.WRONG_STATE, words)
    for _, friend, at_us in new:
        check_new(first, friend.id, at_us)


def note_referral(desk: Desk, case: Case, state: str) -> None:
    """Write how far a referral is, as long as no order has decided it."""
    referrer, friend = sides_of(case)
    changed = {**friend.row, "referred_by": referrer.id, "referral": state}
    if state in OPEN and changed != friend.row:
        desk.tx.update(members, [changed])
