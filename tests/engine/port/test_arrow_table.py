"""Columns that lie about themselves are refused before anybody follows them."""

import ctypes
import gc
from collections.abc import Callable
from typing import Any

import pyarrow as pa
import pytest

import tallystick
from tallystick import Engine

from ..columns.tables import records_of

CARTS: list[dict[str, Any]] = [
    {
        "id": f"cart-{number}",
        "currency": "USD",
        "placed_at": "2026-07-10T12:00:00Z",
        "lines": [{"sku": "MUG", "quantity": 1, "unit_price": 1000, "categories": ["cups"]}],
        "coupons": ["A", "B"],
    }
    for number in range(3)
]


@pytest.fixture(scope="module")
def engine() -> Engine:
    """An engine with one rule."""
    return Engine(tallystick.load_text("promotions:\n  tenth: {then: {percent_off: 10%}}\n"))


class ArrayC(ctypes.Structure):
    """The exported form of an array."""


ArrayC._fields_ = [
    ("length", ctypes.c_int64),
    ("null_count", ctypes.c_int64),
    ("offset", ctypes.c_int64),
    ("n_buffers", ctypes.c_int64),
    ("n_children", ctypes.c_int64),
    ("buffers", ctypes.POINTER(ctypes.c_void_p)),
    ("children", ctypes.POINTER(ctypes.POINTER(ArrayC))),
    ("dictionary", ctypes.POINTER(ArrayC)),
    ("release", ctypes.c_void_p),
    ("private_data", ctypes.c_void_p),
]
pointer_of = ctypes.pythonapi.PyCapsule_GetPointer
pointer_of.restype = ctypes.c_void_p
pointer_of.argtypes = [ctypes.py_object, ctypes.c_char_p]


class Liar:
    """A batch whose arrays are changed on their way out."""

    def __init__(self, batch: Any, column: str, change: Callable[[Any], None]) -> None:
        self.batch = batch
        self.place = batch.schema.get_field_index(column)
        self.change = change

    def __arrow_c_array__(self, requested_schema: object = None) -> tuple[object, object]:
        schema, array = self.batch.__arrow_c_array__()
        root = ctypes.cast(pointer_of(array, b"arrow_array"), ctypes.POINTER(ArrayC)).contents
        self.change(root.children[self.place].contents if self.place >= 0 else root)
        return schema, array


def numbers_of(array: Any, buffer: int = 1) -> Any:
    """A buffer of an array as numbers of 32 bits, to be written to."""
    return ctypes.cast(array.buffers[buffer], ctypes.POINTER(ctypes.c_int32))


def put(buffer: int, place: int, number: int) -> Callable[[Any], None]:
    """A change of one number in a buffer."""

    def change(array: Any) -> None:
        numbers_of(array, buffer)[place] = number

    return change


def lack(buffer: int) -> Callable[[Any], None]:
    """A buffer that is not there."""

    def change(array: Any) -> None:
        array.buffers[buffer] = None

    return change


def be(**fields: int) -> Callable[[Any], None]:
    """Other numbers in the array itself."""

    def change(array: Any) -> None:
        for name, number in fields.items():
            setattr(array, name, number or None if name in ("dictionary", "release") else number)

    return change


def release_item(array: Any) -> None:
    """The items of a list are gone."""
    item = array.children[0].contents
    ctypes.CFUNCTYPE(None, ctypes.POINTER(ArrayC))(item.release)(array.children[0])


TYPES = {
    "text": pa.string(),
    "large": pa.large_string(),
    "view": pa.string_view(),
    "words": pa.dictionary(pa.int32(), pa.string()),
    "list": pa.list_(pa.string()),
    "list view": pa.list_view(pa.string()),
    "fixed": pa.list_(pa.string(), 2),
}
LONG = "a text that is longer than a view"
MALFORMED = [
    ("text", put(1, 1, 10**6)),
    ("text", put(1, 0, -1)),
    ("text", lack(1)),
    ("text", lack(2)),
    ("text", be(n_buffers=2)),
    ("text", be(length=2)),
    ("text", be(length=-1)),
    ("text", be(offset=-1)),
    ("text", be(offset=2**62)),
    ("text", be(null_count=1)),
    ("text", be(release=0)),
    ("large", put(1, 3, 1)),
    ("view", put(1, 0, -1)),
    ("view", put(1, 2, 7)),
    ("view", put(1, 3, 10**6)),
    ("view", put(1, 3, -1)),
    ("view", be(n_buffers=2)),
    ("view", lack(2)),
    ("view", lack(3)),
    ("words", be(dictionary=0)),
    ("words", put(1, 1, 3)),
    ("words", put(1, 1, -1)),
    ("list", put(1, 3, 7)),
    ("list", put(1, 1, 5)),
    ("list", put(1, 0, -2)),
    ("list", be(n_children=0)),
    ("list", release_item),
    ("list view", put(1, 1, -1)),
    ("list view", put(1, 1, 6)),
    ("list view", put(2, 1, 7)),
    ("list view", put(2, 1, -1)),
    ("list view", lack(2)),
    ("fixed", be(offset=1)),
]


