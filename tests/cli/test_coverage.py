"""What tests have seen of a rule set, and what not."""

from typing import Any

from tallystick.cli.coverage import Coverage
from tallystick.dsl.loader import load_sources
from tallystick.dsl.source import Source
from tallystick.engine.cart.facts import Facts
from tallystick.engine.engine import Engine


def gaps_of(rules: str, *carts: dict[str, Any]) -> list[str]:
    """What carts with these fields leave to be seen."""
    ruleset = load_sources([Source("rules.yaml", rules)])
    engine = Engine(ruleset, "reference")
    coverage = Coverage(ruleset)
    for fields in carts:
        cart = {"id": "c", "currency": "USD", "placed_at": "2026-07-10T12:00:00Z", **fields}
        coverage.see(engine.quote(cart).cart, Facts())
    gaps = list(coverage.gaps())
    assert coverage.covered_count == coverage.promotion_count - len({g.rule for g in gaps})
    return [gap.text for gap in gaps]


def lines_of(quantity: int, unit_price: int = 1000) -> dict[str, Any]:
    """A cart of one line."""
    return {"lines": [{"sku": "A", "quantity": quantity, "unit_price": unit_price}]}


BIG = """
promotions:
  big: {when: [cart.quantity >= 5, cart.subtotal >= 20 USD], then: {percent_off: 50%}}
"""


def test_without_tests_everything_is_missing() -> None:
    assert gaps_of(BIG) == [
        "no test has seen big applied",
        "no test has seen big not applied",
        "no test has seen `cart.quantity >= 5` true, of big",
        "no test has seen `cart.quantity >= 5` false, of big",
        "no test has seen `cart.subtotal >= 20 USD` true, of big",
        "no test has seen `cart.subtotal >= 20 USD` false, of big",
    ]


def test_each_condition_counts_also_when_an_earlier_one_is_false() -> None:
    assert gaps_of(BIG, lines_of(5), lines_of(4)) == [
        "no test has seen `cart.subtotal >= 20 USD` false, of big"
    ]
    assert gaps_of(BIG, lines_of(5), lines_of(4), lines_of(1)) == []


def test_conditions_are_read_on_the_nets_at_the_entry_of_their_stage() -> None:
    rules = """
    promotions:
      half: {then: {percent_off: 50%}}
      early: {priority: 200, when: cart.net_subtotal >= 10 USD, then: {percent_off: 1%}}
      late: {stage: order, when: cart.net_subtotal >= 10 USD, then: {percent_off: 1%}}
    """
    assert gaps_of(rules, lines_of(1), lines_of(3)) == [
        "no test has seen half not applied",
        "no test has seen early not applied",
        "no test has seen `cart.net_subtotal >= 10 USD` false, of early",
    ]


def test_compound_conditions_are_read_as_they_were_at_their_turn() -> None:
    rules = """
    promotions:
      half: {then: {percent_off: 50%}}
      late:
        priority: 200
        basis: compound
        when: cart.net_subtotal >= 10 USD
        then: {percent_off: 1%}
    """
    assert gaps_of(rules, lines_of(1)) == [
        "no test has seen half not applied",
        "no test has seen late applied",
        "no test has seen `cart.net_subtotal >= 10 USD` true, of late",
    ]


def test_what_cannot_happen_is_not_asked_for() -> None:
    rules = """
    promotions:
      off: {enabled: false, when: cart.quantity >= 5, then: {percent_off: 50%}}
      on: {when: [true], then: {percent_off: 50%}}
    """
    assert gaps_of(rules, lines_of(1), {"lines": []}) == []
