"""The structs of carts and facts in, JSON Schema for those who send them out."""

from typing import Any

import msgspec
from msgspec import Struct

from .cart import Cart
from .facts import Facts

DIALECT = "https://json-schema.org/draft/2020-12/schema"
NULL = {"type": "null"}


def cart_schema() -> dict[str, Any]:
    """JSON Schema (2020-12) of a cart, as `docs/cart.schema.json` has it.

    What takes more than one field (ids that differ, the rule set's currency, the limit on the
    gross) no schema can say; the engine checks it all the same.
    """
    return schema_of(Cart)


def facts_schema() -> dict[str, Any]:
    """JSON Schema (2020-12) of facts, as `docs/facts.schema.json` has it."""
    return schema_of(Facts)


def schema_of(kind: type[Struct], *others: type[Struct]) -> dict[str, Any]:
    """A schema without what says nothing (absent is the default of every optional field).

    `others` are described beside it, for fields that say nothing of what they hold.
    """
    kinds = [kind, *others]
    _, definitions = msgspec.json.schema_components(kinds, ref_template="#/$defs/{name}")
    for definition in definitions.values():
        for each in definition["properties"].values():
            each.pop("default", None)
            for form in (each, *each.get("anyOf", ())):
                form.pop("uniqueItems", None)  # a set may be sent with repeats
    if "Facts" in definitions:
        members = definitions["Facts"]["properties"]["members"]["anyOf"][0]
        # No member of a program may be said in words; facts once read have only members.
        members["additionalProperties"] = {"anyOf": [members["additionalProperties"], NULL]}
    whole = definitions.pop(kind.__name__)
    return {"$schema": DIALECT, **whole, "$defs": definitions}
