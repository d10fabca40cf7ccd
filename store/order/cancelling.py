"""An order in, all that it took and gave undone out: points, usage, rewards, stock, referral."""

from __future__ import annotations

from ...engine.loyalty.moves import Redeem
from ...engine.loyalty.orders import Refund, RefundLine
from ..usage.checkout import cancel as give_usage_back
from ..usage.rooms import undo_awards
from ..usage.stock import give_back_stock, rewards_in
from .desk import Desk
from .moving import open_order, write_step
from .placing import PURCHASE
from .records import Placed, history_of, placed_of
from .referring import reverse
from .returning import open_return
from .states import OrderState, check_step
from .store_credit import give_back, paid_for
from .undoing import take_back, undo, undo_shared

CANCEL = "cancel"


def cancel(desk: Desk, order: str, actor: str) -> Placed:
    """Cancel an order. Declines what `Orders.cancel` says."""
    row, steps = open_order(desk, order)
    check_step(order, history_of(steps), OrderState.CANCELLED)
    tx = desk.tx
    given = open_return(desk, row)
    give_usage_back(tx, order)
    cart = given.engine.check(bytes(given.frozen.cart))
    units = [RefundLine(id=line.id, units=line.quantity) for line in cart.lines]
    whole = Refund(id=CANCEL, lines=units)
    _, purchase = given.engine.purchase(cart, given.frozen.facts)
    if cart.lines or not given.is_whole:
        given.book(CANCEL, order, given.ask(whole), given.spend(whole))
    else:  # no line comes back, and what was given for none does
        occasion = given.occasion(CANCEL, order)
        take_back(desk, occasion, given.engine.ruleset, purchase.moves)
        if given.decided is not None:
            undo(given, given.decided, CANCEL)
            reverse(desk, row["member"])
    bought = f"{PURCHASE}/{order}"
    redeemed = [move for move in purchase.moves if isinstance(move, Redeem)]
    if given.is_whole:
        give_back_stock(tx, rewards_in(redeemed), bought)
    undo_awards(tx, [row["member"]], bought)
    undo_shared(given, CANCEL)
    cause = given.occasion(CANCEL, order).cause(row["member"], "", "")
    give_back(desk, row, paid_for(tx, row).left_minor, cause)
    write_step(desk, row, steps, OrderState.CANCELLED, actor=actor)
    return placed_of(row, OrderState.CANCELLED)
