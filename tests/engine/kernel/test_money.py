"""Long carts in, the same amounts from both evaluators out: sorting and sharing of many lines."""

from random import Random
from typing import Any

import pytest

from tallystick import load_text
from tallystick.engine.cart.facts import read_facts
from tallystick.engine.cart.intake import Intake
from tallystick.engine.kernel.evaluator import KernelEvaluator
from tallystick.engine.reference.evaluate import evaluate

RULES = """
ruleset: {currency: USD}
promotions:
  cheapest: {then: {percent_off: 50%, max_units: 37}}
  dearest: {then: {amount_off: 0.77 USD, per: unit, max_units: 23, pick: dearest}}
  pairs: {then: {buy: {on: 'sku in ["S1", "S2"]', quantity: 2}, get: {quantity: 1}}}
  target: {then: {amount_off: 9.97 USD, per: target, on: 'sku == "S3"'}}
  capped: {then: {percent_off: 7%}, limits: {max_discount: 3.33 USD}}
  order: {stage: order, then: {percent_off: 3.33%}}
  amount: {stage: order, then: {amount_off: 123.45 USD}}
"""


def draw_lines(random: Random, count: int, price_max: int) -> list[dict[str, Any]]:
    """So many lines; few prices make many ties."""
    return [
        {
            "id": f"{place:05d}",
            "sku": f"S{random.randrange(1, 5)}",
            "quantity": random.randrange(1, 4),
            "unit_price": random.randrange(1, price_max),
            "min_price": random.choice([0, 0, 5, price_max]),
        }
        for place in random.sample(range(10_000), count)
    ]


@pytest.mark.parametrize("count", [0, 1, 2, 3, 11, 12, 13, 14, 40, 129, 500, 3_000])
@pytest.mark.parametrize("price_max", [3, 20_000])
def test_many_lines_are_shared_as_the_reference_does(count: int, price_max: int) -> None:
    ruleset = load_text(RULES)
    lines = draw_lines(Random(count), count, price_max)
    placed_at = "2026-07-10T12:00:00Z"
    sent = {"id": "c", "currency": "USD", "placed_at": placed_at, "lines": lines}
    cart, facts = Intake(ruleset).read_cart(sent), read_facts({})
    (outcome,) = KernelEvaluator(ruleset).evaluate([(cart, facts)])
    assert outcome == evaluate(ruleset, cart, facts)
    assert min(count, price_max) < 11 or len(outcome.applied) > 3
