"""Carts as Arrow columns in, the time until their results are columns out."""

from functools import partial
from itertools import repeat
from typing import Any

import pytest

from bench.bench_batch import GROWN_SIZES
from bench.ratios import Measurement, Subject
from bench.stock import Stock
from bench.stopwatch import Stopwatch

REPEATED = 10  # the carts of a run, so often in a batch


@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("rules", GROWN_SIZES)
def test_columns(
    stopwatch: Stopwatch,
    stock: Stock,
    book: list[Measurement],
    carts: list[dict[str, Any]],
    rules: int,
    threads: int,
) -> None:
    """A batch of columns; two threads get the same batch."""
    pytest.importorskip("pyarrow", reason="pyarrow is not installed")
    from bench.arrow import cart_bytes, table_of

    table = table_of(carts * REPEATED)
    book.append(Measurement(Subject("memory, cart", rules), [cart_bytes(table)]))
    engine = stock.engine(rules, "kernel")
    results = stopwatch.time(
        Subject("columns" if threads == 1 else "columns, two threads", rules, "kernel"),
        partial(engine.quote_columns, threads=threads),
        repeat(table),
        rounds=20,
        group=f"columns of {len(carts) * REPEATED:,} carts",
        carts=len(carts) * REPEATED,
    )
    assert results is not None
