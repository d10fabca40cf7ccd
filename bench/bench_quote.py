"""Carts one at a time in, the time until each has its result out; as dicts and as JSON bytes.

Every round prices the next cart, so the quantiles are over carts. The reference looks at every
promotion for every cart: the more promotions, the fewer carts it gets.
"""

from collections.abc import Sequence
from itertools import cycle
from typing import Any

import pytest

from bench.ratios import Subject
from bench.stock import Evaluator, Stock
from bench.stopwatch import Stopwatch
from tallystick import Engine, Result
from tallystick.engine.engine import CartSource

SIZES = (100, 1_000, 10_000)
ROUNDS = {
    "kernel": {100: 1_000, 1_000: 1_000, 10_000: 1_000},
    "reference": {100: 200, 1_000: 30, 10_000: 2},
}


def quote_each(
    stopwatch: Stopwatch,
    engine: Engine,
    carts: Sequence[CartSource],
    subject: Subject,
) -> None:
    """Price carts one after the other, each in a round of its own."""

    def price(cart: CartSource) -> Result:
        return engine.quote(cart).result

    result = stopwatch.time(
        subject,
        price,
        cycle(carts),
        rounds=ROUNDS[subject.evaluator][subject.rules],
        group=f"{subject.task}, {subject.rules:,} promotions",
    )
    assert result.grand_total >= 0


@pytest.mark.parametrize("evaluator", ["kernel", "reference"])
@pytest.mark.parametrize("rules", SIZES)
def test_dict(
    stopwatch: Stopwatch,
    stock: Stock,
    carts: list[dict[str, Any]],
    rules: int,
    evaluator: Evaluator,
) -> None:
    """A cart as a dict."""
    subject = Subject("quote dict", rules, evaluator)
    quote_each(stopwatch, stock.engine(rules, evaluator), carts, subject)


@pytest.mark.parametrize("evaluator", ["kernel", "reference"])
@pytest.mark.parametrize("rules", SIZES)
def test_bytes(
    stopwatch: Stopwatch, stock: Stock, lines: list[bytes], rules: int, evaluator: Evaluator
) -> None:
    """A cart as JSON."""
    subject = Subject("quote bytes", rules, evaluator)
    quote_each(stopwatch, stock.engine(rules, evaluator), lines, subject)
