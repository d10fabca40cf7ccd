"""What is redeemed and earned as columns: what JSON has, whichever way a row goes."""

from collections import Counter
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import tallystick
from tallystick import Engine
from tallystick.dsl.ruleset import Ruleset
from tallystick.engine.columns.loyalty import NUMBER_MAX, fitting
from tallystick.records import batch_of as batch_of_lines
from tallystick.records import lines_of

from ...properties.test_loyalty import Sent, orders, purchases
from .tables import TEXTS, Cart, batch_of, cart_schema, expected_of, records_of

CLUB = """
programs: {club: {redemption: {points: 100, value: 1 USD}}}
earning_rules: {buy: {program: club, event: purchase, award: {points: 1 per 1 USD}}}
burning_rules: {two-off: {program: club, cost: 200 points, reward: {discount: 2 USD}}}
"""
MANY = """
programs: {club: {redemption: {points: 100, value: 1 USD}, max_per_order: 100 points}}
earning_rules:
  buy: {program: club, event: purchase, award: {points: 3 per 1 USD}}
  visit: {program: club, event: purchase, award: {stamps: 1, card: coffee}}
campaigns:
  july: {program: club, multiply: 1.5}
  hello: {program: club, bonus: 10}
burning_rules: {brew: {program: club, cost: 1 point, reward: {product: BREW}}}
stamp_cards: {coffee: {program: club, size: 10, reward: brew}}
"""
LINE = {"id": "1", "sku": "MUG", "quantity": 2, "unit_price": 1000}
CART: Cart = {
    "id": "c1",
    "currency": "USD",
    "placed_at": "2026-07-10T12:00:00Z",
    "lines": [LINE],
}
FAR = 10**12
reach: Counter[str] = Counter()


def as_columns(carts: list[Cart], text: str, is_max: bool) -> Any:
    """Carts as columns; the points of all requests are whole numbers, or all are `max`."""
    for cart in carts:
        for one in cart["redeem"]:
            if is_max and "points" in one:
                one["points"] = "max"
            elif one.get("points") == "max":
                one["points"] = FAR
    schema = cart_schema(TEXTS[text])
    if not is_max:
        schema = pa.schema([field if field.name != "redeem" else whole(field) for field in schema])
    return batch_of(carts, schema)


def whole(field: Any) -> Any:
    """The column of requests with points that are whole numbers."""
    names = [
        one.with_type(pa.int64()) if one.name == "points" else one for one in field.type.value_type
    ]
    return field.with_type(pa.list_(pa.struct(names)))


def compare(ruleset: Ruleset, sent: list[Any], text: str, is_max: bool) -> None:
    """Price some carts as columns and as dicts, with facts and without."""
    engine = Engine(ruleset)
    carts = [{**cart, "id": f"c{number}"} for number, (cart, _) in enumerate(sent)]
    facts = {cart["id"]: known for cart, (_, known) in zip(carts, sent, strict=True)}
    batch = as_columns(carts, text, is_max)
    for known in (None, facts):
        found = records_of(engine.quote_columns(batch, known))
        assert found == expected_of(engine, carts, known)
        for record in found:
            reach["error"] += "error" in record
            reach["earned"] += bool(record.get("earned"))
            reach["redeemed"] += bool(record.get("redemptions"))


columns_of_carts = settings(max_examples=40, suppress_health_check=list(HealthCheck))


@columns_of_carts
@given(orders() | purchases(), st.sampled_from(sorted(TEXTS)), st.booleans())
def compare_many(sent: Sent, text: str, is_max: bool) -> None:
    """The comparison of which is known what it reached."""
    compare(*sent, text, is_max)


def test_random_rules_and_carts() -> None:
    reach.clear()
    compare_many()
    assert reach["earned"] and reach["redeemed"], dict(reach)


def test_what_is_earned_the_fast_way() -> None:
    engine = Engine(tallystick.load_text(MANY))
    carts = [
        {**CART, "id": f"c{number}", "lines": [{**LINE, "quantity": 1 + number % 3}]}
        for number in range(700)
    ]
    carts[3]["currency"] = "EUR"
    results = engine.quote_columns(pa.RecordBatch.from_pylist(carts), threads=2)
    found = records_of(results)
    assert found == expected_of(engine, carts)
    assert [one["rule"] for one in found[0]["earned"]] == ["buy", "hello", "visit"]
    clipped = {one["clipped"] for record in found for one in record.get("earned", ())}
    assert clipped == {True, False}
    table = pa.table(results)
    assert table.slice(300, 77).to_pylist() == table.to_pylist()[300:377]
    assert table.column("earned")[3].as_py() is None


