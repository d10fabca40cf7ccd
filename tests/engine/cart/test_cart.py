"""Carts as Python objects, and the schema that tells others how to send them."""

import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from msgspec import Struct

from tallystick.dsl.ruleset import Ruleset
from tallystick.engine.cart.cart import (
    Address,
    Cart,
    Customer,
    Line,
    Payment,
    Redemption,
    Shipment,
)
from tallystick.engine.cart.facts import Card, Facts, Issued, Member, Room, Uses, read_facts
from tallystick.engine.cart.intake import Intake
from tallystick.engine.cart.schema import cart_schema, facts_schema

DOCS = Path(__file__).parents[3] / "docs"

EXAMPLE: dict[str, Any] = {
    "id": "c1",
    "currency": "USD",
    "placed_at": "2026-07-10T12:00:00Z",
    "channel": "web",
    "location": "madrid",
    "lines": [
        {
            "id": "l1",
            "sku": "GLOVE-1",
            "quantity": 25,
            "unit_price": 3000,
            "categories": ["safety-equipment"],
            "brand": "acme",
            "tags": ["new"],
            "min_price": 1000,
            "attributes": {"colour": "red"},
        }
    ],
    "shipments": [{"id": "s1", "method": "standard", "amount": 500}],
    "shipping_address": {"country": "ES", "region": "MD", "postal_code": "28001"},
    "payment": {"method": "card"},
    "tax_total": 0,
    "store_credit": 0,
    "coupons": ["summer20", "OLD"],
    "customer": {
        "id": "u1",
        "account": "acc-9",
        "groups": ["gold-distributors"],
        "segments": [],
        "tier": "silver",
        "orders": 1,
    },
    "redeem": [],
    "attributes": {},
}
FACTS_EXAMPLE: dict[str, Any] = {
    "cart": "c1",
    "uses": {
        "summer-20": {
            "total": 12,
            "customer": 1,
            "account": 0,
            "location": 3,
            "day": 2,
            "group": {"gold": 7},
        }
    },
    "codes": {"X7KQ": "summer"},
}


def typed_example() -> Cart:
    return Cart(
        id="c1",
        currency="USD",
        placed_at="2026-07-10T12:00:00Z",
        channel="web",
        location="madrid",
        lines=[
            Line(
                id="l1",
                sku="GLOVE-1",
                quantity=25,
                unit_price=3000,
                categories=frozenset({"safety-equipment"}),
                brand="acme",
                tags=frozenset({"new"}),
                min_price=1000,
                attributes={"colour": "red"},
            )
        ],
        shipments=[Shipment(id="s1", method="standard", amount=500)],
        shipping_address=Address(country="ES", region="MD", postal_code="28001"),
        payment=Payment(method="card"),
        tax_total=0,
        store_credit=0,
        coupons=["summer20", "OLD"],
        customer=Customer(
            id="u1",
            account="acc-9",
            groups=frozenset({"gold-distributors"}),
            segments=frozenset(),
            tier="silver",
            orders=1,
        ),
        redeem=[],
        attributes={},
    )


def test_all_forms_of_a_cart_are_the_same_cart() -> None:
    intake = Intake(Ruleset())
    raw = json.dumps(EXAMPLE).encode()
    checked = intake.read_cart(raw)
    forms = (raw.decode(), bytearray(raw), memoryview(raw), EXAMPLE, typed_example())
    for form in forms:
        assert intake.read_cart(form) == checked


def test_python_objects_may_stand_for_dates_and_instants() -> None:
    cart = Cart(
        id="c1",
        currency="USD",
        placed_at=datetime(2026, 7, 10, 12, 0, 0, 5, tzinfo=UTC),
        lines=[],
        customer=Customer(
            birthday=date(1990, 2, 28), signed_up=datetime(1970, 1, 2, 23, tzinfo=UTC)
        ),
    )
    checked = Intake(Ruleset()).read_cart(cart)
    assert checked.placed_at_us == 1_783_684_800_000_005
    assert checked.birthday_days == 7363
    assert checked.signed_up_days == 1


