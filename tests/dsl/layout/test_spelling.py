"""The one spelling of each value, by place."""

import pytest

from tallystick.dsl.layout.orders import Path
from tallystick.dsl.layout.spelling import Role, role_at, spell


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
        (("programs", "p", "active"), Role.WINDOW),
        (("programs", "p", "points", "expire_after"), Role.QUANTITY),
        (("programs", "p", "points", "name"), Role.TEXT),
        (("programs", "p", "deficit", "carry"), Role.QUANTITY),
        (("programs", "p", "tiers", "levels", "low", "from"), Role.QUANTITY),
        (("earning_rules", "r", "award", "on"), Role.EXPRESSION),
        (("earning_rules", "r", "award", "friend", "points"), Role.QUANTITY),
        (("earning_rules", "r", "award", "card"), Role.TEXT),
        (("earning_rules", "r", "limits", "per_member"), Role.QUANTITY),
        (("earning_rules", "r", "when", "*"), Role.EXPRESSION),
        (("earning_rules", "r", "when", "*", "cart_minimum"), Role.MONEY),
        (("earning_rules", "r", "when", "*", "customer_group", "*"), Role.TEXT),
        (("earning_rules", "points"), Role.TEXT),
        (("burning_rules", "r", "on"), Role.EXPRESSION),
        (("burning_rules", "r", "cost"), Role.QUANTITY),
        (("burning_rules", "r", "reward", "product"), Role.TEXT),
        (("campaigns", "c", "rules", "*"), Role.TEXT),
        (("campaigns", "c", "multiply"), Role.QUANTITY),
        (("stamp_cards", "c", "reward"), Role.TEXT),
        (("tests", "t", "facts", "members", "p", "balance"), Role.QUANTITY),
        (("tests", "t", "facts", "members", "p", "tier"), Role.TEXT),
        (("tests", "t", "facts", "codes", "points"), Role.TEXT),
        (("tests", "t", "cart", "redeem", "*", "points"), Role.QUANTITY),
        (("tests", "t", "cart", "redeem", "points"), Role.QUANTITY),
        (("tests", "t", "event", "points"), Role.QUANTITY),
        (("tests", "t", "expect", "earned", "r"), Role.QUANTITY),
        (("tests", "t", "expect", "redemptions", "r", "points"), Role.QUANTITY),
        (("tests", "t", "expect", "redemptions", "r", "amount"), Role.MONEY),
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
        (Role.QUANTITY, "0500", "500"),
        (Role.QUANTITY, "500.0  points", "500 points"),
        (Role.QUANTITY, "1 points", "1 point"),
        (Role.QUANTITY, "1.50", "1.5"),
        (Role.QUANTITY, "1 stamps per 10.00 USD", "1 per 10 USD"),
        (Role.QUANTITY, "1.0 points  per  unit", "1 per unit"),
        (Role.QUANTITY, "1 per 12 month", "1 per 12 months"),
        (Role.QUANTITY, "01 per day", "1 per day"),
        (Role.QUANTITY, "500 points per month", "500 per month"),
        (Role.QUANTITY, "1 years", "1 year"),
        (Role.QUANTITY, "2.50 %", "2.5%"),
        (Role.QUANTITY, "5.0 USD", "5 USD"),
        (Role.QUANTITY, "2 stamp", "2 stamps"),
        (Role.QUANTITY, "calendar year", None),
        (Role.QUANTITY, "tier", None),
        (Role.QUANTITY, "event.points", None),
        (Role.QUANTITY, "5 apples", None),
        (Role.QUANTITY, "0.1234567", None),
    ],
)
def test_values_have_one_spelling(role: Role, text: str, spelled: str | None) -> None:
    assert spell(role, text) == spelled
    if spelled is not None:
        assert spell(role, spelled) == spelled
