"""Demands in, one CEL program that answers them all out."""

from collections.abc import Sequence
from typing import Any

import cel

from .peer import Flags, Tongue, open_shelf
from .question import Demand, Shelf, Units

FORM = "all promotions in one compiled program that gives a list of booleans, dict in"


def stocks(units: Units) -> str:
    """So many units of some names; a name that is not there counts 0."""
    goods = units.goods
    if units.quantity == 1:
        found = " || ".join(f"'{name}' in {goods}" for name in units.names)
        return f"({found})"
    counted = " + ".join(f"('{name}' in {goods} ? {goods}['{name}'] : 0)" for name in units.names)
    return f"({counted}) >= {units.quantity}"


TONGUE = Tongue(" && ", " || ", lambda field, text: f"'{text}' in {field}", stocks)


class CelPeer(Flags):
    """CEL by way of the package common-expression-language, which is written in Rust."""

    def __init__(self, demands: Sequence[Demand]) -> None:
        super().__init__(demands)
        said = ",\n".join(TONGUE.say(demand) for demand in demands)
        self._program = cel.compile(f"[{said}]")

    def prepare(self, shelves: Sequence[Shelf]) -> Any:
        return [open_shelf(shelf) for shelf in shelves]

    def match(self, prepared: Any) -> Any:
        execute = self._program.execute
        return [execute(context) for context in prepared]
