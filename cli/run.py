"""Rules, carts and facts in, one line or row a cart out: a quote, or why there is none."""

from collections import deque
from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, BinaryIO, Literal

import msgspec
from cyclopts import Parameter
from cyclopts.types import PositiveInt

from ..dsl.ruleset import Ruleset
from ..engine.cart.errors import CartError
from ..engine.engine import Engine
from ..engine.printout import Printout
from ..engine.quote.wording import count_of
from ..files import load
from ..partition import Pricer
from .blocks import Block, read_blocks
from .carts import number_lines, open_source, read_all, refuse_clashes
from .factbook import Factbook, open_factbook
from .failure import telling_of_interrupt
from .formats import Format, Formats, read_formats, refuse_misfits
from .output import STDOUT, Output, open_output
from .progress import Progress
from .status import CLEAN, FINDINGS
from .tally import Tally

if TYPE_CHECKING:
    from .lines import LinesAsColumns


def run(
    carts: Path,
    /,
    *,
    rules: Path,
    output: Annotated[Path, Parameter(name=["--output", "-o"])] = STDOUT,
    facts: Path | None = None,
    explain: Annotated[bool, Parameter(negative=())] = False,
    evaluator: Literal["kernel", "reference"] = "kernel",
    threads: PositiveInt = 1,
    workers: PositiveInt = 1,
    carts_format: Format | None = None,
    format: Format | None = None,
) -> int:
    """Price a file of carts, a JSON object a line or a row each, in order.

    A cart that cannot be read gives an error in its place, and exit status 1 at the end. Blank
    lines are skipped.

    Parameters
    ----------
    carts
        The carts: JSON Lines, Parquet or Arrow; `-` reads standard input.
    rules
        A rule file, or a folder of them.
    output
        Where the results go. A file is replaced only when all carts are done; `-` is standard
        output.
    facts
        What the store knows, JSON Lines, each with the id of its cart under `cart`, in any order.
    explain
        Add to each result why every promotion did or did not apply.
    evaluator
        Who prices: the compiled kernel, or the plain reference. Both give the same bytes.
    threads
        How many threads price side by side.
    workers
        How many processes share the row groups of Parquet, or the batches of an Arrow file.
    carts_format
        What the carts are; by default what their file's name ends in, or JSON Lines.
    format
        What the results are; by default what their file's name ends in, or JSON Lines.
    """
    formats = read_formats(carts, carts_format, output, format)
    refuse_misfits(formats, explain, workers)
    refuse_clashes(carts, facts, rules, output)
    order = Order(carts, formats, output, facts, explain, evaluator, threads, workers)
    return order.execute(load(rules))


@dataclass(frozen=True, slots=True)
class Order:
    """What a command line asks for, beside the rules."""

    carts: Path
    formats: Formats
    output: Path
    facts: Path | None
    explain: bool
    evaluator: Literal["kernel", "reference"]
    threads: int
    workers: int

    def execute(self, ruleset: Ruleset) -> int:
        """Price everything, say what it came to, and return the exit status."""
        tally = Tally()
        how_far = telling_of_interrupt(lambda: f"interrupted after {count_of(tally.carts, 'cart')}")
        with how_far, ExitStack() as stack:
            book = None if self.facts is None else stack.enter_context(open_factbook(self.facts))
            if self.formats.carts == "json":
                self.price_lines(stack, ruleset, tally, book)
            else:
                self.price_columns(stack, ruleset, tally, book)
            unused = 0 if book is None else book.count_unseen()
        tally.tell(ruleset, unused)
        return FINDINGS if tally.refused else CLEAN

    def price_lines(
        self, stack: ExitStack, ruleset: Ruleset, tally: Tally, book: Factbook | None
    ) -> None:
        """Price carts that come as JSON lines."""
        engine = Engine(ruleset, self.evaluator)
        source = stack.enter_context(open_source(self.carts))
        output: Output | LinesAsColumns = stack.enter_context(open_output(self.output))
        if not self.formats.are_lines:
            from .lines import open_columns  # what it needs is an extra

            assert isinstance(output, Output)
            output = stack.enter_context(open_columns(output, self.formats.results))
        is_lines = self.evaluator == "kernel" and not self.explain
        pricing = Pricing(tally, self.carts, source, output)
        pricing.price(engine, book, self.explain, is_lines, self.threads)

    def price_columns(
        self, stack: ExitStack, ruleset: Ruleset, tally: Tally, book: Factbook | None
    ) -> None:
        """Price carts that come as columns."""
        from .columns import Columns  # what it needs is an extra

        output = stack.enter_context(open_output(self.output))
        pricer = Pricer(ruleset, self.evaluator)
        columns = Columns(self.carts, self.formats, pricer, self.threads, self.workers)
        columns.price(output, tally, book)


