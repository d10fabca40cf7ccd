"""What a test expects in, the same as plain data out."""

from collections.abc import Callable, Collection
from typing import Annotated, Any, ClassVar

from pydantic import BeforeValidator

from ..expression.literals import read_money
from ..expression.portions import read_points, read_stamps
from ..kinds import AwardKind
from ..problems import Problems
from ..tree.nodes import Mapping, Node, Scalar, text_at
from .carts import TOTAL_MAX, Balance, Balances, Code, Total, plain_of, read_plain
from .diagnosis import read_single
from .earning import REFERRAL, SIDES
from .facts import STATES
from .quantities import LoyaltyTerms, Points
from .register import Register
from .shape import (
    AnyMapping,
    Count,
    Quantity,
    Shape,
    Words,
    choice_among,
    list_entries,
    list_items,
    scalar_of,
)


class TargetShape(Shape):
    """What a line or shipment is expected to come to."""

    noun: ClassVar[str] = "an expected line or shipment"

    gross: Balance | None = None
    discount: Balance | None = None
    net: Balance | None = None
    allocations: Balances | None = None


Targets = Annotated[dict[str, TargetShape], BeforeValidator(list_entries)]
# Why a promotion or a code gives nothing, as results spell it.
REASONS = (
    "unknown",
    "inactive",
    "no_code",
    "limit_reached",
    "excluded_by_exclusive",
    "excluded_by_last",
    "outranked",
    "excluded_by_sibling",
    "max_promotions",
    "condition",
    "no_effect",
)
# Why a redemption gives nothing, or less than was asked for.
SHORTFALLS = (
    "unknown",
    "not_member",
    "by_event",
    "only_issued",
    "used",
    "revoked",
    "expired",
    "paused",
    "inactive",
    "tier",
    "condition",
    "limit_reached",
    "out_of_stock",
    "insufficient_points",
    "over_limit",
    "below_minimum",
)


# Why an earning rule or a campaign gives nothing.
NO_AWARDS = (
    "paused",
    "inactive",
    "not_member",
    "redeemed",
    "limit_reached",
    "condition",
    "no_effect",
    "excluded_by_exclusive",
    "over_cap",
    "not_birthday",
    "oneself",
    "once_per_friend",
    "below_min_order",
)

Reason = Annotated[str, choice_among("reason", REASONS)]
Shortfall = Annotated[str, choice_among("reason", SHORTFALLS)]
Shortfalls = Annotated[dict[str, Shortfall], BeforeValidator(list_entries)]
NoAward = Annotated[str, choice_among("reason", NO_AWARDS)]
Reasons = Annotated[dict[str, Reason], BeforeValidator(list_entries)]


class ExpectShape(Shape):
    """What a test expects."""

    noun: ClassVar[str] = "`expect`"

    applied: Words | None = None
    not_applied: Reasons | None = None
    warnings: Words | None = None
    applied_coupons: Annotated[list[Code], BeforeValidator(list_items)] | None = None
    rejected_coupons: Reasons | None = None
    gifts: Annotated[dict[str, Quantity], BeforeValidator(list_entries)] | None = None
    lines: Targets | None = None
    shipments: Targets | None = None
    payment_adjustment: Balance | None = None
    discount_total: Balance | None = None
    subtotal: Balance | None = None
    shipping_total: Balance | None = None
    tax_total: Balance | None = None
    grand_total: Balance | None = None
    earned: AnyMapping | None = None
    not_earned: Annotated[dict[str, NoAward], BeforeValidator(list_entries)] | None = None
    points: AnyMapping | None = None
    cashback: AnyMapping | None = None
    stamps: AnyMapping | None = None
    redemptions: AnyMapping | None = None
    refused_redemptions: Shortfalls | None = None
    state: Annotated[str, choice_among("state of a referral", STATES)] | None = None


class RedeemedShape(Shape):
    """What a redemption is expected to take and to give."""

    noun: ClassVar[str] = "an expected redemption"
    sample: ClassVar[str] = "redemptions: {two-off: {points: 400, amount: 4 USD}}"

    times: Count | None = None
    points: Points | None = None
    amount: Total | None = None
    reason: Shortfall | None = None


LOYALTY = frozenset(("earned", "points", "cashback", "stamps", "redemptions"))


