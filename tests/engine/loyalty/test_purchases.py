"""Purchases: the moves of a cart beside its quote, and what counts as spent on it."""

from typing import Any

import pytest

import tallystick
from tallystick.engine.engine import EVALUATORS

from .shop import RULESET, cart, line, member

# Tea and mugs count, tea by two rules; cashback and stamps make nothing count, nor does another
# program.
SPENT = """
programs:
  club:
    tiers: {measure: spend, levels: {silver: {from: 100 USD}}}
  bare: {}
stamp_cards: {card: {program: club, size: 10}}
earning_rules:
  tea: {program: club, event: purchase, award: {points: 2 per 1 USD, on: sku == "TEA"}}
  green: {program: club, event: purchase, award: {points: 5, on: sku == "TEA"}}
  mug:
    program: club
    event: purchase
    when: net(true) >= 20 USD
    award: {points: 1 per unit, on: sku == "MUG"}
  pot: {program: club, event: purchase, award: {cashback: 1%, on: sku == "POT"}}
  all: {program: club, event: purchase, award: {stamps: 1 per unit, card: card}}
  other: {program: bare, event: purchase, award: {points: 1 per 1 USD}}
promotions:
  tenth: {then: {percent_off: 10%}}
"""
BOUGHT = cart(line("TEA", 2, 500), line("MUG", 1, 700), line("POT", 1, 3000))


def engine_of(evaluator: Any, text: str = SPENT) -> tallystick.Engine:
    return tallystick.Engine(tallystick.load_text(text), evaluator)


@pytest.mark.parametrize("evaluator", EVALUATORS)
def test_a_purchase_is_a_quote_and_the_moves_of_the_event(evaluator: Any) -> None:
    engine = tallystick.Engine(RULESET, evaluator)
    bought = cart(
        line("COFFEE", 7, 300), line("MUG", 4, 500), redeem=[{"program": "club", "points": 1000}]
    )
    facts = member(1000) | {"cards": {"coffee-card": {"stamps": 3, "used": 0}}}
    asked = {"id": "e1", "event": "purchase", "cart": bought}
    quote, purchase = engine.purchase(bought, facts)
    assert quote.to_json() == engine.quote(bought, facts).to_json()
    checked = engine.check(bought)
    assert engine.purchase(checked, facts)[1] == purchase
    assert engine.needs(checked) == engine.needs(bought)
    assert purchase.moves == engine.award(asked, facts).moves
    assert [type(move).__name__ for move in purchase.moves] == [
        "Redeem",
        *["Earn"] * 2,
        "Issue",
    ]
    assert purchase.spend == {}


@pytest.mark.parametrize("evaluator", EVALUATORS)
def test_what_counts_as_spent_is_each_line_that_points_are_for_once(evaluator: Any) -> None:
    # Less 10 %: tea 9.00, mug 6.30, pot 27.00.
    assert engine_of(evaluator).purchase(BOUGHT)[1].spend == {"club": 900 + 630}


@pytest.mark.parametrize("evaluator", EVALUATORS)
def test_only_lines_that_points_are_for_bring_a_member_up_with_the_order_itself(
    evaluator: Any,
) -> None:
    text = SPENT.replace("measure: spend,", "measure: spend, upgrade: this_order,").replace(
        "{from: 100 USD}", "{from: 15.31 USD, multiplier: 2}"
    )
    tea = {"members": {"club": {"qualifying": 0}}}
    earned = engine_of(evaluator, text).quote(BOUGHT, tea).result.earned
    assert [(one.rule, one.amount) for one in earned if one.kind == "points"] == [
        ("green", 5),
        ("mug", 1),
        ("tea", 18),
    ]
    tea["members"]["club"]["qualifying"] = 1
    earned = engine_of(evaluator, text).quote(BOUGHT, tea).result.earned
    assert [(one.rule, one.amount) for one in earned if one.kind == "points"] == [
        ("green", 5),
        ("mug", 1),
        ("tea", 36),
    ]


def test_what_is_refunded_is_not_spent() -> None:
    engine = engine_of("kernel")
    order: dict[str, Any] = {"cart": BOUGHT}
    assert engine.spend(order) == {"club": 1530}
    # Half of the tea: kept is 4.50, and 37.80 of net are above 20.00, so the mug counts still.
    order["refunds"] = [{"id": "r1", "lines": [{"id": "TEA", "units": 1}]}]
    assert engine.spend(order) == {"club": 450 + 630}
    # 26.00 of the pot: of 11.80 that is kept nothing counts but the tea.
    order["refunds"].append({"id": "r2", "lines": [{"id": "POT", "amount": 2600}]})
    assert engine.spend(order) == {"club": 450}
    order["refunds"].append(
        {
            "id": "r3",
            "lines": [
                {"id": "TEA", "units": 1},
                {"id": "MUG", "units": 1},
                {"id": "POT", "amount": 100},
            ],
        }
    )
    assert engine.spend(order) == {"club": 0}


def test_a_refund_that_is_more_than_was_bought_is_an_error_here_too() -> None:
    order = {"cart": BOUGHT, "refunds": [{"id": "r1", "lines": [{"id": "TEA", "units": 3}]}]}
    with pytest.raises(tallystick.EventError, match=r"at `order\.refunds\[0\]\.lines\[0\]\.units`"):
        engine_of("kernel").spend(order)
