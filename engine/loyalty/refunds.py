"""An order and a refund of it in, what is given back, clawed back and lost out.

Promotions are not priced again: of a line's net, gross, base and quantity a part is kept. Earning
runs anew on that, with all else as it was: rules, facts, tier, campaigns, what was left of limits.
Whatever the member has more is clawed back. So refunds may come in any order and any pieces.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from fractions import Fraction

from msgspec import UNSET

from ...dsl.kinds import RefundConditions
from ...dsl.ruleset import Gift
from ..cart.checked import CheckedCart
from ..cart.errors import refusal, shorten
from ..outcome import Earned, NoAward, Outcome
from ..reference.bases import Bases
from ..reference.earning import Pins
from .answers import CardAnswer, LineRefund, RefundAnswer, Unrecoverable
from .changes import Cards, Source, changes, stamps_of, totals
from .desk import Desk
from .earnings import Earning, Order, earnings_of, measured, order_of_cart, spend_of
from .errors import within
from .event_facts import read_event_facts
from .moves import GiveBack, Move
from .orders import Order as SentOrder
from .orders import Refund
from .referrals import Referrals
from .returned import WHOLE, Returns, given_back, kept
from .writer import NEW_CARD, MoveWriter

Parts = Sequence[Fraction]  # of each line, what came back


class Refunds:
    """Answers refunds under one rule set."""

    def __init__(self, desk: Desk, referrals: Referrals) -> None:
        self._desk = desk
        self._referrals = referrals

    def spend(self, order: SentOrder) -> dict[str, int]:
        """What counts as spent on what is kept of an order. Raises `CartError`."""
        priced, outcome = self._price(order)
        returns = returns_of(order, priced)
        return Case(priced, outcome).spend(returns.parts())

    def _price(self, order: SentOrder) -> tuple[Order, Outcome]:
        """An order as it was. Raises `CartError`."""
        ruleset = self._desk.ruleset
        if order.ruleset is not None and order.ruleset != ruleset.hash:
            words = {"expected": ruleset.hash, "got": shorten(order.ruleset)}
            raise refusal("wrong_rules", "order.ruleset", **words)
        with within("order"):
            cart, facts = self._desk.read_cart(order.cart, "cart", order.facts)
        outcome = self._desk.price(cart, facts)
        return order_of_cart(ruleset, cart, facts, outcome), outcome

    def answer(self, order: SentOrder, refund: Refund) -> RefundAnswer:
        """What a refund comes to. Raises `CartError`, whose path begins with order or refund."""
        priced, outcome = self._price(order)
        before, after = parts_of(order, refund, priced)
        case = Case(priced, outcome)
        cards, card_moves, lost = case.cards(refund, before, after)
        moves = [*case.points_back(before, after), *case.changes(before, after), *card_moves]
        state = None
        if order.referral is not None:
            more, state = self._reverse(order, priced, before, after)
            moves += more
        return RefundAnswer(
            order=order.id or priced.cart.id,
            refund=refund.id,
            ruleset=self._desk.ruleset.hash,
            lines=list(line_refunds(refund, priced, before, after)),
            moves=moves,
            unrecoverable=[*case.unrecoverable(), *lost],
            cards=cards,
            referral=UNSET if state is None else state,
        )

    def _reverse(
        self, order: SentOrder, priced: Order, before: Parts, after: Parts
    ) -> tuple[list[Move], str]:
        """What goes of the referral that the order made qualify."""
        assert order.referral is not None
        with within("order.referral.event"):
            event = self._desk.events.read({**order.referral.event, "cart": order.cart})
            if event.event != "referral":
                got = f"`{shorten(event.event)}`"
                raise refusal("bad_format", "event", expected="`referral`", got=got)
        with within("order.referral"):
            sent = read_event_facts(order.referral.facts, event.id)
            return self._referrals.reverse(event, sent, priced, before, after)


class Case:
    """One order, and what its refunds make of it."""

    def __init__(self, order: Order, outcome: Outcome) -> None:
        self._order = order
        self._outcome = outcome
        self._loyalty = order.ruleset.loyalty
        self._member = order.cart.customer_id
        self._writer = MoveWriter(self._loyalty, order.cart, order.facts)
        self._earnings = earnings_of(order)
        self._totals: dict[tuple[Fraction, ...], Counter[Source]] = {}  # by parts

    def earned(self, parts: Parts) -> list[Earned]:
        """What the lines earn that are kept when these parts come back."""
        return [entry for earning in self.earnings(parts) for entry in earning.entries()]

    def earnings(self, parts: Parts) -> list[Earning]:
        """The same, program by program; none where nothing is kept."""
        if not any(parts):
            return self._earnings
        left = keep_lines(self._order, parts)
        if not left.cart.lines:
            return []
        return [
            Earning(replace(left, pins=pins_of(earning, number)), number)
            for number, earning in enumerate(self._earnings)
        ]

    def spend(self, parts: Parts) -> dict[str, int]:
        """What counts as spent on the lines that are kept."""
        return {**dict.fromkeys(measured(self._loyalty), 0), **spend_of(self.earnings(parts))}

    def totals(self, parts: Parts) -> Counter[Source]:
        """How much each rule and campaign gives for what is kept."""
        key = tuple(parts)
        if key not in self._totals:
            self._totals[key] = totals(self._writer, self._loyalty, self.earned(parts))
        return self._totals[key]

    def changes(self, before: Parts, after: Parts) -> list[Move]:
        """What is earned again and clawed back when more comes back."""
        again, back = changes(self._writer, self._member, self.totals(before), self.totals(after))
        return [*again, *back]

    def points_back(self, before: Parts, after: Parts) -> Iterator[Move]:
        """The points that paid for what comes back."""
        for one in self._outcome.redemptions:
            points = given_back(one.points, one.lines, after)
            points -= given_back(one.points, one.lines, before)
            if points and one.program is not None:
                program = self._loyalty.programs[one.program].id
                rule = None if one.rule is None else self._loyalty.burning_rules[one.rule].id
                yield GiveBack(self._member, program, rule, points)

    def cards(
        self, refund: Refund, before: Parts, after: Parts
    ) -> tuple[list[CardAnswer], list[Move], list[Unrecoverable]]:
        """The stamp cards of the order, what becomes of their rewards, and what is lost."""
        cards = Cards(self._writer, self._loyalty, self._member)
        stamps, left = stamps_of(self.totals(before)), stamps_of(self.totals(after))
        touched = stamps_of(self.totals([Fraction(0)] * len(before)))
        for name in sorted({*touched, *stamps, *left}):
            known = (refund.cards or {}).get(name)
            if known is None:
                old = self._order.facts.cards.get(name, NEW_CARD)
                count, used = old.stamps + stamps[name], old.used + self._used_of(name)
            else:
                count, used = known.stamps, known.used
            cards.change(name, count, used, left[name] - stamps[name])
        lost = [
            Unrecoverable("stamps", card=one.card, stamps=one.unrecoverable)
            for one in cards.answers
            if one.unrecoverable
        ]
        return cards.answers, cards.moves, lost

    def _used_of(self, card: str) -> int:
        """How many rewards of a card the order itself used."""
        reward = next(one.reward for one in self._loyalty.stamp_cards if one.id == card)
        return sum(
            self._loyalty.burning_rules[one.rule].id == reward
            for request, one in zip(self._order.cart.redeem, self._outcome.redemptions, strict=True)
            if request.issued is not None and one.times and one.rule is not None
        )

    def unrecoverable(self) -> Iterator[Unrecoverable]:
        """Gifts, coupons and issued rewards of the order, in this order."""
        promotions = self._order.ruleset.promotions
        for one in self._outcome.applied:
            action = promotions[one.promotion].action
            if isinstance(action, Gift):
                rule = promotions[one.promotion].id
                yield Unrecoverable("gift", rule=rule, sku=action.sku, quantity=action.quantity)
        rejected = {index for index, _ in self._outcome.rejections}
        for index, code in enumerate(self._order.cart.codes):
            if index not in rejected:
                yield Unrecoverable("coupon", code=code)
        pairs = zip(self._order.cart.redeem, self._outcome.redemptions, strict=True)
        for request, done in pairs:
            if request.issued is not None and done.times and done.rule is not None:
                rule = self._loyalty.burning_rules[done.rule].id
                yield Unrecoverable("reward", rule=rule, issued=request.issued)


def parts_of(order: SentOrder, refund: Refund, priced: Order) -> tuple[list[Fraction], ...]:
    """What came back of each line before a refund, and after it. Raises `CartError`."""
    returns = returns_of(order, priced)
    before = returns.parts()
    places = {one.id: f"order.refunds[{index}]" for index, one in enumerate(order.refunds or ())}
    refuse_twice(refund.id, "refund", places)
    returns.add(refund, "refund")
    return before, returns.parts()


def returns_of(order: SentOrder, priced: Order) -> Returns:
    """What came back of an order so far. Raises `CartError`."""
    returns = Returns(priced.cart.lines, priced.nets)
    places: dict[str, str] = {}
    for index, earlier in enumerate(order.refunds or ()):
        path = f"order.refunds[{index}]"
        refuse_twice(earlier.id, path, places)
        returns.add(earlier, path)
    return returns


def refuse_twice(id: str, path: str, places: dict[str, str]) -> None:
    """Raise `CartError` for the id of another refund; else remember it."""
    if id in places:
        raise refusal("duplicate_id", f"{path}.id", id=shorten(id), first=places[id])
    places[id] = path


def line_refunds(
    refund: Refund, priced: Order, before: Parts, after: Parts
) -> Iterator[LineRefund]:
    """What the refund gives back of the nets of its lines, in the order of the cart."""
    named = {one.id for one in refund.lines}
    for line in priced.cart.lines:
        if line.id in named:
            left = kept(priced.nets[line.index], after[line.index])
            had = kept(priced.nets[line.index], before[line.index])
            yield LineRefund(line.id, had - left, left)


def keep_lines(order: Order, parts: Parts) -> Order:
    """An order of what is kept: lines of which all came back are not on it."""
    numbers = [index for index, part in enumerate(parts) if part < WHOLE]

    def keep(amounts: Sequence[int]) -> list[int]:
        return [kept(amounts[index], parts[index]) for index in numbers]

    lines = tuple(
        replace(
            order.cart.lines[index],
            index=place,
            quantity=kept(order.cart.lines[index].quantity, parts[index]),
            gross_minor=kept(order.cart.lines[index].gross_minor, parts[index]),
        )
        for place, index in enumerate(numbers)
    )
    cart: CheckedCart = replace(
        order.cart,
        lines=lines,
        subtotal_minor=sum(line.gross_minor for line in lines),
        quantity=sum(line.quantity for line in lines),
    )
    bases = Bases(keep(order.bases.net), keep(order.bases.full), keep(order.bases.gross))
    return replace(order, cart=cart, nets=keep(order.nets), bases=bases)


def pins_of(earning: Earning, number: int) -> Pins:
    """What stays as it was in a program: its tier, its campaigns, and with `keep` its rules."""
    loyalty = earning.loyalty
    is_kept = earning.program.refund_conditions is RefundConditions.KEEP
    return Pins(
        ranks={number: earning.rank},
        rules=holding(earning.refused, len(loyalty.earning_rules)) if is_kept else None,
        campaigns=holding(earning.refused_campaigns, len(loyalty.campaigns)),
    )


def holding(refused: dict[int, NoAward], count: int) -> frozenset[int]:
    """The numbers of those of which no condition was false."""
    return frozenset(
        number for number in range(count) if refused.get(number) is not NoAward.CONDITION
    )