class ExpectationBuilder:
    """Makes what tests expect, with points in the smallest units of their programs."""

    def __init__(self, register: Register, problems: Problems) -> None:
        self.register = register
        self.problems = problems

    def build(
        self, shape: ExpectShape, issued: Collection[str], is_of_event: bool
    ) -> dict[str, Any]:
        """The expectation as JSON-like data; `issued` are the rewards that the test asks for."""
        expect = plain_of(shape, LOYALTY)
        readers: dict[str, Callable[[Scalar, Node], object]] = {
            "earned": self.read_earned,
            "points": lambda key, node: self.read_total(key, node, AwardKind.POINTS),
            "cashback": lambda key, node: self.read_total(key, node, AwardKind.CASHBACK),
            "stamps": self.read_card,
            "redemptions": lambda key, node: self.read_redeemed(key, node, issued),
        }
        for section, read in readers.items():
            node: Mapping | None = getattr(shape, section)
            if node is not None:
                found = {key.text: read(key, value) for key, value in node.entries}
                expect[section] = {name: one for name, one in found.items() if one is not None}
        if shape.rejected_coupons is not None:
            reasons = shape.rejected_coupons.items()
            expect["rejected_coupons"] = {code.strip().upper(): why for code, why in reasons}
        refused = shape.node.get("refused_redemptions")
        if isinstance(refused, Mapping):
            for key in refused.keys.values():
                self.terms_of_redeemed(key, issued)
        not_earned = shape.node.get("not_earned")
        if isinstance(not_earned, Mapping):
            # The answer to an event says of no campaign why it gave nothing.
            noun = "earning rule" if is_of_event else "earning rule or campaign"
            for key in not_earned.keys.values():
                self.register.is_known(noun, key)
        return expect

    def read_earned(self, key: Scalar, node: Node) -> int | dict[str, int | None] | None:
        """What an earning rule or a campaign gives, by the kind of what it gives.

        Of a referral it may be said for each side.
        """
        noun = "earning rule or campaign"
        terms = self.register.terms_at(noun, key)
        if terms is None:
            return None
        rule = self.register.entries[noun][key.text].node
        if not isinstance(node, Mapping) or text_at(rule, "event") != REFERRAL:
            return self.read_amount(key, node, kind_of(rule), terms)
        award = rule.get("award") if isinstance(rule, Mapping) else None
        given = award.values if isinstance(award, Mapping) else {}
        found: dict[str, int | None] = {}
        for side, value in node.entries:
            if self.register.is_among("side", side, dict.fromkeys(SIDES)):
                kind = kind_of(given.get(side.text))
                found[side.text] = self.read_amount(side, value, kind, terms)
        return found

    def read_total(self, key: Scalar, node: Node, kind: AwardKind) -> int | None:
        """All points or all cashback of a program."""
        terms = self.register.terms_at("program", key)
        return None if terms is None else self.read_amount(key, node, kind, terms)

    def read_card(self, key: Scalar, node: Node) -> int | None:
        """All stamps on a card."""
        terms = self.register.terms_at("stamp card", key)
        return None if terms is None else self.read_amount(key, node, AwardKind.STAMPS, terms)

    def read_amount(
        self, key: Scalar, node: Node, kind: AwardKind, terms: LoyaltyTerms
    ) -> int | None:
        """Points in smallest units, money in minor units, or stamps."""

        def read(node: Node) -> int:
            text = scalar_of(node).text
            match kind:
                case AwardKind.POINTS:
                    return read_points(text, terms.scale)
                case AwardKind.CASHBACK:
                    return read_money(text, terms.currency, terms.exponent, TOTAL_MAX)
                case AwardKind.STAMPS:
                    return read_stamps(text)

        return read_single(read, key, node, self.problems)

    def read_redeemed(
        self, key: Scalar, node: Node, issued: Collection[str]
    ) -> dict[str, Any] | None:
        """What a redemption takes and gives."""
        terms = self.terms_of_redeemed(key, issued)
        return read_plain(RedeemedShape, key, node, terms, self.problems)

    def terms_of_redeemed(self, key: Scalar, issued: Collection[str]) -> LoyaltyTerms | None:
        """What is read by in a redemption: of a burning rule, a program or an issued reward."""
        for noun in ("burning rule", "program"):
            if key.text in self.register.entries[noun]:
                return self.register.terms_at(noun, key)
        if key.text in issued:
            return self.register.unknown
        known = {**self.register.entries["burning rule"], **self.register.entries["program"]}
        noun = "burning rule, program or issued reward"
        self.register.report_unknown(noun, key, [*known, *issued])
        return None


def kind_of(gives: Node | None) -> AwardKind:
    """What a rule, an award or one side of it gives; a campaign points."""
    while isinstance(gives, Mapping):
        kinds = [AwardKind(key) for key in gives.keys if key in set(AwardKind)]
        if kinds:
            return kinds[0]
        inner = [gives.get(key) for key in ("award", *SIDES)]
        gives = next((node for node in inner if node is not None), None)
    return AwardKind.POINTS
