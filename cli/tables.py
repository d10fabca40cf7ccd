"""A Parquet or Arrow file in, its record batches out, part by part.

A part is what can be read without the rest: a row group of Parquet, a record batch of an Arrow
file. Each comes as batches of some thousands of rows: the results of a part are never all held.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pyarrow
from pyarrow import ipc, parquet

from .carts import STDIN, open_source
from .failure import Failure, unreadable
from .formats import Format

ROWS_MAX = 8_192  # rows of one batch
# Texts that many carts share are read as dictionaries, as Parquet keeps them: faster to read, and
# looked up once among the words of the rules.
SHARED = {
    *("currency", "channel", "location", "sku", "brand", "categories", "tags", "country", "region"),
    *("method", "groups", "segments", "tier"),
}
LAYERS = frozenset(("list", "element", "item", "bag", "array", "array_element"))  # of lists
MAGIC = b"ARROW1"  # in front of an Arrow file with an index; a stream begins otherwise

Batches = Iterator[pyarrow.RecordBatch]


@dataclass(frozen=True, slots=True)
class Table:
    """Carts in columns: where they are, and how many rows each part has.

    A stream has no parts that could be told before it is read: `row_counts` is None.
    """

    path: Path
    format: Format
    row_counts: tuple[int, ...] | None

    def read(self, part: int, columns: list[str] | None = None) -> Batches:
        """The rows of a part, all columns or some. Raises `Failure` for what cannot be read."""
        with guarded(self.path, self.format):
            yield from READERS[self.format](self.path, part, columns)

    def read_all(self) -> Batches:
        """All rows, in order; a stream on stdin can be read once."""
        if self.row_counts is not None:
            for part in range(len(self.row_counts)):
                yield from self.read(part)
            return
        with guarded(self.path, self.format), open_source(self.path) as file:
            for batch in ipc.open_stream(file):
                yield from slices_of(batch)


def open_table(path: Path, kind: Format) -> Table:
    """Look at a file. Raises `Failure` if it cannot be read."""
    if path == STDIN:
        return Table(path, kind, None)
    with guarded(path, kind):
        if kind == "parquet":
            return Table(path, kind, count_parquet(path))
        if is_file(path):
            return Table(path, kind, count_arrow(path))
        with path.open("rb") as file:
            ipc.open_stream(file)  # raises for what is neither
        return Table(path, kind, None)


@contextmanager
def guarded(path: Path, kind: Format) -> Iterator[None]:
    """Say in one sentence what is wrong with a file."""
    try:
        yield
    except pyarrow.ArrowException as error:
        reason = str(error).partition("\n")[0].strip()
        noun = "Parquet" if kind == "parquet" else "Arrow"
        raise Failure(f"cannot read `{path}` as {noun}: {reason}") from None
    except OSError as error:
        if error.errno is not None:
            raise unreadable(path, error) from None
        reason = str(error).partition("\n")[0].strip()
        raise Failure(f"cannot read `{path}`: {reason}") from None


def count_parquet(path: Path) -> tuple[int, ...]:
    """The rows of each row group."""
    with path.open("rb") as file:
        found = parquet.ParquetFile(file).metadata
        return tuple(found.row_group(part).num_rows for part in range(found.num_row_groups))


def read_parquet(path: Path, part: int, columns: list[str] | None) -> Batches:
    """The rows of a row group."""
    with path.open("rb") as file:
        found = parquet.read_metadata(file)
        shared = shared_in(found.schema)
        reader = parquet.ParquetFile(file, metadata=found, read_dictionary=shared)
        yield from reader.iter_batches(ROWS_MAX, row_groups=[part], columns=columns)


def shared_in(schema: parquet.ParquetSchema) -> list[str]:
    """The columns with texts that many carts share."""
    paths = [
        schema.column(number).path
        for number in range(len(schema.names))
        if schema.column(number).physical_type == "BYTE_ARRAY"
    ]
    return [path for path in paths if name_of(path) in SHARED]


def name_of(path: str) -> str:
    """The field that a column of Parquet is, without the layers of its list."""
    return [name for name in path.split(".") if name not in LAYERS][-1]


def is_file(path: Path) -> bool:
    """Whether Arrow has an index at its end, as a stream has not."""
    with path.open("rb") as file:
        return file.read(len(MAGIC)) == MAGIC


def count_arrow(path: Path) -> tuple[int, ...]:
    """The rows of each record batch."""
    with pyarrow.memory_map(str(path)) as source:
        reader = ipc.open_file(source)
        parts = range(reader.num_record_batches)
        return tuple(reader.get_batch(part).num_rows for part in parts)


def read_arrow(path: Path, part: int, columns: list[str] | None) -> Batches:
    """The rows of a record batch."""
    with pyarrow.memory_map(str(path)) as source:
        batch = ipc.open_file(source).get_batch(part)
        yield from slices_of(batch if columns is None else batch.select(columns))


def slices_of(batch: pyarrow.RecordBatch) -> Batches:
    """A batch as some that are not too long."""
    for start in range(0, batch.num_rows, ROWS_MAX):
        yield batch.slice(start, ROWS_MAX)


READERS: dict[Format, Callable[[Path, int, list[str] | None], Batches]] = {
    "parquet": read_parquet,
    "arrow": read_arrow,
}
