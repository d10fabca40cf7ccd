"""An order that reached states in, what waited for them out: referrals, points that begin to count.

Referrals are decided first, so that what both sides get is there when points begin to count.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from ..transaction import Found
from .desk import Desk
from .referring import decide_referral
from .states import OrderState


def arrive(desk: Desk, order: Found, states: Collection[OrderState]) -> None:
    """Do what waits for an order to reach these states, now and together."""
    if order["member"] and desk.timeline.settings.qualifying_state in states:
        decide_referral(desk, order)
    begin_points(desk, order, dict.fromkeys(states, desk.tx.at_us))


def begin_points(desk: Desk, order: Found, reached: Mapping[OrderState, int]) -> None:
    """Begin the life of points of an order that wait for states, reached at these instants."""
    waited = {state: at_us for state, at_us in reached.items() if state in waited_for(desk)}
    if not waited:
        return
    for account in desk.book.open_order(order["id"]):
        for state, at_us in sorted(waited.items()):
            desk.book.activate(account, order["id"], state, reached_at_us=at_us)


def waited_for(desk: Desk) -> set[str]:
    """The states that points wait for, by any rules there ever were."""
    programs = [one for release in desk.timeline.releases for one in release.programs.values()]
    return {one.points.activate_on for one in programs if one.points.activate_on is not None}
