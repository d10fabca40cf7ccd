"""Short forms in, the very expressions they stand for out."""

import pytest

from tallystick.dsl.expression.shorthand import SHORT_FORMS

from .checking import Bench, Plain, written

DEFINES: dict[str, Plain] = {"safety": 'categories has "safety-equipment"'}

GOOD: list[tuple[str, Plain, str]] = [
    ("cart_minimum", "500 USD", "cart.subtotal >= 500 USD"),
    ("cart_minimum", "12.5 USD", "cart.subtotal >= 12.50 USD"),
    ("customer_group", "gold", 'customer.groups has "gold"'),
    ("customer_group", ["gold", "a b"], 'customer.groups has any ["gold", "a b"]'),
    ("customer_group", ["gold"], 'customer.groups has "gold"'),
    ("category", "tea", 'any(categories has "tea")'),
    ("category", ["tea", "mugs"], 'any(categories has any ["tea", "mugs"])'),
    ("sku", "W-1", 'any(sku == "W-1")'),
    ("sku", ["W-1", "W-2"], 'any(sku in ["W-1", "W-2"])'),
    ("brand", 'a"b', r'any(brand == "a\"b")'),
    ("brand", ["a", "b"], 'any(brand in ["a", "b"])'),
    ("channel", "web", 'cart.channel == "web"'),
    ("channel", ["web", "app"], 'cart.channel in ["web", "app"]'),
    ("payment_method", "card", 'payment.method == "card"'),
    ("first_order", "true", "default(customer.orders, 0) == 0"),
    ("first_order", "false", "default(customer.orders, 0) != 0"),
    ("min_quantity", {"quantity": "20", "on": "safety"}, "qty(safety) >= 20"),
    ("min_quantity", {"quantity": "20", "on": "( safety )"}, "qty(safety) >= 20"),
    ("min_quantity", {"quantity": "3"}, "qty(true) >= 3"),
    ("weekdays", ["mon", "tue"], 'cart.weekday in ["mon", "tue"]'),
    ("weekdays", "sun", 'cart.weekday in ["sun"]'),
    ("hours", "17:00..19:00", "cart.time >= 17:00 and cart.time < 19:00"),
    ("hours", "22:00..06:00", "cart.time >= 22:00 or cart.time < 06:00"),
    ("hours", "22:00..24:00", "cart.time >= 22:00"),
    ("hours", "22:00..00:00", "cart.time >= 22:00"),
    ("hours", "22:00..", "cart.time >= 22:00"),
    ("hours", "..06:30", "cart.time < 06:30"),
    ("dates", "2026-01-01..2026-01-31", "cart.date between 2026-01-01 and 2026-01-31"),
    ("dates", "2026-01-01 .. 2026-01-01", "cart.date between 2026-01-01 and 2026-01-01"),
    ("dates", "2026-01-01..", "cart.date >= 2026-01-01"),
    ("dates", "..2026-01-31", "cart.date <= 2026-01-31"),
]


@pytest.mark.parametrize(("key", "value", "expression"), GOOD)
def test_a_short_form_is_its_expression(key: str, value: Plain, expression: str) -> None:
    bench = Bench(DEFINES)
    short = bench.checker.short_form(key, written(value))
    assert short is not None
    assert short[0] == expression
    assert short[1] == bench.condition(expression)


def test_every_short_form_is_covered() -> None:
    assert {key for key, _, _ in GOOD} == set(SHORT_FORMS)
    assert {key for key, _, _, _ in BAD} == set(SHORT_FORMS)


BAD: list[tuple[str, Plain, str, str]] = [
    ("cart_minimum", "500", "R121", "500"),
    ("cart_minimum", "500 EUR", "R122", "EUR"),
    ("cart_minimum", "500 USD or true", "R120", "500 USD or true"),
    ("cart_minimum", ["500 USD"], "R181", "['500 USD']"),
    ("customer_group", "", "R181", ""),
    ("customer_group", [], "R181", "[]"),
    ("customer_group", ["a", ["b"]], "R181", "['a', ['b']]"),
    ("category", {"a": "b"}, "R181", "{'a': 'b'}"),
    ("sku", ["a", ""], "R181", "['a', '']"),
    ("brand", {}, "R181", "{}"),
    ("channel", "", "R181", ""),
    ("payment_method", [], "R181", "[]"),
    ("first_order", "yes", "R180", "yes"),
    ("first_order", ["true"], "R181", "['true']"),
    ("min_quantity", "20", "R181", "20"),
    ("min_quantity", {"on": "safety"}, "R181", "{'on': 'safety'}"),
    ("min_quantity", {"quantity": "20", "onn": "safety"}, "R182", "onn"),
    ("min_quantity", {"quantity": "0"}, "R130", "0"),
    ("min_quantity", {"quantity": "2.5"}, "R129", "2.5"),
    ("min_quantity", {"quantity": "2", "on": "safty"}, "R104", "safty"),
    ("min_quantity", {"quantity": "2", "on": "qty(safety) > 1"}, "R144", "qty"),
    ("min_quantity", {"quantity": "2", "on": "sku =="}, "R113", ""),
    ("weekdays", ["mon", "Tuesday"], "R159", "Tuesday"),
    ("weekdays", [], "R181", "[]"),
    ("hours", "17:00", "R138", "17:00"),
    ("hours", "17:00..25:00", "R134", "25:00"),
    ("hours", "24:00..06:00", "R134", "24:00"),
    ("hours", "17:00..17:00", "R139", "17:00..17:00"),
    ("hours", ["17:00..18:00"], "R181", "['17:00..18:00']"),
    ("dates", "2026-01-01", "R138", "2026-01-01"),
    ("dates", "2026-01-01..2026-01-32", "R133", "2026-01-32"),
    ("dates", "2026-01-02..2026-01-01", "R139", "2026-01-02..2026-01-01"),
    ("dates", "2026-01-02T00:00..", "R133", "2026-01-02T00:00"),
]


@pytest.mark.parametrize(("key", "value", "code", "found"), BAD)
def test_a_wrong_value_is_pointed_at(key: str, value: Plain, code: str, found: str) -> None:
    bench = Bench(DEFINES)
    assert bench.checker.short_form(key, written(value)) is None
    (problem,) = bench.problems
    span = problem.span
    assert (problem.code, span.source.text[span.start : span.end]) == (code, found)
