"""Dictionaries that look alike, and lists that overlap: what batches share, and do not."""

import pyarrow as pa
import pytest

import tallystick
from tallystick import Engine

OFFSETS, DATA = pa.array([0, 1, 2], pa.int32()).buffers()[1], pa.py_buffer(b"AB")
HEAD = {"id": "c", "currency": "USD", "placed_at": "2026-07-10T12:00:00Z"}


@pytest.fixture(scope="module")
def engine() -> Engine:
    return Engine(
        tallystick.load_text("promotions: {a: {then: {percent_off: 10%, on: sku == 'A'}}}")
    )


def batch_of(validity: bytes) -> pa.RecordBatch:
    """A cart with the skus `A` and `B`, of a dictionary of which a bitmap says what is null."""
    words = pa.StringArray.from_buffers(2, OFFSETS, DATA, pa.py_buffer(validity))
    skus = pa.DictionaryArray.from_arrays(pa.array([0, 1], pa.int32()), words)
    whole = pa.array([1, 1]), pa.array([100, 100])
    line = pa.StructArray.from_arrays([skus, *whole], ["sku", "quantity", "unit_price"])
    lines = pa.ListArray.from_arrays(pa.array([0, 2], pa.int32()), line)
    texts = [pa.array([text]) for text in HEAD.values()]
    return pa.RecordBatch.from_arrays([*texts, lines], [*HEAD, "lines"])


def test_dictionaries_that_differ_only_in_nulls_are_told_apart(engine: Engine) -> None:
    whole, broken = batch_of(b"\x03"), batch_of(b"\x01")
    reader = pa.RecordBatchReader.from_batches(whole.schema, [whole, broken])
    rows = pa.table(engine.quote_columns(reader)).to_pylist()
    alone = pa.table(engine.quote_columns(broken)).to_pylist()
    assert rows[0]["grand_total"] == 190
    assert rows[1] == alone[0]
    assert rows[1]["error"]["path"] == "lines[1].sku"


def test_lists_that_overlap_beyond_measure_are_refused(engine: Engine) -> None:
    words, lines = 1_000_000, 10_000
    starts, sizes = pa.array([0] * lines, pa.int32()), pa.array([words] * lines, pa.int32())
    tags = pa.ListViewArray.from_arrays(starts, sizes, pa.array(["x"] * words))
    columns = [pa.array(["A"] * lines), pa.array([1] * lines), pa.array([1] * lines), tags]
    line = pa.StructArray.from_arrays(columns, ["sku", "quantity", "unit_price", "tags"])
    whole = pa.ListArray.from_arrays(pa.array([0, lines], pa.int32()), line)
    texts = [pa.array([text]) for text in HEAD.values()]
    batch = pa.RecordBatch.from_arrays([*texts, whole], [*HEAD, "lines"])
    row = pa.table(engine.quote_columns(batch)).to_pylist()[0]
    assert (row["cart"], row["error"]["code"]) == ("c", "too_many")
