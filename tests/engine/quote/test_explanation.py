"""Why each promotion did or did not apply, in one sentence, and what it would have given."""

from collections.abc import Mapping
from typing import Any

import pytest

from tallystick.dsl.formula import Compare, Has, Term
from tallystick.dsl.kinds import Basis, Kind, Mode, Policy, Scope, Stage, Threshold
from tallystick.dsl.ruleset import (
    Action,
    AmountOff,
    Bundle,
    BuyGet,
    Component,
    Condition,
    Gift,
    Limits,
    OrderAmount,
    OrderPercent,
    OrderVolume,
    PaymentPercent,
    PercentOff,
    Promotion,
    Ruleset,
    ShippingPercent,
    StackGroup,
    Stacking,
    Tier,
    Volume,
    Window,
)
from tallystick.engine.cart.facts import Facts, Uses
from tallystick.engine.cart.intake import Intake
from tallystick.engine.quote.explanation import PromotionExplanation, explain_cart

CART: Mapping[str, Any] = {
    "id": "c1",
    "currency": "USD",
    "placed_at": "2026-07-10T12:00:00Z",
    "lines": [{"sku": "TEA", "quantity": 10, "unit_price": 1000, "categories": ["tea"]}],
    "shipments": [{"method": "standard", "amount": 500}],
    "customer": {"id": "u1", "groups": ["gold", "staff"], "orders": 1},
}
SUBTOTAL = Term("cart.subtotal", Kind.MONEY)
NET = Term("cart.net_subtotal", Kind.MONEY)
TEA = Has(Term("line.categories", Kind.SET), ("tea",))
MUGS = Has(Term("line.categories", Kind.SET), ("mugs",))
TENTH = PercentOff(100_000)


def promotion(
    id: str, action: Action = TENTH, stage: Stage = Stage.CART, **fields: Any
) -> Promotion:
    """A promotion on the cart above: 10 % off, 10 USD, unless told otherwise."""
    return Promotion(id=id, stage=stage, action=action, **fields)


def at_least(term: Term, bound: int, is_soft: bool = False) -> Condition:
    """A condition on an amount."""
    return Condition(f"{term.name} >= {bound}", Compare(((1, term),), ">=", bound), is_soft)


def explain(
    *promotions: Promotion,
    facts: Facts | None = None,
    changes: Mapping[str, Any] | None = None,
    **ruleset: Any,
) -> dict[str, PromotionExplanation]:
    """What became of each promotion, given in order of evaluation."""
    rules = Ruleset(promotions=promotions, timezone="Europe/Madrid", **ruleset)
    cart = Intake(rules).read_cart({**CART, **(changes or {})})
    told = explain_cart(rules, cart, facts or Facts()).promotions
    assert [one.id for one in told] == [one.id for one in promotions]
    return {one.id: one for one in told}


def test_an_applied_promotion_says_what_it_gave() -> None:
    told = explain(promotion("tenth", name="A tenth off"))["tenth"]
    assert told == PromotionExplanation(
        id="tenth",
        name="A tenth off",
        stage=100,
        outcome="applied",
        by=None,
        detail="gives 10.00 USD",
        conditions=[],
        discount_amount=1000,
        would_give=None,
        gift=None,
    )


def test_a_gift_and_a_surcharge_have_their_words() -> None:
    fee = promotion("fee", PaymentPercent(20_000, is_surcharge=True), Stage.PAYMENT)
    told = explain(promotion("mug", Gift("MUG", 2)), fee)
    assert told["mug"].detail == "gives 2 x MUG"
    assert told["mug"].gift is not None
    assert told["fee"].detail == "adds 2.10 USD"
    assert told["fee"].discount_amount == -210


