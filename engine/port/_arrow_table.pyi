from typing import final

from ..columns.field import Field
from ..columns.schema import Bound
from ._book import Book

TARGETS: dict[str, int]

@final
class Table:
    @property
    def row_count(self) -> int: ...

@final
class Source:
    def __init__(self, source: object) -> None: ...
    @property
    def field(self) -> Field: ...
    def next(self, bound: Bound, book: Book) -> Table | None: ...
