"""An order and what comes back of it in, what is paid, given and taken back out.

Promotions are not priced again: what comes back is a part of the frozen nets, so that pieces sum to
the whole. Only loyalty is worked out anew, by the rules, the facts and the refunds so far; points
that paid come back first, then what was earned too much is taken. Allocations stay as they are.
What store credit paid of it goes back into the wallet.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

import msgspec

from ...engine.loyalty.answers import RefundAnswer
from ...engine.loyalty.errors import errors_of
from ...engine.loyalty.event_intake import read_struct
from ...engine.loyalty.moves import EarnAgain
from ...engine.loyalty.orders import REFUNDS, Refund, RefundSource
from ..asking import check_id
from ..errors import StoreError
from ..refusals import Decline, Refusal
from ..schema.orders import refunds
from ..transaction import Found
from .arriving import begin_points
from .desk import Desk
from .hearing import renamed
from .moving import open_order, reached_at, write_step
from .papers import encoder, part_of
from .records import Refunded, history_of
from .returning import Return, open_return
from .states import OrderState, check_step
from .store_credit import credit_back, give_back, paid_for
from .undoing import undo_shared

REFUND = "refund"


def read_refund(source: RefundSource) -> Refund:
    """What comes back, its fields right one by one. Raises `EventError` and `StoreError`."""
    with errors_of("refund", None):
        refund = read_struct(source, Refund, REFUNDS)
    check_id("id", refund.id)
    return msgspec.structs.replace(refund, cards=None)  # the store knows better


def refund(desk: Desk, order: str, asked: Refund, actor: str) -> Refunded:
    """Refund a part of an order, or what is left of it. Declines what `Orders.refund` says."""
    row, steps = open_order(desk, order)
    given = open_return(desk, row)
    sent = encoder.encode(asked)
    for before in given.earlier:
        if before["id"] == asked.id:
            return refunded_before(before, sent)
    history = history_of(steps)
    check_step(order, history, OrderState.PARTLY_REFUNDED)
    answer = given.ask(asked)
    given.book(REFUND, part_of(order, asked.id), answer, given.spend(asked))
    if any(isinstance(move, EarnAgain) for move in answer.moves):
        begin_points(desk, row, reached_at(steps))
    is_whole = is_all_back(given, asked, answer)
    if not asked.lines and not is_whole:  # it would shut the way to `cancel` and pay nothing back
        words = {"expected": "at least one line of the order", "got": "none"}
        raise StoreError("bad_value", "refund.lines", **words)
    if is_whole:
        undo_shared(given, REFUND)
    state = OrderState.REFUNDED if is_whole else OrderState.PARTLY_REFUNDED
    made = refunded_of(given, asked, answer, state, refund_credit(given, asked, answer))
    told = {"refund": asked.id, "amount_minor": made.amount_minor}
    told["credit_minor"] = made.credit_minor
    write_step(
        desk, row, steps, state, actor=actor, source=asked.id, type="order.refunded", told=told
    )
    kept = {
        "order_id": order,
        "id": asked.id,
        "number": len(given.earlier) + 1,
        "request": sent,
        "answer": encoder.encode(made),
        "amount_minor": made.amount_minor,
        "at_us": desk.tx.at_us,
    }
    desk.tx.insert(refunds, [kept])
    return made


def refunded_before(before: Found, sent: bytes) -> Refunded:
    """The answer to a refund that was made before. Declines another of the same name."""
    if before["request"] != sent:
        words = f"order `{before['order_id']}` has another refund `{before['id']}`"
        raise Decline(Refusal.CONFLICT, words)
    return msgspec.json.decode(before["answer"], type=Refunded)


def refund_credit(given: Return, asked: Refund, answer: RefundAnswer) -> int:
    """Give the wallet back its share of what comes back; how much that is."""
    earlier = [msgspec.json.decode(row["answer"], type=Refunded) for row in given.earlier]
    back = credit_back(paid_for(given.desk.tx, given.row), given.row, earlier, answer.lines)
    source = part_of(given.id, asked.id)
    cause = given.occasion(REFUND, source).cause(given.row["member"], "", "")
    return give_back(given.desk, given.row, back, cause)


def refunded_of(
    given: Return, asked: Refund, answer: RefundAnswer, state: OrderState, credit_minor: int
) -> Refunded:
    """What a refund came to, people by `members.id`."""
    return Refunded(
        order=given.id,
        refund=asked.id,
        state=state.value,
        amount_minor=sum(line.refunded for line in answer.lines),
        lines=answer.lines,
        moves=renamed(answer.moves, given.people),
        unrecoverable=answer.unrecoverable,
        cards=answer.cards,
        credit_minor=credit_minor,
    )


def is_all_back(given: Return, asked: Refund, answer: RefundAnswer) -> bool:
    """Whether all that was paid for lines came back, and all units of lines that cost nothing.

    Who paid a line with points keeps it until its units come back. What was listed at nothing does
    not matter, unless nothing else was bought.
    """
    result: dict[str, Any] = msgspec.json.decode(given.row["result"])
    paid = sum(line["net"] for line in result["lines"])
    before = sum(row["amount_minor"] for row in given.earlier)
    if before + sum(line.refunded for line in answer.lines) < paid:
        return False
    back: Counter[str] = Counter()
    for one in (asked, *(msgspec.json.decode(r["request"], type=Refund) for r in given.earlier)):
        back.update({line.id: line.units or 0 for line in one.lines})
    is_listed = any(line["gross"] for line in result["lines"])
    free = {line["id"] for line in result["lines"] if not line["net"]}
    free -= {line["id"] for line in result["lines"] if is_listed and not line["gross"]}
    lines = given.engine.check(bytes(given.frozen.cart)).lines
    return all(back[line.id] == line.quantity for line in lines if line.id in free)
