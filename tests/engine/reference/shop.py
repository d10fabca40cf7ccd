"""Loyalty rules and carts for tests, short to write: a club, its rules, what a cart comes to."""

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any

from tallystick.dsl.formula import ALWAYS, Aggregate, Compare, Formula, Has, Member, Term
from tallystick.dsl.kinds import AwardForm, AwardKind, Kind, RewardKind, Stage
from tallystick.dsl.loyalty import (
    Award,
    BurningRule,
    Campaign,
    EarningRule,
    Level,
    Loyalty,
    Program,
    Ratio,
    RedemptionTerms,
    Reward,
    Tiers,
)
from tallystick.dsl.rule import Condition
from tallystick.dsl.ruleset import OrderPercent, Promotion, Ruleset
from tallystick.engine.cart.facts import read_facts
from tallystick.engine.cart.intake import Intake
from tallystick.engine.engine import Engine
from tallystick.engine.quote.result import EarnedResult, RedemptionResult, Result
from tallystick.engine.reference.bases import bases_of
from tallystick.engine.reference.earning import Order

LEVELS = (
    Level("bronze", 0),
    Level("silver", 1000, Ratio(3, 2), 30_000),
    Level("gold", 5000, Ratio(2), 50_000),
)
CLUB = Program("club")
TIERED = Program("club", tiers=Tiers(LEVELS))


def sku(*names: str) -> Formula:
    """Lines of these products."""
    return Member(Term("line.sku", Kind.STRING), names)


def tagged(tag: str) -> Formula:
    """Lines with a tag."""
    return Has(Term("line.tags", Kind.SET), (tag,))


def when(formula: Formula, is_soft: bool = False) -> tuple[Condition, ...]:
    """A condition."""
    return (Condition("?", formula, is_soft),)


def net_at_least(minor: int) -> Formula:
    """Carts of which so much is left to pay."""
    return Compare(((1, Term("cart.net_subtotal", Kind.MONEY)),), ">=", minor)


def has_net(where: Formula, minor: int) -> Formula:
    """Carts with so much left to pay for some lines."""
    return Compare(((1, Aggregate("net", where, Kind.MONEY)),), ">=", minor)


def ratio(number: str | int) -> Ratio:
    """`1.5` or `3/2` as a ratio."""
    return Ratio(*Fraction(number).as_integer_ratio())


def award(
    form: AwardForm = AwardForm.RATE,
    quantity: str | int = 1,
    per_minor: int = 100,
    on: Formula = ALWAYS,
    kind: AwardKind = AwardKind.POINTS,
    card: str | None = None,
) -> Award:
    """By default 1 point per 1.00."""
    return Award(kind, form, ratio(quantity), per_minor, on, card)


def rule(id: str = "buy", given: Award | None = None, **fields: Any) -> EarningRule:
    """An earning rule of the club for purchases; by default 1 point per 1.00."""
    return EarningRule(id, "club", fields.pop("event", "purchase"), given or award(), **fields)


def stamps(form: AwardForm, per_minor: int = 1, on: Formula = ALWAYS) -> Award:
    """One stamp on the coffee card."""
    return award(form, 1, per_minor, on, AwardKind.STAMPS, "coffee-card")


def cashback(form: AwardForm, quantity: str | int = 0, on: Formula = ALWAYS) -> Award:
    """Money back: of a rate, the share of the base."""
    return award(form, quantity, 1, on, AwardKind.CASHBACK)


def campaign(id: str, multiply: str | int | None = None, **fields: Any) -> Campaign:
    """A campaign of the club."""
    return Campaign(id, "club", multiply=None if multiply is None else ratio(multiply), **fields)


def off(id: str, cost: int | None = 200, amount_minor: int = 200, **fields: Any) -> BurningRule:
    """A burning rule of the club: by default 200 points for 2.00 off."""
    reward = Reward(RewardKind.DISCOUNT, amount_minor=amount_minor)
    return BurningRule(id, "club", fields.pop("reward", reward), cost, **fields)