@pytest.mark.parametrize(
    ("fields", "outcome", "detail"),
    [
        ({"is_enabled": False}, "inactive", "switched off"),
        (
            {"window": Window(1_780_264_800_000_000, 1_780_351_200_000_000)},
            "inactive",
            "active from 2026-06-01 00:00 to 2026-06-02 00:00 (Europe/Madrid), "
            "the cart was placed at 2026-07-10 14:00",
        ),
        (
            {"window": Window(ends_at=0)},
            "inactive",
            "active to 1970-01-01 01:00 (Europe/Madrid), the cart was placed at 2026-07-10 14:00",
        ),
        ({"coupons": ("SUMMER20",)}, "no_code", "needs code SUMMER20"),
        ({"coupons": ("A", "B")}, "no_code", "needs code A or B"),
        ({"coupon_pool": "summer"}, "no_code", "needs a code of pool `summer`"),
        (
            {"coupons": ("A",), "coupon_pool": "summer"},
            "no_code",
            "needs code A, or a code of pool `summer`",
        ),
        ({"limits": Limits(total=12)}, "limit_reached", "used 12 of 12 times in total"),
        (
            {"limits": Limits(total=13, per_customer=1, per_day=2)},
            "limit_reached",
            "used 1 of 1 time by this customer, used 2 of 2 times on this day",
        ),
        (
            {"limits": Limits(per_group=7)},
            "limit_reached",
            "used 8 of 7 times by group `gold`",
        ),
    ],
)
def test_no_candidate(fields: dict[str, Any], outcome: str, detail: str) -> None:
    uses = Uses(total=12, customer=1, day=2, group={"gold": 8, "staff": 3})
    told = explain(promotion("it", **fields), facts=Facts(uses={"it": uses}))["it"]
    assert (told.outcome, told.detail, told.by) == (outcome, detail, None)
    assert told.would_give == 1000


def test_a_false_condition_is_told_with_its_distance() -> None:
    conditions = (at_least(SUBTOTAL, 11_240), at_least(SUBTOTAL, 1), at_least(NET, 20_000, True))
    told = explain(promotion("big", conditions=conditions))["big"]
    assert told.outcome == "condition"
    assert told.detail == "cart.subtotal is 100.00 USD, needs 112.40 USD"
    hard, soft = told.conditions
    assert (hard.condition, hard.observed, hard.needed, hard.distance, hard.softened) == (
        0, "100.00 USD", "112.40 USD", "12.40 USD", False,
    )  # fmt: skip
    assert hard.expression == "cart.subtotal >= 11240"
    assert (soft.condition, soft.softened) == (2, True)
    assert told.would_give == 1000


def test_an_applied_promotion_keeps_its_softened_conditions() -> None:
    told = explain(promotion("soft", conditions=(at_least(SUBTOTAL, 11_240, True),)))["soft"]
    assert told.outcome == "applied"
    assert [one.softened for one in told.conditions] == [True]


def test_conditions_are_told_with_the_nets_they_were_read_with() -> None:
    first = promotion("first")
    second = promotion(
        "second", conditions=(at_least(NET, 9500),), basis=Basis.COMPOUND, priority=200
    )
    later = promotion("later", OrderPercent(1), Stage.ORDER, conditions=(at_least(NET, 9500),))
    told = explain(first, second, later)
    for name in ("second", "later"):
        assert told[name].detail == "cart.net_subtotal is 90.00 USD, needs 95.00 USD"


def test_refused_promotions_are_held_against_the_cart_as_their_stage_began() -> None:
    first = promotion("first")
    coded = promotion(
        "coded",
        OrderPercent(500_000),
        Stage.ORDER,
        coupons=("X",),
        conditions=(at_least(NET, 9500),),
    )
    told = explain(first, coded)["coded"]
    assert told.outcome == "no_code"
    assert [one.observed for one in told.conditions] == ["90.00 USD"]
    assert told.would_give == 4500


def test_what_a_gift_would_have_given_is_the_gift() -> None:
    told = explain(promotion("mug", Gift("MUG", 1), coupons=("X",)))["mug"]
    assert told.would_give is None
    assert told.gift is not None
    assert (told.gift.sku, told.gift.quantity) == ("MUG", 1)


