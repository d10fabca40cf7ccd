"""Money that earns when it is put into stored value and when it pays."""

import pytest

from .looking import POINTS, club, codes_of

TOP_UP = (
    "top-up: {program: club, event: purchase, stored_value: true, award: {points: %s per 1 USD}%s}"
)


@pytest.mark.parametrize(
    ("terms", "rate", "codes"),
    [
        ("", 1, ["N512"]),
        ("earn_on: gross", 1, ["W511"]),
        ("redeeming_orders: full", 1, ["W511"]),
        ("", 100, []),
        ("earn_on: gross", 100, ["W511"]),
        ("redeeming_orders: none", 100, []),
    ],
)
def test_what_pays_lowers_what_an_order_earns_on_or_not(
    terms: str, rate: int, codes: list[str]
) -> None:
    assert codes_of(club(terms, earning_rules=f"{TOP_UP % (rate, '')}\n{POINTS}")) == codes


def test_either_alone_earns_once() -> None:
    assert codes_of(club("earn_on: gross", earning_rules=TOP_UP % (1, ""))) == []
    assert codes_of(club("earn_on: gross", earning_rules=POINTS)) == []


def test_what_is_over_before_it_can_be_spent_earns_once() -> None:
    early = POINTS.replace("award:", "active: ..2026-06-30, award:")
    late = TOP_UP % (1, ", active: 2026-07-01..")
    assert codes_of(club("earn_on: gross", earning_rules=f"{late}\n{early}")) == []


def test_points_that_buy_nothing_in_a_cart_do_not_pay() -> None:
    text = club("redeeming_orders: full", earning_rules=f"{TOP_UP % (1, '')}\n{POINTS}")
    mug = "burning_rules: {mug: {program: club, cost: 5, reward: {product: M}}}\n"
    assert codes_of(text.replace("redemption: {points: 100, value: 1 USD}, ", "") + mug) == ["N512"]
