"""Batches of JSON lines in, the time until all result lines are there out; and the yardstick u.

The reference looks at every promotion for every cart: the more promotions, the fewer carts it gets.
The kernel is timed on just these carts too, beside it, so that their ratio is of equal work.
"""

from collections.abc import Sequence
from functools import partial
from itertools import repeat
from typing import Any

import orjson
import pytest

from bench.ratios import YARDSTICK, Subject
from bench.stock import Evaluator, Stock
from bench.stopwatch import Stopwatch
from bench.workload import SIZES
from tallystick import CartError, Engine

SHARED = {10: 1_000, 100: 200, 1_000: 30, 10_000: 2}  # promotions, carts that both price
ROUNDS = {"kernel": 10, "reference": 1}


def decode_lines(lines: Sequence[bytes]) -> list[Any]:
    """What a checkout in Python does before anything else."""
    return [orjson.loads(line) for line in lines]


def price_lines(engine: Engine, lines: Sequence[bytes]) -> list[bytes | None]:
    """Carts as JSON to results as JSON; None for a cart that was refused."""
    return [
        None if isinstance(answer, CartError) else answer.to_json()
        for answer in engine.quote_batch(lines)
    ]


@pytest.mark.benchmark(disable_gc=True)
def test_yardstick(stopwatch: Stopwatch, lines: list[bytes]) -> None:
    """u: decoding the batch, the garbage collector off, the results kept until the end."""
    decoded = stopwatch.time(
        YARDSTICK,
        decode_lines,
        repeat(lines),
        rounds=50,
        group="u, JSON lines to dicts",
        carts=len(lines),
    )
    assert len(decoded) == len(lines)


@pytest.mark.parametrize("rules", SIZES)
def test_batch(stopwatch: Stopwatch, stock: Stock, lines: list[bytes], rules: int) -> None:
    """The kernel on the whole batch, one thread."""
    results = stopwatch.time(
        Subject("batch", rules, "kernel"),
        partial(price_lines, stock.engine(rules, "kernel")),
        repeat(lines),
        rounds=10,
        group=f"batch of {len(lines):,} carts",
        carts=len(lines),
    )
    assert None not in results


@pytest.mark.parametrize("evaluator", ["kernel", "reference"])
@pytest.mark.parametrize("rules", SIZES)
def test_same_batch(
    stopwatch: Stopwatch, stock: Stock, lines: list[bytes], rules: int, evaluator: Evaluator
) -> None:
    """Kernel and reference on the same carts."""
    carts = SHARED[rules]
    results = stopwatch.time(
        Subject("same batch", rules, evaluator),
        partial(price_lines, stock.engine(rules, evaluator)),
        repeat(lines[:carts]),
        rounds=ROUNDS[evaluator],
        group=f"batch of {carts:,} carts, {rules:,} promotions",
        carts=carts,
        is_warm=evaluator == "kernel",
    )
    assert None not in results
