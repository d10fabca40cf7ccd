"""Carts in columns in, results out in any form: how `tally run` prices Parquet and Arrow.

One process prices batch by batch and writes as it goes. With workers each part of the input is
priced by one of them into a file of its own, in a temporary folder, which the parent adds to the
output when it is due: nothing large goes through a pipe, no process holds more than some batches,
and the output is the same, byte for byte.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pyarrow
from pyarrow import compute, ipc

from ..engine.cart.errors import CartError
from ..partition import Pricer
from .blocks import read_blocks
from .carts import open_source
from .crew import Crew
from .factbook import Factbook
from .failure import Failure, unwritable
from .formats import Formats
from .output import Output
from .progress import Progress
from .sinks import open_sink
from .tables import Batches, Table, open_table
from .tally import REFUSED_SHOWN, Tally

Facts = Mapping[str, bytes]
Step = Callable[[int], None]  # is told how many carts more are done


@dataclass(slots=True)
class Account:
    """What some results come to: the refused among them by row, from 0, the first few."""

    cart_count: int = 0
    refused_count: int = 0
    discount_minor: int = 0
    refused: list[tuple[int, CartError]] = field(default_factory=list)

    def add(self, results: pyarrow.RecordBatch) -> None:
        """Count a batch of results."""
        errors = results.column("error")
        room = REFUSED_SHOWN - len(self.refused)
        for row in compute.indices_nonzero(errors.is_valid())[:room].to_pylist():
            error = CartError(**errors[row].as_py(), cart_id=results.column("cart")[row].as_py())
            self.refused.append((self.cart_count + row, error))
        self.cart_count += results.num_rows
        self.refused_count += results.num_rows - errors.null_count
        self.discount_minor += compute.sum(results.column("discount_total")).as_py() or 0

    def enter(self, tally: Tally) -> None:
        """Add everything to the tally of the run."""
        for row, error in self.refused:
            tally.refuse(tally.carts + row + 1, error)
        tally.refused += self.refused_count - len(self.refused)
        tally.carts += self.cart_count
        tally.discount_minor += self.discount_minor


@dataclass(frozen=True, slots=True)
class Job:
    """A part to be priced, with the facts of its carts."""

    part: int
    facts: Facts | None


@dataclass(frozen=True, slots=True)
class Work:
    """All that a process needs to price parts; called in a worker, what does the jobs."""

    table: Table
    pricer: Pricer
    threads: int
    form: str  # of the output, as `open_sink` knows it
    folder: Path | None = None  # where parts are written

    def __call__(self) -> Callable[[Job], Account]:
        return self.write_part

    def price(self, batches: Batches, facts: Facts | None) -> Batches:
        """The results of batches. Raises `Failure` for columns that do not hold carts."""
        for batch in batches:
            try:
                yield from self.pricer.price(batch, facts, threads=self.threads)
            except (TypeError, ValueError) as error:
                raise Failure(f"`{self.table.path}`: {error}") from None

    def path_of(self, part: int) -> Path:
        """The file of a part."""
        assert self.folder is not None
        return self.folder / str(part)

    def write_part(self, job: Job) -> Account:
        """Price a part into its file: lines if lines are wanted in the end, a stream otherwise."""
        account = Account()
        form = "json" if self.form == "json" else "stream"
        path = self.path_of(job.part)
        try:
            with path.open("xb") as file, open_sink(Output(file), form, self.schema) as sink:
                for results in self.price(self.table.read(job.part), job.facts):
                    account.add(results)
                    sink.write(results)
        except OSError as error:
            raise unwritable(path, error) from None
        return account

    @property
    def schema(self) -> pyarrow.Schema:
        """What results are."""
        return self.pricer.schema


@dataclass(frozen=True, slots=True)
class Columns:
    """A file of columns, and how its carts are priced."""

    path: Path
    formats: Formats
    pricer: Pricer
    threads: int
    workers: int

    def price(self, output: Output, tally: Tally, book: Factbook | None) -> None:
        """Price everything, in order, with so many worker processes, or in this one for 1."""
        tally.place = "row"
        table = open_table(self.path, self.formats.carts)
        work = Work(table, self.pricer, self.threads, self.formats.results)
        is_wanted = not output.is_terminal
        with open_source(self.path) as source, Progress(source, is_wanted=is_wanted) as progress:
            step = follow_rows(progress, table)
            if self.workers == 1:
                price_here(work, output, tally, book, step)
                return
            with TemporaryDirectory(prefix="tally-") as folder:
                work = replace(work, folder=Path(folder))
                price_side_by_side(work, output, tally, book, self.workers, step)


def follow_rows(progress: Progress, table: Table) -> Step:
    """Moves the bar by rows: each is its share of the file's bytes."""
    row_count = sum(table.row_counts or ())
    size_bytes = progress.total_bytes or 0

    def step(carts: int) -> None:
        if row_count:
            progress.read_bytes = size_bytes * (progress.cart_count + carts) // row_count
        progress.count(carts)

    return step


def price_here(work: Work, output: Output, tally: Tally, book: Factbook | None, step: Step) -> None:
    """Price everything in this process."""
    with open_sink(output, work.form, work.schema) as sink:
        for results in work.price(noted(work.table.read_all(), book), book):
            account = Account()
            account.add(results)
            sink.write(results)
            account.enter(tally)
            step(account.cart_count)


def noted(batches: Batches, book: Factbook | None) -> Batches:
    """The same batches; the facts learn which carts are there."""
    for batch in batches:
        if book is not None:
            for cart in ids_in(batch):
                book.see(cart)
        yield batch


def ids_in(batch: pyarrow.RecordBatch) -> Iterator[str]:
    """The ids of carts that have one."""
    if "id" in batch.schema.names:
        yield from (one for one in batch.column("id").to_pylist() if isinstance(one, str))


def price_side_by_side(
    work: Work, output: Output, tally: Tally, book: Factbook | None, workers: int, step: Step
) -> None:
    """Let workers price the parts, and put these together."""
    if work.table.row_counts is None:
        raise Failure(
            f"`{work.table.path}` is an Arrow stream, which one process reads: "
            "leave --workers out, or write it as a file"
        )
    parts = range(len(work.table.row_counts))
    jobs = (Job(part, facts_of(work.table, part, book)) for part in parts)
    with open_sink(output, work.form, work.schema) as sink:
        crew: Crew[Job, Account] = Crew(work, min(workers, max(1, len(parts))))
        with crew:
            for part, account in enumerate(crew.work(jobs)):
                path = work.path_of(part)
                if work.form == "json":
                    with path.open("rb") as file:
                        for block in read_blocks(file):
                            output.write_lines(block.data)
                else:
                    with pyarrow.memory_map(str(path)) as file:
                        for results in ipc.open_stream(file):
                            sink.write(results)
                path.unlink()
                account.enter(tally)
                step(account.cart_count)


def facts_of(table: Table, part: int, book: Factbook | None) -> Facts | None:
    """The facts of the carts of a part: a worker gets these and no others."""
    if book is None:
        return None
    facts: dict[str, bytes] = {}
    for batch in table.read(part, ["id"]):
        for cart in ids_in(batch):
            if cart in book:
                facts[cart] = book[cart]
                book.see(cart)
    return facts
