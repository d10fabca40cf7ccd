"""What a test expects, held against a quote: what differs, and why, in the words of the shop."""

from typing import Any

import pytest

from tallystick.cli.comparison import Comparison
from tallystick.cli.difference import Difference
from tallystick.dsl.loader import load_sources
from tallystick.dsl.source import Source
from tallystick.engine.engine import Engine
from tallystick.engine.quote.wording import Wording

RULES = """
promotions:
  tenth: {coupon: TEN, then: {percent_off: 10%}}
  big: {when: cart.subtotal >= 500 USD, then: {percent_off: 50%}}
  soft:
    when: cart.quantity >= 9
    enforcement: allow_warn_on_invalid
    then: {amount_off: 1 USD}
  mug: {then: {gift: {sku: MUG, quantity: 2}}}
  rebate: {stage: payment, then: {amount_off: 0.50 USD}}
  delivery: {stage: shipping, then: {percent_off: 50%}}
"""
CART = {
    "id": "c1",
    "currency": "USD",
    "placed_at": "2026-07-10T12:00:00Z",
    "coupons": ["ten", "OLD"],
    "lines": [{"id": "a", "sku": "A", "quantity": 2, "unit_price": 1000}],
    "shipments": [{"id": "s", "amount": 400}],
    "tax_total": 7,
}
AS_IT_IS = {
    "applied": ["mug", "soft", "tenth", "delivery", "rebate"],
    "not_applied": {"big": "condition"},
    "warnings": ["soft"],
    "applied_coupons": ["TEN"],
    "rejected_coupons": {"OLD": "unknown"},
    "gifts": {"MUG": 2},
    "lines": {
        "a": {
            "gross": 2000,
            "discount": 300,
            "net": 1700,
            "allocations": {"soft": 100, "tenth": 200},
        }
    },
    "shipments": {"s": {"net": 200}},
    "payment_adjustment": -50,
    "discount_total": 500,
    "subtotal": 2000,
    "shipping_total": 400,
    "tax_total": 7,
    "grand_total": 1857,
}


def compare(expect: dict[str, Any]) -> list[Difference]:
    """The differences between the quote of `CART` and what is expected."""
    ruleset = load_sources([Source("rules.yaml", RULES)])
    quote = Engine(ruleset, "reference").quote(CART, explain=True)
    return Comparison(Wording(ruleset), ruleset.loyalty, quote).compare(expect)


def test_what_is_as_expected_makes_no_difference() -> None:
    assert compare(AS_IT_IS) == []


@pytest.mark.parametrize("key", sorted(AS_IT_IS))
def test_every_key_is_compared(key: str) -> None:
    wrong: Any = {
        "applied": [],
        "not_applied": {"tenth": "condition"},
        "warnings": [],
        "applied_coupons": [],
        "rejected_coupons": {},
        "gifts": {},
        "lines": {"a": {"net": 1}},
        "shipments": {"s": {"discount": 1}},
    }.get(key, 1)
    assert compare({key: wrong})


@pytest.mark.parametrize(
    ("expect", "text", "reasons"),
    [
        (
            {"applied": ["mug", "soft", "tenth", "big", "delivery", "rebate"]},
            "applied: expected mug, soft, tenth, big, delivery, rebate, "
            "got mug, soft, tenth, delivery, rebate",
            ["big: condition, cart.subtotal is 20.00 USD, needs 500.00 USD"],
        ),
        (
            {"applied": ["soft", "mug", "tenth", "delivery", "rebate"]},
            "applied: expected soft, mug, tenth, delivery, rebate, "
            "got mug, soft, tenth, delivery, rebate",
            ["the order differs"],
        ),
        (
            {"not_applied": {"tenth": "no_code"}},
            "not_applied.tenth: expected no_code, got applied",
            ["tenth: applied, gives 2.00 USD"],
        ),
        (
            {"not_applied": {"gone": "inactive"}},
            "not_applied.gone: expected inactive, got no promotion of that name",
            ["gone: no promotion has this name"],
        ),
        (
            {"warnings": []},
            "warnings: expected nothing, got soft",
            ["soft: cart.quantity is 2, needs 9"],
        ),
        (
            {"applied_coupons": ["OLD"]},
            "applied_coupons: expected OLD, got TEN",
            ["OLD: unknown"],
        ),
        (
            {"rejected_coupons": {"TEN": "condition", "OLD": "unknown"}},
            "rejected_coupons.TEN: expected condition, got applied",
            [],
        ),
        (
            {"rejected_coupons": {}},
            "rejected_coupons.OLD: expected not rejected, got unknown",
            [],
        ),
        (
            {"gifts": {"MUG": 1, "CUP": 1}},
            "gifts: expected 1 x CUP, 1 x MUG, got 2 x MUG",
            [],
        ),
        (
            {"lines": {"a": {"allocations": {"soft": 100, "tenth": 200, "big": 5}}}},
            "lines.a.allocations.big: expected 0.05 USD, got 0.00 USD",
            ["big: condition, cart.subtotal is 20.00 USD, needs 500.00 USD"],
        ),
        (
            {"lines": {"b": {"net": 1}}},
            "lines.b: expected one with the id b, got the ids a",
            [],
        ),
        (
            {"payment_adjustment": 50},
            "payment_adjustment: expected 0.50 USD, got -0.50 USD",
            [],
        ),
    ],
)
def test_a_difference_says_what_and_why(
    expect: dict[str, Any], text: str, reasons: list[str]
) -> None:
    (difference,) = compare(expect)
    assert difference.text == text
    assert list(difference.reasons) == reasons


def test_differences_come_in_one_order() -> None:
    subjects = [one.subject for one in compare({"grand_total": 1, "subtotal": 1, "applied": []})]
    assert subjects == ["applied", "subtotal", "grand_total"]
