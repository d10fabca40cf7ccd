"""Demands in, our own engine with a gift for each out, by three of its doors."""

from collections.abc import Sequence
from typing import Any

import msgspec
import pyarrow as pa

from bench.arrow import table_of
from bench.faces import join_lines, price_lines
from tallystick import Engine, load_text

from .question import Demand, Shelf, print_rules

DICTS_FORM = "one cart at a time, `engine.quote(cart).to_dict()`: dict in, the whole result out"
LINES_FORM = "all carts in a block of JSON lines, result lines out"
COLUMNS_FORM = "all carts as Arrow columns, results as columns out"


def engine_of(demands: Sequence[Demand]) -> Engine:
    """An engine that answers the question."""
    return Engine(load_text(print_rules(demands)))


def applied_ids(results: Sequence[Any]) -> list[list[str]]:
    """The ids of results as dicts."""
    return [sorted(one["id"] for one in found["applied_promotions"]) for found in results]


class DictsPeer:
    """Tallystick, a dict at a time."""

    def __init__(self, demands: Sequence[Demand]) -> None:
        self._engine = engine_of(demands)

    def prepare(self, shelves: Sequence[Shelf]) -> Any:
        return [dict(shelf.cart) for shelf in shelves]

    def match(self, prepared: Any) -> Any:
        quote = self._engine.quote
        return [quote(cart).to_dict() for cart in prepared]

    def read(self, answer: Any) -> list[list[str]]:
        return applied_ids(answer)


class LinesPeer:
    """Tallystick, JSON lines."""

    def __init__(self, demands: Sequence[Demand]) -> None:
        self._engine = engine_of(demands)

    def prepare(self, shelves: Sequence[Shelf]) -> Any:
        return join_lines([msgspec.json.encode(shelf.cart) for shelf in shelves])

    def match(self, prepared: Any) -> Any:
        return price_lines(self._engine, prepared)

    def read(self, answer: Any) -> list[list[str]]:
        return applied_ids([msgspec.json.decode(line) for line in answer.splitlines()])


class ColumnsPeer:
    """Tallystick, columns."""

    def __init__(self, demands: Sequence[Demand]) -> None:
        self._engine = engine_of(demands)

    def prepare(self, shelves: Sequence[Shelf]) -> Any:
        return table_of([dict(shelf.cart) for shelf in shelves])

    def match(self, prepared: Any) -> Any:
        return self._engine.quote_columns(prepared)

    def read(self, answer: Any) -> list[list[str]]:
        return applied_ids(pa.table(answer).to_pylist())