def test_structs_may_stand_inside_dicts() -> None:
    lines = [Line(sku="A", quantity=2, unit_price=5), {"sku": "B", "quantity": 1, "unit_price": 1}]
    cart = {"id": "c", "currency": "USD", "placed_at": "2026-07-10T12:00:00Z", "lines": lines}
    assert Intake(Ruleset()).read_cart(cart).subtotal_minor == 11


@pytest.mark.parametrize(
    ("name", "schema"), [("cart", cart_schema()), ("facts", facts_schema())], ids=["cart", "facts"]
)
def test_published_schema_is_the_one_of_the_structs(name: str, schema: dict[str, Any]) -> None:
    published = (DOCS / f"{name}.schema.json").read_text(encoding="utf-8")
    assert published == json.dumps(schema, indent=2) + "\n"


OF_CARTS: list[type[Struct]] = [Cart, Line, Shipment, Address, Payment, Customer, Redemption]
OF_FACTS: list[type[Struct]] = [Facts, Uses, Member, Room, Card, Issued]


@pytest.mark.parametrize("kind", [*OF_CARTS, *OF_FACTS])
def test_published_schema_describes_every_field(kind: type[Struct]) -> None:
    name = "facts" if kind in OF_FACTS else "cart"
    schema = json.loads((DOCS / f"{name}.schema.json").read_text(encoding="utf-8"))
    part = schema["$defs"].get(kind.__name__, schema)
    assert set(part["properties"]) == set(kind.__struct_fields__)
    assert all(field["description"] for field in part["properties"].values())


def fits(sent: Any, part: dict[str, Any], schema: dict[str, Any]) -> bool:
    """Whether data fits the few words of JSON Schema that ours are written in."""
    if "$ref" in part:
        return fits(sent, schema["$defs"][part["$ref"].rpartition("/")[2]], schema)
    if "anyOf" in part:
        return any(fits(sent, form, schema) for form in part["anyOf"])
    if "enum" in part:
        return sent in part["enum"]
    match part.get("type"):
        case "boolean":
            return isinstance(sent, bool)
        case "null":
            return sent is None
        case "string":
            return isinstance(sent, str) and len(sent) >= part.get("minLength", 0)
        case "integer":
            is_whole = isinstance(sent, int) and not isinstance(sent, bool)
            return is_whole and part["minimum"] <= sent <= part["maximum"]
        case "array":
            is_short = isinstance(sent, list) and len(sent) <= part.get("maxItems", len(sent))
            return is_short and all(fits(it, part.get("items", {}), schema) for it in sent)
        case "object":
            known, others = part.get("properties", {}), part.get("additionalProperties", {})
            return (
                isinstance(sent, dict)
                and set(part.get("required", ())) <= set(sent)
                and (others is not False or set(sent) <= set(known))
                and all(fits(it, known.get(name, others), schema) for name, it in sent.items())
            )
    assert not part, part  # anything goes, and nothing else that ours could say
    return True


def test_published_schemas_take_the_examples_and_not_others() -> None:
    cart, facts = cart_schema(), facts_schema()
    assert fits(EXAMPLE, cart, cart)
    assert fits({**EXAMPLE, "customer": None}, cart, cart)
    asked = [{"rule": "x", "times": 2}, {"program": "club", "points": "max", "if_short": "clip"}]
    assert fits({**EXAMPLE, "redeem": asked}, cart, cart)
    assert fits(FACTS_EXAMPLE, facts, facts)
    wrongs: list[dict[str, Any]] = [
        {"lines": [{}]},
        {"tax_total": -1},
        {"colour": 1},
        {"id": ""},
        {"redeem": 1},
        {"redeem": [{"points": "most"}]},
        {"redeem": [{"rule": "x", "if_short": "never"}]},
    ]
    for wrong in wrongs:
        assert not fits({**EXAMPLE, **wrong}, cart, cart)
    assert not fits({**FACTS_EXAMPLE, "uses": {"a": {"total": "1"}}}, facts, facts)


def test_the_schema_has_no_member_of_a_program() -> None:
    sent = {"members": {"club": None, "stars": {"balance": 5}}}
    assert set(read_facts(sent).members or ()) == {"stars"}
    assert fits(sent, facts_schema(), facts_schema())
    assert not fits({"members": {"club": 5}}, facts_schema(), facts_schema())
