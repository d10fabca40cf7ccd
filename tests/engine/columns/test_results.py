"""Results are read any number of times, in any order, and given back."""

import gc
from pathlib import Path
from typing import Any

import polars
import pyarrow as pa
import pytest

import tallystick
from tallystick.engine.columns.results import QuoteColumns

CART: dict[str, Any] = {
    "id": "c1",
    "currency": "USD",
    "placed_at": "2026-07-10T12:00:00Z",
    "lines": [{"sku": "MUG", "quantity": 1, "unit_price": 1000}] * 3,
    "coupons": ["A"],
}


def price(count: int) -> QuoteColumns:
    """The results of so many carts, as many batches as threads make of them."""
    rules = "promotions:\n  tenth: {coupon: A, then: {percent_off: 10%}}\n"
    engine = tallystick.Engine(tallystick.load_text(rules))
    return engine.quote_columns(pa.RecordBatch.from_pylist([CART] * count), threads=2)


def resident_bytes() -> int:
    """Memory of this process."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096


def test_read_more_than_once() -> None:
    results = price(600)
    first, second = pa.table(results), pa.table(results)
    assert first.num_rows == len(results) == 600
    assert first.equals(second)
    assert first.column("lines").num_chunks > 1


def test_the_schema_is_that_of_the_stream() -> None:
    results = price(1)
    assert pa.schema(results) == pa.table(results).schema
    assert polars.DataFrame(results).columns == pa.schema(results).names


def test_no_carts_have_a_schema_too() -> None:
    table = pa.table(price(1).__class__([], []))
    assert table.num_rows == 0
    assert table.schema == pa.schema(price(1))


def test_parts_outlive_the_whole() -> None:
    results = price(600)
    table = pa.table(results)
    column = table.column("lines").chunk(1).flatten().field("allocations")
    expected = column.to_pylist()
    del results, table
    gc.collect()
    assert column.to_pylist() == expected
    assert expected[0] == [{"rule": "tenth", "stage": 100, "amount": 100}]


def test_capsules_that_nobody_reads() -> None:
    results = price(10)
    for _ in range(1000):
        results.__arrow_c_stream__()
        results.__arrow_c_schema__()
    reader = pa.RecordBatchReader.from_stream(results)
    del reader


@pytest.mark.parametrize("reader", [pa.table, polars.DataFrame, lambda results: None])
def test_memory_does_not_grow(reader: Any) -> None:
    rules = "promotions:\n  tenth: {coupon: A, then: {percent_off: 10%}}\n"
    engine = tallystick.Engine(tallystick.load_text(rules))
    good = pa.RecordBatch.from_pylist([CART] * 200)
    bad = pa.RecordBatch.from_pylist([{**CART, "currency": "EUR"}] * 20)

    def work() -> None:
        for _ in range(150):
            reader(engine.quote_columns(good))
            reader(engine.quote_columns(bad))

    work()
    before = resident_bytes()
    for _ in range(3):
        work()
    gc.collect()
    # One leaked batch a call would be 450 times 80 KB.
    assert resident_bytes() - before < 8 * 2**20