@pytest.mark.parametrize("number", range(len(MALFORMED)))
def test_malformed_buffers_are_refused(engine: Engine, number: int) -> None:
    form, change = MALFORMED[number]
    is_list = "list" in form or form == "fixed"
    column = "coupons" if is_list else "channel"
    values = [["A", "B"]] * 3 if is_list else [LONG, LONG, LONG]
    batch = pa.RecordBatch.from_pylist(CARTS).drop_columns(["coupons"])
    array = pa.array(values, pa.string() if form == "words" else TYPES[form]).cast(TYPES[form])
    batch = batch.append_column(column, array)
    with pytest.raises(ValueError, match=rf"column `{column}`: malformed Arrow data"):
        engine.quote_columns(Liar(batch, column, change))


@pytest.mark.parametrize("change", [be(n_children=1), be(length=4), be(null_count=1)])
def test_malformed_batches_are_refused(engine: Engine, change: Callable[[Any], None]) -> None:
    batch = pa.RecordBatch.from_pylist(CARTS)
    with pytest.raises(ValueError, match="malformed Arrow data"):
        engine.quote_columns(Liar(batch, "", change))


def test_a_wrong_number_of_a_dictionary(engine: Engine) -> None:
    words = pa.DictionaryArray.from_arrays(pa.array([0, 1, 2]), pa.array(["web"]), safe=False)
    batch = pa.RecordBatch.from_pylist(CARTS).append_column("channel", words)
    with pytest.raises(ValueError, match="column `channel`: malformed Arrow data"):
        engine.quote_columns(batch)


def test_a_null_word_is_a_null(engine: Engine) -> None:
    words = pa.DictionaryArray.from_arrays(pa.array([0, 1, 0]), pa.array(["web", None]))
    batch = pa.RecordBatch.from_pylist(CARTS).append_column("channel", words)
    assert engine.quote_columns(batch).refused_count == 0


def test_rows_that_are_null(engine: Engine) -> None:
    array = pa.RecordBatch.from_pylist(CARTS).to_struct_array()
    rows = pa.array([None, CARTS[1]], array.type)
    with pytest.raises(ValueError, match="rows are null as a whole"):
        engine.quote_columns(rows)


def test_a_source_that_fails(engine: Engine) -> None:
    batch = pa.RecordBatch.from_pylist(CARTS)

    def batches() -> Any:
        yield batch
        raise OSError("the disk is gone")

    reader = pa.RecordBatchReader.from_batches(batch.schema, batches())
    with pytest.raises(ValueError, match=r"the source of columns failed: .*the disk is gone"):
        engine.quote_columns(reader)


def test_a_source_that_was_read(engine: Engine) -> None:
    class Once:
        """A capsule that its owner keeps."""

        def __init__(self) -> None:
            self.capsule = pa.table(pa.RecordBatch.from_pylist(CARTS)).__arrow_c_stream__()

        def __arrow_c_stream__(self, requested_schema: object = None) -> object:
            return self.capsule

    source = Once()
    assert len(engine.quote_columns(source)) == 3
    with pytest.raises(ValueError, match="already read: pass a fresh one"):
        engine.quote_columns(source)


@pytest.mark.parametrize("source", [CARTS, CARTS[0], None, b"{}"], ids=type)
def test_what_is_no_columns(engine: Engine, source: Any) -> None:
    with pytest.raises(TypeError, match="quote_columns takes carts as Arrow columns"):
        engine.quote_columns(source)


def test_memory_goes_back_to_its_owner(engine: Engine) -> None:
    gc.collect()
    before = pa.total_allocated_bytes()
    table = pa.Table.from_batches([pa.RecordBatch.from_pylist(CARTS)] * 3)
    for text in (pa.string(), pa.dictionary(pa.int8(), pa.string())):
        table = table.append_column("channel", pa.array(["web"] * 9).cast(text))
        results = engine.quote_columns(table)
        table = table.drop_columns(["channel"])
    del table, text
    gc.collect()
    assert pa.total_allocated_bytes() == before
    assert len(records_of(results)) == 9


def test_memory_goes_back_after_an_error(engine: Engine) -> None:
    gc.collect()
    before = pa.total_allocated_bytes()
    batch = pa.RecordBatch.from_pylist(CARTS)
    wrong = batch.append_column("cupons", pa.array(["A"] * 3))
    for source in (wrong, wrong.to_struct_array()):
        with pytest.raises(TypeError, match="did you mean `coupons`"):
            engine.quote_columns(source)
    del batch, wrong, source
    gc.collect()
    assert pa.total_allocated_bytes() == before
