"""A few made-up baskets in, what their loyalty program comes to out."""

from __future__ import annotations

import io
from typing import Any

import msgspec
import pytest
from rich.console import Console

import tallystick
from bench.club import Basket, Year, cost_line, household_line, month_table, rule_table, run_year

RULES = """
programs:
  club:
    redemption: {points: 100, value: 1 USD}
    tiers:
      window: 1 month
      levels: {low: {from: 0}, high: {from: 800, multiplier: 2}}
earning_rules:
  purchase: {program: club, event: purchase, award: {points: 10 per 1 USD}}
"""


def basket(id: str, household: str, day: str, price_minor: int) -> Basket:
    """A basket of one line."""
    cart = {
        "id": id,
        "currency": "USD",
        "placed_at": f"{day}T12:00:00Z",
        "customer": {"id": household},
        "lines": [{"sku": "A", "quantity": 1, "unit_price": price_minor}],
    }
    return Basket.of(msgspec.json.encode(cart))


@pytest.fixture
def year() -> Year:
    """A year of the program."""
    ruleset = tallystick.load_text(RULES)
    return Year(ruleset, ruleset.loyalty.programs[0])


def test_tier_counts_from_the_next_basket_on(year: Year) -> None:
    carts = [basket("1", "h", "2017-01-02", 8000), basket("2", "h", "2017-01-03", 1000)]
    (month,) = run_year(year, carts)
    assert (month.earned, month.rises, month.members["high"]) == (800 + 200, 1, 1)


def test_points_stop_counting_after_the_window(year: Year) -> None:
    carts = [basket("1", "h", "2017-01-02", 8000), basket("2", "h", "2017-02-03", 1000)]
    january, february = run_year(year, carts)
    assert (january.members["high"], february.members["high"]) == (1, 0)
    assert (february.earned, february.falls) == (100, 1)


def test_points_are_spent_once_there_are_enough(year: Year) -> None:
    carts = [basket("1", "h", "2017-01-02", 10_000), basket("2", "h", "2017-01-03", 5_000)]
    (month,) = run_year(year, carts)
    assert (month.redeemed, month.redeemed_minor) == (1000, 1000)
    assert month.earned == 1000 + 2 * 400
    assert year.households["h"].balance == 800


def test_households_do_not_touch_each_other(year: Year) -> None:
    carts = [basket(str(i), f"h{i % 3}", "2017-01-02", 1000) for i in range(9)]
    (month,) = run_year(year, carts)
    assert (month.baskets, month.earned) == (9, 900)
    assert {household.lifetime for household in year.households.values()} == {300}


def test_summary_says_what_it_costs(year: Year) -> None:
    months = run_year(year, [basket("1", "h", "2017-01-02", 10_000)])
    out = io.StringIO()
    console = Console(file=out, width=100)
    lines: list[Any] = [month_table(year, months), rule_table(year)]
    lines += [household_line(year), cost_line(year, months, "USD")]
    for line in lines:
        console.print(line)
    text = " ".join(out.getvalue().split())
    assert "2017-01" in text and "purchase" in text
    assert "1,000 points are still out, worth 10.00 USD" in text
    assert "10.00 % of 100.00 USD" in text
