"""Demands in, a JsonLogic expression for each out."""

from collections.abc import Sequence
from typing import Any

from json_logic import jsonLogic

from .peer import Flags, Json, open_shelf
from .question import Demand, Shelf, Units

FORM = "one JsonLogic tree a promotion, applied one by one, dict in"


def var(name: str) -> Json:
    return {"var": name}


def stocks(units: Units) -> Json:
    """So many units of some names; a name that is not there counts 0."""
    counted = [{"var": [f"{units.goods}.{name}", 0]} for name in units.names]
    total = counted[0] if len(counted) == 1 else {"+": counted}
    return {">=": [total, units.quantity]}


def shows(field: str, names: Sequence[str]) -> Json:
    """A list that holds one of some texts."""
    parts = [{"in": [name, var(field)]} for name in names]
    return parts[0] if len(parts) == 1 else {"or": parts}


def say(demand: Demand) -> Json:
    """A demand as a tree; comparisons first, which is faster."""
    parts: list[Json] = []
    if demand.starts_at is not None:
        parts.append({">=": [var("now"), demand.starts_at]})
    if demand.ends_at is not None:
        parts.append({"<": [var("now"), demand.ends_at]})
    if demand.minimum_minor is not None:
        parts.append({">=": [var("subtotal"), demand.minimum_minor]})
    parts += [{"in": [var(word), list(values)]} for word, values in demand.words.items()]
    parts += [shows("codes", demand.codes)] if demand.codes else []
    parts += [shows("groups", names) for names in demand.groups]
    parts += [stocks(units) for units in demand.units]
    return {"and": parts or [True]}


class JsonLogicPeer(Flags):
    """JsonLogic by way of the package maykin-json-logic-py."""

    def __init__(self, demands: Sequence[Demand]) -> None:
        super().__init__(demands)
        self._trees = [say(demand) for demand in demands]

    def prepare(self, shelves: Sequence[Shelf]) -> Any:
        return [open_shelf(shelf) for shelf in shelves]

    def match(self, prepared: Any) -> Any:
        return [[jsonLogic(tree, shelf) for tree in self._trees] for shelf in prepared]
