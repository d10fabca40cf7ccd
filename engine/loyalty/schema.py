"""The structs of events, refunds and histories in, JSON Schema for those who send them out."""

from typing import Any

from ..cart.facts import Facts
from ..cart.schema import schema_of
from .events import Event
from .history import History
from .orders import Return

FACTS = {"$ref": "#/$defs/Facts"}


def event_schema() -> dict[str, Any]:
    """JSON Schema (2020-12) of an event, as `docs/event.schema.json` has it.

    Which fields belong to which event it does not say; the engine checks it all the same.
    """
    return with_facts(schema_of(Event, Facts))


def refund_schema() -> dict[str, Any]:
    """JSON Schema (2020-12) of an order and its refund, as `docs/refund.schema.json` has it."""
    return with_facts(schema_of(Return, Facts))


def history_schema() -> dict[str, Any]:
    """JSON Schema (2020-12) of a history, as `docs/history.schema.json` has it."""
    return schema_of(History)


def with_facts(schema: dict[str, Any]) -> dict[str, Any]:
    """A schema in which the facts of an order are facts: they are read with it, not before."""
    facts = schema["$defs"]["Order"]["properties"]["facts"]
    facts["anyOf"] = [FACTS, {"type": "null"}]
    return schema
