"""Batches of results in, a file of one format out."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any, BinaryIO, Protocol

import pyarrow
from pyarrow import ipc, parquet

from ..records import lines_of
from .output import Output

GROUP_ROWS = 65_536  # rows of a row group of Parquet, whatever the batches


class Sink(Protocol):
    """Where results go."""

    def write(self, batch: pyarrow.RecordBatch) -> None:
        """Write some results; they may wait for others."""

    def close(self) -> None:
        """Write the rest, and what ends a file."""

    def abandon(self) -> None:
        """Leave it as it is: the results are not all there, and must not look as if."""


class LinesSink:
    """Results as JSON lines."""

    def __init__(self, output: Output) -> None:
        self._output = output

    def write(self, batch: pyarrow.RecordBatch) -> None:
        """Write a line for each result."""
        for line in lines_of(batch):
            self._output.write(line)

    def close(self) -> None:
        """Write the lines that wait."""
        self._output.flush()

    def abandon(self) -> None:
        """Leave the end out."""


class ArrowSink:
    """Results as record batches, as they come."""

    def __init__(self, writer: Any) -> None:
        self._writer = writer

    def write(self, batch: pyarrow.RecordBatch) -> None:
        """Write one batch."""
        self._writer.write_batch(batch)

    def close(self) -> None:
        """Write the end."""
        self._writer.close()

    def abandon(self) -> None:
        """Leave the end out."""


class ParquetSink:
    """Results as row groups of one size."""

    def __init__(self, file: BinaryIO, schema: pyarrow.Schema) -> None:
        self._writer = parquet.ParquetWriter(file, schema)
        self._waiting: list[pyarrow.RecordBatch] = []
        self._row_count = 0

    def write(self, batch: pyarrow.RecordBatch) -> None:
        """Keep a batch until a row group is full."""
        while batch.num_rows:
            part = batch.slice(0, GROUP_ROWS - self._row_count)
            batch = batch.slice(part.num_rows)
            self._waiting.append(part)
            self._row_count += part.num_rows
            if self._row_count == GROUP_ROWS:
                self._flush()

    def close(self) -> None:
        """Write the last row group and the index."""
        self._flush()
        self._writer.close()

    def abandon(self) -> None:
        """End a file that is not to be kept: its writer would do so later, when it is gone."""
        with suppress(Exception):
            self._writer.close()

    def _flush(self) -> None:
        """Write the batches that wait."""
        if self._waiting:
            table = pyarrow.Table.from_batches(self._waiting)
            self._waiting.clear()
            self._row_count = 0
            self._writer.write_table(table, row_group_size=GROUP_ROWS)


@contextmanager
def open_sink(output: Output, form: str, schema: pyarrow.Schema) -> Iterator[Sink]:
    """The sink of a form: `json`, `parquet`, `arrow` or `stream`."""
    sink: Sink
    if form == "json":
        sink = LinesSink(output)
    elif form == "parquet":
        sink = ParquetSink(output.file, schema)
    else:
        start = ipc.new_stream if form == "stream" else ipc.new_file
        sink = ArrowSink(start(output.file, schema))
    try:
        yield sink
    except BaseException:
        sink.abandon()
        raise
    sink.close()
