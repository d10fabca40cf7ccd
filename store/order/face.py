"""What checkout asks about orders: quote, reserve, place, and what comes after."""

from __future__ import annotations

from ...engine.engine import CartSource
from ...engine.quote.quote import Quote
from ..acting import act, look
from ..member.people import meet
from ..refusals import Decline, Declined, Refusal
from ..rules.library import Library
from ..tenancy import Tenancy
from ..transaction import Transaction
from .desk import Desk
from .holding import find_reservation, holds_of
from .papers import read_paper
from .placing import Wish, check_wish, place
from .pricing import price
from .records import Placed
from .states import OrderState

RACES = (Refusal.LIMIT_REACHED, Refusal.CODE_USED_UP, Refusal.OUT_OF_STOCK)
TRIES = 4  # how often a cart is priced anew because somebody else took what it was to get


class Orders:
    """The orders of one tenant. Safe to share between threads."""

    def __init__(self, tenancy: Tenancy, library: Library) -> None:
        self._tenancy = tenancy
        self._library = library

    def quote(
        self, cart: CartSource, *, reservation: str = "", at_us: int | None = None
    ) -> Quote | Declined:
        """Price a cart by what the store knows of its customer: free, and nothing is written.

        What `reservation` keeps for the cart does not count against it. Declines where no rules are
        in force. Raises `CartError`, naming the field.
        """
        paper = read_paper(cart)

        def work(tx: Transaction) -> Quote:
            desk = Desk(tx, self._library, is_dry=True)
            reserved = find_reservation(tx, reservation) if reservation else None
            person = meet(tx, desk.timeline, paper.customer_id, is_made=False)
            return price(desk, paper, person, reservation, holds_of(tx, reserved)).quote

        try:
            return look(self._tenancy, work, at_us)
        except Decline as declined:
            return declined.declined

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
        costs now, and what points, rewards and codes can be declined for. A cart that was placed in
        the past has the rules and the tiers of then. Raises `CartError` and `StoreError`.
        """
        paper = read_paper(cart)
        wish = Wish(reservation, grand_total, state, actor)
        check_wish(wish)
        asked = [paper.json.decode(), reservation, grand_total, state]

        def work(tx: Transaction) -> Placed:
            return place(Desk(tx, self._library), paper, wish)

        for _ in range(TRIES):
            answer = act(self._tenancy, "place", asked, work, Placed, request=request, at_us=at_us)
            if isinstance(answer, Placed) or answer.refusal not in RACES:
                break
        return answer
