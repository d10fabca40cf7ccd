"""The one spelling of each value, and the order of keys, by place."""

import pytest

from tallystick.dsl.layout.spelling import (
    DETAIL,
    PROMOTION,
    SECTIONS,
    Path,
    Role,
    rank,
    role_at,
    spell,
)


@pytest.mark.parametrize(
    ("path", "role"),
    [
        (("define", "x"), Role.EXPRESSION),
        (("define", "x", "*"), Role.TEXT),
        (("promotions", "p", "when"), Role.EXPRESSION),
        (("promotions", "p", "when", "*"), Role.EXPRESSION),
        (("promotions", "p", "when", "*", "if"), Role.EXPRESSION),
        (("promotions", "p", "when", "*", "min_quantity", "on"), Role.EXPRESSION),
        (("promotions", "p", "when", "*", "cart_minimum"), Role.MONEY),
        (("promotions", "p", "when", "*", "sku"), Role.TEXT),
        (("promotions", "p", "then", "on"), Role.EXPRESSION),
        (("promotions", "p", "then", "bundle", "*", "on"), Role.EXPRESSION),
        (("promotions", "p", "then", "volume", "*", "min_amount"), Role.MONEY),
        (("promotions", "p", "then", "get", "percent_off"), Role.PERCENT),
        (("promotions", "p", "limits", "max_discount"), Role.MONEY),
        (("promotions", "p", "active"), Role.WINDOW),
        (("promotions", "p", "stage"), Role.STAGE),
        (("promotions", "on"), Role.TEXT),
        (("promotions", "p", "name"), Role.TEXT),
        (("ruleset", "line_floor"), Role.MONEY),
        (("ruleset", "attributes", "price", "default"), Role.TEXT),
        (("tests", "t", "cart", "lines", "*", "unit_price"), Role.MONEY),
        (("tests", "t", "cart", "lines", "*", "attributes", "price"), Role.TEXT),
        (("tests", "t", "expect", "lines", "l1", "allocations", "p"), Role.MONEY),
        (("tests", "t", "expect", "not_applied", "p"), Role.TEXT),
    ],
)
def test_places_have_roles(path: Path, role: Role) -> None:
    assert role_at(path) is role


@pytest.mark.parametrize(
    ("role", "text", "spelled"),
    [
        (Role.MONEY, "50.00 USD", "50 USD"),
        (Role.MONEY, "12.5 USD", "12.50 USD"),
        (Role.MONEY, "-5.00 USD", "-5 USD"),
        (Role.MONEY, "50", None),
        (Role.PERCENT, "20 %", "20%"),
        (Role.PERCENT, "0.0625%", "0.0625%"),
        (Role.PERCENT, "tier", None),
        (Role.STAGE, "200", "order"),
        (Role.STAGE, "order", "order"),
        (Role.STAGE, "500", None),
        (Role.WINDOW, "2026-01-01 ..", "2026-01-01.."),
        (Role.WINDOW, "always", None),
        (Role.EXPRESSION, "(a)and(b)", "a and b"),
        (Role.EXPRESSION, "a and", None),
        (Role.TEXT, "20 %", None),
    ],
)
def test_values_have_one_spelling(role: Role, text: str, spelled: str | None) -> None:
    assert spell(role, text) == spelled
    if spelled is not None:
        assert spell(role, spelled) == spelled


def test_orders_name_every_key_once() -> None:
    for order in (SECTIONS, PROMOTION, DETAIL):
        assert len(set(order)) == len(order)


def test_ranks_follow_the_place() -> None:
    assert rank((), "promotions") < rank((), "tests")
    assert rank(("promotions", "p"), "when") < rank(("promotions", "p"), "then")
    assert rank(("promotions", "p", "then", "buy"), "on") == 0
    assert rank(("promotions", "p", "then", "bundle", "*"), "quantity") == 1
    assert rank(("promotions", "p", "when", "*", "min_quantity"), "quantity") == 0
    assert rank(("define",), "b") == rank(("define",), "a")
