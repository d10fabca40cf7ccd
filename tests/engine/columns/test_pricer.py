"""Columns in, columns out: the same results as dicts give, whatever the columns are made of."""

import random
from typing import Any

import duckdb
import polars
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import tallystick
from tallystick import Engine

from ...properties.carts import carts
from ...properties.rulesets import rulesets
from ...test_cases import FOLDER, split_documents
from .tables import (
    TEXTS,
    Cart,
    batch_of,
    cart_schema,
    expected_of,
    record_of,
    records_of,
)

RULES = """
ruleset:
  attributes:
    line.attributes.colour: {type: string}
    line.attributes.weight: {type: integer}
    customer.attributes.is_staff: {type: bool}
    cart.attributes.note: {type: string}
promotions:
  red: {then: {percent_off: 10%, on: attributes.colour == "red"}}
  spring: {coupon: SPRING, then: {percent_off: 5%}}
  staff: {when: customer.attributes.is_staff, then: {amount_off: 1 USD}}
  gold: {when: customer.groups has "gold", stage: shipping, then: {percent_off: 100%}}
  mug: {when: cart.subtotal >= 50 USD, then: {gift: {sku: MUG, quantity: 2}}}
  card: {stage: payment, when: payment.method == "card", then: {percent_surcharge: 2%}}
  soft:
    when: {if: "default(customer.orders, 0) >= 3", enforcement: allow_warn_on_invalid}
    then: {percent_off: 1%}
"""
WORDS = ["red", "blue", "gold", "café", "\U0001f600", "card", "", "x" * 40]


@pytest.fixture(scope="module")
def engine() -> Engine:
    """An engine whose rules look at most columns."""
    return Engine(tallystick.load_text(RULES))


def random_cart(dice: random.Random, number: int) -> Cart:
    """A cart with something in most columns, and nothing in some."""

    def maybe(value: Any) -> Any:
        return value if dice.random() < 0.7 else None

    def words() -> list[str]:
        return dice.choices(WORDS, k=dice.randrange(3))

    lines = [
        {
            "id": maybe(f"l{place}"), "sku": dice.choice(WORDS[:4]),
            "quantity": dice.randint(1, 9), "unit_price": dice.randint(0, 3000),
            "categories": maybe(words()), "brand": maybe(dice.choice(WORDS)), "tags": words(),
            "min_price": maybe(dice.randint(0, 50)),
            "attributes": maybe({"colour": maybe("red"), "weight": maybe(dice.randint(0, 9))}),
        }
        for place in range(dice.randrange(5))
    ]  # fmt: skip
    customer = {
        "id": maybe("u1"), "groups": maybe(words()), "tier": maybe("gold"),
        "orders": dice.choice([None, 0, 3, 5, 5]), "attributes": maybe({"is_staff": maybe(True)}),
    }  # fmt: skip
    return {
        "id": f"c{number}", "currency": "USD", "placed_at": "2026-07-10T12:00:00.25+02:00",
        "channel": maybe("web"), "lines": lines,
        "shipments": maybe([{"id": maybe("s"), "method": maybe("post"), "amount": 700}]),
        "shipping_address": maybe({"country": maybe("ES")}),
        "payment": maybe({"method": maybe("card")}),
        "tax_total": maybe(7), "store_credit": maybe(0),
        "coupons": maybe([dice.choice(["spring", " SPRING ", "OLD"])]),
        "customer": maybe(customer), "attributes": maybe({"note": maybe("n")}),
    }  # fmt: skip


def some_carts(count: int) -> list[Cart]:
    """Random carts from a printed seed."""
    seed = random.randrange(10**6)
    print("seed", seed)
    dice = random.Random(seed)
    return [random_cart(dice, number) for number in range(count)]


def as_sent(cart: Any) -> Any:
    """A cart as its columns say it: what is null was not sent."""
    if isinstance(cart, dict):
        return {name: as_sent(each) for name, each in cart.items() if each is not None}
    return [as_sent(each) for each in cart] if isinstance(cart, list) else cart