class Asked(Mapping[str, bytes]):
    """Facts that note for which carts some were found; a thread may ask while another looks."""

    def __init__(self, book: Factbook) -> None:
        self._book = book
        self._names: deque[str] = deque()

    def __getitem__(self, cart: str) -> bytes:
        found = self._book[cart]
        self._names.append(cart)
        return found

    def __contains__(self, cart: object) -> bool:
        return cart in self._book

    def __iter__(self) -> Iterator[str]:
        return iter(self._book)

    def __len__(self) -> int:
        return len(self._book)

    def tell(self) -> None:
        """Tell the factbook which carts were asked for since the last time."""
        while self._names:
            self._book.see(self._names.popleft())


class Pricing:
    """Carts of one source priced to one output."""

    def __init__(
        self, tally: Tally, path: Path, source: BinaryIO, output: "Output | LinesAsColumns"
    ) -> None:
        self._tally = tally
        self._path = path
        self._source = source
        self._output = output
        # Lines are read some way ahead of their results: this is where each stood.
        self._numbers: deque[int] = deque()

    def price(
        self, engine: Engine, facts: Factbook | None, explain: bool, is_lines: bool, threads: int
    ) -> None:
        """Price everything, in order: block by block, or cart by cart."""
        with Progress(self._source, is_wanted=not self._output.is_terminal) as progress:
            if is_lines:
                self.price_blocks(engine, facts, threads, progress)
            else:
                self.price_carts(engine, facts, explain, threads, progress)

    def price_blocks(
        self, engine: Engine, facts: Factbook | None, threads: int, progress: Progress
    ) -> None:
        """Price many lines at once; with threads, blocks side by side."""
        asked = None if facts is None else Asked(facts)
        blocks = read_all(self._path, read_blocks(self._source))
        with ExitStack() as stack:
            printed: Iterator[tuple[Block, Printout]]
            if threads == 1:
                printed = ((block, engine.quote_lines(block.data, asked)) for block in blocks)
            else:
                pool = stack.enter_context(ThreadPoolExecutor(threads))
                printed = print_blocks(pool, engine, blocks, asked, 2 * threads)
            for block, printout in printed:
                for one in printout.refused:
                    self._tally.refuse(block.number + one.line - 1, one.error)
                    self._tally.carts += 1
                    if facts is not None:
                        facts.see(one.error.cart_id)
                if asked is not None:
                    asked.tell()
                self._tally.carts += printout.cart_count - len(printout.refused)
                self._tally.discount_minor += printout.discount_minor
                self._output.write_lines(printout.json)
                progress.read_bytes += len(block.data)
                progress.count(printout.cart_count)

    def price_carts(
        self,
        engine: Engine,
        facts: Factbook | None,
        explain: bool,
        threads: int,
        progress: Progress,
    ) -> None:
        """Price one cart after the other: what each takes in memory and time may be much."""
        tally, write = self._tally, self._output.write
        lines = self.number(progress)
        for answer in engine.quote_batch(lines, facts, explain=explain, threads=threads):
            number = self._numbers.popleft()
            if facts is not None:
                facts.see(answer.cart_id)
            if isinstance(answer, CartError):
                tally.refuse(number, answer)
                write(msgspec.json.encode(answer.as_record()))
            else:
                tally.discount_minor += answer.discount_total
                write(answer.to_json())
            tally.carts += 1
            progress.count()

    def number(self, progress: Progress) -> Iterator[bytes]:
        """The lines with a cart, their numbers noted."""
        for number, line in read_all(self._path, number_lines(self._source)):
            self._numbers.append(number)
            progress.read_bytes += len(line)
            yield line


def print_blocks(
    pool: ThreadPoolExecutor,
    engine: Engine,
    blocks: Iterator[Block],
    facts: Asked | None,
    ahead: int,
) -> Iterator[tuple[Block, Printout]]:
    """Price blocks side by side, so many ahead of what is taken; in order."""
    waiting: deque[tuple[Block, Future[Printout]]] = deque()
    for block in blocks:
        waiting.append((block, pool.submit(engine.quote_lines, block.data, facts)))
        if len(waiting) == ahead:
            first, future = waiting.popleft()
            yield first, future.result()
    for first, future in waiting:
        yield first, future.result()
