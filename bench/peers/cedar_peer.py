"""Demands in, a Cedar policy set that permits whatever matches out."""

import json
from collections.abc import Sequence
from typing import Any

import cedarpy

from .peer import Tongue, open_shelf
from .question import Demand, Shelf, Units

FORM = "a parsed policy set, one policy a promotion, a batch of requests with their context as JSON"
REQUEST = {"principal": 'Cart::"c"', "action": 'Action::"price"', "resource": 'Shop::"s"'}


def stocks(units: Units) -> str:
    """So many units of some names; a name that is not there counts 0."""
    goods = f"context.{units.goods}"
    if units.quantity == 1:
        found = " || ".join(f'{goods} has "{name}"' for name in units.names)
        return f"({found})"
    parts = (f'(if {goods} has "{name}" then {goods}["{name}"] else 0)' for name in units.names)
    return f"({' + '.join(parts)}) >= {units.quantity}"


TONGUE = Tongue(
    " && ",
    " || ",
    lambda field, text: f'context.{field}.contains("{text}")',
    stocks,
    field="context.{}",
)


class CedarPeer:
    """cedarpy. The reasons of the decision name every policy that holds."""

    def __init__(self, demands: Sequence[Demand]) -> None:
        self._ids = {f"policy{place}": demand.id for place, demand in enumerate(demands)}
        self._policies = cedarpy.PolicySet.from_str(
            "\n".join(
                f"permit(principal, action, resource) when {{ {TONGUE.say(demand)} }};"
                for demand in demands
            )
        )

    def prepare(self, shelves: Sequence[Shelf]) -> Any:
        return [{**REQUEST, "context": json.dumps(open_shelf(shelf))} for shelf in shelves]

    def match(self, prepared: Any) -> Any:
        return cedarpy.is_authorized_batch(prepared, self._policies, "[]")

    def read(self, answer: Any) -> list[list[str]]:
        for one in answer:
            assert not one.diagnostics.errors, one.diagnostics.errors[:3]
        return [sorted(self._ids[name] for name in one.diagnostics.reasons) for one in answer]