@pytest.mark.parametrize("lists", [pa.list_, pa.large_list, pa.list_view, pa.large_list_view])
@pytest.mark.parametrize("text", TEXTS)
def test_results_are_those_of_dicts(engine: Engine, text: str, lists: Any) -> None:
    some = some_carts(60)
    table = batch_of(some, cart_schema(TEXTS[text], lists=lists))
    assert records_of(engine.quote_columns(table)) == expected_of(engine, some)


@pytest.mark.parametrize(
    "whole", [pa.int16(), pa.uint16(), pa.int32(), pa.uint32(), pa.uint64(), pa.decimal128(20, 0)]
)
def test_whole_numbers_of_any_width(engine: Engine, whole: Any) -> None:
    some = some_carts(30)
    schema = cart_schema(whole=whole)
    assert records_of(engine.quote_columns(batch_of(some, schema))) == expected_of(engine, some)


@pytest.mark.parametrize("text", ["plain", "view", "words-int32"])
def test_slices_and_chunks(engine: Engine, text: str) -> None:
    some = some_carts(100)
    batch = batch_of(some, cart_schema(TEXTS[text]))
    expected = expected_of(engine, some)
    assert records_of(engine.quote_columns(batch.slice(13, 29))) == expected[13:42]
    assert records_of(engine.quote_columns(batch.slice(100))) == []
    chunks = [batch.slice(start, 7) for start in range(0, 100, 7)]
    results = engine.quote_columns(pa.Table.from_batches(chunks))
    assert records_of(results) == expected
    assert len(results) == 100


def test_a_lone_array_of_structs(engine: Engine) -> None:
    some = some_carts(20)
    array = batch_of(some).to_struct_array().slice(3, 9)
    assert not hasattr(array, "__arrow_c_stream__")
    assert records_of(engine.quote_columns(array)) == expected_of(engine, some)[3:12]


def test_polars_goes_in_and_out(engine: Engine) -> None:
    some = some_carts(50)
    frame = polars.DataFrame(batch_of(some))
    frame = frame.with_columns(polars.col("channel").cast(polars.Categorical))
    results = polars.DataFrame(engine.quote_columns(frame))
    assert [record_of(row) for row in results.to_dicts()] == expected_of(engine, some)


def test_duckdb_goes_in_and_out(engine: Engine) -> None:
    some = some_carts(50)
    with duckdb.connect() as connection:
        table = pa.Table.from_batches([batch_of(some)])
        relation = connection.from_arrow(table)
        results = pa.table(engine.quote_columns(relation))
        total = connection.from_arrow(results).aggregate("sum(grand_total)").fetchall()
    expected = expected_of(engine, some)
    assert [record_of(row) for row in results.to_pylist()] == expected
    assert total == [(sum(one["grand_total"] for one in expected if "error" not in one),)]


@pytest.mark.parametrize("threads", [2, 16])
def test_any_number_of_threads(engine: Engine, threads: int) -> None:
    some = some_carts(1200)
    for number in range(0, 1200, 17):
        some[number]["currency"] = "EUR"
    table = pa.Table.from_batches(
        [
            batch_of(some[:700], cart_schema(TEXTS["words-int32"])),
            batch_of(some[700:], cart_schema(TEXTS["words-int32"])),
        ]
    )
    results = engine.quote_columns(table, threads=threads)
    expected = expected_of(engine, some)
    assert records_of(results) == expected
    assert results.refused_count == 71
    assert results.discount_total == sum(one.get("discount_total", 0) for one in expected)


def test_refused_carts_keep_their_row(engine: Engine) -> None:
    some = some_carts(12)
    some[0]["currency"] = "EUR"
    some[1]["id"] = ""
    some[2]["lines"] = [{"sku": "A", "quantity": 0, "unit_price": 1}]
    some[3]["lines"] = [{"sku": "A", "quantity": 1, "unit_price": 10**12 + 1}]
    some[4]["lines"] = [{"id": "1", "sku": "A", "quantity": 1, "unit_price": 1}] * 2
    some[5]["placed_at"] = "yesterday"
    some[6]["coupons"] = ["  "]
    some[7]["lines"] = [{"sku": None, "quantity": 1, "unit_price": 1}]
    some[8]["shipments"] = [None]
    some[9]["coupons"] = [None]
    some[10]["placed_at"] = None
    records = records_of(engine.quote_columns(batch_of(some)))
    assert records == expected_of(engine, some)
    assert [("error" in one) for one in records] == [True] * 11 + [False]


