"""Hand-made result lines in, the sums and words of the summary out."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
from rich.console import Console

from bench.summary import (
    Totals,
    explain_reason,
    money,
    percent,
    print_summary,
    read_results,
    total_of,
)

PRICED: dict[str, Any] = {
    "cart": "c1",
    "currency": "USD",
    "ruleset": "sha256:00",
    "lines": [
        {
            "id": "l1",
            "gross": 75000,
            "discount": 5000,
            "net": 70000,
            "allocations": [{"rule": "summer-20", "stage": 100, "amount": 5000}],
        }
    ],
    "shipments": [{"id": "s1", "gross": 500, "discount": 500, "net": 0, "allocations": []}],
    "payment": {"adjustment": -100, "allocations": []},
    "gifts": [],
    "applied_promotions": [
        {"id": "summer-20", "stage": 100, "discount_amount": 5000, "undistributed": 0},
        {"id": "free-delivery", "stage": 300, "discount_amount": 500, "undistributed": 0},
        {"id": "card", "stage": 400, "discount_amount": 100, "undistributed": 0},
    ],
    "applied_coupons": [{"code": "SUMMER20", "promotions": ["summer-20"], "discount_amount": 5000}],
    "rejected_coupons": [
        {"code": "OLD", "reason": "unknown"},
        {"code": "TEN", "reason": "excluded_by_sibling", "by": "summer-20"},
    ],
    "warnings": [],
    "redemptions": [],
    "earned": [],
    "subtotal": 75000,
    "shipping_total": 500,
    "discount_total": 5500,
    "tax_total": 0,
    "grand_total": 69900,
}
EMPTY = PRICED | {
    "cart": "c2",
    "lines": [],
    "payment": {"adjustment": 0, "allocations": []},
    "applied_promotions": [],
    "applied_coupons": [],
    "rejected_coupons": [{"code": "OLD", "reason": "unknown"}],
    "subtotal": 0,
    "shipping_total": 0,
    "discount_total": 0,
    "grand_total": 0,
}
REFUSED = {
    "cart": None,
    "error": {"code": "C102", "path": "lines[3].quantity", "message": "expected 1..1000000, got 0"},
}


def totals_of(*results: dict[str, Any]) -> Totals:
    return total_of(read_results(json.dumps(result).encode() + b"\n" for result in results))


def rendered(totals: Totals, seconds: float | None = None) -> list[str]:
    """The summary's lines, runs of blanks and table rules taken out."""
    out = io.StringIO()
    print_summary(totals, seconds, Console(file=out, width=100))
    return [" ".join(line.replace("│", " ").split()) for line in out.getvalue().splitlines()]


@pytest.mark.parametrize(
    ("minor", "currency", "text"),
    [
        (539221852, "USD", "5,392,218.52 USD"),
        (5, "USD", "0.05 USD"),
        (-123456, "USD", "-1,234.56 USD"),
        (1500, "JPY", "1,500 JPY"),
        (1234, "KWD", "1.234 KWD"),
    ],
)
def test_money(minor: int, currency: str, text: str) -> None:
    assert money(minor, currency) == text


@pytest.mark.parametrize(
    ("part", "whole", "text"),
    [
        (1, 3, "33.33 %"),
        (2, 3, "66.67 %"),
        (1, 20_000, "0.01 %"),
        (1, 20_001, "0.00 %"),
        (0, 0, "-"),
        (-1, 8, "-12.50 %"),
    ],
)
def test_percent_rounds_half_up(part: int, whole: int, text: str) -> None:
    assert percent(part, whole) == text


def test_every_result_is_counted_once() -> None:
    totals = totals_of(PRICED, EMPTY, REFUSED, PRICED)
    assert (totals.baskets, totals.empty_baskets, totals.discounted_baskets) == (3, 1, 2)
    assert dict(totals.refused) == {"C102": 1}
    assert (totals.subtotal_minor, totals.shipping_minor) == (150_000, 1_000)
    assert (totals.discount_minor, totals.adjustment_minor) == (11_000, -200)
    assert totals.net_minor == 150_000 + 1_000 - 11_000 - 200
    assert dict(totals.uses) == {"summer-20": 2, "free-delivery": 2, "card": 2}
    assert totals.given_minor["summer-20"] == 10_000
    assert totals.coupons_applied == 2
    assert dict(totals.coupons_rejected) == {
        ("OLD", "unknown"): 3,
        ("TEN", "excluded_by_sibling"): 2,
    }


def test_blank_lines_are_no_results() -> None:
    assert total_of(read_results([b"\n", b"  \n"])).baskets == 0


def test_summary_says_it_in_plain_words() -> None:
    lines = rendered(totals_of(PRICED, EMPTY, REFUSED), seconds=1.5)
    for line in (
        "Baskets priced 2",
        "empty 1 50.00 %",
        "with a discount 1 50.00 %",
        "Carts refused 1 not priced",
        "Gross 755.00 USD at list prices",
        "Discount 55.00 USD 7.28 %",
        "Payment adjustment -1.00 USD",
        "Net 699.00 USD what customers pay",
        "Carts per second 2 3 in 1.5 s",
        "C102 1",
        "summer-20 1 50.00 USD 50.00 %",
        "all 3 56.00 USD",
        "Coupons shown: 1 of 4 gave a discount.",
        "no promotion knows this code 2 1",
        "OLD 2 no promotion knows this code",
        "TEN 1 an offer it does not combine with applied",
    ):
        assert line in lines


def test_promotions_stand_in_order_of_money_given() -> None:
    lines = rendered(totals_of(PRICED))
    names = [line.split()[0] for line in lines if line.startswith(("summer", "free", "card"))]
    assert names == ["summer-20", "free-delivery", "card"]


def test_an_empty_run_still_has_a_summary() -> None:
    lines = rendered(Totals())
    assert "Baskets priced 0" in lines
    assert "Discount 0.00 USD -" in lines


def test_a_new_reason_stands_for_itself() -> None:
    assert explain_reason("sold_out") == "sold out"
