from typing import Any, Generic, TypeVar, final

from ..plan.standing import Lookup, Standing
from ..printout import Span
from ._book import Book
from ._receipt import Receipt

Kind = TypeVar("Kind", bound=Receipt)

@final
class Pricer(Generic[Kind]):
    def __init__(self, book: Book, kind: type[Kind], home: object) -> None: ...
    def pool_symbols(self) -> dict[str, int]: ...
    def quote(self, source: object, standing: Standing | None = None) -> Kind | None: ...
    def quote_many(self, sources: list[Any], lookup: Lookup | None = None) -> list[Kind | None]: ...
    def price_lines(
        self,
        data: bytes,
        first: int,
        last: int,
        lookup: Lookup | None = None,
    ) -> tuple[bytes, int, int, int, list[Span]]: ...