def test_an_exclusive_promotion_shuts_others_out() -> None:
    alone = promotion("alone", stacking=Stacking(Mode.EXCLUSIVE))
    told = explain(alone, promotion("other"))["other"]
    assert (told.outcome, told.by) == ("excluded_by_exclusive", "alone")
    assert told.detail == "`alone` is exclusive and applies alone"
    assert told.would_give == 1000


def test_an_exclusive_promotion_of_a_stage_says_so() -> None:
    alone = promotion("alone", stacking=Stacking(Mode.EXCLUSIVE, Scope.STAGE))
    told = explain(alone, promotion("other"))["other"]
    assert told.detail == "`alone` is exclusive and applies alone in stage cart"


def test_a_last_promotion_lets_nothing_follow() -> None:
    told = explain(promotion("a", stacking=Stacking(Mode.LAST)), promotion("b"))["b"]
    assert (told.outcome, told.by) == ("excluded_by_last", "a")
    assert told.detail == "`a` lets nothing apply after it"


def test_the_best_of_a_group_is_named_with_both_amounts() -> None:
    seasonal = Stacking(group="seasonal")
    told = explain(
        promotion("autumn", stacking=seasonal),
        promotion("even", AmountOff(1200), stacking=seasonal),
        promotion("summer", AmountOff(1200), stacking=seasonal),
        stack_groups={"seasonal": StackGroup(Policy.BEST)},
    )
    assert told["even"].outcome == "applied"
    assert (told["autumn"].outcome, told["autumn"].by) == ("outranked", "even")
    assert told["autumn"].detail == "`even` was better: 12.00 USD against 10.00 USD"
    assert told["summer"].detail == "`even` goes first and gives the same: 12.00 USD"


def test_the_first_of_a_group_is_named() -> None:
    group = Stacking(group="one")
    told = explain(
        promotion("a", stacking=group),
        promotion("b", stacking=group),
        stack_groups={"one": StackGroup()},
    )["b"]
    assert (told.outcome, told.by) == ("outranked", "a")
    assert told.detail == "`a` came first in stack group `one`"


def test_siblings_say_who_excludes_whom() -> None:
    told = explain(
        promotion("a", stacking=Stacking(excludes=frozenset({"b"}))),
        promotion("b"),
        promotion("c", stacking=Stacking(excludes=frozenset({"a"}))),
    )
    assert told["b"].detail == "`a` excludes it"
    assert told["c"].detail == "it excludes `a`"


@pytest.mark.parametrize(
    ("first", "second", "most", "by", "detail"),
    [
        (1, None, None, "a", "`a` allows at most 1 promotion in a cart"),
        (None, 1, 5, None, "applies only with at most 1 promotion in the cart"),
        (None, None, 1, None, "a cart gets at most 1 promotion"),
        (None, 5, 1, None, "a cart gets at most 1 promotion"),
    ],
)
def test_too_many_promotions(
    first: int | None, second: int | None, most: int | None, by: str | None, detail: str
) -> None:
    told = explain(
        promotion("a", stacking=Stacking(max_in_cart=first)),
        promotion("b", stacking=Stacking(max_in_cart=second)),
        max_promotions=most,
    )["b"]
    assert (told.outcome, told.by, told.detail) == ("max_promotions", by, detail)


FREE = {"shipments": [{"amount": 0}]}
TIERS = (Tier(20, percent_ppm=1000),)


