"""Demands in, the face that every peer shows to its timer out."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from .question import Demand, Shelf, Units

Json = dict[str, Any]


class Peer(Protocol):
    """An engine with a set of demands in it, in the fastest form found for it."""

    def prepare(self, shelves: Sequence[Shelf]) -> Any:
        """The carts in the form that this engine likes best. Not timed."""

    def match(self, prepared: Any) -> Any:
        """What matches, in the form the engine gives it. Timed."""

    def read(self, answer: Any) -> list[list[str]]:
        """The ids that matched each cart, sorted. Not timed."""


@dataclass(frozen=True, slots=True)
class Entrant:
    """A peer in the race. `form` says which of its forms was the fastest."""

    name: str
    form: str
    enter: Callable[[Sequence[Demand]], Peer]
    carts: Mapping[int, int]  # promotions, carts to match; sizes not named take too long


def open_shelf(shelf: Shelf) -> Json:
    """A shelf as JSON-like data with short names, for engines that evaluate expressions."""
    return {
        "now": shelf.now,
        "subtotal": shelf.subtotal_minor,
        "groups": list(shelf.groups),
        "codes": list(shelf.codes),
        **shelf.words,
        **{goods: dict(counted) for goods, counted in shelf.units.items()},
    }


@dataclass(frozen=True, slots=True)
class Tongue:
    """How a language of expressions says the parts of a demand."""

    both: str  # between two that must hold
    either: str
    shows: Callable[[str, str], str]  # a list holds a text
    stocks: Callable[[Units], str]
    field: str = "{}"

    def phrase(self, demand: Demand) -> list[str]:
        """A demand as expressions that must all hold, comparisons first: faster for all."""
        looked_up = [self.any_of(self.shows("codes", code) for code in demand.codes)]
        looked_up += [self.stocks(units) for units in demand.units]
        for names in demand.groups:
            looked_up.append(self.any_of(self.shows("groups", name) for name in names))
        compared = []
        for word, values in demand.words.items():
            name = self.field.format(word)
            compared.append(self.any_of(f"{name} == {json.dumps(value)}" for value in values))
        now, subtotal = self.field.format("now"), self.field.format("subtotal")
        if demand.starts_at is not None:
            compared.append(f"{now} >= {demand.starts_at}")
        if demand.ends_at is not None:
            compared.append(f"{now} < {demand.ends_at}")
        if demand.minimum_minor is not None:
            compared.append(f"{subtotal} >= {demand.minimum_minor}")
        return [part for part in compared + looked_up if part]

    def any_of(self, parts: Any) -> str:
        """Expressions of which one must hold; nothing for none."""
        found = list(parts)
        return found[0] if len(found) == 1 else f"({self.either.join(found)})" if found else ""

    def say(self, demand: Demand) -> str:
        """A demand as one expression."""
        return self.both.join(self.phrase(demand)) or "true"


class Flags:
    """What peers share whose answer is one truth value a demand."""

    def __init__(self, demands: Sequence[Demand]) -> None:
        self.ids = [demand.id for demand in demands]

    def read(self, answer: Sequence[Sequence[bool]]) -> list[list[str]]:
        """The ids whose flag is up."""
        return [[id_ for id_, is_up in zip(self.ids, row, strict=True) if is_up] for row in answer]
