"""Demands in, Polars joins that match a whole batch of carts out."""

from collections.abc import Sequence
from typing import Any

import polars as pl

from .question import Demand, Shelf
from .tables import WORDS, carts_of, read_pairs, tables_of, tokens_on

FORM = "all carts at once: one lazy query of joins over tokens, one thread"


class PolarsPeer:
    """Polars."""

    def __init__(self, demands: Sequence[Demand]) -> None:
        self._ids = [demand.id for demand in demands]
        self._tables = tables_of(demands)
        self._rules = pl.DataFrame(self._tables.rules)
        self._keys = pl.DataFrame(self._tables.keys, schema={"token": pl.String, "rule": pl.Int64})
        self._open = pl.DataFrame(self._tables.open, schema={"rule": pl.Int64})
        self._needs = pl.DataFrame(self._tables.needs).lazy()

    def prepare(self, shelves: Sequence[Shelf]) -> Any:
        carts = pl.DataFrame(carts_of(self._tables, shelves))
        return carts.lazy(), pl.DataFrame(tokens_on(shelves)).lazy()

    def match(self, prepared: Any) -> Any:
        carts, tokens = prepared
        found = tokens.join(self._keys.lazy(), on="token").select("cart", "rule").unique()
        everywhere = carts.select("cart").join(self._open.lazy(), how="cross")
        fitting = (
            pl.concat([found, everywhere])
            .join(self._rules.lazy(), on="rule")
            .join(carts, on="cart")
            .filter(
                (pl.col("starts_at") <= pl.col("now"))
                & (pl.col("now") < pl.col("ends_at"))
                & (pl.col("minimum") <= pl.col("subtotal")),
                *((pl.col(word) & pl.col(f"cart_{word}")) != 0 for word in WORDS),
            )
            .select("cart", "rule", "clauses")
        )
        met = (
            fitting.join(self._needs, on="rule")
            .join(tokens, on=["cart", "token"])
            .group_by("cart", "rule", "clause")
            .agg(pl.col("units").sum(), pl.col("quantity", "clauses").first())
            .filter(pl.col("units") >= pl.col("quantity"))
            .group_by("cart", "rule")
            .agg(pl.len().alias("met"), pl.col("clauses").first())
            .filter(pl.col("met") == pl.col("clauses"))
        )
        free = fitting.filter(pl.col("clauses") == 0).select("cart", "rule")
        matched = pl.concat([met.select("cart", "rule"), free]).collect()
        return carts.select(pl.len()).collect().item(), matched

    def read(self, answer: Any) -> list[list[str]]:
        carts, matched = answer
        return read_pairs(self._ids, carts, matched.rows())