def percent(ppm: int, most: int | None = None) -> Reward:
    """A percentage off."""
    return Reward(RewardKind.PERCENT, percent_ppm=ppm, max_discount_minor=most)


def rates(program: Program = CLUB, points: int = 100, minor: int = 100, **fields: Any) -> Program:
    """The club with terms of its own: by default 100 points for 1.00."""
    return replace(program, redemption=RedemptionTerms(points, minor, **fields))


def shop(
    program: Program = CLUB,
    rules: Sequence[EarningRule] = (),
    campaigns: Sequence[Campaign] = (),
    burning: Sequence[BurningRule] = (),
    **fields: Any,
) -> Ruleset:
    """A rule set of one club."""
    loyalty = Loyalty(
        programs=(program,),
        earning_rules=tuple(sorted(rules, key=lambda each: (each.priority, each.id))),
        burning_rules=tuple(sorted(burning, key=lambda each: each.id)),
        campaigns=tuple(sorted(campaigns, key=lambda each: each.id)),
    )
    return Ruleset(loyalty=loyalty, **fields)


def order_off(id: str, ppm: int) -> Promotion:
    """A promotion on the whole order."""
    return Promotion(id, Stage.ORDER, OrderPercent(ppm))


def line(id: str, price: int, quantity: int = 1, **fields: Any) -> dict[str, Any]:
    """A line; its product is its id."""
    return {"id": id, "sku": id, "quantity": quantity, "unit_price": price, **fields}


def cart(*lines: dict[str, Any], **fields: Any) -> dict[str, Any]:
    """A cart of some lines."""
    return {
        "id": "c1",
        "currency": "USD",
        "placed_at": "2026-07-10T12:00:00Z",
        "lines": list(lines),
        **fields,
    }


def member(**fields: Any) -> dict[str, Any]:
    """Facts about a member of the club."""
    return {"members": {"club": fields}}


def price(ruleset: Ruleset, sent: dict[str, Any], facts: dict[str, Any] | None = None) -> Result:
    """The result of a cart, which comes to the same by every evaluator."""
    results = [Engine(ruleset, name).quote(sent, facts).result for name in ("reference", "kernel")]
    assert results[0] == results[1]
    return results[0]


def earned(
    ruleset: Ruleset, sent: dict[str, Any], facts: dict[str, Any] | None = None
) -> list[EarnedResult]:
    """What is earned on a cart."""
    return price(ruleset, sent, facts).earned


def order_of(
    ruleset: Ruleset, sent: dict[str, Any], facts: dict[str, Any] | None = None, **fields: Any
) -> Order:
    """A cart on which nothing comes off, as earning looks at it."""
    checked = Intake(ruleset).read_cart(sent)
    nets = [one.gross_minor for one in checked.lines]
    bases = bases_of(checked, nets, nets)
    return Order(ruleset, checked, read_facts(facts), nets, bases, **fields)


def amounts(entries: Sequence[EarnedResult]) -> dict[str, int]:
    """What each rule gave."""
    return {entry.rule: entry.amount for entry in entries}


def shares(entry: EarnedResult) -> dict[str, int]:
    """What an entry has on each line."""
    return {one.id: one.share for one in entry.lines}


def redeemed(
    ruleset: Ruleset, sent: dict[str, Any], *requests: dict[str, Any], **facts: Any
) -> list[RedemptionResult]:
    """What becomes of requests, asked by a member with 10,000 points unless facts say otherwise."""
    known = {**member(balance=10_000), **facts}
    return price(ruleset, {**sent, "redeem": list(requests)}, known).redemptions


def told(one: RedemptionResult) -> tuple[Any, ...]:
    """A redemption in short: status, steps given of those wanted, points, amount, reason."""
    reason = one.reason if isinstance(one.reason, str) else None
    return one.status, one.times, one.wanted, one.points, one.amount, reason
