"""Finished parts of results in, one object out that anything reads as Arrow columns."""

from collections.abc import Sequence

from ..port._arrow_export import Part, schema_capsule, stream_capsule

Count = tuple[int, int, int]  # rows, refused ones among them, discounts in minor units


class QuoteColumns:
    """The results of some carts, a row a cart, in the order of the carts.

    Whatever takes `__arrow_c_stream__` reads them, any number of times and without a copy:
    `pyarrow.table(results)`, `polars.DataFrame(results)`, DuckDB's `from results`.
    """

    __slots__ = ("_counts", "_parts")

    def __init__(self, parts: Sequence[Part], counts: Sequence[Count]) -> None:
        self._parts = list(parts)
        self._counts = tuple(counts)

    def __len__(self) -> int:
        return sum(rows for rows, _, _ in self._counts)

    @property
    def refused_count(self) -> int:
        """Carts that were refused: their rows have an `error` and nothing but it and their id."""
        return sum(refused for _, refused, _ in self._counts)

    @property
    def discount_total(self) -> int:
        """What came off the lines and shipments of all carts, in minor units."""
        return sum(discount for _, _, discount in self._counts)

    def __arrow_c_schema__(self) -> object:
        """The schema of the results, in a capsule."""
        return schema_capsule()

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        """A new stream of the results, in a capsule; another schema than theirs is not made."""
        return stream_capsule(self._parts)

    def __repr__(self) -> str:
        return f"<QuoteColumns of {len(self)} carts, {self.refused_count} refused>"
