"""What a test expects and a quote in, what differs out, in the words of the shop.

Only what a test names is compared. `applied` is the whole list in order; `warnings` and
`applied_coupons` are whole sets; `rejected_coupons`, `gifts`, allocations and what is said of
loyalty are whole mappings; of `not_applied`, `lines` and `shipments` only the entries named count.
Amounts are minor units.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

import msgspec

from ..dsl.loyalty import Loyalty
from ..engine.quote.explanation import APPLIED, Explanation, PromotionExplanation
from ..engine.quote.quote import Quote
from ..engine.quote.result import LineResult
from ..engine.quote.wording import Wording
from .difference import Difference
from .earnings import EarningsComparison

TOTALS = ("discount_total", "subtotal", "shipping_total", "tax_total", "grand_total")
NOTHING = "nothing"


class Comparison:
    """One quote, made with `explain`, held against what a test expects of it."""

    def __init__(self, wording: Wording, loyalty: Loyalty, quote: Quote) -> None:
        assert quote.explanation is not None
        self.money = wording.money
        redemptions = msgspec.to_builtins(quote.result.redemptions)
        earned = msgspec.to_builtins(quote.result.earned)
        fates = fates_of(quote.explanation)
        self.earnings = EarningsComparison(loyalty, wording, redemptions, earned, fates)
        self.result = quote.result
        self.fates = {one.id: one for one in quote.explanation.promotions}

    def compare(self, expect: Mapping[str, Any]) -> list[Difference]:
        """Every difference, in the order of the keys of a result."""
        comparers: dict[str, Callable[[Any], Iterable[Difference]]] = {
            "applied": self.compare_applied,
            "not_applied": self.compare_not_applied,
            "warnings": self.compare_warnings,
            "applied_coupons": self.compare_applied_coupons,
            "rejected_coupons": self.compare_rejected_coupons,
            "gifts": self.compare_gifts,
            "lines": lambda wanted: self.compare_lines("lines", wanted, self.result.lines),
            "shipments": lambda wanted: self.compare_lines(
                "shipments", wanted, self.result.shipments
            ),
            "payment_adjustment": lambda wanted: self.compare_amount(
                "payment_adjustment", wanted, self.result.payment.adjustment
            ),
        }
        found: list[Difference] = []
        for key, compare in comparers.items():
            if key in expect:
                found += compare(expect[key])
        found += self.earnings.compare(expect)
        for key in TOTALS:
            if key in expect:
                found += self.compare_amount(key, expect[key], getattr(self.result, key))
        return found

    # Promotions.

    def compare_applied(self, wanted: Sequence[str]) -> Iterator[Difference]:
        """The promotions that applied, in order, with the fate of those that are not as wanted."""
        got = [one.id for one in self.result.applied_promotions]
        if list(wanted) == got:
            return
        odd = [name for name in wanted if name not in got] + [n for n in got if n not in wanted]
        reasons = tuple(self.fate(name) for name in odd) or ("the order differs",)
        yield Difference("applied", names_of(wanted), names_of(got), reasons)

    def compare_not_applied(self, wanted: Mapping[str, str]) -> Iterator[Difference]:
        """Promotions that gave nothing, each with its reason."""
        for name, reason in wanted.items():
            fate = self.fates.get(name)
            got = fate.outcome if fate is not None else "no promotion of that name"
            if got != reason:
                yield Difference(f"not_applied.{name}", reason, got, (self.fate(name),))

    def compare_warnings(self, wanted: Sequence[str]) -> Iterator[Difference]:
        """The promotions that applied in spite of a condition."""
        warned = {one.promotion: one.text for one in self.result.warnings}
        if set(wanted) == set(warned):
            return
        extra = tuple(f"{name}: {text}" for name, text in warned.items() if name not in wanted)
        missing = tuple(self.fate(name) for name in wanted if name not in warned)
        yield Difference(
            "warnings", names_of(sorted(set(wanted))), names_of(sorted(warned)), missing + extra
        )

    def fate(self, name: str) -> str:
        """What became of a promotion, in a sentence."""
        fate = self.fates.get(name)
        if fate is None:
            return f"{name}: no promotion has this name"
        return f"{name}: {story_of(fate)}"

    # Coupons and gifts.

    def compare_applied_coupons(self, wanted: Sequence[str]) -> Iterator[Difference]:
        """The codes that opened a promotion."""
        expected = {code.strip().upper() for code in wanted}
        got = {one.code for one in self.result.applied_coupons}
        if expected != got:
            rejected = {one.code: one.reason for one in self.result.rejected_coupons}
            reasons = tuple(
                f"{code}: {rejected.get(code, 'not on the cart')}"
                for code in sorted(expected - got)
            )
            yield Difference(
                "applied_coupons", names_of(sorted(expected)), names_of(sorted(got)), reasons
            )

    def compare_rejected_coupons(self, wanted: Mapping[str, str]) -> Iterator[Difference]:
        """The codes that gave nothing, and why."""
        expected = {code.strip().upper(): reason for code, reason in wanted.items()}
        got = {one.code: one.reason for one in self.result.rejected_coupons}
        applied = {one.code for one in self.result.applied_coupons}
        for code in [*expected, *sorted(got.keys() - expected.keys())]:
            if expected.get(code) != got.get(code):
                absent = APPLIED if code in applied else "not on the cart"
                yield Difference(
                    f"rejected_coupons.{code}",
                    expected.get(code, "not rejected"),
                    got.get(code, absent),
                )

    def compare_gifts(self, wanted: Mapping[str, int]) -> Iterator[Difference]:
        """What is given away."""
        got: dict[str, int] = {}
        for gift in self.result.gifts:
            got[gift.sku] = got.get(gift.sku, 0) + gift.quantity
        expected = {sku: quantity for sku, quantity in wanted.items() if quantity}
        if expected != got:
            yield Difference("gifts", gifts_of(expected), gifts_of(got))

    # Amounts.

    def compare_lines(
        self, section: str, wanted: Mapping[str, Mapping[str, Any]], results: Sequence[LineResult]
    ) -> Iterator[Difference]:
        """Lines or shipments, by id."""
        by_id = {one.id: one for one in results}
        for name, expected in wanted.items():
            path = f"{section}.{name}"
            result = by_id.get(name)
            if result is None:
                known = names_of([one.id for one in results])
                yield Difference(path, f"one with the id {name}", f"the ids {known}")
                continue
            for key in ("gross", "discount", "net"):
                if key in expected:
                    got = getattr(result, key)
                    yield from self.compare_amount(f"{path}.{key}", expected[key], got)
            if "allocations" in expected:
                yield from self.compare_allocations(path, expected["allocations"], result)

    def compare_allocations(
        self, path: str, wanted: Mapping[str, int], result: LineResult
    ) -> Iterator[Difference]:
        """What each promotion, burning rule or program took off a line or shipment."""
        got: Counter[str] = Counter()
        for one in result.allocations:
            got[one.rule] += one.amount
        for name in [*wanted, *(name for name in got if name not in wanted)]:
            if wanted.get(name, 0) != got.get(name, 0):
                is_told = name in self.fates and name not in got
                reasons = (self.fate(name),) if is_told else ()
                amounts = self.money(wanted.get(name, 0)), self.money(got.get(name, 0))
                yield Difference(f"{path}.allocations.{name}", *amounts, reasons)

    def compare_amount(self, subject: str, wanted: int, got: int) -> Iterator[Difference]:
        """One amount."""
        if wanted != got:
            yield Difference(subject, self.money(wanted), self.money(got))


def fates_of(explanation: Explanation) -> dict[str, tuple[str, str]]:
    """What became of earning rules and campaigns, and why."""
    programs = explanation.loyalty.programs if explanation.loyalty is not None else []
    awards = (award for program in programs for award in program.awards)
    return {award.id: (award.outcome, award.detail) for award in awards}


def story_of(fate: PromotionExplanation) -> str:
    """What became of a promotion, and why: `condition, cart.subtotal is 12.40 USD, needs ...`."""
    word = "applied" if fate.outcome == APPLIED else fate.outcome
    return f"{word}, {fate.detail}" if fate.detail else word


def names_of(names: Sequence[str]) -> str:
    """Names one after the other."""
    return ", ".join(names) or NOTHING


def gifts_of(gifts: Mapping[str, int]) -> str:
    """Gifts one after the other: `2 x MUG`."""
    return ", ".join(f"{quantity} x {sku}" for sku, quantity in sorted(gifts.items())) or NOTHING
