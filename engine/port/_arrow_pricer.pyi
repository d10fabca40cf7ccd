from collections.abc import Callable, Mapping
from typing import Any, final

from ..cart.facts import FactsSource
from ..columns.schema import Bound
from ..quote.quote import Quote
from ._arrow_export import Part
from ._arrow_table import Table
from ._book import Book

@final
class RowPricer:
    def __init__(
        self,
        book: Book,
        quote: Callable[[dict[str, Any], FactsSource | None], Quote],
        is_plain: bool,
        others: tuple[str, ...],
    ) -> None: ...
    def price(
        self,
        table: Table,
        bound: Bound,
        first: int,
        last: int,
        facts: Mapping[str, FactsSource] | None,
    ) -> tuple[list[Part], list[tuple[int, int, int]]]: ...
