"""Demands in, one ZEN expression that answers them all out."""

from collections.abc import Sequence
from typing import Any

import zen

from .peer import Flags, Tongue, open_shelf
from .question import Demand, Shelf, Units

FORM = "all promotions in one compiled expression that gives a list of booleans, dict in"


def stocks(units: Units) -> str:
    """So many units of some names; a name that is not there counts 0."""
    counted = " + ".join(f"({units.goods}['{name}'] ?? 0)" for name in units.names)
    return f"{counted} >= {units.quantity}"


TONGUE = Tongue(" and ", " or ", lambda field, text: f"'{text}' in {field}", stocks)


class ZenPeer(Flags):
    """zen-engine. One expression a promotion takes ten times as long: each call reads the dict."""

    def __init__(self, demands: Sequence[Demand]) -> None:
        super().__init__(demands)
        said = ",\n".join(TONGUE.say(demand) for demand in demands)
        self._expression = zen.compile_expression(f"[{said}]")

    def prepare(self, shelves: Sequence[Shelf]) -> Any:
        return [open_shelf(shelf) for shelf in shelves]

    def match(self, prepared: Any) -> Any:
        evaluate = self._expression.evaluate
        return [evaluate(context) for context in prepared]
