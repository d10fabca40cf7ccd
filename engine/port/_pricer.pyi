from typing import Any, Generic, TypeVar, final

from ..plan.standing import Lookup, Standing
from ..printout import Span
from ._book import Book

class Receipt:
    _json: bytes | None
    _source: Any
    _home: Any
    _plain: Any
    _result: Any
    _explanation: Any
    _grand_minor: int
    _discount_minor: int
    @property
    def grand_total(self) -> int: ...
    @property
    def discount_total(self) -> int: ...
    @property
    def cart_id(self) -> str: ...

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
