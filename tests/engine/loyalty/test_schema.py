"""The schemas that are published: they are those of the structs, and say what every field is."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from msgspec import Struct

from tallystick.engine.loyalty.events import EXTERNAL, MAY, NAMED, Event
from tallystick.engine.loyalty.history import Entry, History
from tallystick.engine.loyalty.orders import Order, Referral, Refund, RefundLine, Return
from tallystick.engine.loyalty.schema import event_schema, history_schema, refund_schema

DOCS = Path(__file__).resolve().parents[3] / "docs"
SCHEMAS = {"event": event_schema(), "refund": refund_schema(), "history": history_schema()}


@pytest.mark.parametrize("name", SCHEMAS)
def test_published_schema_is_the_one_of_the_structs(name: str, is_update: bool) -> None:
    path = DOCS / f"{name}.schema.json"
    written = json.dumps(SCHEMAS[name], indent=2) + "\n"
    if is_update:
        path.write_text(written, encoding="utf-8")
    assert path.read_text(encoding="utf-8") == written


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("event", Event),
        ("refund", Return),
        ("refund", Order),
        ("refund", Refund),
        ("refund", RefundLine),
        ("refund", Referral),
        ("history", History),
        ("history", Entry),
    ],
)
def test_published_schema_describes_every_field(name: str, kind: type[Struct]) -> None:
    schema: Any = SCHEMAS[name]
    part = schema["$defs"].get(kind.__name__, schema)
    assert set(part["properties"]) == set(kind.__struct_fields__)
    assert all(field["description"] for field in part["properties"].values())


def test_facts_of_an_order_are_facts() -> None:
    for name in ("event", "refund"):
        order = SCHEMAS[name]["$defs"]["Order"]["properties"]
        assert order["facts"]["anyOf"][0] == {"$ref": "#/$defs/Facts"}
        assert "uses" in SCHEMAS[name]["$defs"]["Facts"]["properties"]


def test_the_schema_names_every_event() -> None:
    assert set(NAMED) | {EXTERNAL} == set(MAY)
    named, own = SCHEMAS["event"]["properties"]["event"]["anyOf"]
    assert named["enum"] == NAMED
    assert re.search(own["pattern"], "external.erp")
    assert not any(re.search(own["pattern"], it) for it in ("external.", "my.external.erp"))
