"""An order in, what it was when it was placed out: for what comes back of it, or all of it.

The rules, the cart, the facts, the refunds so far and the referral that it decided are those of
the order. Only the stamp cards are as they are now, since others may have stamped them.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

import msgspec

from ...engine.cart.facts import Card
from ...engine.engine import Engine
from ...engine.loyalty.answers import LineRefund, RefundAnswer
from ...engine.loyalty.earnings import measured
from ...engine.loyalty.errors import errors_of
from ...engine.loyalty.orders import Refund
from ...engine.loyalty.returned import Returns, kept
from ..ledger.account import AccountKey
from ..schema.frame import NEVER_US
from ..transaction import Found
from ..usage.rewards import used_of
from ..usage.rooms import undo_awards
from .booking import Occasion, Spend, book_moves
from .desk import Desk
from .facts import STAMPS
from .papers import Frozen, encoder, thaw
from .records import FIND_HAPPENINGS, FIND_PAPERS, FIND_REFUNDS
from .referring import find_decided, names_in, referral_of, reverse

REVERSED = "reversed"


@dataclass(frozen=True)
class Return:
    """An order of which something comes back."""

    desk: Desk
    row: Found
    frozen: Frozen
    engine: Engine
    earlier: list[Found]  # refunds, in their order
    happened: list[Found]  # with the order
    is_erased: bool  # whether the papers were

    @property
    def id(self) -> str:
        """The id of the order."""
        return str(self.row["id"])

    @cached_property
    def decided(self) -> Found | None:
        """The referral that the order decided."""
        return find_decided(self.happened)

    @property
    def order(self) -> dict[str, Any]:
        """The order as the engine takes it."""
        order: dict[str, Any] = {
            "cart": self.frozen.cart,
            "id": self.id,
            "ruleset": self.row["ruleset"],
            "facts": self.frozen.facts,
            "refunds": [msgspec.Raw(row["request"]) for row in self.earlier],
        }
        if self.decided is not None:
            order["referral"] = referral_of(self.decided, self.id, self.frozen)
        return order

    @property
    def people(self) -> dict[str | None, str]:
        """Whom moves mean, by what they call them."""
        named = {} if self.decided is None else names_in(self.decided)
        return {self.frozen.customer_id: self.row["member"], **named}

    @cached_property
    def is_whole(self) -> bool:
        """Whether the papers say all that the order was priced from.

        Those of who was erased may not: then what was paid comes back, and points of nobody stay.
        """
        if not self.is_erased:
            return True
        again = self.engine.quote(bytes(self.frozen.cart), self.frozen.facts)
        return bool(again.to_json() == self.row["result"])

    def ask(self, refund: Refund) -> RefundAnswer:
        """What a refund comes to. Raises `EventError`."""
        if not self.is_whole:
            with errors_of("refund", refund.id):
                return self.paid_back(refund)
        return self.engine.refund(encoder.encode(self.order), self.with_cards(refund))

    def paid_back(self, refund: Refund) -> RefundAnswer:
        """The parts of the frozen nets that come back, and nothing else. Raises `CartError`."""
        lines = self.engine.check(bytes(self.frozen.cart)).lines
        frozen: dict[str, Any] = msgspec.json.decode(self.row["result"])
        nets = [line["net"] for line in frozen["lines"]]
        returns = Returns(lines, nets)
        for number, row in enumerate(self.earlier):
            earlier = msgspec.json.decode(row["request"], type=Refund)
            returns.add(earlier, f"order.refunds[{number}]")
        before = returns.parts()
        returns.add(refund, "refund")
        named = {one.id for one in refund.lines}
        back = [
            line_refund(line.id, net, was, now)
            for line, net, was, now in zip(lines, nets, before, returns.parts(), strict=True)
            if line.id in named
        ]
        return RefundAnswer(self.id, refund.id, self.row["ruleset"], back, [], [], [])

    def with_cards(self, refund: Refund) -> Refund:
        """A refund with the stamp cards of the customer as they are now."""
        names = sorted(self.frozen.facts.get("cards") or {})
        if not names:
            return msgspec.structs.replace(refund, cards=None)
        homes = {card.id: card.program for card in self.engine.ruleset.loyalty.stamp_cards}
        member = self.row["member"]
        keys = {name: AccountKey(member, homes[name], STAMPS, name) for name in names}
        accounts = self.desk.book.open(list(keys.values()))
        used = used_of(self.desk.tx, names, member)
        cards = {
            name: Card(accounts[key].lifetime, used.get(name, 0)) for name, key in keys.items()
        }
        return msgspec.structs.replace(refund, cards=cards)

    def spend(self, refund: Refund) -> Spend:
        """What counts as spent less after a refund, in programs that measure it."""
        if not self.is_whole or not measured(self.engine.ruleset.loyalty):
            return {}
        before = self.order
        after = {**before, "refunds": [*before["refunds"], refund]}
        was = self.engine.spend(encoder.encode(before))
        now = self.engine.spend(encoder.encode(after))
        return {AccountKey(self.row["member"], name): now[name] - was[name] for name in was}

    def occasion(self, event: str, source: str) -> Occasion:
        """What is booked for what comes back."""
        return Occasion(
            event=event,
            source=source,
            people=self.people,
            ruleset=self.row["ruleset"],
            at_us=self.desk.tx.at_us,
            order_id=self.id,
            earned_at_us=self.row["placed_at_us"],
        )

    def book(self, event: str, source: str, answer: RefundAnswer, spend: Spend) -> None:
        """Book what a refund comes to."""
        occasion, ruleset = self.occasion(event, source), self.engine.ruleset
        book_moves(self.desk, occasion, ruleset, answer.moves, spend=spend)
        if answer.referral == REVERSED and self.decided is not None:
            reverse(self.desk, self.row["member"])
            members = sorted(set(self.people.values()))
            undo_awards(self.desk.tx, members, name_of(self.decided))


def open_return(desk: Desk, row: Found) -> Return:
    """An order of which something comes back; its row is locked."""
    tx, order = desk.tx, row["id"]
    if row["member"]:
        desk.book.open_member(row["member"])
    paper = tx.find(FIND_PAPERS, order=order)
    assert paper is not None, "an order has papers"
    engine = desk.library.engine(tx, row["ruleset"])
    earlier = tx.fetch(FIND_REFUNDS, order=order)
    happened = tx.fetch(FIND_HAPPENINGS, order=order)
    is_erased = paper["erased_at_us"] != NEVER_US
    return Return(desk, row, thaw(paper), engine, earlier, happened, is_erased)


def line_refund(line: str, net: int, before: Fraction, after: Fraction) -> LineRefund:
    """What comes back of a net, and what is kept, by the parts that came back before and after."""
    left = kept(net, after)
    return LineRefund(line, kept(net, before) - left, left)


def name_of(happened: Found) -> str:
    """How usage knows something that happened."""
    return f"{happened['event']}/{happened['source']}"
