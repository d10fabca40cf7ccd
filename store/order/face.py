"""What checkout asks about orders: quote, reserve, place, and what comes after."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar

import msgspec

from ...engine.engine import CartSource
from ...engine.loyalty.orders import RefundSource
from ...engine.quote.quote import Quote
from ..acting import act, look, look_up
from ..asking import careful
from ..member.people import meet
from ..refusals import Declined, Refusal
from ..rules.library import Library
from ..tenancy import Tenancy
from ..transaction import Transaction
from .cancelling import cancel
from .desk import Desk
from .holding import find_reservation, holds_of
from .moving import move
from .naming import with_names
from .papers import read_paper
from .placing import Wish, place
from .pricing import price
from .records import OrderShown, Placed, Refunded, Replayed
from .refunding import read_refund
from .refunding import refund as refund_order
from .reserving import Released, Reserved, Terms, release, reserve
from .showing import replay, show
from .states import OrderState, check_forward

T = TypeVar("T")

RACES = (Refusal.LIMIT_REACHED, Refusal.CODE_USED_UP, Refusal.OUT_OF_STOCK)
TRIES = 4  # how often a cart is priced anew because somebody else took what it was to get


@careful
class Orders:
    """The orders of one tenant. Safe to share between threads."""

    def __init__(self, tenancy: Tenancy, library: Library) -> None:
        self._tenancy = tenancy
        self._library = library

    # Before there is an order.

    def quote(
        self, cart: CartSource, *, reservation: str = "", at_us: int | None = None
    ) -> Quote | Declined:
        """Price a cart by what the store knows of its customer: free, and nothing is written.

        What `reservation` keeps for the cart does not count against it. Declines
        `unknown_reservation`, and where no rules are in force. Raises `CartError`.
        """
        paper = read_paper(cart)

        def work(tx: Transaction) -> Quote:
            desk = Desk(tx, self._library, is_dry=True)
            reserved = find_reservation(tx, reservation) if reservation else None
            person = meet(tx, desk.timeline, paper.customer_id, is_made=False)
            return price(desk, paper, person, reservation, holds_of(tx, reserved)).quote

        return look_up(self._tenancy, work, at_us)

    def reserve(
        self,
        cart: CartSource,
        *,
        reservation: str = "",
        ttl_us: int | None = None,
        request: str | None = None,
        at_us: int | None = None,
    ) -> Reserved | Declined:
        """Keep what a cart uses under limits and the points it redeems, until it is placed.

        After `ttl_us` (as the tenant's settings say; at most 7 days) all of it is free by itself.
        `reservation` names the one that is replaced. Declines `unknown_reservation`, and as `place`
        does. Raises `CartError` and `StoreError`.
        """
        paper = read_paper(cart)
        terms = Terms(reservation, ttl_us)
        terms.check()
        asked = ["reserve", paper.json.decode(), reservation, ttl_us]
        return self._race(asked, lambda at: reserve(at, paper, terms), Reserved, request, at_us)

    def release(
        self, reservation: str, *, request: str | None = None, at_us: int | None = None
    ) -> Released | Declined:
        """Let go of what a reservation keeps, before its time. Declines `unknown_reservation`."""
        asked = ["release", reservation]
        return self._act(asked, lambda at: release(at, reservation), Released, request, at_us)

    # An order.

    def place(
        self,
        cart: CartSource,
        *,
        request: str | None = None,
        reservation: str = "",
        grand_total: int | None = None,
        state: str = OrderState.PLACED,
        actor: str = "",
        at_us: int | None = None,
    ) -> Placed | Declined:
        """Place an order, all of it or nothing: it is called as its cart is.

        Placed again with the same cart it is the same order, and nothing happens; with another it
        is a conflict. Declines `price_changed` where `grand_total` (minor units) is not what it
        costs now, `unknown_reservation`, and what points, rewards and codes can be declined for. A
        cart that was placed in the past has the rules and the tiers of then. Raises `CartError`,
        naming the field, and `StoreError`.
        """
        paper = read_paper(cart)
        wish = Wish(reservation, grand_total, str(state), actor)
        check_forward(state)
        asked = ["place", paper.json.decode(), reservation, grand_total, wish.state]
        return self._race(asked, lambda at: place(at, paper, wish), Placed, request, at_us)

    def transition(
        self,
        order: str,
        state: str,
        *,
        request: str | None = None,
        actor: str = "",
        at_us: int | None = None,
    ) -> Placed | Declined:
        """Bring an order forward: `awaiting_fulfilment`, `fulfilled`; steps may be skipped.

        Points that wait for a state begin to count, and in the tenant's qualifying state a referral
        is decided. Declines `unknown_order`, and `wrong_state`, naming what is possible. Raises
        `StoreError` for what is no such state.
        """
        check_forward(state)
        asked = ["transition", order, str(state)]
        work = partial(move, order=order, becomes=str(state), actor=actor)
        return self._act(asked, work, Placed, request, at_us)

    def cancel(
        self,
        order: str,
        *,
        request: str | None = None,
        actor: str = "",
        at_us: int | None = None,
    ) -> Placed | Declined:
        """Undo an order that was not fulfilled, nor refunded in part.

        Points that paid go back to their lots and what was earned is taken back; uses, limits,
        stock and rewards are given back, a referral and what was given for shared codes reversed.
        Declines `unknown_order`, `wrong_state`, and `deficit` where a program forbids one.
        """
        work = partial(cancel, order=order, actor=actor)
        return self._act(["cancel", order], work, Placed, request, at_us)

    def refund(
        self,
        order: str,
        refund: RefundSource,
        *,
        request: str | None = None,
        actor: str = "",
        at_us: int | None = None,
    ) -> Refunded | Declined:
        """Take back units or amounts of lines, and say what is to be paid back for them.

        The same refund again is one refund. Declines `unknown_order`, `wrong_state`, `conflict`,
        and `deficit` where a program forbids one. Raises `EventError` for more than is left.
        """
        read = read_refund(refund)
        asked = ["refund", order, msgspec.to_builtins(read)]
        work = partial(refund_order, order=order, asked=read, actor=actor)
        answer = self._act(asked, work, Refunded, request, at_us)
        if isinstance(answer, Declined):
            return answer
        moves = look(self._tenancy, lambda tx: with_names(tx, answer.moves))
        return msgspec.structs.replace(answer, moves=moves)

    # What there is.

    def show(self, order: str) -> OrderShown | Declined:
        """An order, what became of it, and its result. Declines `unknown_order`."""
        return look_up(self._tenancy, lambda tx: show(tx, order))

    def replay(self, order: str) -> Replayed | Declined:
        """Price an order again from its papers, and compare byte for byte. Declines as `show`."""
        return look_up(self._tenancy, lambda tx: replay(tx, self._library, order))

    # How it is done.

    def _act(
        self,
        asked: list[Any],
        work: Callable[[Desk], T],
        kind: type[T],
        request: str | None,
        at_us: int | None,
    ) -> T | Declined:
        """Do work in one transaction, once for each request."""

        def once(tx: Transaction) -> T:
            return work(Desk(tx, self._library))

        action, *rest = asked
        return act(self._tenancy, action, rest, once, kind, request=request, at_us=at_us)

    def _race(
        self,
        asked: list[Any],
        work: Callable[[Desk], T],
        kind: type[T],
        request: str | None,
        at_us: int | None,
    ) -> T | Declined:
        """The same, begun anew where somebody else took meanwhile what a cart was to get."""
        for _ in range(TRIES):
            answer = self._act(asked, work, kind, request, at_us)
            if not isinstance(answer, Declined) or answer.refusal not in RACES:
                break
        return answer
