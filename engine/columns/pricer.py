"""Carts as columns in, their results as columns out, side by side if there are threads."""

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

from ..cart.facts import FactsSource
from ..port._arrow_export import Part
from ..port._arrow_pricer import RowPricer
from ..port._arrow_table import Source, Table
from ..port._book import Book
from ..quote.quote import Quote
from .results import Count, QuoteColumns
from .schema import Binder, Bound

ROWS_MAX = 65_536  # of one batch of results
ROWS_MIN = 256  # that are worth a thread's while
TURNS = 4  # ranges of a batch for each thread, so that none waits long for the others

PlainQuote = Callable[[dict[str, Any], FactsSource | None], Quote]
Answer = tuple[list[Part], list[Count]]
Task = tuple[Table, int, int]


class ColumnPricer:
    """Prices columns of carts under one rule set. Immutable, and safe to share between threads."""

    def __init__(
        self, book: Book, quote: PlainQuote, is_plain: bool, others: tuple[str, ...]
    ) -> None:
        """Know the rule set; `quote` prices one cart the plain way, or all with `is_plain`.

        `others` are the ids beside promotions that can take an amount, in the order of `takers`.
        """
        self._book = book
        self._binder = Binder(book.labels)
        self._rows = RowPricer(book, quote, is_plain, others)

    def price(
        self,
        source: object,
        facts: Mapping[str, FactsSource] | None = None,
        threads: int = 1,
    ) -> QuoteColumns:
        """Price all rows of a source of Arrow columns.

        Raises `TypeError` for columns that no cart has, and `ValueError` for a source that fails.
        """
        opened = Source(source)
        bound = self._binder.bind(opened.field)
        tasks = self._split(opened, bound, threads)
        parts: list[Part] = []
        counts: list[Count] = []
        for made, counted in self._work(tasks, bound, facts, threads):
            parts += made
            counts += counted
        return QuoteColumns(parts, counts)

    def _split(self, source: Source, bound: Bound, threads: int) -> Iterator[Task]:
        """Ranges of rows, batch by batch."""
        while (table := source.next(bound, self._book)) is not None:
            rows = table.row_count
            size = ROWS_MAX
            if threads > 1:
                size = min(ROWS_MAX, max(ROWS_MIN, -(-rows // (threads * TURNS))))
            for first in range(0, rows, size):
                yield table, first, min(rows, first + size)

    def _work(
        self,
        tasks: Iterator[Task],
        bound: Bound,
        facts: Mapping[str, FactsSource] | None,
        threads: int,
    ) -> Iterator[Answer]:
        """The answers to tasks, in their order; few tasks more than threads are begun."""
        if threads == 1:
            for table, first, last in tasks:
                yield self._rows.price(table, bound, first, last, facts)
            return
        with ThreadPoolExecutor(threads) as pool:
            waiting: list[Future[Answer]] = []
            for table, first, last in tasks:
                waiting.append(pool.submit(self._rows.price, table, bound, first, last, facts))
                if len(waiting) > 2 * threads:
                    yield waiting.pop(0).result()
            for each in waiting:
                yield each.result()
