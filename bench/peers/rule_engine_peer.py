"""Demands in, a rule of the package rule-engine for each out."""

import json
from collections.abc import Sequence
from typing import Any

import rule_engine

from .peer import Flags, Tongue, open_shelf
from .question import Demand, Shelf, Units

FORM = "one parsed rule a promotion, matched one by one, dict in"


def stocks(units: Units) -> str:
    """So many units of some names; a name that is not there counts 0."""
    goods = units.goods
    names = json.dumps(list(units.names))
    if units.quantity == 1:
        if len(units.names) == 1:
            return f"{names[1:-1]} in {goods}_there"
        return f"{goods}_there & {{{names[1:-1]}}}"
    if len(units.names) == 1:
        name = names[1:-1]
        return f"{name} in {goods}_there and {goods}[{name}] >= {units.quantity}"
    return f"$sum([{goods}[name] for name in {names} if name in {goods}_there]) >= {units.quantity}"


TONGUE = Tongue(" and ", " or ", lambda field, text: f"'{text}' in {field}", stocks)


class RuleEnginePeer(Flags):
    """rule-engine."""

    def __init__(self, demands: Sequence[Demand]) -> None:
        super().__init__(demands)
        context = rule_engine.Context(resolver=rule_engine.resolve_item)
        self._rules = [rule_engine.Rule(TONGUE.say(demand), context) for demand in demands]

    def prepare(self, shelves: Sequence[Shelf]) -> Any:
        return [
            open_shelf(shelf)
            | {f"{goods}_there": set(names) for goods, names in shelf.units.items()}
            for shelf in shelves
        ]

    def match(self, prepared: Any) -> Any:
        return [[rule.matches(shelf) for rule in self._rules] for shelf in prepared]