def test_what_is_redeemed_is_among_the_allocations() -> None:
    engine = Engine(tallystick.load_text(CLUB))
    cart = {
        **CART,
        "redeem": [
            {"rule": "two-off", "times": 2},
            {"program": "club", "points": 300, "if_short": "reject"},
            {"issued": "nobodys"},
        ],
    }
    facts = {"c1": {"members": {"club": {"balance": 800}}}}
    batch = pa.RecordBatch.from_pylist([cart])
    found = records_of(engine.quote_columns(batch, facts))
    assert found == expected_of(engine, [cart], facts)
    (line,) = found[0]["lines"]
    assert [(one["rule"], one["stage"]) for one in line["allocations"]] == [
        ("two-off", 250),
        ("club", 250),
    ]
    assert [one["status"] for one in found[0]["redemptions"]] == ["honoured", "honoured", "refused"]
    names = [(one["program"], one["rule"], one["issued"]) for one in found[0]["redemptions"]]
    assert names == [("club", "two-off", None), ("club", None, None), (None, None, "nobodys")]


def test_stored_value_is_a_column() -> None:
    engine = Engine(tallystick.load_text(CLUB))
    card = {**LINE, "id": "2", "stored_value": True}
    cart = {**CART, "lines": [{**LINE, "stored_value": False}, card]}
    found = records_of(engine.quote_columns(pa.RecordBatch.from_pylist([cart])))
    assert found == expected_of(engine, [cart])
    assert [one["id"] for one in found[0]["earned"][0]["lines"]] == ["1"]


@pytest.mark.parametrize("count", [0, 1, 3])
def test_rules_without_programs_have_empty_lists(count: int) -> None:
    engine = Engine(tallystick.load_text("promotions: {tenth: {then: {percent_off: 10%}}}"))
    table = pa.table(engine.quote_columns(batch_of([CART] * count)))
    table.validate(full=True)
    assert table.column("redemptions").to_pylist() == [[]] * count
    assert table.column("earned").to_pylist() == [[]] * count


def test_the_columns_stand_where_json_has_the_keys() -> None:
    engine = Engine(tallystick.load_text(CLUB))
    names = pa.schema(engine.quote_columns(batch_of([]))).names
    assert names == [*engine.quote(CART).to_dict(), "error"]


def test_points_beyond_64_bits_are_an_error() -> None:
    text = CLUB.replace("1 per 1 USD", "1000000000 per 0.01 USD")
    engine = Engine(tallystick.load_text(text))
    carts = [CART, {**CART, "id": "c2", "lines": [{**LINE, "unit_price": FAR}]}]
    amount = engine.quote(carts[1]).to_dict()["earned"][0]["amount"]
    assert amount > NUMBER_MAX
    results = engine.quote_columns(pa.RecordBatch.from_pylist(carts))
    good, bad = records_of(results)
    assert good == engine.quote(CART).to_dict()
    assert bad == {
        "cart": "c2",
        "error": {
            "code": "out_of_range",
            "path": "earned[0].amount",
            "message": f"expected at most 9,223,372,036,854,775,807 in a column, got {amount:,}",
        },
    }
    assert results.refused_count == 1
    lines = [engine.quote(cart).to_json() for cart in carts]
    assert next(iter(lines_of(batch_of_lines(lines)))) == lines[0]
    assert batch_of_lines(lines).to_pylist()[1]["error"] == bad["error"]


def test_a_share_may_not_fit_either() -> None:
    entry = {"amount": 1, "base": 2, "lines": [{"id": "1", "share": NUMBER_MAX + 1}]}
    record = {"cart": "c1", "redemptions": [], "earned": [entry]}
    assert fitting(record)["error"]["path"] == "earned[0].lines[0].share"
    entry["lines"] = [{"id": "1", "share": NUMBER_MAX}]
    assert fitting(record) is record
