"""JSON lines in, the time until all result lines are there out; and the yardstick u.

The reference looks at every promotion for every cart: the more promotions, the fewer carts it gets.
The kernel is timed on just these carts too, beside it, so that their ratio is of equal work.
"""

from collections.abc import Sequence
from functools import partial
from itertools import repeat
from typing import Any

import orjson
import pytest

from bench.faces import join_lines, price_lines, price_one_by_one, print_lines
from bench.ratios import YARDSTICK, Subject
from bench.stock import Evaluator, Stock
from bench.stopwatch import Stopwatch
from bench.workload import SIZES

GROWN_SIZES = (*SIZES, 100_000)
SHARED = {10: 1_000, 100: 200, 1_000: 30, 10_000: 2}  # promotions, carts that both price
ROUNDS = {"kernel": 30, "reference": 1}
LONG = 10  # the carts of a run, so often in a long block


def decode_lines(lines: Sequence[bytes]) -> list[Any]:
    """What a checkout in Python does before anything else."""
    return [orjson.loads(line) for line in lines]


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


@pytest.mark.parametrize("rules", GROWN_SIZES)
def test_lines(stopwatch: Stopwatch, stock: Stock, lines: list[bytes], rules: int) -> None:
    """The kernel on a block as `tally run` cuts them, about a megabyte."""
    results = stopwatch.time(
        Subject("lines", rules, "kernel"),
        partial(price_lines, stock.engine(rules, "kernel")),
        repeat(join_lines(lines)),
        rounds=ROUNDS["kernel"],
        group=f"block of {len(lines):,} lines",
        carts=len(lines),
    )
    assert results.count(b"\n") == len(lines)


@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("rules", SIZES)
def test_long_block(
    stopwatch: Stopwatch, stock: Stock, lines: list[bytes], rules: int, threads: int
) -> None:
    """The kernel on one long block, by one thread and by two."""
    results = stopwatch.time(
        Subject("long block" if threads == 1 else "long block, two threads", rules, "kernel"),
        partial(print_lines, stock.engine(rules, "kernel"), threads=threads),
        repeat(join_lines(lines * LONG)),
        rounds=ROUNDS["kernel"],
        group=f"block of {len(lines) * LONG:,} lines",
        carts=len(lines) * LONG,
    )
    assert sum(piece.count(b"\n") for piece in results) == len(lines) * LONG


@pytest.mark.parametrize("evaluator", ["kernel", "reference"])
@pytest.mark.parametrize("rules", SIZES)
def test_same_lines(
    stopwatch: Stopwatch, stock: Stock, lines: list[bytes], rules: int, evaluator: Evaluator
) -> None:
    """Kernel and reference on the same carts."""
    carts = SHARED[rules]
    results = stopwatch.time(
        Subject("same lines", rules, evaluator),
        partial(price_one_by_one, stock.engine(rules, evaluator)),
        repeat(lines[:carts]),
        rounds=ROUNDS[evaluator],
        group=f"{carts:,} lines, {rules:,} promotions",
        carts=carts,
        is_warm=evaluator == "kernel",
    )
    assert None not in results
