"""Carts as columns in, their results as columns out, side by side if there are threads."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from ..cart.facts import FactsSource
from ..crew import Crew
from ..port._arrow_export import Part
from ..port._arrow_pricer import RowPricer
from ..port._arrow_table import Source, Table
from ..port._book import Book
from ..quote.quote import Quote
from .results import Count, QuoteColumns
from .schema import Binder, Bound

ROWS_MAX = 65_536  # of one batch of results
ROWS_MIN = 256  # that are worth a thread's while

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

        def work(task: Task) -> Answer:
            return self._rows.price(task[0], bound, task[1], task[2], facts)

        answers = Crew(tasks, work, threads).run()
        return QuoteColumns(
            [part for parts, _ in answers for part in parts],
            [count for _, counts in answers for count in counts],
        )

    def _split(self, source: Source, bound: Bound, threads: int) -> Iterator[Task]:
        """Ranges of rows, batch by batch."""
        while (table := source.next(bound, self._book)) is not None:
            first, last = 0, table.row_count
            while first < last:
                size = ROWS_MAX
                if threads > 1:
                    # Less and less, so that nobody waits long for who has the last one.
                    size = min(ROWS_MAX, max(ROWS_MIN, -(-(last - first) // (threads * 2))))
                yield table, first, min(last, first + size)
                first += size