def test_facts_are_by_cart_id(engine: Engine) -> None:
    rules = "promotions: {once: {limits: {total: 3}, then: {percent_off: 10%}}}"
    limited = Engine(tallystick.load_text(rules))
    some = some_carts(20)
    facts: dict[str, Any] = {"c3": {"uses": {"once": {"total": 3}}}, "c4": {"uses": 7}}
    facts["c5"] = {"cart": "c6"}
    records = records_of(limited.quote_columns(batch_of(some), facts))
    assert records == expected_of(limited, some, facts)
    assert records[4]["error"]["path"] == "facts.uses"
    with pytest.raises(TypeError, match="mapping by cart id"):
        engine.quote_columns(batch_of(some), [])  # type: ignore[arg-type]


def test_attributes_as_json(engine: Engine) -> None:
    sent = ['{"colour": "red", "weight": 2}', None, "{}", '{"colour": 7}', "{", '{"a": 1, "a": 2}']
    line = {"id": "1", "sku": "A", "quantity": 1, "unit_price": 1000}
    carts_sent = [{**cart, "lines": [{**line, "attributes": None}]} for cart in some_carts(6)]
    schema = cart_schema()
    lines = schema.field("lines").type.value_type
    fields = [f if f.name != "attributes" else pa.field("attributes", pa.string()) for f in lines]
    place = schema.get_field_index("lines")
    schema = schema.set(place, pa.field("lines", pa.list_(pa.struct(fields))))
    for cart, text in zip(carts_sent, sent, strict=True):
        cart["lines"][0]["attributes"] = text
    records = records_of(engine.quote_columns(batch_of(carts_sent, schema)))
    plain: list[Any] = [{"colour": "red", "weight": 2}, None, {}, {"colour": 7}]
    for cart, value in zip(carts_sent, plain, strict=False):
        cart["lines"][0]["attributes"] = value
    assert records[:4] == expected_of(engine, carts_sent[:4])
    assert [one["error"]["code"] for one in records[4:]] == ["invalid_json", "duplicate_field"]
    assert records[4]["error"]["path"] == "lines[0].attributes"
    assert records[4]["cart"] == "c4"


def test_bytes_that_are_no_text(engine: Engine) -> None:
    some = some_carts(3)
    batch = batch_of(some)
    broken = pa.array([b"c0", b"\xed\xa0\x80", b"c\xff"]).cast(pa.binary())
    broken = pa.Array.from_buffers(pa.string(), 3, broken.buffers())
    batch = batch.set_column(0, "id", broken)
    records = records_of(engine.quote_columns(batch))
    assert "error" not in records[0]
    assert [one["error"]["code"] for one in records[1:]] == ["bad_text", "bad_text"]
    assert [one["cart"] for one in records[1:]] == [None, None]


def test_the_reference_gives_the_same(engine: Engine) -> None:
    some = some_carts(30)
    reference = Engine(engine.ruleset, "reference")
    found = records_of(reference.quote_columns(batch_of(some)))
    assert found == records_of(engine.quote_columns(batch_of(some)))


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.yaml")), ids=lambda path: path.stem)
def test_cases_as_columns(path: Any) -> None:
    for document in split_documents(path):
        ruleset = tallystick.load_text(document, str(path))
        tested = Engine(ruleset)
        for case in (case for case in ruleset.cases if case.event is None):
            cart = dict(case.cart)
            facts: Any = None if case.facts is None else {cart["id"]: case.facts}
            found = tested.quote_columns(pa.RecordBatch.from_pylist([cart]), facts)
            assert records_of(found) == expected_of(tested, [cart], facts), case.name


@settings(max_examples=40, suppress_health_check=list(HealthCheck))
@given(
    rulesets(),
    st.lists(carts(), min_size=1, max_size=4),
    st.sampled_from(sorted(TEXTS)),
)
def test_random_rules_and_carts(text: Any, some: list[Cart], kind: str) -> None:
    tested = Engine(text if not isinstance(text, str) else tallystick.load_text(text))
    found = records_of(tested.quote_columns(batch_of(some, cart_schema(TEXTS[kind]))))
    assert found == expected_of(tested, some)