@pytest.mark.parametrize(
    ("action", "stage", "changes", "detail"),
    [
        (PercentOff(1000, MUGS), Stage.CART, {}, "no line of the cart is one it is for"),
        (AmountOff(0), Stage.CART, {}, "nothing is left to take off its lines"),
        (OrderAmount(0), Stage.ORDER, {}, "nothing is left to take off its lines"),
        (Volume(TIERS, Threshold.QUANTITY), Stage.CART, {}, "the first tier begins at 20 units"),
        (
            OrderVolume((Tier(20_000, percent_ppm=1000),), Threshold.AMOUNT),
            Stage.ORDER,
            {},
            "the first tier begins at 200.00 USD",
        ),
        (
            BuyGet(9, 2),
            Stage.CART,
            {},
            "no round comes together: it needs 9 units and 2 more",
        ),
        (Bundle((Component(11),), percent_ppm=1000), Stage.CART, {}, "no bundle comes together"),
        (
            Bundle((Component(4),), price_minor=4500),
            Stage.CART,
            {},
            "the units of 2 bundles cost 80.00 USD, no more than the price of 90.00 USD",
        ),
        (
            Bundle((Component(4),), percent_ppm=0),
            Stage.CART,
            {},
            "nothing is left to take off its lines",
        ),
        (BuyGet(1, 1, percent_ppm=0), Stage.CART, {}, "nothing is left to take off its lines"),
        (ShippingPercent(1000), Stage.SHIPPING, {"shipments": []}, "the cart has no shipment"),
        (
            ShippingPercent(1000, ("express", "pickup")),
            Stage.SHIPPING,
            {},
            "no shipment goes by express or pickup",
        ),
        (ShippingPercent(1000), Stage.SHIPPING, FREE, "shipping costs nothing already"),
        (
            PaymentPercent(1000),
            Stage.PAYMENT,
            {"lines": [], "shipments": []},
            "there is nothing to pay that it could change",
        ),
    ],
)
def test_nothing_to_give(
    action: Action, stage: Stage, changes: Mapping[str, Any], detail: str
) -> None:
    told = explain(promotion("it", action, stage), changes=changes)["it"]
    assert (told.outcome, told.detail, told.would_give) == ("no_effect", detail, 0)


TWO_LINES = {
    "lines": [
        {"sku": "TEA", "quantity": 10, "unit_price": 1000, "categories": ["tea"]},
        {"sku": "MUG", "quantity": 1, "unit_price": 500, "categories": ["mugs"]},
    ]
}


@pytest.mark.parametrize(
    ("changes", "action", "detail"),
    [
        ({}, TENTH, "`clear` has taken its lines in the group `g`"),
        (TWO_LINES, TENTH, "`clear` and `mugs` have taken its lines in the group `g`"),
        (TWO_LINES, PercentOff(1000, MUGS), "`mugs` has taken its lines in the group `g`"),
        ({}, BuyGet(1, 1), "`clear` has taken its lines in the group `g`"),
        (
            {},
            Bundle((Component(1),), percent_ppm=1000),
            "`clear` has taken its lines in the group `g`",
        ),
    ],
)
def test_who_took_the_lines_of_a_group_is_named(
    changes: Mapping[str, Any], action: Action, detail: str
) -> None:
    group = Stacking(group="g")
    told = explain(
        promotion("clear", PercentOff(500_000, TEA), stacking=group),
        promotion("mugs", PercentOff(500_000, MUGS), stacking=group),
        promotion("rest", action, stacking=group),
        changes=changes,
        stack_groups={"g": StackGroup(is_line_scoped=True)},
    )
    assert (told["rest"].outcome, told["rest"].detail) == ("no_effect", detail)


def test_what_is_told_is_what_was_done() -> None:
    """Explaining watches the evaluation; it must not change what the promotions see."""
    rules = [
        promotion("a"),
        promotion("b", basis=Basis.COMPOUND),
        promotion("c", BuyGet(2, 1)),
        promotion("d", BuyGet(2, 1)),
        promotion("e", OrderPercent(333_333), Stage.ORDER),
        promotion("f", ShippingPercent(500_000), Stage.SHIPPING),
    ]
    told = explain(*rules)
    assert [one.discount_amount for one in told.values()] == [1000, 900, 3000, None, 1700, 250]
