"""An outcome in, a quote out: the result is built when it is asked for, not before."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import msgspec

from ...dsl.ruleset import Gift, Ruleset
from ..cart.checked import CheckedCart
from ..cart.facts import Facts
from ..cart.facts_intake import FactsIntake
from ..cart.intake import Intake
from ..outcome import Allocation as Move
from ..outcome import Outcome
from ..port._receipt import Receipt
from ..takers import Takers
from .result import (
    Allocation,
    AppliedCoupon,
    AppliedPromotion,
    GiftResult,
    LineResult,
    PaymentResult,
    RejectedCoupon,
    Result,
)
from .rewards import earned_of, redemptions_of, reward_gifts_of
from .warning import warnings_of
from .wording import Wording

if TYPE_CHECKING:
    from .explanation import Explanation

Explainer = Callable[[Ruleset, CheckedCart, Facts], "Explanation"]

encoder = msgspec.json.Encoder()
result_reader = msgspec.json.Decoder(Result)


@dataclass(frozen=True, slots=True)
class Plain:
    """What a quote is made of that was not priced straight to its bytes."""

    cart: CheckedCart
    facts: Facts
    outcomes: Sequence[Outcome]
    place: int  # in `outcomes`
    explain: Explainer | None = None


class Home:
    """What a quote comes from, and asks about its rules and its cart; shared by many."""

    def __init__(self, ruleset: Ruleset) -> None:
        self.ruleset = ruleset

    @cached_property
    def intake(self) -> Intake:
        """What checks carts on the plain way; made when it is first needed."""
        return Intake(self.ruleset)

    @cached_property
    def facts_intake(self) -> FactsIntake:
        """What checks facts on the plain way; made when it is first needed."""
        return FactsIntake(self.ruleset.loyalty)

    def __reduce__(self) -> tuple[type[Home], tuple[Ruleset]]:
        """Quotes can be pickled: the intake is made anew where they arrive."""
        return Home, (self.ruleset,)


class Quote(Receipt):
    """What one cart gets. `result` is typed; `to_json()` is its one compact UTF-8 form.

    Most quotes are two totals and a memo, until somebody asks for more.
    """

    __slots__ = ()

    def __init__(self, home: Home, plain: Plain) -> None:
        self._home = home
        self._plain = plain

    @property
    def cart(self) -> CheckedCart:
        """The checked cart; it may be read anew, from a dict as that is by now."""
        if self._plain is not None:
            cart: CheckedCart = self._plain.cart
            return cart
        intake: Intake = self._home.intake
        return intake.read_cart(self._source)

    @property
    def result(self) -> Result:
        """The typed result."""
        if self._result is None:
            self._result = self._make_result()
        result: Result = self._result
        return result

    def _make_result(self) -> Result:
        """The result out of the bytes, or out of the outcome."""
        if self._json is not None:
            return result_reader.decode(self._json)
        plain: Plain = self._plain
        outcome = plain.outcomes[plain.place]
        return Builder(self._home.ruleset, plain.cart, plain.facts, outcome).build()

    @property
    def explanation(self) -> Explanation | None:
        """Why every promotion did or did not apply; None unless it was asked for."""
        plain: Plain | None = self._plain
        if plain is None or plain.explain is None:
            return None
        if self._explanation is None:
            self._explanation = plain.explain(self._home.ruleset, plain.cart, plain.facts)
        explanation: Explanation = self._explanation
        return explanation

    def to_dict(self) -> dict[str, Any]:
        """The result as plain dicts and lists; with `explain` it has a last key of that name.

        Where the rules have loyalty programs `explain_loyalty` comes behind it.
        """
        plain: dict[str, Any] = msgspec.to_builtins(self.result)
        if self.explanation is not None:
            plain["explain"] = msgspec.to_builtins(self.explanation.promotions)
            if self.explanation.loyalty is not None:
                plain["explain_loyalty"] = msgspec.to_builtins(self.explanation.loyalty)
        return plain

    def to_json(self) -> bytes:
        """The result as compact UTF-8 JSON, the same bytes for the same input, always."""
        if self._json is not None:
            return self._json
        return encoder.encode(self.result if self.explanation is None else self.to_dict())

    def __repr__(self) -> str:
        total = Wording(self._home.ruleset).money(self.grand_total)
        return f"<Quote of cart {self.cart_id!r}: {total}>"


class Builder:
    """Turns the numbers of an outcome into the records of a result."""

    def __init__(self, ruleset: Ruleset, cart: CheckedCart, facts: Facts, outcome: Outcome) -> None:
        self.ruleset = ruleset
        self.cart = cart
        self.facts = facts
        self.outcome = outcome
        self.takers = Takers(ruleset)

    def build(self) -> Result:
        """The whole result."""
        cart, outcome = self.cart, self.outcome
        lines = [
            self.line_result(line.id, line.gross_minor, moves)
            for line, moves in zip(cart.lines, outcome.lines, strict=True)
        ]
        shipments = [
            self.line_result(shipment.id, shipment.amount_minor, moves)
            for shipment, moves in zip(cart.shipments, outcome.shipments, strict=True)
        ]
        adjustment = sum(amount for _, amount in outcome.payment)
        discount_total = sum(one.discount for one in (*lines, *shipments))
        gross_total = cart.subtotal_minor + cart.shipping_amount_minor
        return Result(
            cart=cart.id,
            currency=cart.currency,
            ruleset=self.ruleset.hash,
            lines=lines,
            shipments=shipments,
            payment=PaymentResult(adjustment, self.allocations(outcome.payment)),
            gifts=[*self.gifts(), *reward_gifts_of(self.ruleset, outcome)],
            applied_promotions=[
                AppliedPromotion(
                    self.id_of(one.promotion),
                    self.takers.stage_of(one.promotion),
                    one.discount_minor,
                    one.undistributed_minor,
                )
                for one in outcome.applied
            ],
            applied_coupons=self.applied_coupons(),
            rejected_coupons=self.rejected_coupons(),
            warnings=warnings_of(self.ruleset, cart, outcome),
            redemptions=redemptions_of(self.ruleset, cart, outcome),
            earned=earned_of(self.ruleset, cart, outcome),
            subtotal=cart.subtotal_minor,
            shipping_total=cart.shipping_amount_minor,
            discount_total=discount_total,
            tax_total=cart.tax_total_minor,
            grand_total=gross_total - discount_total + adjustment + cart.tax_total_minor,
        )

    def id_of(self, number: int) -> str:
        """The id of a promotion."""
        return self.ruleset.promotions[number].id

    def allocations(self, moves: Sequence[Move]) -> list[Allocation]:
        """Moves of a line, a shipment or the payment, with the name of who took them."""
        takers = self.takers
        return [Allocation(takers.id_of(n), takers.stage_of(n), amount) for n, amount in moves]

    def line_result(self, name: str, gross: int, moves: Sequence[Move]) -> LineResult:
        """A line or a shipment."""
        discount = sum(amount for _, amount in moves)
        return LineResult(name, gross, discount, gross - discount, self.allocations(moves))

    def gifts(self) -> list[GiftResult]:
        """What the applied gift promotions give away."""
        actions = [
            (one.promotion, self.ruleset.promotions[one.promotion].action)
            for one in self.outcome.applied
        ]
        return [
            GiftResult(self.id_of(n), action.sku, action.quantity)
            for n, action in actions
            if isinstance(action, Gift)
        ]

    def applied_coupons(self) -> list[AppliedCoupon]:
        """Each code with the applied promotions it opened."""
        rejected = {index for index, _ in self.outcome.rejections}
        found = []
        for index, code in enumerate(self.cart.codes):
            if index in rejected:
                continue
            pool = self.facts.codes.get(code)
            opened = [
                one for one in self.outcome.applied if self.has_code(one.promotion, code, pool)
            ]
            found.append(
                AppliedCoupon(
                    code,
                    [self.id_of(one.promotion) for one in opened],
                    sum(one.discount_minor for one in opened),
                )
            )
        return found

    def has_code(self, number: int, code: str, pool: str | None) -> bool:
        """Whether a code is one of a promotion's, or of its pool."""
        promotion = self.ruleset.promotions[number]
        return code in promotion.coupons or (pool is not None and promotion.coupon_pool == pool)

    def rejected_coupons(self) -> list[RejectedCoupon]:
        """Each code that gave nothing, with its reason."""
        return [
            RejectedCoupon(
                self.cart.codes[index],
                refusal.reason.word,
                msgspec.UNSET if refusal.by is None else self.id_of(refusal.by),
            )
            for index, refusal in self.outcome.rejections
        ]
