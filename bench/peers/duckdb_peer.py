"""Demands in, one DuckDB query that matches a whole batch of carts out."""

from collections.abc import Sequence
from typing import Any

import duckdb
import pyarrow

from .question import Demand, Shelf
from .tables import WORDS, carts_of, read_pairs, tables_of, tokens_on

FORM = "all carts at once: one prepared query of joins over tokens, one thread"
FITS = " and ".join(f"(rules.{word} & carts.cart_{word}) <> 0" for word in WORDS)
QUERY = f"""
with found as (
    select distinct cart, rule from tokens join keys using (token)
    union all select cart, rule from carts cross join open_rules
), fitting as (
    select found.cart, found.rule, rules.clauses
    from found join rules using (rule) join carts using (cart)
    where starts_at <= now and now < ends_at and minimum <= subtotal and {FITS}
), met as (
    select cart, rule, clause, any_value(clauses) as clauses
    from fitting join needs using (rule) join tokens using (cart, token)
    group by cart, rule, clause having sum(units) >= any_value(quantity)
)
select cart, rule from met group by cart, rule having count(*) = any_value(clauses)
union all select cart, rule from fitting where clauses = 0
"""


class DuckDBPeer:
    """DuckDB, in memory."""

    def __init__(self, demands: Sequence[Demand]) -> None:
        self._ids = [demand.id for demand in demands]
        self._tables = tables_of(demands)
        self._base = duckdb.connect(":memory:", config={"threads": 1})
        self._load("rules", self._tables.rules)
        self._load("keys", self._tables.keys)
        self._load("open_rules", self._tables.open)
        self._load("needs", self._tables.needs)

    def _load(self, name: str, columns: dict[str, list[Any]]) -> None:
        """Columns as a table of the database."""
        kinds = {"token": pyarrow.string()}
        schema = pyarrow.schema([(key, kinds.get(key, pyarrow.int64())) for key in columns])
        self._base.register("incoming", pyarrow.table(columns, schema=schema))
        self._base.execute(f"create or replace table {name} as select * from incoming")
        self._base.unregister("incoming")

    def prepare(self, shelves: Sequence[Shelf]) -> Any:
        self._load("carts", carts_of(self._tables, shelves))
        self._load("tokens", tokens_on(shelves))
        return len(shelves)

    def match(self, prepared: Any) -> Any:
        return prepared, self._base.execute(QUERY).fetchnumpy()

    def read(self, answer: Any) -> list[list[str]]:
        carts, columns = answer
        pairs = list(zip(columns["cart"].tolist(), columns["rule"].tolist(), strict=True))
        return read_pairs(self._ids, carts, pairs)
