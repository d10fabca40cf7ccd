"""Carts one at a time in, the time until each is priced out; as dicts and as JSON bytes.

Each call is timed alone, and a quantile is over carts. The grand total is read of every quote; the
rest of a result is made when somebody asks, so one suite asks for all of it.
"""

from collections.abc import Callable, Sequence
from typing import Any

import pytest

from bench.ratios import Subject
from bench.stock import Stock
from bench.stopwatch import Stopwatch
from tallystick import Engine
from tallystick.engine.engine import CartSource

SIZES = (100, 1_000, 10_000)
PASSES = 7


def total_of(engine: Engine) -> Callable[[CartSource], int]:
    """A cart to its grand total."""
    quote = engine.quote
    return lambda cart: quote(cart).grand_total


def whole_of(engine: Engine) -> Callable[[CartSource], dict[str, Any]]:
    """A cart to its whole result as a dict."""
    quote = engine.quote
    return lambda cart: quote(cart).to_dict()


def time_quotes(
    stopwatch: Stopwatch, task: str, rules: int, run: Callable[[Any], object], carts: Sequence[Any]
) -> None:
    """Price the carts one after the other, each timed alone."""
    stopwatch.time_calls(
        Subject(task, rules, "kernel"),
        run,
        carts,
        passes=PASSES,
        group=f"{task}, {len(carts):,} carts one by one",
    )


@pytest.mark.parametrize("rules", SIZES)
def test_dict(stopwatch: Stopwatch, stock: Stock, carts: list[dict[str, Any]], rules: int) -> None:
    """A cart as a dict."""
    run = total_of(stock.engine(rules, "kernel"))
    time_quotes(stopwatch, "quote dict", rules, run, carts)


@pytest.mark.parametrize("rules", SIZES)
def test_bytes(stopwatch: Stopwatch, stock: Stock, lines: list[bytes], rules: int) -> None:
    """A cart as JSON."""
    run = total_of(stock.engine(rules, "kernel"))
    time_quotes(stopwatch, "quote bytes", rules, run, lines)


@pytest.mark.parametrize("rules", SIZES)
def test_dict_to_dict(
    stopwatch: Stopwatch, stock: Stock, carts: list[dict[str, Any]], rules: int
) -> None:
    """A cart as a dict, its whole result as one."""
    run = whole_of(stock.engine(rules, "kernel"))
    time_quotes(stopwatch, "quote dict to dict", rules, run, carts)
